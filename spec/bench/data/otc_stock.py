"""The resources of a tenant, and the members of their hourly rows as JSON texts."""

import json
import random

SEED = 20240802
RESOURCES = 4000
PRODUCTS = 300
VARIANTS = 8  # how many amounts and quantities a resource takes in turn

REGIONS = ["EU-DE", "EU-DE", "EU-DE", "EU-NL", "EU-CH2", "EU-DE-2"]
FAMILIES = [
    ("S3", "Elastic Cloud Server s3", "h"), ("C4", "Elastic Cloud Server c4", "h"),
    ("M4", "Elastic Cloud Server m4", "h"), ("EVS", "Elastic Volume Service", "GB/h"),
    ("OBS", "Object Storage", "GB/Month"), ("RDS_PG", "RDS PostgreSQL", "h"),
    ("RDS_BK", "RDS Backup Space", "GB/Month"), ("CBR", "Cloud Backup and Recovery", "GB/h"),
    ("EIP", "Elastic IP Traffic Out", "GB"), ("ELB", "Elastic Load Balancer", "h"),
    ("KMS", "KMS Customer Masterkey", "h"), ("DNS", "DNS Zone", "pc"),
    ("CCE", "Cloud Container Engine", "h"), ("DCS", "Distributed Cache Redis", "h"),
    ("NAT", "NAT Gateway", "h"), ("FG", "FunctionGraph Requests", "pc"),
]
SIZES = ["Small", "Medium", "Large", "xlarge.2", "xlarge.4", "2xlarge.8", "Common", "SSD"]
SYSTEMS = ["Linux", "Windows", "SAP", "open"]
PROJECTS = ["eu-de", "eu-de_prod", "eu-de_staging", "eu-nl", "eu-nl_backup", "eu-ch2_bank",
            "eu-de_data-lake", "eu-de_web", "eu-de_ci"]
UTF8_PROJECTS = ["eu-de_Prüfstand", "eu-de_München"]  # of one resource in fifty


def number(value):
    """As Python writes floats: 0.0123, 12.5, 1.2e-05; a whole one without a fraction."""
    return str(int(value)) if value == int(value) else repr(value)


def unit_price(rng):
    kind = rng.random()
    if kind < 0.10:
        return rng.randint(2, 900) * 1e-7  # so small that it is written with an exponent
    if kind < 0.20:
        return rng.randint(100, 90000) / 730 / 100  # a month's price: all digits of a double
    if kind < 0.25:
        return 0
    if kind < 0.30:
        return rng.randint(1, 20)
    if kind < 0.40:
        return rng.randint(1, 60) / 2
    return rng.randint(1, 40000) / 10 ** rng.choice([4, 4, 6])


def make_products(rng):
    products = []
    for i in range(PRODUCTS):
        code, name, unit = FAMILIES[i % len(FAMILIES)]
        size, system = rng.choice(SIZES), rng.choice(SYSTEMS)
        products.append({
            "product": f"OTC_{code}_{size.upper().replace('.', '')}_{i}",
            "description": f"{name} {size} {system}",
            "unit": unit,
            "price": unit_price(rng),
        })
    return products


def resource_id(rng, unit):
    digits = f"{rng.getrandbits(128):032x}"
    if unit != "h":
        return digits + "in04"
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def measured(rng, unit):
    """A quantity of one hour."""
    if unit == "h":
        return rng.choice([1, 1, 1, 1, 0.5])
    if unit == "pc":
        return rng.randint(1, 5000)
    return rng.randint(1, 200000) / rng.choice([1, 10, 1000])


def variant_texts(rng, product):
    """amount, amount_excluding_discount and quantity."""
    quantity = measured(rng, product["unit"])
    amount = product["price"] * (quantity if product["unit"] == "h" else rng.randint(1, 9))
    amount = float(f"{amount:.10g}") if rng.random() < 0.8 else amount
    full = round(amount * 1.25, 9) if rng.random() < 0.2 else amount
    return number(amount), number(full), number(quantity)


def make_resource(rng, products, projects):
    product, region = rng.choice(products), rng.choice(REGIONS)
    project_id, project = rng.choice(projects)
    if rng.random() < 0.02:
        project = rng.choice(UTF8_PROJECTS)
    fixed = {
        "bill_cycle_day": str(rng.randint(1, 28)),
        "consumption_type": rng.choice(["EL", "EL", "EL", "RC", "OTF"]),
        "contract": str(rng.choice([1000012345, 1000012346, 1000098765])),
        "external_priceplan": f"pp_{product['product']}_{region}",
        "product": product["product"],
        "product_description": product["description"],
        "project_id": project_id,
        "project_name": project,
        "quantity_type": product["unit"],
        "region": region,
        "resource_id": resource_id(rng, product["unit"]),
        "status": rng.choice(["AGGREGATION_PROCESSED", "AGGREGATION_PROCESSED", "NEW"]),
    }
    for name in fixed:
        if name not in ("bill_cycle_day", "contract"):
            fixed[name] = json.dumps(fixed[name], ensure_ascii=False)
    return {"fixed": fixed, "variants": [variant_texts(rng, product) for _ in range(VARIANTS)]}


def make_resources():
    rng = random.Random(SEED)
    products = make_products(rng)
    projects = [(f"{rng.getrandbits(128):032x}", rng.choice(PROJECTS)) for _ in range(40)]
    return [make_resource(rng, products, projects) for _ in range(RESOURCES)]


STRINGS = ["consumption_date", "consumption_type", "external_priceplan", "product",
           "product_description", "project_id", "project_name", "quantity_type", "region",
           "resource_id", "status"]


def members(resource, variant, date):
    """The sixteen members of a row in the documented order, as a list of [name, text]."""
    amount, full, quantity = resource["variants"][variant]
    texts = dict(resource["fixed"], amount=amount, amount_excluding_discount=full,
                 quantity=quantity, consumption_date=f'"{date}"')
    return [[name, texts[name]] for name in sorted(texts)]
