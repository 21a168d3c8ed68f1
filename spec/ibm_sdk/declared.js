// What IBM's library declares of the answers: which fields they have, of which types.
'use strict';

const fs = require('fs');

// Fields that the API's documentation names, but the library does not declare.
const undeclared = new Set(['resource_name', 'plan_name']);

function fieldsOf(text) {
  const fields = {};
  for (const [, name, mark, type] of text.matchAll(/^ {8}(\w+)(\??): ([^;]+);$/gm)) {
    fields[name] = { type, isOptional: mark === '?' };
  }
  return fields;
}

// Reads a declaration file: interfaces, and which one each method answers with.
function read(path) {
  const text = fs.readFileSync(path, 'utf8');
  const interfaces = {};
  const answers = {};
  for (const [, name, body] of text.matchAll(/^ {4}interface (\w+) \{\n([\s\S]*?)^ {4}\}/gm)) {
    interfaces[name] = fieldsOf(body);
  }
  for (const [, method, type] of text.matchAll(
    /^ {4}(\w+)\(.*\): Promise<\w+\.Response<\w+\.(\w+)>>;$/gm
  )) {
    answers[method] = type;
  }
  for (const [, pager, type] of text.matchAll(
    /^ {4}class (\w+Pager) \{[\s\S]*?getAll\(\): Promise<\w+\.(\w+\[\])>;/gm
  )) {
    answers[pager] = type;
  }
  return { interfaces, answers };
}

function faultsOfObject(value, type, declared, path) {
  const fields = declared.interfaces[type];
  if (!fields) {
    return [`${path}: the library declares no ${type}`];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: is no object`];
  }
  const faults = [];
  for (const [name, field] of Object.entries(fields)) {
    const one = value[name];
    if (one !== undefined && one !== null) {
      faults.push(...faultsOf(one, field.type, declared, `${path}.${name}`));
    } else if (!field.isOptional) {
      faults.push(`${path}.${name}: is missing`);
    }
  }
  for (const name of Object.keys(value)) {
    if (!fields[name] && !undeclared.has(name)) {
      faults.push(`${path}.${name}: is not declared`);
    }
  }
  return faults;
}

// What of a value is not as the type says, as a list of texts.
function faultsOf(value, type, declared, path) {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) {
      return [`${path}: is no list`];
    }
    const one = type.slice(0, -2);
    return value.flatMap((item, i) => faultsOf(item, one, declared, `${path}[${i}]`));
  }
  if (['string', 'number', 'boolean'].includes(type)) {
    return typeof value === type ? [] : [`${path}: is no ${type}`];
  }
  if (type === 'JsonObject') {
    return typeof value === 'object' ? [] : [`${path}: is no object`];
  }
  if (type === 'EmptyObject') {
    return [];
  }
  return faultsOfObject(value, type, declared, path);
}

module.exports = { read, faultsOf };
