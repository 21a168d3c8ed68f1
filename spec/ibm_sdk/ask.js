// Asks a service through IBM's own client library: ask.js IAM_URL API_KEY < questions
//
// A question is {"url", "api", "call", "params"}, where call is a method, or a pager that is read
// to its end, and "retries" may be true; the answers are {"status", "result", "faults"}, faults
// being what does not have the declared type, or {"error": {"status", "message", "body"}}.
'use strict';

const fs = require('fs');
const { IamAuthenticator } = require('ibm-cloud-sdk-core');
const { read, faultsOf } = require('./declared.js');

const modules = {
  reports: '@ibm-cloud/platform-services/enterprise-usage-reports/v1.js',
  management: '@ibm-cloud/platform-services/enterprise-management/v1.js',
  billing: '@ibm-cloud/platform-services/enterprise-billing-units/v1.js',
};

const [, , iamUrl, apikey] = process.argv;
const authenticator = new IamAuthenticator({ apikey, url: iamUrl });

// Behind the host the service's address is as the library has it: /v1 for one, nothing for another.
function newService(question) {
  const Service = require(modules[question.api]);
  const suffix = new URL(Service.DEFAULT_SERVICE_URL).pathname.replace(/\/$/, '');
  const service = new Service({ authenticator, serviceUrl: question.url + suffix });
  if (question.retries) {
    service.enableRetries({ maxRetries: 2, maxRetryInterval: 1 });
  }
  return service;
}

async function call(question) {
  const service = newService(question);
  const Pager = service.constructor[question.call];
  if (Pager) {
    return { status: 200, result: await new Pager(service, question.params).getAll() };
  }
  return service[question.call](question.params);
}

async function answerTo(question) {
  const declared = read(require.resolve(modules[question.api]).replace(/\.js$/, '.d.ts'));
  try {
    const { status, result } = await call(question);
    const type = declared.answers[question.call];
    return { status, result, faults: faultsOf(result, type, declared, question.call) };
  } catch (error) {
    const { status, message, body } = error;
    return { error: { status, message, body } };
  }
}

async function main() {
  const questions = JSON.parse(fs.readFileSync(0, 'utf8'));
  const answers = [];
  for (const question of questions) {
    answers.push(await answerTo(question));
  }
  process.stdout.write(JSON.stringify(answers));
}

main();
