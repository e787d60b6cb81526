"""A rule: one expectation of one relation, with the sentence that is shown if it fails."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read once, at import

from great_expectations import expectations as gxe

CRITICAL = "critical"
WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """`critical` blocks publishing, `warning` is reported and stored.

    `about` is the relation that the rule is a guarantee of; `table` has the rows that it checks.
    """

    name: str
    schema: str
    table: str
    about: str
    severity: str
    sentence: str
    expectation: Any

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.about}"


class Relation:
    """Builds the rules of one relation, so that a suite reads like a list of guarantees.

    `rows_of` is the relation that has the rows to check, if it is another one.
    """

    def __init__(self, schema: str, table: str, *, rows_of: str | None = None) -> None:
        self._schema = schema
        self._table = table
        self._rows_of = rows_of or table

    def has_rows(self, *, exactly: int | None = None, severity: str = CRITICAL) -> Rule:
        return self._rule(
            "has_rows",
            severity,
            "has no rows" if exactly is None else f"does not have exactly {exactly} row",
            gxe.ExpectTableRowCountToBeBetween(min_value=exactly or 1, max_value=exactly),
        )

    def filled(self, column: str, *, mostly: float = 1.0, severity: str = CRITICAL) -> Rule:
        share = "" if mostly == 1.0 else f" in more than {1 - mostly:.0%} of its rows"
        return self._rule(
            f"{column}_filled",
            severity,
            f"has no {column}{share}",
            gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=mostly),
        )

    def one_of(self, column: str, values: Sequence[str], *, severity: str = CRITICAL) -> Rule:
        return self._rule(
            f"{column}_known",
            severity,
            f"has a {column} other than {', '.join(values)}",
            gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values)),
        )

    def within(
        self, column: str, low: float | None, high: float | None, *, severity: str = CRITICAL
    ) -> Rule:
        bounds = f"{'' if low is None else low} to {'' if high is None else high}".strip()
        return self._rule(
            f"{column}_in_range",
            severity,
            f"has a {column} outside {bounds}",
            gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high),
        )

    def never(self, name: str, sentence: str, sql: str, *, severity: str = CRITICAL) -> Rule:
        """A query that must return no row; `{batch}` stands for the relation."""
        return self._rule(
            name,
            severity,
            sentence,
            gxe.UnexpectedRowsExpectation(unexpected_rows_query=sql, description=sentence),
        )

    def _rule(self, name: str, severity: str, sentence: str, expectation: Any) -> Rule:
        return Rule(
            name=f"{self._table}.{name}",
            schema=self._schema,
            table=self._rows_of,
            about=self._table,
            severity=severity,
            sentence=f"{self._table} {sentence}",
            expectation=expectation,
        )
