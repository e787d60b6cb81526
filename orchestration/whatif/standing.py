"""What of the published bills and lines stands beside those that a what-if makes."""

from dataclasses import dataclass
from datetime import date

from orchestration.pipeline.rating_chain import ADJUSTED_SUMS, CHARGE_SUMS, PLAIN_KINDS, SCHEMA
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.rules import BILLS, LINES, is_whole
from orchestration.whatif.scope import CURRENT, Scope, listed


@dataclass(frozen=True)
class Standing:
    """Queries of what a change cannot reach, as SQL text.

    `lends_lines` says that published lines stand within bills made anew, `first_month` which bills
    are told at all.
    """

    scope: Scope
    lends_lines: bool
    with_sentences: bool
    first_month: date | None

    def within(self, made: str) -> str:
        """Of the lines that were made those that do not stand in the published bills as well."""
        if not self.lends_lines:
            return made
        return (
            f"{made} and (coalesce(charge_id in ({listed(self.scope.charges)}), true) "
            f"or line_kind not in ({listed(PLAIN_KINDS)}))"
        )

    def beside(self) -> str:
        """The published lines, or without sentences what they sum to."""
        return self._lines() if self.with_sentences else self._sums()

    def _lines(self) -> str:
        kept = f"scenario_id not in ({listed(self.scope.rated)})"
        if self.scope.whole is not None:
            charges = f"charge_id not in ({listed(self.scope.charges)})"
            kept += f" or ({charges} and not {is_whole('account_id')})"
        return (
            f"select * exclude (line_number) from {PUBLISHED}.marts.{LINES} "
            f"where {self._told()} and ({kept})"
        )

    def _sums(self) -> str:
        """A bill: the published one less its lines of changed charges."""
        rated = f"scenario_id in ({listed(self.scope.rated)})"
        columns = "account_id, month, scenario_id"

        def less(sums: str, condition: str) -> str:
            return (
                f" union all by name "
                f"select {columns}, -amount as amount, -exact_amount as exact_amount "
                f"from {PUBLISHED}.{SCHEMA}.{sums} where {self._told()} and {rated} and {condition}"
            )

        bills = (
            f"select {columns}, amount, exact_amount from {PUBLISHED}.marts.{BILLS} "
            f"where {self._told()} and is_available"
        )
        if self.scope.whole is None:
            return f"{bills} and not {rated}"
        charged = f"charge_id in ({listed(self.scope.charges)})"
        if self.lends_lines:
            # what follows from a whole bill is made with it
            followed = f"{is_whole('account_id')} and not coalesce({charged}, false)"
            return f"{bills}{less(CHARGE_SUMS, charged)}{less(ADJUSTED_SUMS, followed)}"
        others = f"not {is_whole('account_id')}"
        changed = less(CHARGE_SUMS, f"{charged} and {others}")
        return f"{bills} and (not {rated} or {others}){changed}"

    def _told(self) -> str:
        # an account that stays with its current bill is told that bill's lines
        lent = frozenset({CURRENT} if self.with_sentences else ())
        where = [f"scenario_id in ({listed(self.scope.shown | self.scope.rated | lent)})"]
        if self.scope.accounts is not None:
            where.append(f"account_id in (select account_id from {SCHEMA}.accounts)")
        if self.first_month is not None:
            where.append(f"month >= date '{self.first_month}'")
        return " and ".join(where)
