"""One contender at one work, and what a run of it measured."""

import dataclasses
import os
import subprocess
import tempfile

import truth

NOT_HERE = 3  # a contender's status where this machine or this costream lacks what it needs


@dataclasses.dataclass
class Job:
    name: str
    command: list
    rows: int
    size: int  # bytes of JSON
    clock: str  # inner: as the contender says; cpu, wall: of its whole process
    expected: object = None  # groups, or (rows, total)
    tolerance: float = 1e-9  # sums of plain additions; 0 where they must be exact
    env: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Run:
    seconds: float
    mean: float
    resident: int
    anonymous: int
    note: str


def total_difference(words, expected, tolerance):
    rows, total = expected
    if int(words["rows"]) != rows:
        return f"{words['rows']} rows instead of {rows}"
    if abs(float(words["total"]) - total) > tolerance * abs(total):
        return f"a total of {words['total']} instead of {total!r}"
    return None


def check(job, lines, words):
    """Ends all where an answer is not the true one."""
    wrong = None
    if isinstance(job.expected, tuple):
        wrong = total_difference(words, job.expected, job.tolerance)
    elif job.expected is not None:
        wrong = truth.difference(truth.parse(lines), job.expected, job.tolerance)
    if wrong:
        raise SystemExit(f"{job.name}: {wrong}")


class Runner:
    def __init__(self, measure):
        self.measure = measure
        self.absent = set()

    def run(self, job, watch=False):
        """A Run, or None where the contender is not here."""
        if job.name in self.absent:
            return None
        with tempfile.NamedTemporaryFile("r") as report:
            command = [self.measure, report.name] + ["--watch"] * watch + job.command
            done = subprocess.run(command, env={**os.environ, **job.env}, text=True,
                                  capture_output=True, check=False)
            measured = report.read().split()
        if done.returncode == NOT_HERE:
            print(f"{job.name}: {done.stderr.strip()}", flush=True)
            self.absent.add(job.name)
            return None
        if done.returncode != 0:
            raise SystemExit(f"{job.name} ended with {done.returncode}: {done.stderr}")
        lines = done.stdout.splitlines()
        words = dict(line.split("\t", 1) for line in lines if "\t" in line)
        check(job, lines, words)
        wall, cpu = float(measured[0]), float(measured[1])
        seconds = {"wall": wall, "cpu": cpu}.get(job.clock) or float(words["seconds"])
        return Run(seconds, float(words.get("mean", seconds)), int(measured[2]),
                   int(measured[3]), words.get("note", ""))
