"""Makes something else of a page: most of it wrong, much of it right but strange."""

import re

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[][{}:,]')

EDGE_BYTES = [bytes([byte]) for byte in b"\"\"\\\\{}[]:,,0-.eE+ \n\t\r\0\x01\x1f\x7f\x80\xbf\xc3"
              b"\xed\xf4\xff"]

NUMBERS = [
    b"0", b"-0", b"-0.0", b"0.0", b"1", b"-1", b"1.0", b"1e0", b"9007199254740991",
    b"9007199254740992", b"9007199254740993", b"-9007199254740993", b"9223372036854775807",
    b"-9223372036854775808", b"9223372036854775808", b"-9223372036854775809",
    b"18446744073709551616", b"1.7976931348623157e308", b"1.7976931348623158e308",
    b"1.7976931348623159e308", b"-1e308", b"1e308", b"1e309", b"1e999", b"4.9e-324", b"2.4e-324",
    b"2.5e-324", b"1e-400", b"2.2250738585072011e-308", b"0.1", b"0.3", b"1e22", b"1e23",
    b"8.5e-5", b"123456789012345678", b"0.1234567890123456789", b"9" * 40, b"0." + b"0" * 30 + b"1",
    b"1" + b"0" * 400, b"1E+5", b"1e-05", b"01", b"1.", b".5", b"+1", b"1e", b"-", b"1.5.5",
    b"0x10", b"NaN", b"Infinity", b"-Infinity", b"1_000",
]

TEXTS = [
    rb'"\u00e4"', rb'"\ud83d\ude00"', rb'"\ud83d"', rb'"\ude00"', rb'"\ud83d\ud83d"', rb'"\u0000"',
    rb'"\"\\\/\b\f\n\r\t"', rb'"\x"', rb'"\u12"', rb'"\u12g4"', b'"\x00"', b'"\x1f"', b'"\x7f"',
    b'"\n"', "\"äöü€😀\"".encode(), b'"\xc3"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xed\x9f\xbf"',
    b'"\xf4\x8f\xbf\xbf"', b'"\xf4\x90\x80\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\xe0\x9f\xbf"',
    b'"\xe0\xa0\x80"', b'"\xf0\x8f\xbf\xbf"', b'"\xef\xbf\xbf"', b'"\xef\xbb\xbf"', b'"\x80"',
    b'""', b'":"', b'","', b'"},{"', rb'"\\"', rb'"\\\""', rb'"a\":1"', b'"' + b"x" * 70 + b'"',
    b'"' + b"y" * 31 + b'"', b'"' + b"z" * 63 + rb'\n"',
]

VALUES = [b"null", b"true", b"false", b"[]", b"{}", b"[1,2]", b'{"a":{"b":[1,"x",null]}}',
          b"[[[]]]", b'[null]', b"nul", b"True", b"[1,]", b'{"a":1,}', b'{"a"}', b"{1:2}", b""]

WHITE = [b" ", b"\n", b"\t", b"\r", b"  \n ", b"\r\n", b"\x0b", b"\x0c", b"\xc2\xa0", b"\xef\xbb\xbf"]


def spot(random, text):
    return random.randrange(len(text) + 1)


def piece(random, text, most=40):
    start = spot(random, text)
    return start, min(len(text), start + random.randrange(1, most))


def flip(random, text, _):
    if not text:
        return text
    at = random.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << random.randrange(8)]) + text[at + 1:]


def change(random, text, _):
    at = spot(random, text)
    return text[:at] + random.choice(EDGE_BYTES) + text[at + 1:]


def insert(random, text, _):
    at = spot(random, text)
    return text[:at] + random.choice(EDGE_BYTES) + text[at:]


def delete(random, text, _):
    start, end = piece(random, text, random.choice([2, 2, 40]))
    return text[:start] + text[end:]


def duplicate(random, text, _):
    start, end = piece(random, text, 200)
    return text[:end] + text[start:end] + text[end:]


def swap(random, text, _):
    first = piece(random, text, 20)
    second = piece(random, text, 20)
    (a, b), (c, d) = sorted([first, second])
    return text if b > c else text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def splice(random, text, other):
    start, end = piece(random, other, 300)
    at, behind = piece(random, text, 300)
    return text[:at] + other[start:end] + text[random.choice([at, behind]):]


def truncate(random, text, _):
    return text[:spot(random, text)]


def tokens_of(text, wanted):
    return [found.span() for found in TOKEN.finditer(text) if wanted(text, found)]


def is_key(text, found):
    return found.group().startswith(b'"') and text[found.end():found.end() + 2].lstrip()[:1] == b":"


def is_value(text, found):
    return found.group()[:1] not in b"[]{}:," and not is_key(text, found)


def is_text(_, found):
    return found.group().startswith(b'"')


def is_row_end(_, found):
    return found.group() == b"}"


def replace_token(random, text, wanted, replacement):
    spans = tokens_of(text, wanted)
    if not spans:
        return text
    start, end = random.choice(spans)
    return text[:start] + replacement(text[start:end]) + text[end:]


def number_at_the_edge(random, text, _):
    return replace_token(random, text, is_value, lambda _: random.choice(NUMBERS))


def strange_text(random, text, _):
    return replace_token(random, text, is_value, lambda _: random.choice(TEXTS))


def other_type(random, text, _):
    return replace_token(random, text, is_value, lambda _: random.choice(VALUES))


def key_again(random, text, _):
    """A member with the name of another one, of its own object or of one near it."""
    keys = tokens_of(text, is_key)
    if len(keys) < 2:
        return text
    at = random.randrange(len(keys))
    start, end = keys[at]
    other = keys[max(0, min(len(keys) - 1, at + random.randrange(-8, 9)))]
    return text[:start] + text[other[0]:other[1]] + text[end:]


def strange_key(random, text, _):
    return replace_token(random, text, is_key, lambda _: random.choice(TEXTS))


def member_again(random, text, _):
    """A name comes twice, the second time with another value."""
    keys = tokens_of(text, is_key)
    ends = tokens_of(text, is_row_end)
    if not keys or not ends:
        return text
    start, end = random.choice(keys)
    at = random.choice(ends)[0]
    value = random.choice([random.choice(NUMBERS), random.choice(TEXTS), random.choice(VALUES)])
    return text[:at] + b"," + text[start:end] + b":" + value + text[at:]


def escaped(random, text, _):
    """A character of a name or a text, written as an escape."""
    def escape(token):
        at = random.randrange(1, max(2, len(token) - 1))
        byte = token[at:at + 1]
        if at >= len(token) - 1 or byte in b'\\"' or token[at - 1:at] == b"\\" or byte >= b"\x80":
            return token
        return token[:at] + b"\\u%04x" % byte[0] + token[at + 1:]
    return replace_token(random, text, is_text, escape)


def white_space(random, text, _):
    spans = tokens_of(text, lambda *_: True)
    if not spans:
        return text
    at = random.choice(random.choice(spans))
    return text[:at] + random.choice(WHITE) + text[at:]


def nested(random, text, _):
    levels = random.choice([1, 2, 3, 7, 30, 505, 508, 509, 510, 511, 512, 513, 514, 600, 1100])
    before, behind = random.choice([(b"[", b"]"), (b'{"a":', b"}")])
    return replace_token(random, text, is_value, lambda token: before * levels + token
                         + behind * levels)


OF_BYTES = [flip, change, insert, delete, duplicate, swap, splice, truncate]
OF_STRUCTURE = [number_at_the_edge, strange_text, other_type, key_again, strange_key, member_again,
                escaped, white_space, nested]


def mutant(random, text, other):
    for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
        changes = OF_BYTES if random.random() < 0.4 else OF_STRUCTURE
        text = random.choice(changes)(random, text, other)
    return text
