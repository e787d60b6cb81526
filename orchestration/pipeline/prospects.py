"""Which pages and verdicts the exports and the price book can lead to, and what is missing."""

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.platform.published import rows

FACTS = """
    with
    accounts as (
        select distinct account_id from raw.invoice_lines where account_id is not null
    ),
    segments as (
        select distinct coalesce(named.segment, 'unknown') as segment
        from accounts
        left join raw.accounts as named using (account_id)
    ),
    plans as (
        select plan_id from raw.subscriptions
        union
        select plan_id from raw.invoice_lines where plan_id is not null
    ),
    seats as (
        select account_id from raw.seat_events
        union
        select account_id from raw.seat_snapshots
    )
    select
        (select count(*) from accounts) as accounts,
        (select count(*) from segments) as segments,
        (select min(segment) from segments) as first_segment,
        (select count(*) from seats) as seat_accounts,
        (select count(*) from reference.plans) as plans,
        (select count(*) from reference.charges) as charges,
        (select count(*) from reference.charges where meter = 'seats') as seat_charges,
        (
            select count(*) from reference.scenarios
            where scenario_id <> 'current' and plan_id is not null
        ) as proposals,
        (select value_meter from reference.settings) as value_meter,
        (
            select string_agg(plan_id, ', ' order by plan_id)
            from (
                select plan_id from plans
                where plan_id not in (select plan_id from reference.plans)
                order by plan_id limit 5
            )
        ) as unknown_plans,
        (
            select count(distinct date_trunc('month', period_start)) from raw.invoice_lines
        ) as months,
        (
            select bool_and(coalesce(line_type, 'flat') = 'flat') from raw.invoice_lines
        ) as is_all_flat,
        (select count(*) from raw.cost_rates) as cost_rates,
        (select count(*) from raw.support_tickets) as tickets,
        (select count(renewal_date) from raw.subscriptions)
        + (select count(renewal_date) from raw.accounts) as renewals,
        (
            select string_agg(distinct currency, ', ' order by currency)
            from raw.invoice_lines
            where
                currency <> (select reporting_currency from reference.settings)
                and currency not in (select currency from raw.exchange_rates)
        ) as unrated_currencies
"""


@dataclass(frozen=True)
class Prospect:
    """A page, a verdict or a figure: whether it can be had, and what to add where it cannot."""

    what: str
    is_available: bool
    sentence: str


def prospects(connection: duckdb.DuckDBPyConnection) -> list[Prospect]:
    """The prospects of a build file that has only its landed and reference data."""
    (facts,) = rows(connection, FACTS)
    return [
        _rating(facts),
        _lines(facts),
        _verdicts(facts),
        _segments(facts),
        _seats(facts),
        _work(facts),
        _optional("Margins", facts["cost_rates"], "what work costs", "the export cost_rates"),
        _optional("Renewals", facts["renewals"], "when contracts renew", "renewal_date"),
        _optional(
            "Tickets", facts["tickets"], "what customers asked", "the export support_tickets"
        ),
        _currencies(facts),
    ]


def _rating(facts: dict[str, Any]) -> Prospect:
    what = "Re-rated bills"
    if not facts["plans"] or not facts["charges"]:
        return Prospect(
            what,
            False,
            "The price book is empty, so nothing can be re-rated and every verdict will be "
            "HOLD – DATA. Add today's plans to plans.csv and their prices to charges.csv.",
        )
    if facts["unknown_plans"]:
        return Prospect(
            what,
            False,
            f"The exports name plans that plans.csv lacks ({facts['unknown_plans']}); their "
            "accounts cannot be re-rated. Add them.",
        )
    return Prospect(what, True, f"Plans: {facts['plans']}; charges: {facts['charges']}.")


def _lines(facts: dict[str, Any]) -> Prospect:
    what = "Lines that match"
    if facts["is_all_flat"] and facts["seat_charges"]:
        return Prospect(
            what,
            False,
            "Every invoice line is of type flat, and the plans bill seats: they never match. Give "
            "the lines that bill seats the line_type seat, in the export or its mapping.",
        )
    return Prospect(what, True, "Invoice lines have types.")


def _verdicts(facts: dict[str, Any]) -> Prospect:
    what = "Verdicts"
    if not facts["proposals"]:
        return Prospect(
            what,
            False,
            "No proposal is in scenarios.csv, so MIGRATE and PILOT cannot be reached. Add a row "
            "per proposal, and its plan to plans.csv and charges.csv.",
        )
    return Prospect(
        what,
        True,
        f"Months of invoices: {facts['months']}; rows of proposals: {facts['proposals']}. Signals "
        "look back up to twelve months.",
    )


def _segments(facts: dict[str, Any]) -> Prospect:
    what = "A verdict per segment"
    if facts["segments"] <= 1:
        return Prospect(
            what,
            False,
            f"All {facts['accounts']:,} accounts are in one segment ({facts['first_segment']}), so "
            "there is one verdict. Add the column segment to the export accounts.",
        )
    return Prospect(what, True, f"Segments: {facts['segments']}.")


def _seats(facts: dict[str, Any]) -> Prospect:
    what = "Seat utilization"
    if not facts["seat_charges"]:
        return Prospect(
            what,
            False,
            "No charge bills seats, so figures on seats are not available. If seats are billed, "
            "add a charge with meter seats to charges.csv.",
        )
    missing = facts["accounts"] - facts["seat_accounts"]
    if missing > 0:
        return Prospect(
            what,
            False,
            f"{missing:,} of {facts['accounts']:,} invoiced accounts have no seats in the exports; "
            "if their plan bills seats, they cannot be re-rated. Add them to the export of seats.",
        )
    return Prospect(what, True, f"Seats of {facts['seat_accounts']:,} accounts.")


def _work(facts: dict[str, Any]) -> Prospect:
    what = "Who does the work"
    if not facts["value_meter"]:
        return Prospect(
            what,
            False,
            "No meter of work is known, so the share of automation is not available. Set "
            "company.value_meter in settings.toml to the meter that customers pay for.",
        )
    return Prospect(what, True, f"Value meter {facts['value_meter']}.")


def _optional(what: str, count: int, knows: str, where: str) -> Prospect:
    if not count:
        return Prospect(what, False, f"The exports do not say {knows}. Add {where}.")
    return Prospect(what, True, f"{count:,} rows.")


def _currencies(facts: dict[str, Any]) -> Prospect:
    what = "Totals in one currency"
    if facts["unrated_currencies"]:
        return Prospect(
            what,
            False,
            f"There is no exchange rate of {facts['unrated_currencies']}. Add the export "
            "exchange_rates.",
        )
    return Prospect(what, True, "Every currency has a rate.")
