"""What is compared with what, and how it is to come out."""

import dataclasses


@dataclasses.dataclass
class Comparison:
    work: str
    ours: str  # names of jobs
    theirs: str
    against: str
    goal: float = None
    at_most: bool = False  # the ratio is ours to theirs and may not be more; else theirs to ours
    instructions: tuple = ()  # names of the jobs to count, where they are not those timed


FRAMINGS = {"regular.ndjson": "NDJSON", "regular.json": "array"}


def kernel_comparisons(kernels):
    for kernel, _, word, _, goal in kernels:
        for kind, framing in FRAMINGS.items():
            ours = f"costream fold {kernel} {kind}"
            yield Comparison(f"fold by 2, sum 1; {framing}", ours,
                             f"simdjson read {kernel} {kind}",
                             f"simdjson reading 3 fields, {word}", goal)
            yield Comparison("the same", ours, f"simdjson fold {kernel} {kind}",
                             f"simdjson, grouping them too, {word}")
    for kernel, _, word, _, _ in kernels:
        ours = f"costream fold {kernel} irregular.json"
        yield Comparison("fold of irregular rows", ours, f"simdjson read {kernel} irregular.json",
                         f"simdjson reading 3 fields, {word}", 1)
        yield Comparison("the same", ours, f"simdjson fold {kernel} irregular.json",
                         f"simdjson, grouping them too, {word}")


def all_comparisons(kernels):
    yield from kernel_comparisons(kernels)
    for lua, name, rows, values in (("lua5.4", "Lua 5.4", 5, 25), ("luajit", "LuaJIT", 2.5, 14)):
        yield Comparison(f"rows into tables, {name}", f"costream rows {lua}", f"lua-cjson {lua}",
                         "lua-cjson, whole body", rows)
        yield Comparison(f"`values` of 3, {name}", f"costream values {lua}", f"lua-cjson {lua}",
                         "lua-cjson, whole body", values)
    yield Comparison("IBM `usage` to fold, Lua 5.4", "costream usage lua5.4",
                     "lua-cjson pages lua5.4", "lua-cjson, nested loops", 10)
    yield Comparison("IBM `usage` to fold, LuaJIT", "costream usage luajit",
                     "lua-cjson pages luajit", "lua-cjson, nested loops")
    for name in ("Python json", "ijson", "jq", "jq --stream"):
        yield Comparison("fold of a file, whole process", "costream file", name, name)
    yield Comparison("HTTP to fold, whole process", "costream http", "curl http",
                     "`curl -o /dev/null`", 1.05, at_most=True)
    yield Comparison("the same over TLS", "costream https", "curl https", "`curl -o /dev/null`",
                     1.05, at_most=True)


SLOWEST_SAMPLE = 0.5  # of the bytes a second of regular rows
MOST_RESIDENT, MOST_ANONYMOUS = 20e6, 10e6
MOST_DRIFT = 0.05  # of the time a row, between the shortest and the longest stream
