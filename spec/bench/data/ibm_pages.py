"""Pages of IBM usage reports: accounts with the services, plans and metrics that they used."""

import json
import random

SEED = 20240701
REPORTS_PER_PAGE = 100
PATH = "/v1/resource-usage-reports"
QUERY = "enterprise_id=enterprise-bench&month=2024-07&limit=100"

UNITS = ["GIGABYTE_MONTHS", "EVENTS", "API_CALLS", "INSTANCE_HOURS", "USERS", "ITEMS"]


def make_services():
    rng = random.Random(SEED)
    services = []
    for s in range(40):
        plans = []
        for p in range(rng.randint(1, 3)):
            metrics = [(f"METRIC_{s}_{p}_{m}_PER_MONTH", rng.choice(UNITS))
                       for m in range(rng.randint(1, 5))]
            is_billable = rng.random() < 0.8
            plans.append((f"service-{s}-plan-{p}", f"Plan {p} of {s}", is_billable, metrics))
        services.append((f"service-{s}", f"Service Number {s}", plans))
    return services


def usage(rng, metric, unit):
    rated = rng.randint(0, 500000)
    quantity = rng.randint(0, 100000) / rng.choice([1, 1, 10, 1000])
    one = {
        "metric": metric, "unit": unit, "quantity": quantity,
        "rateable_quantity": max(0, quantity - 20), "cost": rated * 9 // 10 / 100,
        "rated_cost": rated / 100,
    }
    if rng.random() < 0.25:
        one["price"] = [{"quantity_tier": 1000, "price": 0.05}]
    return one


def plan(rng, plan_id, name, billable, metrics):
    used = [usage(rng, metric, unit) for metric, unit in metrics]
    one = {"plan_id": plan_id, "plan_name": name}
    if rng.random() < 0.3:
        one["pricing_region"] = rng.choice(["Standard", "eu-de", "us-south"])
    one.update({
        "pricing_plan_id": f"billable:v4:{plan_id}::1552694400000:", "billable": billable,
        "cost": round(sum(u["cost"] for u in used), 2),
        "rated_cost": round(sum(u["rated_cost"] for u in used), 2), "usage": used,
    })
    return one


def totals(parts):
    return {
        "billable_cost": round(sum(p["cost"] for p in parts if p["billable"]), 2),
        "billable_rated_cost": round(sum(p["rated_cost"] for p in parts if p["billable"]), 2),
        "non_billable_cost": round(sum(p["cost"] for p in parts if not p["billable"]), 2),
        "non_billable_rated_cost":
            round(sum(p["rated_cost"] for p in parts if not p["billable"]), 2),
    }


def resource(rng, service_id, name, plans):
    used = [plan(rng, *one) for one in plans]
    return {"resource_id": service_id, "resource_name": name, **totals(used), "plans": used}


def report(rng, number, services):
    chosen = [one for one in services if rng.random() < 0.3]
    resources = [resource(rng, *one) for one in chosen]
    entity, unit = f"{rng.getrandbits(128):032x}", f"billing-unit-{number % 3}"
    every_plan = [one for r in resources for one in r["plans"]]
    return {
        "entity_id": entity, "entity_type": "account",
        "entity_crn": f"crn:v1:bluemix:public:enterprise::a/{entity}::account:{entity}",
        "entity_name": f"Account {number}", "month": "2024-07",
        "billing_unit_id": unit,
        "billing_unit_crn": f"crn:v1:bluemix:public:billing::a/{entity}::billing-unit:{unit}",
        "billing_unit_name": "Operations", "currency_code": "USD", "country_code": "USA",
        **totals(every_plan), "resources": resources,
    }


def pages(reports):
    """The name and the text of each page; a page is asked for by the offset in its name."""
    rng, services = random.Random(SEED + 1), make_services()
    for first in range(0, reports, REPORTS_PER_PAGE):
        last = min(reports, first + REPORTS_PER_PAGE)
        page = {"limit": REPORTS_PER_PAGE, "first": {"href": f"{PATH}?{QUERY}"}}
        if last < reports:
            page["next"] = {"href": f"{PATH}?{QUERY}&offset={last}"}
        page["reports"] = [report(rng, i, services) for i in range(first, last)]
        yield f"page-{first or ''}.json", json.dumps(page, separators=(",", ":"))
