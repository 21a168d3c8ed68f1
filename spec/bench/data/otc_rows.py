"""Hourly rows: hour after hour, the resources that ran in it in an order of its own."""

import datetime
import itertools
import random

import otc_stock

START = datetime.datetime(2024, 8, 1)


def drawn(rows, seed=1):
    """(index of the resource, variant, date) of each row."""
    rng = random.Random(otc_stock.SEED + seed)
    count = otc_stock.RESOURCES

    def hours():
        for hour in itertools.count():
            date = (START + datetime.timedelta(hours=hour)).isoformat()
            for index in rng.sample(range(count), count * 4 // 5):
                yield index, rng.getrandbits(3), date
    return itertools.islice(hours(), rows)


def cut(resource, variant):
    """The compact text of a row, cut at its date."""
    mark = "\1"
    listed = otc_stock.members(resource, variant, mark)
    text = "{" + ",".join(f'"{name}":{value}' for name, value in listed) + "}"
    return text.split(mark)


def compact(rows):
    """The texts of regular rows."""
    pieces = [[cut(resource, variant) for variant in range(otc_stock.VARIANTS)]
              for resource in otc_stock.make_resources()]
    for index, variant, date in drawn(rows):
        before, after = pieces[index][variant]
        yield before + date + after
