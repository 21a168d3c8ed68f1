"""Rows that no row before them foretells. Each kind changes the list of [name, text] of a row's
members."""

import json
import random

import otc_rows
import otc_stock

LONG = 4096


def shuffle(listed, rng):
    rng.shuffle(listed)


def lack(listed, rng):
    """A key is missing in 30 % of the rows."""
    if rng.random() < 0.3:
        del listed[rng.randrange(len(listed))]


def null_string(listed, rng):
    """A string column is null in 10 % of the rows."""
    if rng.random() < 0.1:
        name = rng.choice(otc_stock.STRINGS)
        for member in listed:
            if member[0] == name:
                member[1] = "null"


def null_number(listed, rng):
    if rng.random() < 0.2:
        name = rng.choice(["amount", "quantity", "amount_excluding_discount"])
        for member in listed:
            if member[0] == name:
                member[1] = "null"


def come_and_go(listed, rng):
    """Each member that no total needs is there in seven rows of ten."""
    listed[:] = [member for member in listed
                 if member[0] in ("amount", "product", "region") or rng.random() < 0.7]
    if rng.random() < 0.3:
        listed.insert(rng.randrange(len(listed) + 1), ["etl_updated", '"2024-08-02T03:10:00"'])


def repeat_keys(listed, rng):
    """The last of those with one name counts."""
    for _ in range(rng.randrange(3)):
        name, _ = listed[rng.randrange(len(listed))]
        other = '"another"' if name in otc_stock.STRINGS else "0.5"
        listed.insert(rng.randrange(len(listed) + 1), [name, other])


def is_string(text):
    return text[0] == '"'


def escaped(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + f"\\u{ord(text[at]):04x}" + text[at + 1:]


def escape(listed, rng):
    """In keys and in values; the same text after decoding, but for what is added to two."""
    for member in listed:
        if rng.random() < 0.1:
            member[0] = escaped(member[0], rng)
        elif is_string(member[1]) and "\\" not in member[1] and rng.random() < 0.2:
            member[1] = '"' + escaped(member[1][1:-1], rng) + '"'
        if member[0] == "product_description" and is_string(member[1]) and rng.random() < 0.5:
            member[1] = member[1][:-1] + rng.choice([r"\/", r"\"", r"\\", r"\n"]) + '"'


def lengthen(listed, rng):
    """Strings of kilobytes, of which one in three holds an escape."""
    for member in listed:
        if member[0] == "product_description" and is_string(member[1]):
            tail = "x" * rng.randrange(LONG)
            member[1] = member[1][:-1] + tail + rng.choice(["", "", r"\n"]) + '"'


WORDS = ["für", "Größe", "Straße", "€", "京都", "データ", "🚀", "naïve", "Ελλάδα", "облако"]


def speak(listed, rng):
    """UTF-8 of two to four bytes."""
    for member in listed:
        name, text = member
        if name in ("product_description", "project_name") and is_string(text):
            words = " ".join(rng.choice(WORDS) for _ in range(1 + rng.randrange(3)))
            member[1] = f'{text[:-1]} {words}"'
        elif name == "product" and is_string(text):
            member[1] = text[:-1] + rng.choice(["", "ß", "é"]) + '"'


def tag(listed, rng):
    """An object or a list of objects as a value."""
    tags = {rng.choice(["env", "team", "cost center"]): rng.choice(["prod", "web", "4711"])
            for _ in range(rng.randrange(4))}
    value = tags if rng.random() < 0.5 else [{"key": k, "value": v} for k, v in tags.items()]
    listed.insert(rng.randrange(len(listed) + 1),
                  ["tags", json.dumps(value, separators=(",", ":"))])


# name: (the changes of its members in turn, whether its rows are pretty-printed)
KINDS = {
    "irregular": ([lack, null_string, shuffle], True),
    "regular-pretty": ([], True),
    "shuffled": ([shuffle], False),
    "come-and-go": ([come_and_go], False),
    "repeated-keys": ([repeat_keys], False),
    "escapes": ([escape], False),
    "long-strings": ([lengthen], False),
    "null-numbers": ([null_number], False),
    "null-strings": ([null_string], False),
    "utf8": ([speak], False),
    "tags": ([tag], False),
    "everything": ([null_string, null_number, come_and_go, repeat_keys, escape, lengthen, speak,
                    tag, shuffle], True),
}


def text_of(listed, is_pretty):
    if is_pretty:
        inner = ",\n".join(f'        "{name}": {text}' for name, text in listed)
        return "    {\n" + inner + "\n    }"
    return "{" + ",".join(f'"{name}":{text}' for name, text in listed) + "}"


def rows_of(kind, rows):
    """The texts of the rows of a kind."""
    changes, is_pretty = KINDS[kind]
    rng = random.Random(f"{otc_stock.SEED} {kind}")
    resources = otc_stock.make_resources()
    for index, variant, date in otc_rows.drawn(rows):
        listed = otc_stock.members(resources[index], variant, date)
        for change in changes:
            change(listed, rng)
        yield text_of(listed, is_pretty)
