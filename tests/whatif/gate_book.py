"""The price book of the home in gate_home.py: every file that a what-if may change has rows.

Three plans are sold today in USD (seats by the month, seats by the year, seats and usage) and one
is a pool of prepaid tokens; the rest are proposals. What is not named in a row is empty in its
file.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.platform.small_home import write_csv

Row = dict[str, str]

START = "2025-01-01"

SCENARIOS: list[Row] = [
    # seats and automated work, for everybody, in both currencies
    {"scenario_id": "hybrid", "scenario_name": "Hybrid", "plan_id": "hybrid_usd"},
    # packages, tiers by volume, a cap and a discount of the plan
    {"scenario_id": "tokens", "scenario_name": "Tokens", "plan_id": "tokens_usd"},
    # one account stays on seats, by the plan of another proposal and without a discount
    {
        "scenario_id": "tokens",
        "scenario_name": "Tokens",
        "account_id": "mesa",
        "plan_id": "quarter_usd",
    },
    # a wallet by the month; one segment as a whole, of the other who is on one plan
    {
        "scenario_id": "credits",
        "scenario_name": "Credits",
        "segment": "smb",
        "plan_id": "credits_usd",
    },
    {
        "scenario_id": "credits",
        "scenario_name": "Credits",
        "segment": "midmarket",
        "from_plan_id": "team_usd",
        "plan_id": "credits_usd",
    },
    # a wallet by the term with packs, but for one account, and no plan in EUR
    {"scenario_id": "pool", "scenario_name": "Pool", "plan_id": "pool_usd"},
    {
        "scenario_id": "pool",
        "scenario_name": "Pool",
        "account_id": "opal",
        "plan_id": "hybrid_usd",
    },
    # tiers that add up, a minimum, and an increase that is limited for a while
    {
        "scenario_id": "outcome",
        "scenario_name": "Outcome",
        "plan_id": "outcome_usd",
        "max_increase_ratio": "0.25",
        "max_increase_periods": "3",
    },
    # customers choose the cheaper bill; the plan is one that is sold today
    {
        "scenario_id": "choice",
        "scenario_name": "Choice",
        "plan_id": "metered_usd",
        "uptake": "opt_in",
    },
    # only customers who came later, and a bill of three months at once
    {
        "scenario_id": "fresh",
        "scenario_name": "Fresh",
        "plan_id": "quarter_usd",
        "uptake": "new_only",
        "starts_on": "2026-02-15",
    },
    # seats that were used, shares of sales, and usage that does not add up
    {"scenario_id": "used", "scenario_name": "Used", "plan_id": "used_usd"},
    # the same plan once more, with an increase that is limited: its bills are more than their
    # charges, where those of the proposal before are not
    {
        "scenario_id": "eased",
        "scenario_name": "Used, eased",
        "segment": "enterprise",
        "plan_id": "used_usd",
        "max_increase_ratio": "0.1",
        "max_increase_periods": "4",
    },
]


def _plan(plan_id: str, name: str, family: str, **more: str) -> Row:
    currency = plan_id.rpartition("_")[2].upper()
    return {"plan_id": plan_id, "plan_name": name, "family": family, "currency": currency} | more


PLANS: list[Row] = [
    _plan("team_usd", "Team", "per_seat", proration="by_day", billable_roles="member;admin"),
    _plan("team_eur", "Team", "per_seat", proration="by_day", billable_roles="member;admin"),
    _plan("yearly_usd", "Team yearly", "per_seat", billing_interval="year", proration="by_day"),
    _plan("quarter_usd", "Team quarterly", "flat", billing_interval="quarter", proration="by_day"),
    _plan("quarter_eur", "Team quarterly", "flat", billing_interval="quarter", proration="by_day"),
    _plan("metered_usd", "Metered", "usage", proration="by_day", seat_basis="end"),
    _plan("pool_usd", "Prepaid tokens", "token", proration="by_day", seat_basis="peak"),
    _plan("hybrid_usd", "Hybrid", "hybrid", proration="by_second", billable_roles="member;admin"),
    _plan("hybrid_eur", "Hybrid", "hybrid", proration="by_second", billable_roles="member;admin"),
    _plan("tokens_usd", "Tokens", "token", maximum_amount="520", proration="none"),
    # a cap that some bills stay just below
    _plan("tokens_eur", "Tokens", "token", maximum_amount="235", proration="none"),
    _plan("credits_usd", "Credits", "credit", proration="by_day"),
    _plan("credits_eur", "Credits", "credit", proration="by_day"),
    _plan("outcome_usd", "Outcome", "outcome", minimum_amount="120", proration="by_day"),
    _plan("outcome_eur", "Outcome", "outcome", minimum_amount="110", proration="by_day"),
    _plan("used_usd", "Used", "hybrid", proration="by_day", seat_basis="active"),
]


def _charge(charge_id: str, plan_id: str, meter: str, unit_amount: str = "", **more: str) -> Row:
    row = {
        "charge_id": charge_id,
        "plan_id": plan_id,
        "valid_from": START,
        "charge_name": charge_id.replace("_", " ").capitalize(),
        "meter": meter,
        "pricing": "flat" if meter == "flat" else "per_unit",
        "unit_amount": unit_amount,
    }
    return row | more


CHARGES: list[Row] = [
    _charge("seat_team_usd", "team_usd", "seats", "40"),
    _charge("seat_team_eur", "team_eur", "seats", "36"),
    _charge("seat_yearly_usd", "yearly_usd", "seats", "420"),
    _charge("seat_quarter_usd", "quarter_usd", "seats", "114"),
    _charge("fee_quarter_usd", "quarter_usd", "flat", "15"),
    _charge("seat_quarter_eur", "quarter_eur", "seats", "102"),
    # what is sold today by usage: a price that changed in the middle of a month, and messages
    _charge("seat_metered_usd", "metered_usd", "seats", "12"),
    _charge("work_metered_usd", "metered_usd", "resolutions", "0.60", valid_to="2026-05-12"),
    _charge("work_metered_usd", "metered_usd", "resolutions", "0.50", valid_from="2026-05-12"),
    _charge("messages_metered_usd", "metered_usd", "messages", pricing="graduated"),
    _charge("seat_pool_usd", "pool_usd", "seats", "20"),
    _charge("fee_pool_usd", "pool_usd", "flat", "90"),
    _charge("seat_hybrid_usd", "hybrid_usd", "seats", "25", role="member"),
    _charge("seat_hybrid_eur", "hybrid_eur", "seats", "23", role="member"),
    # some machines' work is in each seat's price
    _charge(
        "work_hybrid_usd",
        "hybrid_usd",
        "resolutions",
        "0.55",
        actor_type="automation",
        outcomes_only="true",
        included_quantity="40",
    ),
    _charge(
        "work_hybrid_eur",
        "hybrid_eur",
        "resolutions",
        "0.51",
        actor_type="automation",
        outcomes_only="true",
        included_quantity="4",
        included_per="seat",
    ),
    _charge("fee_tokens_usd", "tokens_usd", "flat", "99", timing="advance"),
    _charge("fee_tokens_eur", "tokens_eur", "flat", "89", timing="arrears"),
    _charge("mini_tokens_usd", "tokens_usd", "tokens", "0.00005", dimension="mini"),
    _charge("mini_tokens_eur", "tokens_eur", "tokens", "0.00004615", dimension="mini"),
    _charge(
        "pro_tokens_usd",
        "tokens_usd",
        "tokens",
        "8",
        dimension="pro",
        pricing="package",
        package_size="50000",
        included_quantity="100000",
    ),
    _charge(
        "pro_tokens_eur",
        "tokens_eur",
        "tokens",
        "7.4",
        dimension="pro",
        pricing="package",
        package_size="50000",
    ),
    _charge("messages_tokens_usd", "tokens_usd", "messages", pricing="volume"),
    _charge("messages_tokens_eur", "tokens_eur", "messages", pricing="volume"),
    _charge("fee_credits_usd", "credits_usd", "flat", "150"),
    _charge("fee_credits_eur", "credits_eur", "flat", "140"),
    # beyond the wallet a charge prices the credits
    _charge("beyond_credits_eur", "credits_eur", "credits", "0.08", included_quantity="50"),
    _charge("work_outcome_usd", "outcome_usd", "resolutions", pricing="graduated")
    | {"outcomes_only": "true"},
    _charge("work_outcome_eur", "outcome_eur", "resolutions", pricing="graduated")
    | {"outcomes_only": "true"},
    _charge("seat_used_usd", "used_usd", "seats", "30"),
    _charge(
        "sales_used_usd",
        "used_usd",
        "sales",
        "2.5",
        pricing="percentage",
        line_minimum="6",
        line_maximum="60",
    ),
    _charge("peak_used_usd", "used_usd", "storage", "0.80", aggregation="max"),
    _charge("last_used_usd", "used_usd", "storage", "0.20", aggregation="last"),
    _charge("mean_used_usd", "used_usd", "storage", "0.30", aggregation="time_weighted"),
    _charge("users_used_usd", "used_usd", "resolutions", "1.10", aggregation="distinct_users"),
]


def _tiers(charge_id: str, *tiers: tuple[str, str, str]) -> Iterator[Row]:
    """Tiers of (up_to, unit_amount, flat_amount)."""
    for number, (up_to, unit_amount, flat_amount) in enumerate(tiers, start=1):
        yield {
            "charge_id": charge_id,
            "valid_from": START,
            "tier": str(number),
            "up_to": up_to,
            "unit_amount": unit_amount,
            "flat_amount": flat_amount,
        }


TIERS: list[Row] = [
    *_tiers("messages_metered_usd", ("400", "0.06", ""), ("", "0.05", "")),
    *_tiers("messages_tokens_usd", ("500", "0.12", "5"), ("900", "0.1", ""), ("", "0.08", "20")),
    *_tiers("messages_tokens_eur", ("500", "0.11", "5"), ("", "0.09", "")),
    *_tiers("work_outcome_usd", ("100", "1.4", ""), ("300", "1.2", ""), ("", "1", "")),
    *_tiers("work_outcome_eur", ("100", "1.3", "10"), ("", "1.1", "")),
]


def _rates(plan_id: str, **rates: str) -> Iterator[Row]:
    """Credits for a unit of a meter, or of a meter and a dimension: `tokens__pro`."""
    for work, credits_per_unit in rates.items():
        meter, _, dimension = work.partition("__")
        yield {
            "plan_id": plan_id,
            "meter": meter,
            "dimension": dimension,
            "valid_from": START,
            "credits_per_unit": credits_per_unit,
        }


RATE_TABLES: list[Row] = [
    *_rates("credits_usd", resolutions="4", messages="0.2", tokens__mini="0.0002"),
    *_rates("credits_eur", resolutions="4", messages="0.2"),
    *_rates("pool_usd", tokens__mini="1", tokens__pro="8"),
]

CREDIT_GRANTS: list[Row] = [
    {
        "plan_id": "credits_usd",
        "valid_from": START,
        "credits": "900",
        "priority": "1",
        "rollover_ratio": "0.5",
        "overage_unit_amount": "0.09",
        "at_zero": "overage",
    },
    # a welcome that is drawn last and lives for two months; only the other grant names a price
    {
        "plan_id": "credits_usd",
        "valid_from": START,
        "credits": "300",
        "priority": "2",
        "is_free": "true",
        "grant_interval": "term",
        "term_months": "12",
        "expires_after_months": "2",
    },
    {
        "plan_id": "credits_eur",
        "valid_from": START,
        "credits": "150",
        "priority": "1",
        "grace_ratio": "0.1",
        "at_zero": "overage",
    },
    {
        "plan_id": "pool_usd",
        "valid_from": START,
        "credits": "6000000",
        "priority": "1",
        "grant_interval": "term",
        "term_months": "3",
        "rollover_ratio": "0.2",
        "at_zero": "overage",
        "topup_credits": "500000",
        "topup_amount": "30",
    },
]

CONTRACT_PRICES: list[Row] = [
    # of a plan of today, by the unit and from some month on
    {
        "account_id": "echo",
        "charge_id": "seat_team_usd",
        "valid_from": "2026-03-01",
        "unit_amount": "37",
        "approved_by": "head of sales",
    },
    # of usage of today, as a share and in the middle of a month
    {
        "account_id": "hive",
        "charge_id": "work_metered_usd",
        "valid_from": "2026-06-10",
        "discount_ratio": "0.1",
    },
    # of proposals
    {
        "account_id": "opal",
        "charge_id": "seat_hybrid_usd",
        "valid_from": START,
        "unit_amount": "22",
    },
    {
        "account_id": "acme",
        "charge_id": "mini_tokens_usd",
        "valid_from": START,
        "discount_ratio": "0.15",
    },
]

DISCOUNTS: list[Row] = [
    {"discount_id": "d_fern", "scope": "account", "scope_id": "fern", "ratio": "0.1"},
    # an amount, for two months
    {
        "discount_id": "d_midmarket",
        "scope": "segment",
        "scope_id": "midmarket",
        "valid_from": "2026-06-01",
        "valid_to": "2026-08-01",
        "amount": "15",
        "approved_by": "head of sales",
    },
    {"discount_id": "d_tokens", "scope": "plan", "scope_id": "tokens_usd", "ratio": "0.05"},
]


def _assumed(case: str, *ratios: str) -> Iterator[Row]:
    for increase_over, extra_churn_ratio in zip(("0.10", "0.25", "0.50"), ratios, strict=True):
        yield {
            "case": case,
            "increase_over": increase_over,
            "extra_churn_ratio": extra_churn_ratio,
        }


CHURN_ASSUMPTIONS: list[Row] = [
    *_assumed("low", "0.005", "0.025", "0.06"),
    *_assumed("middle", "0.01", "0.05", "0.12"),
    *_assumed("high", "0.02", "0.1", "0.24"),
]

# bills of four closed months judge a proposal, so that earlier months stand apart; an account whose
# invoices miss a proration still keeps its rated bill
THRESHOLDS: list[Row] = [
    {"name": "migration_months", "fires_at": "4", "direction": "above", "unit": "months"},
    {"name": "accuracy_floor", "fires_at": "0.7", "direction": "below", "unit": "ratio"},
]

BOOK: dict[str, list[Row]] = {
    "plans": PLANS,
    "charges": CHARGES,
    "tiers": TIERS,
    "rate_tables": RATE_TABLES,
    "credit_grants": CREDIT_GRANTS,
    "contract_prices": CONTRACT_PRICES,
    "discounts": DISCOUNTS,
    "scenarios": [{"proposed_on": "2026-06-01"} | row for row in SCENARIOS],
    "churn_assumptions": CHURN_ASSUMPTIONS,
    "thresholds": THRESHOLDS,
}


def write_book(folder: Path) -> None:
    """The book as the CSV files of a home's `reference` folder."""
    for name, rows in BOOK.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        write_csv(
            folder / f"{name}.csv",
            columns,
            [[row.get(name, "") for name in columns] for row in rows],
        )
