"""Python's own json, or ijson over yajl: python_work.py json|ijson FILE

json takes NDJSON line by line, ijson an array. Sums amount by product and region."""

import sys

groups = {}


def add(row):
    key = (row["product"], row["region"])
    group = groups.get(key)
    if group is None:
        group = groups[key] = [0, 0.0]
    group[0] += 1
    group[1] += row["amount"]


def run_json(path):
    import json
    with open(path, encoding="utf-8") as file:
        for line in file:
            add(json.loads(line))
    print(f"note\tPython {sys.version.split()[0]} json")


def run_ijson(path):
    import ijson
    import ijson.backends.yajl2_c as yajl
    with open(path, "rb") as file:
        for row in yajl.items(file, "item", use_float=True):
            add(row)
    print(f"note\tijson {ijson.__version__} yajl2_c")


{"json": run_json, "ijson": run_ijson}[sys.argv[1]](sys.argv[2])
for (product, region), (count, total) in groups.items():
    print("group", product, region.replace("-", "%2D"), count, repr(total), sep="\t")
