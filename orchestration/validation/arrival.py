"""The arrival suite: what the exports must meet before anything is built on them."""

from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.validation.rules import WARNING, Relation, Rule

# exports that arrive continuously: an empty month or a sudden change in volume is suspicious
STREAMS = ("usage_events", "invoice_lines", "support_tickets")

# days without a row before the as-of after which an export seems to have stopped
QUIET_DAYS = {"usage_events": 3, "invoice_lines": 35, "seat_events": 35, "seat_snapshots": 35}

QUARANTINE_SHARE = 0.05  # share of an export's rows that triggers a warning


def arrival_rules(exports: list[str]) -> list[Rule]:
    """The ledger's rules, then those of the exports that arrived."""
    arrived = [spec for name, spec in EXPORTS.items() if name in exports]
    return [*_ledger_rules(), *(rule for spec in arrived for rule in _export_rules(spec))]


def _ledger_rules() -> list[Rule]:
    relation = Relation("raw", "load_ledger")
    return [
        relation.has_rows(),
        relation.never(
            "counts_add_up",
            "has files whose rows read are not all accounted for",
            """
            select file_name, export, rows_read, loaded, revisions, duplicates, quarantined, skipped
            from {batch}
            where refused_reason is null
            and rows_read != loaded + revisions + duplicates + quarantined + skipped
            """,
        ),
        relation.never(
            "few_quarantined",
            f"has exports with more than {QUARANTINE_SHARE:.0%} of their rows in quarantine",
            f"""
            select export, sum(quarantined) as quarantined, sum(rows_read) as rows_read
            from {{batch}}
            group by all
            having sum(quarantined) > {QUARANTINE_SHARE} * sum(rows_read)
            """,
            severity=WARNING,
        ),
    ]


def _export_rules(spec: ExportSpec) -> list[Rule]:
    relation = Relation("raw", spec.name)
    # rows of a month with stored statistics were checked by the build that stored them
    rows_of = "new_usage_events" if spec.name == "usage_events" else None
    each_row = Relation("raw", spec.name, rows_of=rows_of)
    rules = [
        relation.has_rows(),
        relation.never(
            "nothing_lost",
            "has a different number of rows than its ledger says were loaded",
            f"""
            select present.row_count, ledger.row_count as ledger_count
            from (select count(*) as row_count from {{batch}}) as present
            cross join (
                select coalesce(sum(loaded + revisions), 0) as row_count
                from raw.load_ledger where export = '{spec.name}'
            ) as ledger
            where present.row_count != ledger.row_count
            """,
        ),
        *(each_row.filled(column.name) for column in spec.columns if column.required),
        *(
            each_row.one_of(column.name, column.allowed)
            for column in spec.columns
            if column.allowed
        ),
    ]
    if spec.event_time is not None:
        rules.append(
            each_row.never(
                "times_plausible",
                "has rows before 2000 or after 2100",
                f"""
                select {spec.event_time}
                from {{batch}}
                where {spec.event_time} < timestamp '2000-01-01'
                or {spec.event_time} >= timestamp '2100-01-01'
                """,
            )
        )
    if spec.name == "usage_events":
        rules.append(each_row.within("quantity", 0, None))
        rules.append(
            relation.never(
                "human_work_names_users",
                "has no user on more than 5% of the rows of human work",
                """
                select count(*) as row_count, count(user_id) as named
                from {batch} where actor_type = 'human'
                having count(user_id) between 1 and 0.95 * count(*)
                """,
                severity=WARNING,
            )
        )
    if spec.name == "survey_responses":
        rules.append(relation.within("score", -100, 100, severity=WARNING))
    if spec.name in ("cost_rates", "exchange_rates"):
        rules.append(relation.within("unit_cost" if spec.name == "cost_rates" else "rate", 0, None))
    rules.extend(_steadiness(spec, relation))
    return rules


def _steadiness(spec: ExportSpec, relation: Relation) -> list[Rule]:
    rules = []
    if spec.name in QUIET_DAYS:
        days = QUIET_DAYS[spec.name]
        rules.append(
            relation.never(
                "still_arriving",
                f"has no row of the last {days} days before the as-of",
                f"""
                select max({spec.event_time}) as last_at
                from {{batch}}
                having max({spec.event_time}) < (
                    select as_of - interval {days} day from reference.settings
                )
                """,
                severity=WARNING,
            )
        )
    if spec.name in STREAMS:
        months = f"""
            select date_trunc('month', {spec.event_time}) as month, count(*) as row_count
            from {{batch}}
            where {spec.event_time} < (
                select date_trunc('month', as_of) from reference.settings
            )
            group by all
        """
        rules.append(
            relation.never(
                "no_empty_month",
                "has a whole month without a row between its first and its last",
                f"""
                select month, next_month
                from (
                    select month, lead(month) over (order by month) as next_month
                    from ({months}) as months
                ) as neighbours
                where next_month > month + interval 1 month
                """,
                severity=WARNING,
            )
        )
        rules.append(
            relation.never(
                "volume_steady",
                "has fewer than half or more than one and a half times its usual rows in the last "
                "month",
                f"""
                select month, row_count, usual
                from (
                    select
                        month,
                        row_count,
                        median(row_count) over (
                            order by month rows between 6 preceding and 1 preceding
                        ) as usual,
                        count(*) over (
                            order by month rows between 6 preceding and 1 preceding
                        ) as months_before,
                        max(month) over () as last_month
                    from ({months}) as months
                ) as compared
                where months_before >= 3
                and month = last_month
                and (row_count < 0.5 * usual or row_count > 1.5 * usual)
                """,
                severity=WARNING,
            )
        )
    return rules
