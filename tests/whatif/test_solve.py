"""The solver's candidates are judged by the models that judge proposals; its search is its own."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.solve_table import (
    answer_dict,
    boundary_notes,
    limits_sentence,
    print_answer,
    verdict,
)
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference import read_reference
from orchestration.platform.errors import RequestError
from orchestration.platform.published import rows
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.change import CellChange, cell_at, parse_changes
from orchestration.whatif.changed_book import read_book
from orchestration.whatif.currencies import cell_variants
from orchestration.whatif.draft_book import save_draft
from orchestration.whatif.measures import Measures, SegmentLimits, measured
from orchestration.whatif.session import Session, opened_place
from orchestration.whatif.solve import solver
from orchestration.whatif.solve.request import free_price, question, ratio
from orchestration.whatif.solve.solver import Candidate, FreePrice, Question, solve
from tests.conftest import ROOT, PublishedHome

SEAT = "charges.seat_hybrid_usd.unit_amount"


def test_the_price_of_today_measures_what_is_published(demo: PublishedHome) -> None:
    for segment in ("smb_ai", "all"):
        found, limits = measured(
            Session(demo.settings),
            parse_changes([f"{SEAT}=25.00", "charges.seat_hybrid_eur.unit_amount=23.08"]),
            "hybrid",
            segment,
            Decimal("0.25"),
        )
        with opened_place(demo.settings) as place:
            [published] = rows(
                place.connection,
                f"select month, accounts, revenue_change, shock_share, extra_churn, margin_change"
                f" from {PUBLISHED}.marts.fct_segment_scenarios where scenario_id = 'hybrid'"
                f" and segment = '{segment}' and \"window\" = 'trailing_3'"
                " qualify month = max(month) over ()",
            )
        assert {name: getattr(found, name) for name in published} == published
        assert limits == SegmentLimits(
            Decimal("-0.01"), Decimal("0.05"), Decimal("0.02"), Decimal("0")
        )


def test_prices_are_found_that_keep_every_limit(demo: PublishedHome) -> None:
    answer = solve(
        demo.settings, Question("hybrid", (FreePrice(SEAT, Decimal(18), Decimal(22)),), "smb_ai")
    )
    assert answer.best.broken == ()
    # the shipped price of 25.00 breaks the limit of shock over the last three months
    assert Decimal(19) < answer.best.prices[0] < Decimal(21)
    kept = [candidate.measures.revenue_change for candidate in answer.keeping]
    assert answer.best.measures.revenue_change == max(kept, key=lambda change: change or 0)
    dearer = [one for one in answer.candidates if one.prices > answer.best.prices]
    assert dearer, "the limit lies inside the range"
    assert all(candidate.broken for candidate in dearer)
    # the next cent that was tried is no further than a round's step away
    assert dearer[0].prices[0] - answer.best.prices[0] < Decimal("0.5")
    assert "meets every limit: revenue +" in verdict(answer)
    assert answer_dict(answer)["is_solved"] is True
    reported = io.StringIO()
    print_answer(Console(file=reported, width=80), answer)
    printed = reported.getvalue()
    assert "…" not in printed, "a narrow terminal cuts no name"
    assert "the first bill and the 12 months from the move" in " ".join(printed.split())


def test_a_limit_that_no_price_keeps_is_named(demo: PublishedHome) -> None:
    asked = Question(
        "hybrid",
        (FreePrice(SEAT, Decimal("19.98"), Decimal("20.00")),),
        "smb_ai",
        least_revenue=Decimal("0.60"),
    )
    answer = solve(demo.settings, asked)
    assert answer.hopeless == ("revenue_change",)
    assert verdict(answer).startswith(
        "No candidate meets every limit: none meets revenue change at least +60.0 %. The closest is"
    )


@pytest.mark.parametrize(
    ("prices", "scenario", "reported"),
    [
        ((FreePrice(SEAT, Decimal(30), Decimal(20)),), "hybrid", "30 is above 20; swap them"),
        ((), "hybrid", "0 prices are free; give one to 3"),
        ((FreePrice(SEAT, Decimal(1), Decimal(2)),) * 2, "hybrid", "A price is free twice"),
        ((FreePrice(SEAT, Decimal(1), Decimal(2)),), "outcome", "does not affect the proposal"),
        (
            (FreePrice("charges.seet_hybrid_usd.unit_amount", Decimal(1), Decimal(2)),),
            "hybrid",
            "has no row 'seet_hybrid_usd'",
        ),
    ],
)
def test_a_question_without_sense_is_refused(
    demo: PublishedHome, prices: tuple[FreePrice, ...], scenario: str, reported: str
) -> None:
    with pytest.raises(RequestError, match=reported):
        solve(demo.settings, Question(scenario, prices))


def test_a_proposal_that_bills_no_account_is_reported(demo: PublishedHome) -> None:
    asked = Question("hybrid", (FreePrice(SEAT, Decimal(20), Decimal(30)),), "nowhere")
    with pytest.raises(RequestError, match="bills no account of segment 'nowhere'"):
        solve(demo.settings, asked)


def _variants(book: Tables, target: str, value: str) -> list[str]:
    return [str(variant) for variant in cell_variants(book, cell_at(target, value))]


def test_a_price_changes_those_in_other_currencies_in_proportion(demo: PublishedHome) -> None:
    with opened_place(demo.settings) as place:
        book = read_book(place.connection, PUBLISHED)
    # 23.08 × 29 ÷ 25 = 26.7728; 3782 × 29 ÷ 25 = 4387.12, and yen have no cents
    assert _variants(book, "charges.seat_hybrid_usd.unit_amount", "29") == [
        "charges.seat_hybrid_eur.unit_amount=26.77",
        "charges.seat_hybrid_jpy.unit_amount=4387",
    ]
    # a quantity is the same in every currency
    assert _variants(book, "charges.outcomes_hybrid_usd.included_quantity", "60") == [
        "charges.outcomes_hybrid_eur.included_quantity=60",
        "charges.outcomes_hybrid_jpy.included_quantity=60",
    ]
    tiers = cell_variants(book, cell_at("tiers.outcomes_outcome_usd.2.unit_amount", "1"))
    assert [one.target for one in tiers] == [
        "tiers.outcomes_outcome_eur.2.unit_amount",
        "tiers.outcomes_outcome_jpy.2.unit_amount",
    ]
    assert _variants(book, "charges.outcomes_outcome_usd.tiers.2.unit_amount", "1") == [
        str(one) for one in tiers
    ], "a tier may be written below its charge"
    assert _variants(book, "scenarios.hybrid.max_increase_ratio", "29") == []
    with pytest.raises(RequestError, match=r"cannot follow .* in proportion"):
        _variants(book, "charges.seat_hybrid_usd.line_minimum", "29")


def test_a_bound_that_plans_get_for_the_first_time_follows_their_first_prices(
    demo: PublishedHome,
) -> None:
    with opened_place(demo.settings) as place:
        book = read_book(place.connection, PUBLISHED)
    # 500 × 23.08 ÷ 25 = 461.60; 500 × 3782 ÷ 25 = 75640
    assert _variants(book, "plans.hybrid_usd.minimum_amount", "500") == [
        "plans.hybrid_eur.minimum_amount=461.60",
        "plans.hybrid_jpy.minimum_amount=75640",
    ]
    # without a price of a unit by the first tiers: 500 × 0.9138 ÷ 0.99 = 461.515…
    [eur, _] = _variants(book, "plans.outcome_usd.maximum_amount", "500")
    assert eur == "plans.outcome_eur.maximum_amount=461.52"
    # where both have one it is in proportion to that: 91.38 × 198 ÷ 99
    assert _variants(book, "plans.outcome_usd.minimum_amount", "198") == [
        "plans.outcome_eur.minimum_amount=182.76",
        "plans.outcome_jpy.minimum_amount=29954",
    ]


def test_the_search_closes_in_on_a_bound_between_grid_points(
    demo: PublishedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shock sets in above 23.47 and revenue rises with the price: the best is 23.47 itself."""

    def rule(_: object, changes: list[CellChange], *__: object) -> tuple[Measures, SegmentLimits]:
        price = Decimal(changes[0].value or 0)
        figures = Measures(
            month=None,  # type: ignore[arg-type]
            accounts=100,
            revenue_change=price / 100,
            shock_share=Decimal("0.04") if price <= Decimal("23.47") else Decimal("0.06"),
            extra_churn=Decimal(0),
            margin_change=None,
            above_share=price / 100,
        )
        return figures, SegmentLimits(Decimal(0), Decimal("0.05"), Decimal("0.02"), Decimal(0))

    monkeypatch.setattr(solver, "measured", rule)
    asked = Question("hybrid", (FreePrice(SEAT, Decimal(10), Decimal(60)),))
    answer = solve(demo.settings, asked)
    assert answer.best.prices == (Decimal("23.47"),)
    assert len(answer.candidates) <= solver.MOST_CANDIDATES
    assert limits_sentence(answer) == (
        "Limits for all: revenue change at least +0.0 %, accounts shocked at most 5.0 %,"
        " extra churn at most 2.0 %, margin change at least +0.0 %."
    )
    assert list(boundary_notes(answer)) == []
    gentle = solve(demo.settings, replace(asked, gently=True))
    assert gentle.best.prices == (Decimal("10.00"),)
    assert list(boundary_notes(gentle)) == [
        f"{SEAT}: 10.00 is an end of the range; no price below it was tried."
    ]
    capped = solve(demo.settings, replace(asked, most_above=Decimal("0.2")))
    assert capped.best.prices == (Decimal("20.00"),)


def test_what_is_unknown_keeps_no_limit_but_the_margins() -> None:
    figures = Measures(
        month=None,  # type: ignore[arg-type]
        accounts=9,
        revenue_change=None,
        shock_share=Decimal(0),
        extra_churn=None,
        margin_change=None,
        above_share=None,
    )
    limits = solver._limits(
        Question("hybrid", (FreePrice(SEAT, Decimal(1), Decimal(2)),)),
        SegmentLimits(Decimal(0), Decimal("0.05"), Decimal("0.02"), Decimal(0)),
    )
    candidate: Candidate = solver._candidate((Decimal(1),), [], figures, limits)
    assert candidate.broken == ("revenue_change", "extra_churn")


def test_a_draft_is_the_book_with_the_changes_and_replaces_nothing(
    demo: PublishedHome, tmp_path: Path
) -> None:
    folder = tmp_path / "draft"
    changes = [f"{SEAT}=27.5", "tiers.outcomes_outcome_usd.2.unit_amount=0.85"]
    written = save_draft(demo.settings, parse_changes(changes), folder)
    assert [path.name for path in written] == ["charges.csv", "tiers.csv"]
    for path in written:
        with path.open(encoding="utf-8", newline="") as stream:
            saved = list(csv.DictReader(stream))
        with (ROOT / "seeds/reference" / path.name).open(encoding="utf-8", newline="") as stream:
            shipped = list(csv.DictReader(stream))
        assert len(saved) == len(shipped)
        changed = [
            (row["charge_id"], name, row[name])
            for row, before in zip(saved, shipped, strict=True)
            for name in row
            if row[name] != before[name]
            and not _same_number(row[name], before[name])
            # what the check fills in where a cell is empty
            and before[name]
        ]
        assert changed == (
            [("seat_hybrid_usd", "unit_amount", "27.5")]
            if path.name == "charges.csv"
            else [("outcomes_outcome_usd", "unit_amount", "0.85")]
        )
    with pytest.raises(RequestError, match="is not empty"):
        save_draft(demo.settings, parse_changes(changes), folder)


def test_a_saved_draft_is_a_book_that_a_home_can_use(demo: PublishedHome, tmp_path: Path) -> None:
    reference = tmp_path / "home" / "reference"
    reference.mkdir(parents=True)
    for path in (ROOT / "seeds/reference").iterdir():
        (reference / path.name).write_bytes(path.read_bytes())
    (tmp_path / "home/settings.toml").write_bytes((ROOT / "seeds/settings.toml").read_bytes())
    for path in save_draft(demo.settings, parse_changes([f"{SEAT}=27.5"]), tmp_path / "draft"):
        (reference / path.name).write_bytes(path.read_bytes())
    from orchestration.platform.settings import load_settings

    _, problems = read_reference(load_settings(tmp_path / "home"))
    assert [problem.sentence for problem in problems] == []


def _same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False


def test_ranges_and_ratios_are_read_as_people_write_them() -> None:
    assert free_price("charges.a.unit_amount=20..35.5") == FreePrice(
        "charges.a.unit_amount", Decimal(20), Decimal("35.5")
    )
    assert ratio("--shock", "5%") == ratio("--shock", "0.05") == Decimal("0.05")
    nothing = dict.fromkeys(("revenue", "shock", "margin", "above"))
    plain = {"segment": "all", "gently": False, "with_currency_variants": True}
    asked = question("hybrid", ["a.b.c=1..2"], **(nothing | plain | {"above": "20%:10%"}))  # type: ignore[arg-type]
    assert (asked.above, asked.most_above) == (Decimal("0.2"), Decimal("0.1"))
    for text, reported in (
        ("a.b.c=5", "is not a range"),
        ("a.b.c=x..5", "'x' is not a plain number"),
    ):
        with pytest.raises(RequestError, match=reported):
            free_price(text)
    with pytest.raises(RequestError, match="is not a pair"):
        question("hybrid", ["a.b.c=1..2"], **(nothing | plain | {"above": "20%"}))  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="not a plain number"):
        ratio("--shock", "nan")
