"""The tables of RESULTS.md."""

import statistics

import goals

LUA_NAMES = {"lua5.4": "Lua 5.4", "luajit": "LuaJIT"}


def markdown(head, rows):
    """Padded, since it is printed too."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    rule = ["-" * width for width in widths]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths))
                     + " |" for line in [head, rule, *rows])


def nanoseconds(rounds, jobs, name):
    return f"{rounds.median(name) / jobs[name].rows * 1e9:,.0f}"


def megabytes(size):
    return f"{size / 1e6:,.1f}" if size < 99.95e6 else f"{size / 1e6:,.0f}"


def peak(rounds, name):
    run = rounds.watched[name]
    return f"{megabytes(run.resident)} ({megabytes(run.anonymous)})"


def met(good):
    return "yes" if good else "**no**"


def ratio_of(comparison, rounds, jobs):
    over, under = comparison.theirs, comparison.ours
    if comparison.at_most:
        over, under = under, over
    return rounds.ratios(over, under, jobs[under].rows / jobs[over].rows)


def goal_cells(comparison, ratio):
    if comparison.goal is None:
        return ["", ""]
    if comparison.at_most:
        return [f"at most {comparison.goal}", met(ratio <= comparison.goal)]
    return [f"at least {comparison.goal}", met(ratio >= comparison.goal)]


def counted(counts, name):
    count = counts.get(name)
    return "-" if count is None else f"{count:,.0f}"


def comparison_row(comparison, rounds, jobs, counts):
    ours, theirs = comparison.ours, comparison.theirs
    if not rounds.has(ours, theirs):
        times = [nanoseconds(rounds, jobs, name) if rounds.has(name) else "not here"
                 for name in (ours, theirs)]
        return [comparison.work, comparison.against, *times, "", "",
                goal_cells(comparison, 0)[0], "", "", ""]
    median, least, greatest = ratio_of(comparison, rounds, jobs)
    fewer = " *" if jobs[theirs].rows < jobs[ours].rows else ""
    return [comparison.work, comparison.against + fewer, nanoseconds(rounds, jobs, ours),
            nanoseconds(rounds, jobs, theirs), f"**{median:.2f}**",
            f"{least:.2f} - {greatest:.2f}", *goal_cells(comparison, median),
            f"{counted(counts, ours)} / {counted(counts, theirs)}",
            f"{peak(rounds, ours)} / {peak(rounds, theirs)}"]


def comparisons(listed, rounds, jobs, counts):
    return markdown(
        ["work", "against", "costream ns/row", "it ns/row", "ratio", "spread", "goal", "met",
         "instructions a row", "peak MB (anonymous)"],
        [comparison_row(one, rounds, jobs, counts) for one in listed])


def samples(kinds, rounds, jobs):
    """Bytes a second of each kind of rows, beside those of regular ones in the same round."""
    regular = "sample regular.ndjson"
    rows = []
    for kind in kinds:
        name = f"sample {kind}"
        if rounds.has(name, regular):
            scale = jobs[name].size / jobs[regular].size
            median, least, greatest = rounds.ratios(regular, name, scale)
            rate = jobs[name].size / rounds.median(name) / 1e9
            rows.append([kind, f"{jobs[name].size / jobs[name].rows:,.0f}",
                         nanoseconds(rounds, jobs, name), f"{rate:.2f}", f"**{median:.2f}**",
                         f"{least:.2f} - {greatest:.2f}", met(median >= goals.SLOWEST_SAMPLE)])
    return markdown(["rows", "bytes a row", "ns/row", "GB/s", "of regular rows' GB/s", "spread",
                     f"at least {goals.SLOWEST_SAMPLE}"], rows)


class Lengths:
    """Streams of many lengths: what a row takes, and the peaks."""

    def __init__(self, rounds, jobs, lengths):
        self.lengths = lengths
        self.points = {}  # by (work, lua): a list of (rows, ns a row, resident, anonymous)
        for name, job in jobs.items():
            if name.startswith("long ") and rounds.has(name):
                _, work, lua, _ = name.split(" ")
                a_row = statistics.median(rounds.seconds(name, "mean")) / job.rows * 1e9
                run = rounds.watched[name]
                self.points.setdefault((work, lua), []).append(
                    (job.rows, a_row, run.resident, run.anonymous))

    @staticmethod
    def label(work, lua):
        work = {"fold": "fold by 2", "regions": "fold by region", "http": "fold by 2, HTTP",
                "values": "values of 3"}.get(work, work)
        return f"{work}, {LUA_NAMES[lua]}"

    @staticmethod
    def drift(points):
        times = [a_row for _, a_row, _, _ in points]
        return max(times) / min(times) - 1

    def row(self, key, points):
        resident = max(point[2] for point in points)
        anonymous = max(point[3] for point in points)
        drift = self.drift(points)
        small = resident <= goals.MOST_RESIDENT and anonymous <= goals.MOST_ANONYMOUS
        return [self.label(*key), *[f"{point[1]:,.0f}" for point in points],
                f"{drift * 100:.1f} %", met(drift <= goals.MOST_DRIFT),
                *[megabytes(point[2]) for point in (points[0], points[-1])],
                f"{megabytes(resident)} ({megabytes(anonymous)})", met(small)]

    def table(self):
        head = ["ns/row", *[f"{rows:,} rows" for rows in self.lengths], "apart",
                f"at most {goals.MOST_DRIFT * 100:.0f} %", "MB, shortest", "MB, longest",
                "most MB (anonymous)",
                f"at most {goals.MOST_RESIDENT / 1e6:.0f} ({goals.MOST_ANONYMOUS / 1e6:.0f})"]
        return markdown(head, [self.row(key, points) for key, points in self.points.items()])
