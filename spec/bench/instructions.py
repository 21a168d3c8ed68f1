"""Instructions a row: of more rows less those of fewer, so that starting up cancels out."""

import os
import re
import subprocess
import tempfile

FEWER, MORE = 6000, 10000  # by then nearly all groups are known
SLOW = 5  # slow contenders get this part of them


def perf_counts():
    """True where the machine lets perf count instructions; many virtual ones do not."""
    try:
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"],
                              capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0 and re.match(r"\d+,", done.stderr) is not None


def by_perf(command, env):
    done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", *command], env=env,
                          capture_output=True, text=True, check=False)
    found = re.search(r"^(\d+),.*instructions", done.stderr, re.MULTILINE)
    return int(found.group(1)) if done.returncode == 0 and found else None


def by_callgrind(command, env):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind",
                               "--callgrind-out-file=" + os.path.join(folder, "out"), *command],
                              env=env, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found.group(1)) if done.returncode == 0 and found else None


class Counter:
    def __init__(self):
        self.has_perf = perf_counts()
        self.tool = "perf" if self.has_perf else "callgrind"

    def can(self, kernel):
        """valgrind knows no AVX-512."""
        return self.has_perf or kernel != "avx512"

    def count(self, job):
        env = {**os.environ, **job.env}
        return by_perf(job.command, env) if self.has_perf else by_callgrind(job.command, env)

    def a_row(self, fewer, more):
        """For two jobs that differ in their rows; None where it cannot be counted."""
        first, second = self.count(fewer), self.count(more)
        if first is None or second is None:
            return None
        return (second - first) / (more.rows - fewer.rows)
