"""Pages of both services at random, as JSON text."""

import json

PRODUCTS = ["OTC_KMS_UD_C", "OTC_OBS_STD", "OTC_ECS_S3", "Süd", "a \"quoted\" one", ""]
REGIONS = ["EU-DE", "EU-NL"]
METRICS = ["GB-HOURS", "API_CALLS", "INSTANCES"]


def style(random):
    """How a service might write: compact, as Python does, or over many lines."""
    layout = random.choice([(",", ":"), (",", ":"), (", ", ": ")])
    return {
        "separators": layout,
        "ensure_ascii": random.random() < 0.3,
        "indent": 2 if random.random() < 0.1 else None,
    }


def money(random):
    return random.choice([
        lambda: round(random.random() * 10, 6),
        lambda: round(random.random() * 1000, 2),
        lambda: random.random(),
        lambda: random.randrange(1000),
        lambda: random.randrange(10 ** 17),
        lambda: random.random() * 10.0 ** random.randrange(-12, 12),
    ])()


def otc_row(random, irregular):
    row = {
        "consumption_date": "2024-08-%02dT%02d:00:00" % (
            random.randrange(1, 4), random.randrange(24)),
        "product": random.choice(PRODUCTS),
        "amount": money(random),
        "quantity": random.randrange(100),
        "region": random.choice(REGIONS),
        "contract": random.randrange(10 ** 10),
        "resource_id": "%032x" % random.getrandbits(128),
    }
    if irregular and random.random() < 0.3:
        del row[random.choice(list(row))]
    if irregular and random.random() < 0.2:
        row[random.choice(list(row))] = None
    if irregular and random.random() < 0.2:
        row["tags"] = [{"key": "team", "value": str(random.randrange(9))}]
    return row


def otc(random, kind):
    """A page of OTC rows, as lines or as an array."""
    irregular = random.random() < 0.4
    form = style(random)
    rows = [json.dumps(otc_row(random, irregular), **form) for _ in range(random.randrange(1, 16))]
    if kind == "lines":
        return ("\n".join(rows) + random.choice(["", "\n"])).encode()
    return ("[" + random.choice([",", ",", ",\n  "]).join(rows) + "]").encode()


def usage(random):
    return {
        "metric": random.choice(METRICS),
        "unit": "GB",
        "quantity": money(random),
        "cost": money(random),
        "rated_cost": money(random),
        "price": [{"quantity_tier": "1000", "price": 0.05}],
    }


def report(random, late):
    plans = [[{
        "plan_id": "p%d" % random.randrange(9),
        "billable": True,
        "cost": money(random),
        "usage": [usage(random) for _ in range(random.randrange(3))],
    } for _ in range(random.randrange(1, 3))] for _ in range(random.randrange(3))]
    whole = {
        "entity_type": "account",
        "entity_name": random.choice(PRODUCTS),
        "month": "2024-07",
        "currency_code": "USD",
        "billable_cost": money(random),
        "resources": [{
            "resource_id": "is.instance",
            "billable_cost": money(random),
            "plans": some,
        } for some in plans],
    }
    if late:
        whole["currency_code"] = whole.pop("currency_code")
    return whole


def ibm(random):
    """A page of reports in its envelope."""
    late = random.random() < 0.2
    page = {
        "limit": 10,
        "reports": [report(random, late) for _ in range(random.randrange(1, 8))],
        "next": {"href": "https://example.com/v1?offset=abc"},
    }
    return json.dumps(page, **style(random)).encode()


def page(random, kind):
    return otc(random, kind) if kind in ("lines", "array") else ibm(random)
