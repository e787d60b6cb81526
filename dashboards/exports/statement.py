"""The before/after statement of one account, as the customer gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards import labels
from dashboards.data.tables import Row
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import NOTHING, amount, in_file, moment, money, month, number, percent

TODAY, PROPOSED = "Today", "Proposed"
SMALL_PRINT = (
    "An illustration based on past months, without taxes. It is neither an invoice nor an offer."
)


@dataclass(frozen=True)
class Statement:
    """The document's content; amounts are in the customer's currency."""

    company: str
    account: str
    proposal: str
    currency: str
    as_of: datetime
    generation: int
    lines: Sequence[Row]
    months: Sequence[Row]
    bill_month: str | None = None
    bill: Row | None = None
    bill_lines: Sequence[Row] = ()


@in_file()
def statement_pdf(statement: Statement) -> bytes:
    """The document; missing figures are explained."""
    paper = Paper(
        f"{statement.company}: {statement.account}",
        (
            f"today's prices and {statement.proposal}",
            f"data as of {moment(statement.as_of)} UTC",
            f"generation {statement.generation}",
        ),
        SMALL_PRINT,
        statement.as_of,
    )
    paper.say(f"Your bills today and under {statement.proposal}", 15, bold=True)
    paper.say(
        "Your past bills at today's prices, and what the same seats and the same work would have "
        "cost under the proposal.",
        muted=True,
    )
    if not statement.lines:
        paper.say("This proposal does not cover your account.")
    for reading in dict.fromkeys(row["reading"] for row in statement.lines):
        paper.heading(labels.reading(reading))
        compared = [row for row in statement.lines if row["reading"] == reading]
        paper.grid(
            (Column("", 34), Column(TODAY, 33, "RIGHT"), Column(PROPOSED, 33, "RIGHT")),
            [
                (labels.topic(row["topic"]), _figure(row, "current"), _figure(row, "proposed"))
                for row in compared
            ],
        )
        paper.say(" ".join(row["sentence"] for row in compared), 8, muted=True)
    _months(paper, statement)
    _bill(paper, statement)
    return paper.file()


def _months(paper: Paper, statement: Statement) -> None:
    listed = [row for row in statement.months if row["current_amount"] is not None]
    if not listed:
        return
    paper.heading(f"Month by month, {statement.currency}")
    paper.grid(
        (
            Column("Month", 25),
            Column(TODAY, 25, "RIGHT"),
            Column(PROPOSED, 25, "RIGHT"),
            Column("Difference", 25, "RIGHT"),
        ),
        [
            (
                month(row["month"]),
                amount(row["current_amount"], statement.currency),
                amount(row["proposed_amount"], statement.currency),
                amount(row["difference"], statement.currency, sign=True),
            )
            for row in listed
        ],
    )


def _bill(paper: Paper, statement: Statement) -> None:
    bill = statement.bill
    if bill is None or not bill["is_available"] or not statement.bill_lines:
        return
    paper.heading(f"The bill of {month(statement.bill_month)}, line by line, {statement.currency}")
    paper.grid(
        (
            Column("For", 14),
            Column(TODAY, 29),
            Column("", 13, "RIGHT"),
            Column(PROPOSED, 31),
            Column("", 13, "RIGHT"),
        ),
        [
            *(
                (
                    labels.cause(row["cause"]),
                    row["current_explanation"] or row["current_line"] or NOTHING,
                    amount(row["current_amount"], statement.currency),
                    row["proposed_explanation"] or row["proposed_line"] or NOTHING,
                    amount(row["proposed_amount"], statement.currency),
                )
                for row in statement.bill_lines
            ),
            (
                "Total",
                "",
                amount(bill["current_amount"], statement.currency),
                "",
                amount(bill["amount"], statement.currency),
            ),
        ],
        total=True,
    )
    if bill["is_provisional"]:
        paper.say("This month is not over: its bill may still change.", 8, muted=True)


def _figure(row: Row, model: str) -> str:
    text: str | None = row[f"{model}_text"]
    if text is not None:
        return text
    value, unit = row[f"{model}_value"], row["unit"]
    if value is None:
        return "no cap" if row["topic"] == "capped_exposure" else NOTHING
    if unit == "money":
        return money(value, row["currency"])
    if unit == "money per unit":
        return f"{number(value, 4)} {row['currency'] or ''}"
    return number(value, 2) if unit == "units per 100" else percent(value)
