"""Time a row and peak memory by the number of rows, as SVG."""

import math

WIDTH, HEIGHT, GAP = 760, 300, 60
LEFT, RIGHT, TOP = 70, 170, 40
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#882255", "#999933",
           "#555555"]


class Axis:
    """Values onto pixels; logarithmic, or linear from 0."""

    def __init__(self, low, high, start, end, is_logarithmic):
        self.scale = math.log10 if is_logarithmic else float
        self.low, self.high, self.start, self.end = self.scale(low), self.scale(high), start, end

    def __call__(self, value):
        part = (self.scale(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def text(x, y, words, anchor="middle", colour="#222", extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{extra}>'
            f'{words}</text>')


def line(x1, y1, x2, y2, colour="#ddd", extra=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}"{extra}/>')


def power(value):
    exponent = round(math.log10(value))
    return f'10<tspan dy="-5" font-size="9">{exponent}</tspan>' if value == 10 ** exponent \
        else f"{value:,}"


def spread_apart(labels, least):
    """Moves labels (y, ...) down so that none covers another."""
    placed, last = [], -math.inf
    for y, *rest in sorted(labels):
        last = max(y, last + least)
        placed.append((last, *rest))
    return placed


class Panel:
    def __init__(self, title, top, xs, y_axis, ticks, limit=None):
        self.parts = [text(LEFT, top - 14, title, "start", extra=' font-weight="bold"')]
        self.x = Axis(xs[0], xs[-1], LEFT, WIDTH - RIGHT, True)
        self.y, self.bottom, self.labels = y_axis, top + HEIGHT, []
        for tick in ticks:
            y = self.y(tick)
            self.parts.append(line(LEFT, y, WIDTH - RIGHT, y))
            self.parts.append(text(LEFT - 8, y + 4, f"{tick:,}", "end"))
        for rows in xs:
            self.parts.append(line(self.x(rows), top, self.x(rows), self.bottom))
            self.parts.append(text(self.x(rows), self.bottom + 18, power(rows)))
        middle = (LEFT + WIDTH - RIGHT) / 2
        self.parts.append(text(middle, self.bottom + 36, "rows of the stream"))
        if limit is not None:
            y = self.y(limit)
            self.parts.append(line(LEFT, y, WIDTH - RIGHT, y, "#b00", ' stroke-dasharray="5 4"'))
            self.labels.append((y, "goal: at most", "#b00"))

    def series(self, label, points, colour):
        places = [(self.x(x), self.y(y)) for x, y in points]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        self.parts.append(
            f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                       for x, y in places]
        self.labels.append((places[-1][1], label, colour))

    def svg(self):
        for y, label, colour in spread_apart(self.labels, 14):
            self.parts.append(text(WIDTH - RIGHT + 10, y + 4, label, "start", colour))
        return self.parts


def decades(values):
    low = 10 ** math.floor(math.log10(min(values)))
    high = 10 ** math.ceil(math.log10(max(values) * 1.01))
    return [10 ** e for e in range(round(math.log10(low)), round(math.log10(high)) + 1)]


def draw(lengths):
    """The text of the picture of a table.Lengths."""
    xs = lengths.lengths
    times = decades([point[1] for points in lengths.points.values() for point in points])
    most = max([point[2] for points in lengths.points.values() for point in points]) / 1e6
    ceiling = max(25, math.ceil(most / 5) * 5)
    second = TOP + HEIGHT + GAP + TOP
    time = Panel("nanoseconds a row", TOP, xs,
                 Axis(times[0], times[-1], TOP + HEIGHT, TOP, True), times)
    memory = Panel("peak resident memory, MB", second, xs,
                   Axis(0, ceiling, second + HEIGHT, second, False), range(0, ceiling + 1, 5), 20)
    for i, (key, points) in enumerate(lengths.points.items()):
        label, colour = lengths.label(*key), COLOURS[i % len(COLOURS)]
        time.series(label, [point[:2] for point in points], colour)
        memory.series(label, [(point[0], point[2] / 1e6) for point in points], colour)
    height = second + HEIGHT + GAP
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *time.svg(), *memory.svg(), "</svg>", ""])
