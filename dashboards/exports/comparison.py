"""A proposal with other prices beside the published one: to print, and for programs."""

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

# what a proposal is judged by, as the screen has it
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
def comparison_pdf(told: Comparison) -> bytes:
    """The comparison on paper."""
    paper = Paper(
        f"{told.company}: {told.proposal} with other prices",
        (
            labels.segment(told.segment),
            f"data as of {moment(told.as_of)} UTC",
            f"generation {told.generation}",
        ),
        "Tried, not published: what a refresh with these prices would have billed.",
        told.as_of,
    )
    paper.say(f"What {number(told.changes.num_rows)} changed cells would do", 15, bold=True)
    paper.grid(
        (Column("", 40), Column("As published", 30, "RIGHT"), Column("As tried", 30, "RIGHT")),
        [
            *(
                (
                    name,
                    judged(told.published, key),
                    judged(told.tried, key),
                )
                for key, name in FIGURES
            ),
            *(
                (name, _billed(told, told.published, key), _billed(told, told.tried, key))
                for key, name in (
                    ("current_reporting", f"Billed today, {told.months} months"),
                    ("proposed_reporting", "Billed under the proposal"),
                )
            ),
            (
                "Pay less / more",
                NOTHING,
                f"{number(told.tried['winner_count'])} / {number(told.tried['loser_count'])}"
                if told.tried
                else NOTHING,
            ),
            (
                "Outcomes above today",
                _gains(told.published_outcomes),
                _gains(told.tried_outcomes),
            ),
        ],
    )
    paper.heading("Changes of the price book")
    paper.grid(
        (Column("Cell", 60), Column("Published", 20, "RIGHT"), Column("Tried", 20, "RIGHT")),
        [
            (row["cell"], row["before"] or "empty", row["after"] or "empty")
            for row in rows(told.changes)
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
            for row in rows(told.flips)
        ],
    )
    paper.heading(f"Whose bills move most, all segments, {told.currency}")
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
            for row in rows(told.movers)
        ],
    )
    return paper.file()


def comparison_json(told: Comparison) -> bytes:
    """The scenario for programs: amounts and ratios as exact texts, what is missing as null."""
    keys = [key for key, _ in FIGURES] + ["current_reporting", "proposed_reporting", "accounts"]

    def figures(row: Row | None, more: Sequence[str] = ()) -> dict[str, Any] | None:
        return None if row is None else {key: row.get(key) for key in (*keys, *more)}

    text = json.dumps(
        {
            "scenario_id": told.scenario_id,
            "scenario_name": told.proposal,
            "segment": told.segment,
            "currency": told.currency,
            "generation": told.generation,
            "as_of": told.as_of.isoformat(),
            "months": told.months,
            "changes": rows(told.changes),
            "published": figures(told.published),
            "tried": figures(told.tried, ("winner_count", "loser_count")),
            "outcomes": [
                {name: row[name] for name in ("outcome", "revenue_change", "is_gain")}
                for row in told.tried_outcomes
            ],
            "flips": rows(told.flips),
            "movers": rows(told.movers),
        },
        indent=2,
        ensure_ascii=False,
        default=str,
    )
    return (undirected(text) + "\n").encode()


def judged(row: Row | None, key: str) -> str:
    """One of the figures that a proposal is judged by; margins differ by points."""
    if row is None:
        return NOTHING
    if key == "margin_change":
        return points(row[key])
    return percent(row[key], sign=key.endswith("change"))


def _gains(outcomes: Sequence[Row]) -> str:
    """Of equally likely outcomes those that bring more than today."""
    if not outcomes:
        return NOTHING
    return f"{number(outcomes[0]['gains'])} of {number(outcomes[0]['outcomes'])}"


def _billed(told: Comparison, row: Row | None, key: str) -> str:
    if row is None or row[key] is None:
        return NOTHING
    return f"{money(row[key], told.currency)} ({headline(row[key])})"
