"""What rows, values and a fold must say of a text, written as reader.lua writes it."""

from fractions import Fraction
from math import fsum

import oracle

# The fields of each kind of row.
FIELDS = {
    "otc": ("amount", "product", "quantity", "consumption_date"),
    "reports": ("billable_cost", "entity_name", "month", "currency_code"),
    "usage": ("cost", "metric", "quantity", "entity_name"),
}
FIRST = 10  # characters of the last field


class Refused(Exception):
    """What cannot be folded."""


def exactly(number):
    """As C writes it with %a, so that no Lua rounds a digit in its own way."""
    if abs(number) < 2.0 ** -1022:  # which they write in different ways
        return "tiny" + exactly(number * 2.0 ** 100) if number else "%g" % number
    mantissa, exponent = number.hex().split("p")
    return mantissa.rstrip("0").rstrip(".") + "p" + exponent


class Writer:
    def __init__(self, integers):
        self.integers = integers  # else all numbers are doubles

    def number(self, value):
        if isinstance(value, int) and self.integers:
            return "i%d" % value
        return "f" + exactly(float(value))

    def show(self, value):
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return self.number(value)
        if isinstance(value, str):
            encoded = value.encode()
            return "s%d:%s" % (len(encoded), value)
        if isinstance(value, list):
            return "[" + ",".join(map(self.show, value)) + "]"
        by_bytes = sorted((name.encode(), name) for name in value)
        return "{" + ",".join(self.show(name) + "=" + self.show(value[name])
                              for _, name in by_bytes) + "}"


def fields_of(kind):
    return FIELDS[kind if kind in FIELDS else "otc"]


def field(row, name):
    return row.get(name) if isinstance(row, dict) else None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def key_of(value):
    """Equal for equal keys, and in their order: absent, false, true, numbers, texts."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool):
        return (1 + value, 0)
    if is_number(value):
        return (3, value)
    if isinstance(value, str):
        return (4, value.encode())
    raise Refused


def shown_key(value):
    if isinstance(value, float) and value.is_integer() and -2 ** 63 <= value < 2 ** 63:
        return int(value)
    return value


def total(numbers):
    """The nearest double to the sum, or the integer that it is."""
    if not numbers:
        return None
    if all(isinstance(number, int) for number in numbers):
        whole = sum(numbers)
        if oracle.INTEGER_LEAST <= whole <= oracle.INTEGER_MOST:
            return whole
    try:
        if all(abs(number) <= 2 ** 53 for number in numbers if isinstance(number, int)):
            return fsum(numbers) + 0.0
    except OverflowError:
        pass  # on the way, perhaps not in the end
    try:
        return float(sum(map(Fraction, numbers)))
    except OverflowError as beyond:
        raise Refused from beyond


def extreme(values, better):
    best = None
    for value in values:
        if not is_number(value) and not isinstance(value, str):
            raise Refused
        if best is not None and isinstance(best, str) != isinstance(value, str):
            raise Refused
        left, right = (value.encode(), best.encode()) if isinstance(best, str) else (value, best)
        if best is None or better(left, right) or (left == right and isinstance(value, int)):
            best = value
    return best + 0.0 if isinstance(best, float) else best


def groups_of(rows, fields):
    by, groups = fields[1], {}
    for row in rows:
        day = field(row, fields[3])
        day = day[:FIRST] if isinstance(day, str) else day
        keys = field(row, by), day
        groups.setdefault(tuple(map(key_of, keys)), (keys, []))[1].append(row)
    return [groups[key] for key in sorted(groups)]


def fold(rows, fields, writer):
    lines = []
    for keys, members in groups_of(rows, fields):
        parts = ["%d" % len(members)] + [writer.show(shown_key(key)) for key in keys]
        for name in (fields[0], fields[2]):
            present = [value for value in (field(row, name) for row in members)
                       if value is not None]
            if not all(map(is_number, present)):
                raise Refused
            parts.append(writer.show(total(present)))
        amounts = [value for value in (field(row, fields[0]) for row in members)
                   if value is not None]
        parts.append(writer.show(extreme(amounts, lambda a, b: a < b)))
        parts.append(writer.show(extreme(amounts, lambda a, b: a > b)))
        lines.append(" ".join(parts))
    return lines


def doubles(value):
    """As an interpreter has it whose numbers are all doubles."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) > 2 ** 53 else value
    if isinstance(value, list):
        return [doubles(inner) for inner in value]
    if isinstance(value, dict):
        return {name: doubles(inner) for name, inner in value.items()}
    return value


def without_nulls(value):
    """As tables have it where null is nil."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        inner = list(map(without_nulls, value))
        while inner and inner[-1] is None:
            inner.pop()
        return inner
    return value


def answers(bytes_, kind, limits, writer):
    """Three texts, and whether the page is right."""
    rows, right = oracle.rows_of(bytes_, kind, limits, True)
    plain = oracle.rows_of(bytes_, kind, limits, False)[0] if kind == "usage" else rows
    if not writer.integers:
        rows, plain = list(map(doubles, rows)), list(map(doubles, plain))
    end = "end" if right else "error"
    fields = fields_of(kind)
    shown = [writer.show(row) for row in rows]
    values = ["%d %s" % (number, " ".join(
        writer.show(without_nulls(field(row, name))) for name in fields))
              for number, row in enumerate(plain, 1)]
    try:
        folded = fold(plain, fields, writer) + [end] if right else [end]
    except Refused:
        folded = ["error"]
    return ["\n".join(shown + [end]), "\n".join(values + [end]), "\n".join(folded)], right
