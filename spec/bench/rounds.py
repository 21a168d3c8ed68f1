"""Runs of all jobs in turn, round after round."""

import statistics


class Rounds:
    def __init__(self, runner):
        self.runner = runner
        self.watched = {}  # by name: the run that was watched for its memory, not timed
        self.runs = {}  # by name: one list of runs

    def look(self, jobs):
        """Once each: answers are checked, files get into memory, and the peaks are noted."""
        for name, job in jobs.items():
            run = self.runner.run(job, watch=True)
            if run:
                self.watched[name] = run

    def turn(self, jobs):
        """One round. Those that are compared over the network alternate, several times."""
        for name, job in jobs.items():
            self.keep(name, self.runner.run(job))
        for _ in range(2):
            for name, job in jobs.items():
                if job.clock == "wall":
                    self.keep(name, self.runner.run(job))

    def keep(self, name, run):
        if run:
            self.runs.setdefault(name, []).append(run)

    def has(self, *names):
        return all(name in self.runs for name in names)

    def seconds(self, name, kind="seconds"):
        return [getattr(run, kind) for run in self.runs[name]]

    def median(self, name, kind="seconds"):
        return statistics.median(self.seconds(name, kind))

    def ratios(self, over, under, scale):
        """Run by run, as neighbours in time: the median, the least and the greatest."""
        every = [a / b * scale for a, b in zip(self.seconds(over), self.seconds(under))]
        return statistics.median(every), min(every), max(every)
