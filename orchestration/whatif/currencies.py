"""The matching cells of the price book in other currencies, which follow a change of price."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from orchestration.ingest.currencies import minor_units
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference_rows import Row
from orchestration.platform.errors import RequestError
from orchestration.whatif.change import CHARGES, CellChange, Change, RowChange
from orchestration.whatif.change_rows import cut, ladder
from orchestration.whatif.changed_book import cell

# amounts differ between currencies; quantities are the same
MONEY = (
    "unit_amount",
    "flat_amount",
    "minimum_amount",
    "maximum_amount",
    "line_minimum",
    "line_maximum",
    "overage_unit_amount",
    "topup_amount",
)
# bounds of a plan, which are optional
BOUNDS = ("minimum_amount", "maximum_amount")
# decimals of a price if there is no variant to take them from
DIGITS = 4
# the columns in which currency variants of a charge agree
ALIKE = ("charge_name", "meter", "role", "dimension", "actor_type", "pricing")
# a key starts with the plan or the charge
OF_CHARGES = ("charges", "tiers")
OF_PLANS = ("plans", "rate_tables", "credit_grants")


def followed(book: Tables, changes: Sequence[Change]) -> list[Change]:
    """The changes and those of the matching cells in other currencies.

    Raises RequestError if a change that others should follow is not a number.
    """
    try:
        return with_currency_variants(book, changes)
    except InvalidOperation:
        raise RequestError("Write prices as plain numbers, such as 29 or 0.85.") from None


def with_currency_variants(book: Tables, changes: Sequence[Change]) -> list[Change]:
    """The changes, each with those of its currency variants, without duplicates."""
    found: list[Change] = []
    for change in changes:
        variants: Sequence[Change] = (
            row_variants(book, change)
            if isinstance(change, RowChange)
            else cell_variants(book, change)
        )
        found += [one for one in (change, *variants) if one not in found]
    return found


def cell_variants(book: Tables, change: CellChange) -> list[CellChange]:
    """The changes of a cell's currency variants.

    Amounts follow in proportion, rounded half away from zero to their current number of decimals,
    at least to the currency's minor unit; a plan's first minimum or cap follows in the proportion
    of the plans' first prices, or first tiers. Raises RequestError if there is no proportion.
    """
    variants = [
        (replace(change, key=name), currency)
        for name, currency in _currency_variants(book, change.table, change.key)
    ]
    if change.value is None:
        return [variant for variant, _ in variants]
    before, after = cell(book, change.target), Decimal(change.value)
    return [
        replace(variant, value=_variant_value(book, change, variant, currency, before, after))
        for variant, currency in variants
    ]


def _variant_value(
    book: Tables,
    change: CellChange,
    variant: CellChange,
    currency: str,
    before: str | None,
    after: Decimal,
) -> str:
    if change.column not in MONEY:
        return f"{after:f}"
    now = cell(book, variant.target)
    if change.column in BOUNDS and not (now and before and Decimal(before)):
        now, before = _bound_prices(book, variant.key, change.key) or (None, None)
        # it has a price's decimals, because there is no bound yet
        places = minor_units()[currency]
    else:
        places = max(_places(Decimal(now or 0)), minor_units()[currency])
    if now is None or before is None or not Decimal(before):
        raise RequestError(
            f"{variant.target} cannot follow {change.target} in proportion, because one of them "
            "is empty or zero: give both a price, or set --this-currency-only."
        )
    return _rounded(Decimal(now) * after / Decimal(before), places)


def row_variants(book: Tables, change: RowChange) -> list[RowChange]:
    """The same row added or removed in other currencies.

    A new tier's amounts follow in the proportion of the tiers that it splits, a new charge's in the
    proportion of the plans' first prices, with at least four significant digits. Raises
    RequestError if there is no proportion.
    """
    if change.table == CHARGES and change.is_added:
        return list(_charge_variants(book, change))
    currency_variants = _currency_variants(book, change.table, change.key)
    if not change.is_added:
        return [replace(change, key=name) for name, _ in currency_variants]
    return [_tier_variant(book, change, name, currency) for name, currency in currency_variants]


def _tier_variant(book: Tables, change: RowChange, name: str, currency: str) -> RowChange:
    mine, other = ladder(book, change.key), ladder(book, name)
    up_to = change.values.get("up_to")
    prices = [
        tiers[min(cut(tiers, up_to) if up_to else len(tiers), len(tiers) - 1)].values["unit_amount"]
        for tiers in (other, mine)
        if tiers
    ]
    return replace(change, key=name, values=_in_proportion(change, prices, currency))


def _charge_variants(book: Tables, change: RowChange) -> Iterator[RowChange]:
    plans = {row.text("plan_id"): row for row in book["plans"]}
    plan_id = change.values.get("plan_id", "")
    own = plans[plan_id].text("currency").lower() if plan_id in plans else ""
    # keep the convention of names that end with the currency
    stem = change.key.removesuffix(f"_{own}")
    for name in plans:
        plan = _variant_of(plans, plan_id, name)
        if plan is None:
            continue
        currency = plan.text("currency")
        prices = _first_prices(book, name, plan_id)
        yield RowChange(
            True,
            CHARGES,
            f"{stem}_{currency.lower()}",
            {**_in_proportion(change, prices, currency), "plan_id": name},
        )


def _first_prices(book: Tables, other: str, mine: str) -> list[str | None]:
    """The prices, in the other plan and in mine, of the first charge that both have."""
    for charge, variant in _alike(book, other, mine):
        if charge.values["unit_amount"]:
            return [variant.values["unit_amount"], charge.values["unit_amount"]]
    return []


def _first_tiers(book: Tables, other: str, mine: str) -> list[str | None]:
    """The prices of the first tier of a charge that both plans have, likewise."""
    for charge, variant in _alike(book, other, mine):
        ladders = [ladder(book, row.text("charge_id")) for row in (variant, charge)]
        if all(ladders):
            return [tiers[0].values["unit_amount"] for tiers in ladders]
    return []


def _alike(book: Tables, other: str, mine: str) -> Iterator[tuple[Row, Row]]:
    """Charges of my plan, each with its variant in the other plan, which has another currency."""
    for charge in book["charges"]:
        if charge.values["plan_id"] != mine:
            continue
        for variant in book["charges"]:
            alike = all(variant.values[part] == charge.values[part] for part in ALIKE)
            if variant.values["plan_id"] == other and alike:
                yield charge, variant


def _bound_prices(book: Tables, other: str, mine: str) -> list[str]:
    """Prices of the other plan and of mine that give the proportion for a plan's first bound."""
    for found in (_first_prices(book, other, mine), _first_tiers(book, other, mine)):
        prices = [price for price in found if price and Decimal(price)]
        if len(prices) == 2:
            return prices
    return []


def _in_proportion(
    change: RowChange, prices: Sequence[str | None], currency: str
) -> dict[str, str]:
    """The row with its amounts multiplied by the ratio of the two prices."""
    values = dict(change.values)
    for column in MONEY:
        if not values.get(column) or not Decimal(values[column]):
            continue
        if len(prices) < 2 or not all(price and Decimal(price) for price in prices):
            raise RequestError(
                f"`{change}` cannot be followed in {currency}, because no price there is in "
                "proportion to one here: add a row for each currency, or set --this-currency-only."
            )
        now, before = (Decimal(price or 0) for price in prices)
        share = Decimal(values[column]) * now / before
        places = max(minor_units()[currency], DIGITS - 1 - share.adjusted())
        values[column] = _rounded(share, places)
    return values


def _places(number: Decimal) -> int:
    return -int(number.normalize().as_tuple().exponent)


def _rounded(number: Decimal, places: int) -> str:
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def _currency_variants(book: Tables, table: str, key: str) -> Iterator[tuple[str, str]]:
    """Keys of the cell's currency variants, each with its currency."""
    plans = {row.text("plan_id"): row for row in book["plans"]}
    if table in OF_CHARGES:
        owners = {row.text("charge_id"): row for row in book["charges"]}
        owner = _owner(key, owners)
        if owner is None:
            return
        mine = owners[owner]
        for name, row in owners.items():
            plan = _variant_of(plans, mine.text("plan_id"), row.text("plan_id"))
            if plan and all(row.values[part] == mine.values[part] for part in ALIKE):
                yield f"{name}{key[len(owner) :]}", plan.text("currency")
    elif table in OF_PLANS:
        owner = _owner(key, plans)
        for name in plans:
            plan = _variant_of(plans, owner or "", name)
            if owner and plan:
                yield f"{name}{key[len(owner) :]}", plan.text("currency")


def _variant_of(plans: dict[str, Row], mine: str, other: str) -> Row | None:
    """The other plan if it is the variant of mine in another currency."""
    if mine not in plans or other not in plans:
        return None
    same = all(
        plans[mine].values[part] == plans[other].values[part]
        for part in ("plan_name", "family", "billing_interval")
    )
    is_other = plans[mine].values["currency"] != plans[other].values["currency"]
    return plans[other] if same and is_other else None


def _owner(key: str, owners: dict[str, Row]) -> str | None:
    """The longest id that the key starts with; ids may contain dots."""
    fitting = [name for name in owners if key == name or key.startswith((f"{name}.", f"{name}@"))]
    return max(fitting, key=len, default=None)
