"""A proposal with changed prices next to the published one, to print and for programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards import labels
from dashboards.data.tables import Row, Table, rows
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import (
    NOTHING,
    headline,
    in_file,
    moment,
    money,
    number,
    percent,
    points,
    undirected,
)

# the figures by which a proposal is judged, as on the screen
FIGURES = (
    ("revenue_change", "Revenue against today"),
    ("shock_share", "Accounts shocked"),
    ("extra_churn", "Expected extra churn"),
    ("margin_change", "Margin, change"),
)


@dataclass(frozen=True)
class Comparison:
    """One proposal and segment: published and tried, with the tables that the page shows."""

    company: str
    currency: str
    as_of: datetime
    generation: int
    scenario_id: str
    proposal: str
    segment: str
    months: int
    published: Row | None
    tried: Row | None
    changes: Table
    flips: Table
    movers: Table
    published_outcomes: Sequence[Row] = ()
    tried_outcomes: Sequence[Row] = ()


@in_file()
def comparison_pdf(comparison: Comparison) -> bytes:
    """The comparison as a PDF."""
    paper = Paper(
        f"{comparison.company}: {comparison.proposal} with other prices",
        (
            labels.segment(comparison.segment),
            f"data as of {moment(comparison.as_of)} UTC",
            f"generation {comparison.generation}",
        ),
        "Tried, not published: what a refresh with these prices would have billed.",
        comparison.as_of,
    )
    paper.say(f"What {number(comparison.changes.num_rows)} changed cells would do", 15, bold=True)
    paper.grid(
        (Column("", 40), Column("As published", 30, "RIGHT"), Column("As tried", 30, "RIGHT")),
        [
            *(
                (
                    name,
                    judged(comparison.published, key),
                    judged(comparison.tried, key),
                )
                for key, name in FIGURES
            ),
            *(
                (
                    name,
                    _billed(comparison, comparison.published, key),
                    _billed(comparison, comparison.tried, key),
                )
                for key, name in (
                    ("current_reporting", f"Billed today, {comparison.months} months"),
                    ("proposed_reporting", "Billed under the proposal"),
                )
            ),
            (
                "Pay less / more",
                NOTHING,
                f"{number(comparison.tried['winner_count'])} / "
                f"{number(comparison.tried['loser_count'])}"
                if comparison.tried
                else NOTHING,
            ),
            (
                "Outcomes above today",
                _gains(comparison.published_outcomes),
                _gains(comparison.tried_outcomes),
            ),
        ],
    )
    paper.heading("Changes of the price book")
    paper.grid(
        (Column("Cell", 60), Column("Published", 20, "RIGHT"), Column("Tried", 20, "RIGHT")),
        [
            (row["cell"], row["before"] or "empty", row["after"] or "empty")
            for row in rows(comparison.changes)
        ],
    )
    paper.heading("What would flip it: the churn at which the limit is met")
    paper.grid(
        (
            Column("Bills rising", 24),
            Column("Accounts", 14, "RIGHT"),
            Column("Assumed", 14, "RIGHT"),
            Column("Flips at", 14, "RIGHT"),
            Column("Says", 34),
        ),
        [
            (
                row["accounts_rising"],
                number(row["band_accounts"]),
                percent(row["assumed_churn"]),
                percent(row["critical_churn"]),
                labels.standing(row["standing"]),
            )
            for row in rows(comparison.flips)
        ],
    )
    paper.heading(f"Whose bills move most, all segments, {comparison.currency}")
    paper.grid(
        (
            Column("Account", 40),
            Column("Published", 20, "RIGHT"),
            Column("Tried", 20, "RIGHT"),
            Column("Change", 20, "RIGHT"),
        ),
        [
            (
                row["account_name"] or row["account_id"],
                number(row["before"], 2),
                number(row["after"], 2),
                number(row["change"], 2, sign=True),
            )
            for row in rows(comparison.movers)
        ],
    )
    return paper.file()


def comparison_json(comparison: Comparison) -> bytes:
    """The scenario as JSON: amounts and ratios as exact strings, missing values as null."""
    keys = [key for key, _ in FIGURES] + ["current_reporting", "proposed_reporting", "accounts"]

    def figures(row: Row | None, more: Sequence[str] = ()) -> dict[str, Any] | None:
        return None if row is None else {key: row.get(key) for key in (*keys, *more)}

    text = json.dumps(
        {
            "scenario_id": comparison.scenario_id,
            "scenario_name": comparison.proposal,
            "segment": comparison.segment,
            "currency": comparison.currency,
            "generation": comparison.generation,
            "as_of": comparison.as_of.isoformat(),
            "months": comparison.months,
            "changes": rows(comparison.changes),
            "published": figures(comparison.published),
            "tried": figures(comparison.tried, ("winner_count", "loser_count")),
            "outcomes": [
                {name: row[name] for name in ("outcome", "revenue_change", "is_gain")}
                for row in comparison.tried_outcomes
            ],
            "flips": rows(comparison.flips),
            "movers": rows(comparison.movers),
        },
        indent=2,
        ensure_ascii=False,
        default=str,
    )
    return (undirected(text) + "\n").encode()


def judged(row: Row | None, key: str) -> str:
    """A figure by which a proposal is judged; margins differ by percentage points."""
    if row is None:
        return NOTHING
    if key == "margin_change":
        return points(row[key])
    return percent(row[key], sign=key.endswith("change"))


def _gains(outcomes: Sequence[Row]) -> str:
    """How many of the equally likely outcomes bring more than today."""
    if not outcomes:
        return NOTHING
    return f"{number(outcomes[0]['gains'])} of {number(outcomes[0]['outcomes'])}"


def _billed(comparison: Comparison, row: Row | None, key: str) -> str:
    if row is None or row[key] is None:
        return NOTHING
    return f"{money(row[key], comparison.currency)} ({headline(row[key])})"
