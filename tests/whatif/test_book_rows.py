"""Tiers and charges that a what-if adds to a price book, and those that it takes out."""

from decimal import Decimal

import pytest

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference_rows import Row
from orchestration.platform.errors import RequestError
from orchestration.whatif.change import is_of_row, parse_changes, parse_row
from orchestration.whatif.change_rows import ladder
from orchestration.whatif.changed_book import changed_book
from orchestration.whatif.currencies import followed
from orchestration.whatif.report import what_if
from tests.conftest import PublishedHome

ROWS: dict[str, list[dict[str, str]]] = {
    "plans": [
        {"plan_id": "work_usd", "plan_name": "Work", "family": "usage", "currency": "USD"},
        {"plan_id": "work_jpy", "plan_name": "Work", "family": "usage", "currency": "JPY"},
    ],
    "charges": [
        {"charge_id": f"{name}_{currency}", "plan_id": f"work_{currency}", **rest}
        for currency, price in (("usd", "5"), ("jpy", "800"))
        for name, rest in (
            (
                "calls",
                {
                    "charge_name": "Calls",
                    "meter": "calls",
                    "pricing": "per_unit",
                    "unit_amount": price,
                },
            ),
            ("messages", {"charge_name": "Messages", "meter": "messages", "pricing": "graduated"}),
        )
    ],
    "tiers": [
        {"charge_id": f"messages_{currency}", "tier": tier, "unit_amount": amount, **end}
        for currency, amounts in (("usd", ("0.02", "0.01")), ("jpy", ("3", "1.5")))
        for tier, amount, end in (("1", amounts[0], {"up_to": "5000"}), ("2", amounts[1], {}))
    ],
}


@pytest.fixture
def book() -> Tables:
    """Two plans of one name, each with calls by the unit and messages in two tiers."""
    return {
        name: [
            Row(
                f"{name}.csv",
                line,
                {
                    **{column.name: column.default for column in spec.columns},
                    **({"valid_from": "2026-01-01"} if "valid_from" in spec.key else {}),
                    **values,
                },
            )
            for line, values in enumerate(ROWS.get(name, ()), start=2)
        ]
        for name, spec in REFERENCE.items()
    }


def _ladder(book: Tables, *texts: str) -> list[tuple[str | None, ...]]:
    changed, _ = changed_book(book, parse_changes(texts))
    return [
        tuple(row.values[name] for name in ("tier", "up_to", "unit_amount"))
        for row in ladder(changed, "messages_usd")
    ]


def test_a_tier_is_cut_out_of_the_one_that_it_ends_in(book: Tables) -> None:
    low, high = ("1", "5000", "0.02"), ("0.01",)
    assert _ladder(book, "add tiers.messages_usd: up_to=9000.0, unit_amount=0.015") == [
        low,
        ("2", "9000", "0.015"),
        ("3", None, *high),
    ]
    assert _ladder(book, "add tiers.messages_usd: up_to=100, unit_amount=0") == [
        ("1", "100", "0"),
        ("2", "5000", "0.02"),
        ("3", None, *high),
    ]


def test_a_tier_that_goes_leaves_its_units_to_the_next(book: Tables) -> None:
    assert _ladder(book, "remove tiers.messages_usd.1") == [("1", None, "0.01")]
    # nothing follows the last tier, so the one before it continues
    assert _ladder(book, "remove tiers.messages_usd.2") == [("1", None, "0.02")]
    assert _ladder(
        book,
        "remove tiers.messages_usd.1",
        "add tiers.messages_usd: up_to=10, unit_amount=0.3",
        "tiers.messages_usd.2.unit_amount=0.5",
    ) == [("1", "10", "0.3"), ("2", None, "0.5")], "cells are those of the published book"


def test_changes_are_reported_cell_by_cell(book: Tables) -> None:
    _, changes = changed_book(
        book, parse_changes(["add tiers.messages_usd: up_to=9000, unit_amount=0.015"])
    )
    assert [(one.key, one.column, one.before, one.after) for one in changes] == [
        ("messages_usd.2", "up_to", None, "9000"),
        ("messages_usd.2", "unit_amount", "0.01", "0.015"),
        ("messages_usd.3", "unit_amount", None, "0.01"),
    ]
    assert [one.is_of_a_cell for one in changes] == [True, True, False]


def test_a_charge_goes_with_its_tiers(book: Tables) -> None:
    changed, changes = changed_book(book, parse_changes(["remove charges.messages_usd"]))
    assert {row.text("charge_id") for row in changed["charges"]} == {
        "calls_usd",
        "calls_jpy",
        "messages_jpy",
    }
    assert not ladder(changed, "messages_usd") and ladder(changed, "messages_jpy")
    assert {(one.table, one.after) for one in changes} == {("charges", None), ("tiers", None)}


def test_a_charge_holds_from_the_first_day_of_its_plan(book: Tables) -> None:
    text = (
        'add charges.seats: plan_id=work_usd, "charge_name=Seats, all", meter=seats, '
        "pricing=per_unit, unit_amount=9"
    )
    changed, _ = changed_book(book, parse_changes([text]))
    added = changed["charges"][-1].values
    assert (added["valid_from"], added["charge_name"]) == ("2026-01-01", "Seats, all")
    assert added["aggregation"] == "sum", "what is not said is as in a file"
    assert str(parse_row(str(parse_row(text)))) == str(parse_row(text))


def _followed(book: Tables, *texts: str) -> list[str]:
    return [str(change) for change in followed(book, parse_changes(texts))]


def test_rows_follow_in_other_currencies_in_proportion(book: Tables) -> None:
    assert _followed(book, "add tiers.messages_usd: up_to=100, unit_amount=0.03")[1:] == [
        "add tiers.messages_jpy: up_to=100,unit_amount=4.500"
    ]
    assert _followed(book, "add tiers.messages_usd: up_to=9000, unit_amount=0.005")[1:] == [
        "add tiers.messages_jpy: up_to=9000,unit_amount=0.7500"
    ], "a tier cut out of the last is in that one's proportion"
    assert _followed(book, "remove tiers.messages_usd.2", "remove charges.calls_usd") == [
        "remove tiers.messages_usd.2",
        "remove tiers.messages_jpy.2",
        "remove charges.calls_usd",
        "remove charges.calls_jpy",
    ]
    fee = (
        "add charges.fee_usd: plan_id=work_usd,charge_name=Fee,meter=flat,pricing=flat,"
        "unit_amount=99"
    )
    assert _followed(book, fee)[1] == (
        "add charges.fee_jpy: plan_id=work_jpy,charge_name=Fee,meter=flat,pricing=flat,"
        "unit_amount=15840"
    )
    for change in followed(book, parse_changes([fee])):
        changed_book(book, [change])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("add plans.x: plan_name=X", "a what-if adds and removes rows of charges and tiers"),
        ("add tiers.messages_usd", "has no values for the row"),
        ("remove tiers.messages_usd.1: up_to=5", "has values"),
        ("add tiers.messages_usd: 5000", "write '5000' as column=value"),
        ("add tiers.mesages_usd: up_to=5", "no charge 'mesages_usd'; the closest one is"),
        ("add tiers.messages_usd: up_to=5000, unit_amount=1", "has a tier at 5000 already"),
        ("add tiers.messages_usd: unit_amount=1", "has a tier without an upper bound already"),
        ("add tiers.messages_usd: up_to=many", "use a plain number"),
        ("add tiers.messages_usd: tier=3", "no column 'tier' to write here"),
        ("remove tiers.messages_usd.7", "has no tier '7'; it has 1, 2"),
        ("remove tiers.messages_usd", "names no tier"),
        ("remove tiers.nothing.2", "no charge 'nothing'"),
        ("add charges.calls_usd: plan_id=work_usd", "has a charge 'calls_usd' already"),
        ("add charges.fee: plan_id=wrok_usd", "the closest plan is `work_usd`"),
        ("add charges.fee: unit_amount=3", "needs a plan_id"),
        ("add charges.fee: plan_id=work_usd", "charge_name is empty; enter a value"),
        ("remove charges.fees", "no charge 'fees'"),
        (
            "add charges.fee: plan_id=work_usd, charge_name=Fee, meter=flat, pricing=flat",
            "pricing flat needs it",
        ),
        (
            "add tiers.calls_usd: up_to=5, unit_amount=1",
            "With this change the price book would break a rule",
        ),
    ],
)
def test_a_row_that_cannot_be_tried_is_one_sentence(book: Tables, text: str, sentence: str) -> None:
    assert is_of_row(text)
    with pytest.raises(RequestError) as refused:
        changed_book(book, parse_changes([text]))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_only_tier_stays(book: Tables) -> None:
    with pytest.raises(RequestError, match="only one tier"):
        changed_book(
            book, parse_changes(["remove tiers.messages_usd.1", "remove tiers.messages_usd.1"])
        )


def test_a_price_with_nothing_to_be_in_proportion_to_is_refused(book: Tables) -> None:
    rows = [row for row in book["charges"] if row.values["unit_amount"] is None]
    fee = "add charges.fee: plan_id=work_usd, charge_name=Fee, meter=flat, pricing=flat"
    with pytest.raises(RequestError, match="no price there is in proportion"):
        followed({**book, "charges": rows}, parse_changes([f"{fee}, unit_amount=5"]))


def test_a_fee_more_is_billed_every_month(small: PublishedHome) -> None:
    fee = "add charges.fee: plan_id=outcome, charge_name=Fee, meter=flat, pricing=flat"
    outcome = what_if(small.settings, parse_changes([f"{fee}, unit_amount=100"]))
    [effect] = outcome.effects
    # two accounts have six closed months each
    assert effect.change == Decimal(100) * 12
    assert effect.rising == effect.accounts


def test_without_its_charge_a_plan_bills_nothing(small: PublishedHome) -> None:
    outcome = what_if(small.settings, parse_changes(["remove charges.work"]))
    assert outcome.effects[0].revenue_before > 0
    assert outcome.effects[0].revenue_after == 0


def test_a_meter_without_usage_is_refused(small: PublishedHome) -> None:
    text = "add charges.x: plan_id=outcome, charge_name=X, meter=resolution, pricing=per_unit"
    with pytest.raises(RequestError, match="no usage is loaded; the closest meter is `resolutio"):
        what_if(small.settings, parse_changes([f"{text}, unit_amount=1"]))
