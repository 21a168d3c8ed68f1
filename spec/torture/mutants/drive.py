"""Has an interpreter of Lua read mutants of pages, and compares what it says with Python's json.

drive.py INTERPRETER COUNT [SEED]. Its last line counts the pages that were right, those that were
errors, and the differences; it fails when there is one, and shows the first few.
"""

import os
import random
import subprocess
import sys
import tempfile

import answers
import mutate
import pages

BATCH = 250
SHOWN = 5
KINDS = ["lines", "array", "detect", "reports", "usage"]
NAMES = ["rows", "values", "fold"]


def make_job(source):
    kind = source.choice(KINDS)
    framing = source.choice(["lines", "array"]) if kind == "detect" else kind
    text = pages.page(source, framing)
    text = mutate.mutant(source, text, pages.page(source, source.choice(KINDS)))
    envelope = kind in ("reports", "usage")
    return {
        "kind": kind,
        "text": text,
        "seed": source.randrange(1, 2 ** 31 - 2),
        "depth": source.choice([512, 512, 512, 1024] if envelope else [512, 512, 2, 3, 1024]),
        "record_bytes": 2 ** 24 if envelope else source.choice([2 ** 24, 2 ** 24, 230]),
    }


def write_batch(name, jobs):
    with open(name, "wb") as file:
        for job in jobs:
            file.write(b"%s %d %d %d %d\n" % (job["kind"].encode(), job["seed"], job["depth"],
                                              job["record_bytes"], len(job["text"])))
            file.write(job["text"])


def read_answers(name, count):
    with open(name, "rb") as file:
        return [[file.read(int(file.readline())) for _ in NAMES] for _ in range(count)]


class Tally:
    def __init__(self):
        self.right = self.errors = self.differences = 0

    def compare(self, job, expected, found):
        for name, wanted, got in zip(NAMES, expected, found):
            if wanted.encode() != got:
                self.differences += 1
                if self.differences <= SHOWN:
                    print("%s of %r differ:\n%s\nwhere Python has\n%s" % (
                        name, job, got.decode("utf-8", "backslashreplace"), wanted))

    def line(self, count):
        return "%d mutants: %d right, %d errors, %d differences" % (
            count, self.right, self.errors, self.differences)


def has_integers(interpreter):
    return subprocess.check_output([interpreter, "-e", "print(math.type ~= nil)"]) == b"true\n"


def run(interpreter, count, seed):
    source = random.Random(seed)
    writer = answers.Writer(has_integers(interpreter))
    tally = Tally()
    reader = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reader.lua")
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
            [interpreter, reader], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        name = os.path.join(folder, "batch")
        for first in range(0, count, BATCH):
            jobs = [make_job(source) for _ in range(min(BATCH, count - first))]
            write_batch(name, jobs)
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
            expected = [answers.answers(job["text"], job["kind"], job, writer) for job in jobs]
            if process.stdout.readline() != b"done\n":
                sys.exit("the interpreter ended")
            for job, (texts, right), found in zip(
                    jobs, expected, read_answers(name + ".answers", len(jobs))):
                tally.right += right
                tally.errors += not right
                tally.compare(job, texts, found)
        process.stdin.close()
    print(tally.line(count))
    return tally.differences == 0 and process.returncode == 0


if __name__ == "__main__":
    sys.setrecursionlimit(20000)
    SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    sys.exit(0 if run(sys.argv[1], int(sys.argv[2]), SEED) else 1)
