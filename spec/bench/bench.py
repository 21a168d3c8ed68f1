"""Measures costream and its contenders, prints the tables and writes them beside this file:
bench.py BUILD-FOLDER. ROWS and ROUNDS are in the environment; see README.md."""

import os
import signal
import sys

import otc_unpredictable
import store as data

import contenders
import goals
import instructions
import job
import machine
import plot
import rounds as turns
import server as web
import table

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

USUAL_ROWS, USUAL_ROUNDS = 500000, 7
ROWS = int(os.environ.get("ROWS") or USUAL_ROWS)
ROUNDS = int(os.environ.get("ROUNDS") or USUAL_ROUNDS)
SLOW_ROWS, SAMPLE_ROWS, REPORTS = ROWS // 10, ROWS // 5, ROWS // 100
LENGTHS = sorted({max(contenders.POOL_ROWS, rows // contenders.POOL_ROWS * contenders.POOL_ROWS)
                  for rows in (ROWS // 50, ROWS // 5, ROWS * 2, ROWS * 20)})
LENGTH_ROUNDS = 3
PASSES = 2

SAMPLES = ["regular.ndjson"] + [name + (".json" if pretty else ".ndjson")
                                for name, (_, pretty) in otc_unpredictable.KINDS.items()]


def kernels_here():
    return [kernel for kernel in contenders.KERNELS if machine.has(kernel[3])]


class Bench:
    def __init__(self, build):
        self.build, self.store = build, data.Store(build)
        self.kernels = kernels_here()
        self.rounds = turns.Rounds(job.Runner(os.path.join(build, "measure")))
        self.counts = {}

    def contenders(self, rows, slow_rows, passes):
        return contenders.Contenders(self.store, ROOT, self.build, self.kernels, rows, slow_rows,
                                     passes)

    def main_jobs(self, server):
        jobs = self.contenders(ROWS, SLOW_ROWS, PASSES)
        jobs.add_kernels()
        jobs.add_tables()
        jobs.add_programs()
        jobs.add_pages(server, REPORTS)
        jobs.add_network(server)
        jobs.add_samples(SAMPLES, SAMPLE_ROWS)
        return jobs.jobs

    def checks(self):
        jobs = self.contenders(SAMPLE_ROWS, SAMPLE_ROWS, 1)
        jobs.add_checks()
        return jobs.jobs

    def length_jobs(self, server):
        jobs = self.contenders(ROWS, SLOW_ROWS, 1)
        jobs.add_lengths(server, LENGTHS)
        return jobs.jobs

    def measure(self, server):
        jobs = self.main_jobs(server)
        say("check that all give the same answer")
        self.rounds.look(self.checks())
        self.rounds.look(jobs)
        for number in range(1, ROUNDS + 1):
            say(f"round {number} of {ROUNDS}")
            self.rounds.turn(jobs)
        long = self.length_jobs(server)
        say(f"streams of {LENGTHS[0]:,} to {LENGTHS[-1]:,} rows")
        self.rounds.look(long)
        for _ in range(LENGTH_ROUNDS):
            self.rounds.turn(long)
        return {**jobs, **long}

    def count_instructions(self):
        counter = instructions.Counter()
        say(f"count instructions with {counter.tool}")
        fewer, more = self.few_jobs(instructions.FEWER), self.few_jobs(instructions.MORE)
        for name in more:
            in_kernel = [kernel[0] for kernel in contenders.KERNELS if kernel[0] in name]
            if self.rounds.has(name) and (not in_kernel or counter.can(in_kernel[0])):
                self.counts[name] = counter.a_row(fewer[name], more[name])
        return counter.tool

    def few_jobs(self, rows):
        jobs = self.contenders(rows, rows // instructions.SLOW, 1)
        jobs.add_kernels()
        jobs.add_tables()
        jobs.add_programs()
        return jobs.jobs


def say(words):
    print(words, flush=True)


def notes(rounds):
    """What each contender said of itself, once."""
    said = sorted({run.note for run in rounds.watched.values() if run.note})
    return "; ".join(said)


def results(bench, jobs, tool):
    lengths = table.Lengths(bench.rounds, jobs, LENGTHS)
    listed = list(goals.all_comparisons(bench.kernels))
    with open(os.path.join(HERE, "RESULTS.template.md"), encoding="utf-8") as file:
        text = file.read()
    words = {
        "rows": f"{ROWS:,}", "rounds": str(ROUNDS), "passes": str(PASSES),
        "slow_rows": f"{SLOW_ROWS:,}", "sample_rows": f"{SAMPLE_ROWS:,}", "tool": tool,
        "fewer": f"{instructions.FEWER:,}", "more": f"{instructions.MORE:,}",
        "comparisons": table.comparisons(listed, bench.rounds, jobs, bench.counts),
        "samples": table.samples(SAMPLES, bench.rounds, jobs),
        "pool_groups": str(len(bench.store.row_truth("regular.ndjson", contenders.POOL_ROWS))),
        "lengths": lengths.table(), "machine": "\n".join(machine.lines()),
        "notes": notes(bench.rounds), "reports": f"{REPORTS:,}",
        "usage_rows": f"{jobs['lua-cjson pages lua5.4'].rows:,}",
    }
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text, plot.draw(lengths) if lengths.points else ""


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nginx is stopped too
    bench = Bench(os.path.abspath(sys.argv[1]))
    store = bench.store
    with web.Server(store.rows("regular.ndjson", ROWS),
                    store.rows("regular.ndjson", contenders.POOL_ROWS),
                    store.pages(REPORTS)) as server:
        jobs = bench.measure(server)
    tool = bench.count_instructions()
    text, picture = results(bench, jobs, tool)
    # A quick look does not replace the results.
    folder = HERE if (ROWS, ROUNDS) == (USUAL_ROWS, USUAL_ROUNDS) else bench.build
    for name, content in (("RESULTS.md", text), ("lengths.svg", picture)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content)
    say(text)
    say(f"written: {os.path.relpath(os.path.join(folder, 'RESULTS.md'), ROOT)}")


if __name__ == "__main__":
    main()
