"""The built suite: what readers of the public models can rely on.

Keys, relations and identities are tested in dbt; this suite checks sets, ranges, completeness,
volumes and freshness. Accuracy and coverage never block publishing: they show in the verdicts.
"""

from orchestration.validation.rules import WARNING, Relation, Rule

VERDICTS = ("hold_data", "review", "not_yet", "migrate", "pilot")
GRADES = ("high", "medium", "low")
VERSIONS = ("subscription", "with_usage")
ACTORS = ("human", "automation", "unknown")
BASES = ("rated", "invoiced")
DIRECTIONS = ("above", "below")

# an anchor month that starts in the last closed month may still be open
BILLS_BY_MONTH = """
    select month, count(*) as row_count
    from {batch}
    where scenario_id = 'current' and month < (select last_closed_month from marts.dim_settings)
    group by all
"""


def built_rules() -> list[Rule]:
    """Every rule of the suite, model by model."""
    return [*_facts_rules(), *_seat_rules(), *_revenue_rules(), *_bill_rules(), *_decision_rules()]


def _facts_rules() -> list[Rule]:
    settings = Relation("marts", "dim_settings")
    accounts = Relation("marts", "dim_accounts")
    status = Relation("marts", "export_status")
    return [
        settings.has_rows(exactly=1),
        settings.never(
            "no_binary_floats",
            "appears next to columns of a binary type, which could contain NaN and lose cents",
            """
            select schema_name, table_name, column_name, data_type
            from duckdb_columns()
            cross join (select count(*) as row_count from {batch}) as batch
            where database_name = 'warehouse' and schema_name in ('raw', 'reference', 'marts')
            and data_type in ('DOUBLE', 'FLOAT')
            """,
        ),
        accounts.has_rows(),
        accounts.filled("account_name"),
        accounts.never(
            "segment_not_reserved",
            "has accounts in a segment named all, which is reserved, or without one",
            "select account_id from {batch} where segment = 'all' or segment is null",
        ),
        status.never(
            "required_exports_there",
            "lacks seats, usage or invoices",
            """
            select needed.kind
            from (values ('seat'), ('usage'), ('invoice')) as needed (kind)
            left join {batch} as batch
                on starts_with(batch.export, needed.kind) and batch.is_present
            where batch.export is null
            """,
        ),
    ]


def _seat_rules() -> list[Rule]:
    ledger = Relation("marts", "fct_seat_ledger")
    utilization = Relation("marts", "fct_seat_utilization")
    usage = Relation("marts", "fct_usage_monthly")
    return [
        ledger.has_rows(),
        # a company without a charge for seats has none to judge
        utilization.never(
            "there_if_seats_are_billed",
            "has no rows, although contracts bill seats",
            """
            select terms.account_id, terms.plan_id
            from intermediate.int_seat_terms as terms
            where (select count(*) from {batch}) = 0
            """,
        ),
        utilization.within("utilization", 0, 1),
        utilization.within("billable_seats", 0, None),
        utilization.never(
            "missing_has_a_reason",
            "has no utilization and no reason for it",
            "select account_id, month from {batch} where utilization is null and reason is null",
        ),
        usage.has_rows(),
        usage.within("quantity", 0, None),
        usage.one_of("actor_type", ACTORS),
        usage.never(
            "successes_within_work",
            "counts more successful work than work",
            "select account_id, month, meter from {batch} where successful_quantity > quantity",
        ),
    ]


def _revenue_rules() -> list[Rule]:
    movements = Relation("marts", "fct_mrr_movements")
    retention = Relation("marts", "fct_cohort_retention")
    return [
        movements.has_rows(severity=WARNING),
        movements.one_of("version", VERSIONS),
        movements.never(
            "converted",
            "has amounts that no exchange rate converts to the reporting currency",
            "select account_id, month, currency from {batch} where closing_reporting is null",
            severity=WARNING,
        ),
        retention.one_of("version", VERSIONS),
        retention.within("grr", 0, 1),
        retention.within("logo_retention", 0, 1),
        retention.within("nrr", 0, None),
    ]


def _bill_rules() -> list[Rule]:
    bills = Relation("marts", "fct_shadow_bills")
    lines = Relation("marts", "fct_shadow_bill_lines")
    shock = Relation("marts", "fct_bill_shock")
    accuracy = Relation("marts", "fct_account_accuracy")
    return [
        bills.has_rows(),
        bills.one_of("current_basis", BASES),
        bills.never(
            "available_has_an_amount",
            "has available bills without an amount, or missing ones without a reason",
            """
            select account_id, month, scenario_id
            from {batch}
            where (is_available and amount is null) or (not is_available and reason is null)
            """,
        ),
        bills.never(
            "current_beside_every_proposal",
            "has proposals for an account and month without its current bill",
            """
            select account_id, month
            from {batch}
            group by all
            having count(*) filter (scenario_id = 'current') = 0
            """,
        ),
        bills.never(
            "mostly_rated",
            "falls back to invoices for more than a fifth of the current bills",
            """
            select count(*) as row_count
            from {batch}
            where scenario_id = 'current'
            having 5 * count(*) filter (current_basis = 'invoiced') > count(*)
            """,
            severity=WARNING,
        ),
        bills.never(
            "volume_steady",
            "has fewer than half or more than one and a half times its usual bills in the last "
            "month",
            f"""
            select month, row_count, usual
            from (
                select
                    month,
                    row_count,
                    median(row_count) over (
                        order by month rows between 6 preceding and 1 preceding
                    ) as usual
                from ({BILLS_BY_MONTH}) as months
            ) as compared
            where (row_count < 0.5 * usual or row_count > 1.5 * usual)
            and month = (select max(month) from ({BILLS_BY_MONTH}) as months)
            """,
            severity=WARNING,
        ),
        lines.has_rows(),
        lines.never(
            "explained",
            "has lines without an explanation",
            "select account_id, month from {batch} where trim(explanation) = ''",
        ),
        shock.never(
            "shock_has_a_baseline",
            "marks bills as shocks although they have no baseline",
            "select account_id, month from {batch} where is_shock and baseline is null",
        ),
        accuracy.within("accuracy", 0, 1),
    ]


def _decision_rules() -> list[Rule]:
    signals = Relation("marts", "fct_signals")
    verdicts = Relation("marts", "fct_verdicts")
    return [
        signals.one_of("direction", DIRECTIONS),
        signals.never(
            "missing_has_a_reason",
            "has unavailable signals without a reason, or ones that fire although unavailable",
            """
            select segment, month, signal
            from {batch}
            where not is_available and (reason is null or is_firing)
            """,
        ),
        signals.never(
            "complete",
            "lacks a signal in a segment and month that has others",
            """
            select segment, month, count(*) as row_count
            from {batch}
            group by all
            having count(*) < (select count(distinct signal) from {batch})
            """,
        ),
        verdicts.one_of("verdict", VERDICTS),
        verdicts.one_of("confidence", GRADES),
        verdicts.never(
            "worded",
            "has verdicts without a sentence or a weakest link",
            """
            select segment, month from {batch}
            where trim(sentence) = '' or trim(weakest_link) = ''
            """,
        ),
        verdicts.never(
            "every_segment_judged",
            "lacks a segment in the last closed month",
            """
            select segments.segment
            from (
                select segment from marts.dim_accounts union select 'all'
            ) as segments
            cross join marts.dim_settings as settings
            left join {batch} as batch
                on
                    segments.segment = batch.segment
                    and settings.last_closed_month = batch.month
            where settings.last_closed_month is not null and batch.segment is null
            """,
        ),
        verdicts.never(
            "not_ahead",
            "judges months that had not ended at the as-of",
            """
            select segment, month
            from {batch}
            where month > (select last_closed_month from marts.dim_settings)
            """,
        ),
    ]
