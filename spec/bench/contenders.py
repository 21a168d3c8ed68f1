"""All contenders at all works, as jobs by name."""

import math
import os

from job import Job

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "contenders")
LUAS = ["lua5.4", "luajit"]
POOL_ROWS = 2000  # come again and again in long streams
PYTHON = "/usr/bin/python3"  # Debian's, as its ijson

# costream's name, simdjson's -march, the word for it, what the CPU must have, the goal
KERNELS = [
    ("avx512", "icelake-client", "AVX-512", "avx512_vbmi2", 3),
    ("avx2", "haswell", "AVX2", "avx2", 2.5),
    ("sse2", "westmere", "SSE2", "sse4_2", 1.5),
]


def here(name):
    return os.path.join(HERE, name)


def by_region(groups):
    """Those of product and region as those of region alone."""
    regions = {}
    for (_, region), (count, sums) in groups.items():
        known = regions.get((region, "-"), (0, [0]))
        regions[(region, "-")] = (known[0] + count, [known[1][0] + sums[0]])
    return regions


def total_of(groups):
    sums = [sums[0] for _, sums in groups.values()]
    return sum(count for count, _ in groups.values()), math.fsum(sums)


class Contenders:
    """Makes jobs for one number of rows; slow contenders get fewer."""

    def __init__(self, store, root, build, kernels, rows, slow_rows, passes):
        self.store, self.root, self.build, self.kernels = store, root, build, kernels
        self.rows, self.slow_rows, self.passes = rows, slow_rows, passes
        self.jobs = {}

    def add(self, name, command, kind, rows, clock="inner", expected=None, **rest):
        size = os.path.getsize(self.store.rows(kind, rows)) if kind else 0
        self.jobs[name] = Job(name, command, rows, size, clock, expected, **rest)

    def lua_env(self, lua, **more):
        return {
            "LUA_PATH": f"{HERE}/?.lua;{self.root}/lua/?.lua;{self.root}/lua/?/init.lua;;",
            "LUA_CPATH": f"{self.root}/build/{lua}/?.so;;", **more,
        }

    def truth(self, kind, rows=None):
        return self.store.row_truth(kind, rows or self.rows)

    def costream(self, name, work, source, kind, lua="lua5.4", rows=None, passes=None, env=None,
                 clock="inner"):
        """One work of costream; sums by fold must be right to the last bit."""
        rows = rows or self.rows
        groups = self.truth(kind, rows)
        is_total = work in ("values", "rows")
        path = self.store.rows(kind, rows)
        self.add(name, [lua, here("costream_work.lua"), work, source.replace("FILE", path),
                        str(passes or self.passes)], kind, rows, clock,
                 total_of(groups) if is_total else groups,
                 tolerance=0 if work == "fold" else 1e-9, env=self.lua_env(lua, **(env or {})))

    def cjson(self, name, work, kind, lua):
        groups = self.truth(kind)
        self.add(name, [lua, here("cjson_work.lua"), work, self.store.rows(kind, self.rows),
                        str(self.passes)], kind, self.rows,
                 expected=groups if work == "groups" else total_of(groups), env=self.lua_env(lua))

    def simdjson(self, name, work, kind, order, march):
        groups = self.truth(kind)
        self.add(name, [os.path.join(self.build, f"simdjson_work-{march}"), work,
                        self.store.rows(kind, self.rows), order, str(self.passes)],
                 kind, self.rows, expected=groups if work == "fold" else total_of(groups))

    def program(self, name, command, kind, rows):
        """A whole process that reads the file itself."""
        path = self.store.rows(kind, rows)
        self.add(name, [word.replace("FILE", path) for word in command], kind, rows, "cpu",
                 self.truth(kind, rows))

    def add_kernels(self):
        """The same fold by each set of instructions, on each kind of rows."""
        for kernel, march, _, _, _ in self.kernels:
            for kind in ("regular.ndjson", "regular.json", "irregular.json"):
                order = "each" if kind == "irregular.json" else "find"
                self.costream(f"costream fold {kernel} {kind}", "fold", "text:FILE", kind,
                              env={"COSTREAM_KERNEL": kernel})
                for work in ("read", "fold"):
                    self.simdjson(f"simdjson {work} {kernel} {kind}", work, kind, order, march)

    def add_tables(self):
        """Rows and columns as Lua values."""
        for lua in LUAS:
            self.costream(f"costream rows {lua}", "rows", "file:FILE", "regular.json", lua)
            self.costream(f"costream values {lua}", "values", "text:FILE", "regular.json", lua)
            self.cjson(f"lua-cjson {lua}", "sum", "regular.json", lua)

    def add_programs(self):
        self.costream("costream file", "fold", "file:FILE", "regular.ndjson", passes=1,
                      clock="cpu")
        lines, array, slow = "regular.ndjson", "regular.json", self.slow_rows
        python = [PYTHON, here("python_work.py")]
        self.program("Python json", [*python, "json", "FILE"], lines, self.rows)
        self.program("ijson", [*python, "ijson", "FILE"], array, slow)
        self.program("jq", ["jq", "-rn", "-f", here("group.jq"), "FILE"], lines, slow)
        self.program("jq --stream", ["jq", "-rn", "--stream", "-f", here("group_stream.jq"),
                                     "FILE"], array, slow)

    def add_checks(self):
        """Works that are not timed: what those which only sum hand out, by group."""
        for lua in LUAS:
            for kind in ("regular.ndjson", "irregular.json"):
                for work in ("row_groups", "value_groups"):
                    self.costream(f"check {work} {lua} {kind}", work, "file:FILE", kind, lua,
                                  passes=1)
            self.cjson(f"check lua-cjson {lua}", "groups", "irregular.json", lua)

    def add_samples(self, kinds, rows):
        for kind in kinds:
            self.costream(f"sample {kind}", "fold", "text:FILE", kind, rows=rows, passes=3)

    def add_pages(self, server, reports):
        groups, pages = self.store.page_truth(reports), self.store.pages(reports)
        files = sorted(os.path.join(pages, name) for name in os.listdir(pages))
        rows = sum(count for count, _ in groups.values())
        size = sum(map(os.path.getsize, files))
        for lua in LUAS:
            self.jobs[f"costream usage {lua}"] = Job(
                f"costream usage {lua}",
                [lua, here("costream_work.lua"), "usage", server.url, str(self.passes)],
                rows, size, "inner", groups, tolerance=0, env=self.lua_env(lua))
            self.jobs[f"lua-cjson pages {lua}"] = Job(
                f"lua-cjson pages {lua}",
                [lua, here("cjson_work.lua"), "pages", *files, str(self.passes)],
                rows, size, "inner", groups, env=self.lua_env(lua))

    def add_network(self, server):
        """curl throws the bytes away, costream folds them: whole processes, in wall time."""
        kind, path = "regular.ndjson", "/v2/hourly/consumption/"
        for name, url in (("http", server.url), ("https", server.tls_url)):
            self.add(f"curl {name}", ["curl", "-sf", "--cacert", server.ca_file,
                                      "-o", "/dev/null", url + path], kind, self.rows, "wall")
            self.costream(f"costream {name}", "fold", url, kind, passes=1, clock="wall",
                          env={"CA_FILE": server.ca_file})

    def add_lengths(self, server, lengths):
        """The same 2000 rows again and again, without and with a network."""
        pool, kind = self.store.rows("regular.ndjson", POOL_ROWS), "regular.ndjson"
        once = self.truth(kind, POOL_ROWS)
        size = os.path.getsize(pool)
        for rows in lengths:
            times = rows // POOL_ROWS
            groups = {keys: (count * times, [one * times for one in sums])
                      for keys, (count, sums) in once.items()}
            passes = str(max(1, lengths[-1] // 10 // rows))
            sources = [(lua, work, f"again:{times}:{pool}") for lua in LUAS
                       for work in ("fold", "regions", "values", "rows")]
            sources.append(("lua5.4", "http", f"{server.url}/again/{times}"))
            for lua, work, source in sources:
                name = f"long {work} {lua} {rows}"
                command = [lua, here("costream_work.lua"), "fold" if work == "http" else work,
                           source, passes]
                expected = groups if work in ("fold", "http") \
                    else by_region(groups) if work == "regions" else total_of(groups)
                self.jobs[name] = Job(name, command, rows, size * times, "inner", expected,
                                      env=self.lua_env(lua))
