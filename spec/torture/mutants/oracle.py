"""What a text must give, by Python's json, made strict where it is lax."""

import json
import re

INTEGER_LEAST, INTEGER_MOST = -2 ** 63, 2 ** 63 - 1
SPACE = re.compile(r"[ \t\n\r]*")
BLANK = re.compile(r"[ \t\r]*")
# Json takes the beginning of it, which is a number, for a value that something stands behind.
BROKEN_NUMBER = re.compile(r"-?(?:0[0-9]|[0-9]+\.(?![0-9])|[0-9]+(?:\.[0-9]+)?[eE](?![-+]?[0-9]))")
SURROGATE = re.compile("[\ud800-\udfff]")


class Wrong(Exception):
    """The text is not right."""


def constant(_):
    raise Wrong


def real(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Wrong
    return value


def integer(text):
    if len(text) > 20 or not INTEGER_LEAST <= int(text) <= INTEGER_MOST:
        return real(text)
    return int(text)


class Repeated(dict):
    """An object that has a name twice: the last one wins, but all must be right."""

    all_values = ()


def members(pairs):
    row = dict(pairs)
    if len(row) < len(pairs):
        row = Repeated(row)
        row.all_values = [value for _, value in pairs]
    return row


DECODER = json.JSONDecoder(strict=True, parse_constant=constant, parse_float=real,
                           parse_int=integer, object_pairs_hook=members)


def depth_of(value):
    """Levels of containers; raises where a text is no Unicode."""
    deepest, open_values = 0, [(value, 0)]
    while open_values:
        value, depth = open_values.pop()
        if isinstance(value, str) and SURROGATE.search(value):
            raise Wrong
        if isinstance(value, dict):
            open_values.extend((inner, depth + 1) for inner in value)
            values = value.all_values if isinstance(value, Repeated) else value.values()
            open_values.extend((inner, depth + 1) for inner in values)
            deepest = max(deepest, depth + 1)
        elif isinstance(value, list):
            open_values.extend((inner, depth + 1) for inner in value)
            deepest = max(deepest, depth + 1)
    return deepest


class Text:
    """Reads values one behind the other; each is proven before it counts."""

    def __init__(self, bytes_, limits):
        # What is no UTF-8 becomes a surrogate, which is wrong wherever it stands.
        self.text = bytes_.decode("utf-8", "surrogateescape")
        self.at = 0
        self.depth = limits["depth"]
        self.record_bytes = limits["record_bytes"]

    def peek(self, white=SPACE):
        self.at = white.match(self.text, self.at).end()
        return self.text[self.at:self.at + 1]

    def expect(self, character):
        if self.peek() != character:
            raise Wrong
        self.at += 1

    def value(self, around=0):
        self.peek()
        start = self.at
        try:
            value, self.at = DECODER.raw_decode(self.text, start)
        except (ValueError, RecursionError) as wrong:
            raise Wrong from wrong
        if depth_of(value) + around > self.depth:
            raise Wrong
        length = len(self.text[start:self.at].encode("utf-8", "surrogateescape"))
        if length > self.record_bytes:
            raise Wrong
        if BROKEN_NUMBER.match(self.text, start):
            raise Wrong
        return value

    def lines(self):
        while self.peek() != "":
            yield self.value()
            if self.peek(BLANK) not in ("\n", ""):
                raise Wrong

    def array(self):
        self.expect("[")
        yield from self.elements()
        self.end()

    def detect(self):
        if self.peek() == "":
            raise Wrong
        yield from self.array() if self.peek() == "[" else self.lines()

    def elements(self):
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.peek() == "]":
                self.at += 1
                return
            self.expect(",")

    def reports(self):
        found = False
        self.expect("{")
        if self.peek() == "}":
            raise Wrong
        while True:
            if self.peek() != '"':
                raise Wrong
            name = self.value()
            self.expect(":")
            if name == "reports":
                if found:
                    raise Wrong
                found = True
                self.expect("[")
                yield from self.elements()
            else:
                self.value(1)
            if self.peek() == "}":
                self.at += 1
                break
            self.expect(",")
        if not found:
            raise Wrong
        self.end()

    def end(self):
        if self.peek() != "":
            raise Wrong


def is_scalar(value):
    return not isinstance(value, (dict, list))


def list_in(record, name):
    inner = record.get(name)
    if inner is None:
        return []
    if not isinstance(inner, list):
        raise Wrong
    return inner


def usage_rows(report, nulls, names=("resources", "plans", "usage"), outer=None):
    """The innermost objects with the scalars of those around them; the inner one wins."""
    if not isinstance(report, dict):
        raise Wrong
    row = dict(outer or {})
    for name, value in report.items():
        counts = not names or name not in ("cost", "rated_cost")
        if counts and is_scalar(value) and (nulls or value is not None):
            row[name] = value
    if not names:
        yield row
        return
    for inner in list_in(report, names[0]):
        yield from usage_rows(inner, nulls, names[1:], row)


def rows_of(bytes_, kind, limits, nulls):
    """The rows before the first thing that is wrong, and whether nothing is."""
    text = Text(bytes_, limits)
    rows = []
    try:
        if kind == "usage":
            for report in text.reports():
                for row in usage_rows(report, nulls):
                    rows.append(row)
        else:
            for row in getattr(text, kind)():
                rows.append(row)
    except Wrong:
        return rows, False
    return rows, True
