"""Tiers and charges that the scenario lab adds to a plan or removes from it."""

from collections.abc import Mapping, Sequence

from orchestration.platform.errors import RequestError
from orchestration.whatif.change import (
    ADD,
    CHARGES,
    REMOVE,
    TIERS,
    RowChange,
    is_of_row,
    parse_row,
)

from dashboards.data import lab
from dashboards.data.tables import rows
from dashboards.data.warehouse import Snapshot

# what separates changes of rows in a link
BETWEEN = ";"
# the meter of a charge that bills no usage
OWN_METERS = {"seats": "per_unit", "flat": "flat"}


def of_link(link: str) -> list[str]:
    """The changes of rows in a link; anything else is ignored."""
    return [change for change in link.split(BETWEEN) if is_of_row(change) and _is_read(change)]


def to_link(changes: Sequence[str]) -> str:
    """The changes of rows as a link has them."""
    return BETWEEN.join(changes)


def new_tier(charge_id: str, up_to: str, unit_amount: str) -> str:
    """The change that splits a tier of a charge."""
    said = {"up_to": _plain(up_to), "unit_amount": _plain(unit_amount)}
    return str(RowChange(True, TIERS, charge_id, said))


def new_charge(plan_id: str, name: str, meter: str, unit_amount: str, included: str) -> str:
    """The change that adds a charge to a plan, per unit or as a fee per period."""
    said = {
        "plan_id": plan_id,
        "charge_name": _plain(name),
        "meter": meter,
        "pricing": OWN_METERS.get(meter, "per_unit"),
        "unit_amount": _plain(unit_amount),
    }
    if included.strip() and meter not in OWN_METERS:
        said["included_quantity"] = _plain(included)
    word = "".join(letter if letter.isalnum() else "_" for letter in name.strip().lower())
    return str(RowChange(True, CHARGES, f"{word or meter}_{plan_id}", said))


def ladders(snapshot: Snapshot, plan_id: str) -> dict[str, str]:
    """The plan's charges that have tiers, by id."""
    return {
        charge["charge_id"]: charge["charge_name"]
        for charge in lab.charges_of(snapshot, plan_id)
        if charge["pricing"] in ("graduated", "volume")
    }


def less(snapshot: Snapshot, plan_id: str) -> dict[str, str]:
    """Changes that remove a tier or a charge of the plan, each with its label."""
    found = {}
    for charge in lab.charges_of(snapshot, plan_id):
        charge_id, name = charge["charge_id"], charge["charge_name"]
        tiers = lab.tiers_of(snapshot, charge_id)
        # the only tier left is the charge's price
        for tier in tiers if len(tiers) > 1 else ():
            change = f"{REMOVE}{TIERS}.{charge_id}.{tier['tier']}"
            found[change] = f"without {name}, tier {tier['tier']} ({lab.tier_end(tier)})"
        found[f"{REMOVE}{CHARGES}.{charge_id}"] = f"without {name}"
    return found


def spoken(change: str, known: Mapping[str, str], tiered: Mapping[str, str]) -> str:
    """The label of a change that removes or adds a row."""
    if change in known or not change.startswith(ADD):
        return known.get(change, change.replace(REMOVE, "without ", 1))
    added = parse_row(change)
    if added.table == TIERS:
        name = tiered.get(added.key, added.key)
        of = f"{name} up to {added.values.get('up_to', 'any')}"
    else:
        meter = meter_name(added.values.get("meter", ""))
        of = f"{added.values.get('charge_name', added.key)} ({meter})"
    return f"with {of} at {added.values.get('unit_amount', '')}"


def _is_read(change: str) -> bool:
    try:
        parse_row(change)
    except RequestError:
        return False
    return True


def meters(snapshot: Snapshot) -> list[str]:
    """What a new charge can bill: fees, seats, and every meter with usage."""
    found = snapshot.read("lab_rows/meters")
    metered = [str(row["meter"]) for row in rows(found)]
    return [*OWN_METERS, *(meter for meter in metered if meter not in OWN_METERS)]


def _plain(text: str) -> str:
    """A text without the characters that separate changes or lines."""
    return " ".join(text.replace(BETWEEN, ",").split())


def meter_name(meter: str) -> str:
    """A meter's label."""
    return "a fee per period" if meter == "flat" else meter.replace("_", " ")
