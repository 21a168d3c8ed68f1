"""What every contender must find: read by Python's json, summed by math.fsum."""

import json
import math
import urllib.parse

MISSING = "-"  # no value of a row, as "-" is written %2D


def quoted(value):
    """A group's key as all contenders write it: letters, digits, _ and . stand for themselves."""
    if value is None:
        return MISSING
    text = urllib.parse.quote(value, safe="_.")
    return text.replace("-", "%2D").replace("~", "%7E")


def row_texts(path):
    """Rows of NDJSON, or of an array that otc_unpredictable pretty-printed."""
    with open(path, encoding="utf-8", newline="\n") as file:
        if path.endswith(".ndjson"):
            yield from file
            return
        lines = []
        for line in file:
            if line.startswith("    }"):
                yield "".join(lines) + "}"
                lines = []
            elif line.startswith("    "):
                lines.append(line)


def add(groups, keys, values):
    group = groups.setdefault(keys, [0, [[] for _ in values]])
    group[0] += 1
    for numbers, value in zip(group[1], values):
        if value is not None:
            numbers.append(value)


def summed(groups):
    """{keys: (count, sums)} with keys as contenders write them."""
    return {tuple(map(quoted, keys)): (count, [math.fsum(numbers) for numbers in lists])
            for keys, (count, lists) in groups.items()}


def of_rows(path):
    groups = {}
    for text in row_texts(path):
        row = json.loads(text)
        add(groups, (row.get("product"), row.get("region")), [row.get("amount")])
    return summed(groups)


def of_pages(texts):
    groups = {}
    for text in texts:
        for report in json.loads(text)["reports"]:
            for resource in report["resources"]:
                for plan in resource["plans"]:
                    for usage in plan["usage"]:
                        add(groups, (resource["resource_id"], usage["metric"]),
                            [usage["cost"], usage["quantity"]])
    return summed(groups)


def read(path):
    """Groups as of_rows gives them, from lines as a contender prints them."""
    with open(path, encoding="utf-8") as file:
        return parse(file)


def parse(lines):
    groups = {}
    for line in lines:
        words = line.rstrip("\n").split("\t")
        if words[0] == "group":
            groups[(words[1], words[2])] = (int(words[3]), [float(word) for word in words[4:]])
    return groups


def write(groups, path):
    with open(path, "w", encoding="utf-8") as file:
        for keys, (count, sums) in groups.items():
            file.write("\t".join(["group", *keys, str(count), *map(repr, sums)]) + "\n")


def difference(found, expected, tolerance):
    """What is wrong with groups, or None. Tolerance is relative; 0 means to the last bit."""
    if found.keys() != expected.keys():
        odd = sorted(found.keys() ^ expected.keys())[:3]
        return f"{len(found)} groups instead of {len(expected)}, e.g. {odd}"
    for keys, (count, sums) in expected.items():
        other_count, other_sums = found[keys]
        if count != other_count:
            return f"{keys}: {other_count} rows instead of {count}"
        for one, other in zip(sums, other_sums):
            if abs(one - other) > tolerance * abs(one):
                return f"{keys}: {other!r} instead of {one!r}"
    return None
