"""How a what-if treats each relation of the rating chain: one row a relation, by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.pipeline.rating_chain import QUANTITIES, SCHEMA
from orchestration.whatif.scope import Scope, listed

BILLS = "fct_shadow_bills"
LINES = "fct_shadow_bill_lines"
SHOCK = "fct_migration_shock"
OUTCOMES = "fct_scenario_outcomes"
MEASURES = "int_scenario_measures"
FLIPS = "int_scenario_flips"
LIMITS = "int_decision_limits"
ACCURACY = "int_account_accuracy"
# an account's bills over the months by which a proposal is judged: all that judges reads them
WINDOWS = "int_migration_windows"
JUDGED_WINDOWS = "int_judged_windows"
# of the windows in which limits must hold, the one that needs no projection
DECIDING = "trailing_3"
# what each model bills by itself, before bills are held against each other
MODEL_LINES = "int_model_lines"
REOPENED = "int_reopened_outcomes"
MODEL_BILLS = "int_model_bills"
REFUSED = "int_refused_bills"

# what the snapshot calls a rated unit beside its name
NUMBER = "_unit_number"
UNWORDED = "* replace ('' as explanation)"

Condition = Callable[[Scope], bool]


def always(scope: Scope) -> bool:
    return True


def never(scope: Scope) -> bool:
    return False


@dataclass(frozen=True)
class Rule:
    """Without a rule of its own a relation is shown whole, or made anew by the chain."""

    # the published rows hold, so that they need not be made again
    stands: Condition = never
    # the models read any of its rows at all
    is_read: Condition = always
    # the columns by which only the accounts and scenarios that are rated again are shown
    account: str | None = None
    scenario: str | None = None
    # scenarios that others are held against are shown, too
    is_told: bool = False
    # what the snapshot adds to the model's columns
    hidden: tuple[str, ...] = ()
    # bills of months before those that are told are left out, or services as far as no later bill
    # follows from them
    by_month: bool = False
    by_service: bool = False
    # only work of the changed charges' meters is read where theirs alone are rated
    by_meter: bool = False
    # never a table, as it shows others for the lines than for the bills; always one, for few rows
    # with several readers or for what is told
    is_view: bool = False
    is_kept: bool = False
    # only sentences tell of it; what is selected of it where none is asked for
    is_worded: bool = False
    unworded: str | None = None
    # columns told where only what judges a proposal is asked for; those that models name go along
    told: tuple[str, ...] = ()
    # the current model's rows are made only where a change reaches them
    is_proposed: bool = False


def of_accounts(*, by_month: bool = False, is_read: Condition = always) -> Rule:
    return Rule(account="account_id", by_month=by_month, is_read=is_read)


def of_units(stands: Condition, *, by_service: bool = False, hidden: tuple[str, ...] = ()) -> Rule:
    """Carried with the account and scenario of their unit."""
    return Rule(
        stands=stands,
        account="_account_id",
        scenario="_scenario_id",
        hidden=("_scenario_id", "_account_id", NUMBER, *hidden),
        by_service=by_service,
    )


RULES = {
    "int_account_anchors": of_accounts(),
    "int_accounts": of_accounts(),
    "int_anchor_months": of_accounts(by_month=True),
    "int_contract_periods": of_accounts(is_read=lambda scope: scope.changes_current),
    "int_current_plans": of_accounts(by_month=True),
    "int_invoice_slices": of_accounts(by_month=True),
    "int_invoiced_lines": of_accounts(),
    "int_outcome_reopenings": of_accounts(),
    "int_seat_changes": of_accounts(),
    "int_usage_months": Rule(account="account_id", by_meter=True),
    "int_usage_daily": Rule(by_meter=True),
    "int_current_bills": Rule(
        stands=lambda scope: not scope.changes_current, account="account_id", by_month=True
    ),
    MODEL_BILLS: Rule(is_proposed=True),
    # who is proposed which plan, and in which periods
    "int_proposed_plans": Rule(
        stands=lambda scope: scope.keeps_offers,
        account="account_id",
        scenario="scenario_id",
        is_told=True,
        by_month=True,
        is_view=True,
    ),
    "int_rated_units": Rule(
        stands=lambda scope: scope.keeps_units,
        account="account_id",
        scenario="scenario_id",
        by_service=True,
        hidden=(NUMBER,),
    ),
    # made from the units and from whose seats a charge counts
    "int_unit_activity": of_units(lambda scope: scope.keeps_activity),
    "int_unit_discounts": of_units(lambda scope: scope.keeps_discounts),
    # made from the units and the charges' quantities alone
    QUANTITIES: of_units(
        lambda scope: scope.keeps_quantities, by_service=True, hidden=("_is_settled",)
    ),
    # made, but for the lines of whole bills that the change leaves as they are
    "int_charge_lines": of_units(never, by_service=True),
    # made from the lines of the charges, before a bill is held to a minimum or a cap
    "int_bill_totals": of_units(lambda scope: scope.keeps_totals),
    REOPENED: of_units(lambda scope: scope.keeps_counts),
    "int_unit_seats": of_units(lambda scope: scope.keeps_counts),
    REFUSED: Rule(stands=lambda scope: scope.keeps_counts),
    "int_ambiguous_meters": Rule(stands=lambda scope: not scope.changes_current),
    ACCURACY: Rule(stands=lambda scope: not scope.judges_anew, is_kept=True),
    "int_charge_activity": Rule(is_worded=True),
    "int_bill_lines": Rule(unworded=UNWORDED),
    # the walk through the months of wallets reads it once a month
    "int_wallet_steps": Rule(is_kept=True),
    # few, and read by both ways in which lines are sliced
    "int_credit_lines": Rule(is_kept=True),
    "int_bill_line_slices": Rule(unworded=UNWORDED),
    MODEL_LINES: Rule(unworded=UNWORDED),
    BILLS: Rule(
        is_kept=True,
        told=(
            "account_id",
            "scenario_id",
            "segment",
            "period_end",
            "is_provisional",
            "amount_reporting",
            "current_amount_reporting",
            "difference_reporting",
        ),
    ),
    SHOCK: Rule(is_kept=True),
    OUTCOMES: Rule(is_kept=True),
    MEASURES: Rule(is_kept=True),
    FLIPS: Rule(is_kept=True),
    LIMITS: Rule(is_kept=True),
    WINDOWS: Rule(is_kept=True),
    JUDGED_WINDOWS: Rule(is_kept=True),
}


def rule_of(name: str) -> Rule:
    return RULES.get(name, Rule())


def conditions(name: str, scope: Scope) -> list[str]:
    """Which of the snapshot's rows of a relation the models read."""
    rule, where = rule_of(name), []
    if not rule.is_read(scope):
        where.append("false")
    if rule.scenario is not None:
        seen = scope.rated | (scope.shown if rule.is_told else frozenset())
        where.append(f"{rule.scenario} in ({listed(seen)})")
    if rule.account is not None and scope.accounts is not None:
        where.append(f"{rule.account} in (select account_id from {SCHEMA}.accounts)")
    if name == "int_rated_units" and scope.whole is not None:
        where.append(f"(plan_id in ({listed(scope.plans)}) or {is_settled('account_id')})")
    return where


def is_settled(column: str) -> str:
    """Whether anything of an account's bill follows from other lines of it."""
    return f"({is_whole(column)} or {column} in (select account_id from {SCHEMA}.reopened))"


def is_whole(column: str) -> str:
    return f"coalesce({column} in (select account_id from {SCHEMA}.whole), false)"
