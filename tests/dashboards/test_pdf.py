"""Printed pages: the figures of the screen as text, any name, none of our margin."""

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dashboards.data import accounts, decision, glossary
from dashboards.data.tables import rows
from dashboards.data.warehouse import Snapshot, current
from dashboards.exports.decision_paper import DecisionPaper, decision_pdf
from dashboards.exports.glossary import Glossary, glossary_pdf
from dashboards.exports.pdf import BOX, Column, Paper
from dashboards.exports.statement import Statement, statement_pdf
from tests.dashboards import sample

NAMES = [
    "Ünïcode & Søn Ζεύς Ёж",
    "שלום עולם",
    "مرحبا بالعالم",
    "漢字 👩‍💻 😀 \U0001f3fb",
    "\u202egnp.exe\u202c \x07\x00 tab\t",
    "<script>alert(1)</script> **bold** {nb} =1+1",
    "x" * 300,
    "",
]
LAST = {"written_at": sample.AS_OF, "author": "local", "text": "y" * 2000}
LINES = [
    {
        "reading": "procurement",
        "topic": "highest_month",
        "unit": "money",
        "currency": "USD",
        "current_value": Decimal("400.000000"),
        "proposed_value": Decimal("1500.500000"),
        "current_text": None,
        "proposed_text": None,
        "sentence": "Highest month: 400.00 USD today.",
        "reason": None,
    },
    {
        "reading": "procurement",
        "topic": "capped_exposure",
        "unit": "money",
        "currency": "USD",
        "current_value": None,
        "proposed_value": None,
        "current_text": None,
        "proposed_text": None,
        "sentence": "No cap.",
        "reason": "no_cap",
    },
    {
        "reading": "executives",
        "topic": "cost_per_unit_of_work",
        "unit": "money per unit",
        "currency": "USD",
        "current_value": None,
        "proposed_value": None,
        "current_text": None,
        "proposed_text": None,
        "sentence": "Not available: no work.",
        "reason": "no_work",
    },
]


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


@pytest.fixture
def snapshot(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["whole"]))
    return current()


@pytest.fixture
def statement(snapshot: Snapshot) -> Callable[..., Statement]:
    """The statement of the sample's first account, with whatever the test changes."""

    def made(**changed: Any) -> Statement:
        shown: dict[str, Any] = {
            "company": "Sample",
            "account": "Account 1",
            "proposal": "Hybrid seat + outcome",
            "currency": "USD",
            "as_of": snapshot.as_of,
            "generation": 1,
            "lines": LINES,
            "months": rows(accounts.history(snapshot, "a01", "hybrid")),
            "bill_month": "2026-10",
            "bill": accounts.bill(snapshot, "a01", "hybrid", "2026-10"),
            "bill_lines": rows(accounts.aligned_lines(snapshot, "a01", "hybrid", "2026-10")),
        }
        return Statement(**{**shown, **changed})

    return made


def test_a_statement_says_the_bills_of_the_screen(statement: Callable[..., Statement]) -> None:
    printed = pages(statement_pdf(statement()))
    text = " ".join("\n".join(printed).split())
    for shown in (
        "Your bills today and under Hybrid seat + outcome",
        "Highest month 400.00 USD 1,500.50 USD",
        "At most in a month no cap no cap",
        "Oct 2026 390.00 406.38 +16.38",
        "10 × 39.00",
        "Total 390.00 406.38",
        "data as of 10 Nov 2026 06:00 UTC",
        "generation 1",
        f"page 1/{len(printed)}",
        f"page {len(printed)}/{len(printed)}",
    ):
        assert shown in text, shown


def test_a_statement_does_not_show_the_customer_our_margin(
    statement: Callable[..., Statement],
) -> None:
    text = "\n".join(pages(statement_pdf(statement()))).lower()
    for word in ("margin", "churn", "verdict", "segment", "smb", "@2024-01-01"):
        assert word not in text, word


def test_a_statement_stands_without_anything_to_tell(statement: Callable[..., Statement]) -> None:
    empty = statement(lines=[], months=[], bill=None, bill_lines=[], bill_month=None)
    assert "does not cover your account" in pages(statement_pdf(empty))[0]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_a_page(name: str, statement: Callable[..., Statement]) -> None:
    printed = pages(statement_pdf(statement(account=name, proposal=name, company=name)))
    assert "\u202e" not in "".join(printed)
    if name == NAMES[0]:
        assert name in printed[0]
    if name == NAMES[5]:
        assert "<script>alert(1)</script> **bold** {nb} =1+1" in printed[0]


def test_letters_without_a_glyph_are_boxes() -> None:
    paper = Paper("t", (), "", sample.AS_OF)
    assert paper.drawable("a漢b\ue000") == f"a{BOX}b{BOX}"
    assert paper.drawable("a\u202e\u200d\ufe0f\nb") == "a b"


def test_printed_definitions_say_their_version_and_owner(snapshot: Snapshot) -> None:
    terms = glossary.matching(glossary.glossary(snapshot), glossary.METRICS, "nrr")
    shown: dict[str, Any] = {
        "company": "Sample",
        "currency": "USD",
        "as_of": snapshot.as_of,
        "generation": 1,
        "segment": "all",
        "kind": "Metrics",
        "text": "nrr",
        "thresholds": [],
        "made_with": {},
    }
    text = " ".join("\n".join(pages(glossary_pdf(Glossary(terms=terms, **shown)))).split())
    assert "v2 since 1 Oct 2026, Revenue · Usage revenue included." in text
    unknown = dict.fromkeys(("owner", "version", "changed_on", "change"))
    older = [row | unknown for row in terms]
    text = " ".join("\n".join(pages(glossary_pdf(Glossary(terms=older, **shown)))).split())
    assert "since" not in text


def test_the_same_data_gives_the_same_file(statement: Callable[..., Statement]) -> None:
    assert statement_pdf(statement()) == statement_pdf(statement())


def test_a_long_table_repeats_its_heading_and_numbers_its_pages() -> None:
    paper = Paper("Title", ("shown",), "small", sample.AS_OF)
    paper.grid([Column("Heading", 50), Column("Amount", 50, "RIGHT")], [("x", "1.00")] * 120)
    printed = pages(paper.file())
    assert len(printed) > 1
    assert all("Heading" in page and "Title" in page for page in printed)
    assert f"page 2/{len(printed)}" in printed[1]


def test_a_decision_with_much_to_say_is_set_closer_and_stays_on_one_page(
    snapshot: Snapshot,
) -> None:
    verdicts = rows(decision.verdicts(snapshot))
    signal = rows(decision.signals(snapshot, "smb_ai"))[0] | {
        "sentence": "Automation does 68.5 % of resolutions; fires for 12 months (at 50.0 %, off "
        "below 47.0 %).",
    }
    flip = "Flips to NOT YET if the 6-month rise of automation falls below +3.0 points (now +3.5 "
    flip += "points) and automation share falls below 47.0 % (now 68.5 %)"
    shown = DecisionPaper(
        company="Sample",
        currency="USD",
        as_of=snapshot.as_of,
        generation=1,
        is_stale=False,
        chosen=verdicts[0] | {"flips": " | ".join([flip] * 4), "sentence": "Much. " * 15},
        verdicts=verdicts[:1] * 5,
        signals=[signal] * 8,
        renewals=[("2026-11", 2280.0), ("2027-01", 10.0)],
        outlook="Over the 12 months up to Oct 2027 the proposal bills 370k USD, today 280k USD.",
    )
    printed = pages(decision_pdf(shown))
    assert len(printed) == 1
    assert printed[0].count("Automation does 68.5 %") == 8
    # with more of everything, words go before figures do
    full = replace(shown, last_decision=LAST, verdicts=verdicts[:1] * 9)
    printed = pages(decision_pdf(full))
    assert len(printed) == 1
    assert "last decision" in printed[0].lower() and "more in the dashboard" in printed[0]


def test_the_decision_on_paper_says_what_it_was_asked_for(snapshot: Snapshot) -> None:
    verdicts = rows(decision.verdicts(snapshot, "outcome", 90))
    shown = DecisionPaper(
        company="Sample",
        currency="USD",
        as_of=snapshot.as_of,
        generation=1,
        is_stale=False,
        chosen=verdicts[0],
        verdicts=verdicts,
        signals=[],
        renewals=[("2026-11", 2280.0)],
        level=90,
        horizon=3,
        beside="Figures are for Pure outcome, which breaks bill shock.",
    )
    text = " ".join(pages(decision_pdf(shown))[0].split())
    for said in (
        "Pilot Hybrid seat + outcome with smb_ai",
        "Figures are for Pure outcome, which breaks bill shock.",
        "90 % range",
        "90 %: −12.0 … −4.5 %",
        "Revenue rises in 1 of 20 simulations.",
        "next 3 months",
    ):
        assert said.lower() in text.lower(), said


def test_the_decision_fits_on_one_page_with_the_figures_of_the_screen(snapshot: Snapshot) -> None:
    verdicts = rows(decision.verdicts(snapshot))
    chosen = {**verdicts[0], "flips": " | ".join(f"Flip {n} of a long list" for n in range(12))}
    shown = DecisionPaper(
        company="Sample",
        currency="USD",
        as_of=snapshot.as_of,
        generation=1,
        is_stale=True,
        chosen=chosen,
        verdicts=verdicts * 5,
        signals=rows(decision.signals(snapshot, "smb_ai")),
        renewals=[("2026-11", 2280.0), ("2027-01", 0.0)],
        last_decision=LAST,
    )
    printed = pages(decision_pdf(shown))
    assert len(printed) == 1
    text = " ".join(printed[0].split())
    for said in (
        "Pilot Hybrid seat + outcome with smb_ai: +4.2 % revenue, 3 % bill shock.",
        "2.28k USD",
        "+1.2 … +6.7 %",
        "MEDIUM",
        "(stale)",
        "and 12 segments more",
        "and 8 more",
        "last decision, 10 nov 2026 by local",
        "page 1/1",
    ):
        assert said.lower() in text.lower(), said
