"""The home's reference files and its rates."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from orchestration.generate import proposals
from orchestration.generate.accounts import Account
from orchestration.generate.calendar import Window
from orchestration.generate.catalogue import MODELS, SEAT_PRICES, VALID_FROM, seat_plan
from orchestration.generate.draws import Draws
from orchestration.generate.files import write_rows
from orchestration.generate.proposals import Row, charge
from orchestration.ingest.price_book import REFERENCE


def write_reference(folder: Path, accounts: Sequence[Account]) -> dict[Path, int]:
    """Every file that the demo needs, with columns in the order of the specification."""
    tables: dict[str, Iterable[Row]] = {
        "plans": _plans(),
        "charges": _charges(),
        "tiers": proposals.tiers(),
        "rate_tables": proposals.rate_tables(),
        "credit_grants": proposals.credit_grants(),
        "scenarios": proposals.scenarios(_offered(accounts)),
        "contract_prices": _contract_prices(accounts),
        "discounts": _discounts(accounts),
        "churn_assumptions": _churn_assumptions(),
        "usage_response": _usage_response(),
        "thresholds": _thresholds(),
    }
    written = {}
    for name, rows in tables.items():
        header = [column.name for column in REFERENCE[name].columns]
        path = folder / f"{name}.csv"
        written[path] = write_rows(path, header, ([row.get(key) for key in header] for row in rows))
    return written


def _plans() -> Iterator[Row]:
    for interval in ("month", "year"):
        for currency in SEAT_PRICES:
            yield {
                "plan_id": seat_plan(interval, currency).plan_id,
                "plan_name": f"Team {interval}ly",
                "family": "per_seat",
                "currency": currency,
                "billing_interval": interval,
                "proration": "by_day",
                "billable_roles": "member",
                "bill_suspended": "false",
                "credit_on_removal": "true",
            }
    yield from proposals.plans()


def _charges() -> Iterator[Row]:
    for interval in ("month", "year"):
        for currency in SEAT_PRICES:
            plan = seat_plan(interval, currency)
            yield {
                **charge(plan.charge_id, plan.plan_id, "Seats", "seats", "advance"),
                "role": "member",
                "unit_amount": plan.list_price,
            }
    yield from proposals.charges()


def _offered(accounts: Iterable[Account]) -> str | None:
    """The customer with its own offer: the first of the largest, or None."""
    return next(
        (account.account_id for account in accounts if account.segment.name == "enterprise"), None
    )


def _contract_prices(accounts: Iterable[Account]) -> Iterator[Row]:
    for account in accounts:
        if account.is_negotiated:
            yield {
                "account_id": account.account_id,
                "charge_id": account.plan.charge_id,
                "valid_from": account.subscriptions[0].start,
                "unit_amount": account.unit_price,
                "approved_by": "head of sales",
            }


def _discounts(accounts: Iterable[Account]) -> Iterator[Row]:
    for account in accounts:
        if account.discount is not None:
            yield {
                "discount_id": f"d-{account.number:04d}",
                "scope": "account",
                "scope_id": account.account_id,
                "valid_from": account.subscriptions[0].start,
                "ratio": account.discount,
                "approved_by": "head of sales",
            }


def _churn_assumptions() -> Iterator[Row]:
    middle = (("0.10", "0.010"), ("0.25", "0.050"), ("0.50", "0.120"))
    for case, factor in (("low", "0.5"), ("middle", "1"), ("high", "2")):
        for over, extra in middle:
            yield {
                "case": case,
                "increase_over": over,
                "extra_churn_ratio": (Decimal(extra) * Decimal(factor)).quantize(Decimal("0.001")),
            }


def _usage_response() -> Iterator[Row]:
    for case, change in (("low", "-0.02"), ("middle", "-0.05"), ("high", "-0.10")):
        for meter in ("resolutions", "tokens"):
            yield {
                "case": case,
                "meter": meter,
                "price_change_over": "0.10",
                "usage_change_ratio": change,
            }


def _thresholds() -> Iterator[Row]:
    """One row, equal to the default, to show how a home overrides it."""
    yield {
        "name": "utilization",
        "fires_at": "0.70",
        "clears_at": "0.73",
        "direction": "below",
        "unit": "ratio",
    }


def cost_rates(window: Window) -> Iterator[list[object]]:
    """meter, valid_from, unit_cost, dimension; models are cheaper in the second year."""
    second_year = window.month(min(12, window.months - 1))
    yield ["resolutions", VALID_FROM, "0.004", ""]
    yield ["messages", VALID_FROM, "0.0008", ""]
    for start, mini, pro in (
        (VALID_FROM, "0.0000006", "0.000006"),
        (str(second_year), "0.0000004", "0.0000045"),
    ):
        yield ["tokens", start, mini, MODELS[0]]
        yield ["tokens", start, pro, MODELS[1]]


def exchange_rates(window: Window, seed: int) -> Iterator[list[object]]:
    """currency, valid_from, rate: the first of each month, in steps of up to one per cent."""
    for currency, first, places in (("EUR", "1.085", "0.0001"), ("JPY", "0.00665", "0.0000001")):
        draws = Draws(seed, "rates", currency)
        rate = Decimal(first)
        for month in range(window.months):
            yield [currency, window.month(month), rate.quantize(Decimal(places))]
            rate *= Decimal(1) + Decimal(draws.whole(-100, 100)) / 10_000
