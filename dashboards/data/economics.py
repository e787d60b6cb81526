"""Margin, cost to serve, discounts and tickets: of a segment by month, and side by side."""

from datetime import date

from dashboards.data.facts import (
    COMPARED,
    EVERYONE,
    billed_in,
    compared,
    currencies,
    segments,
    sliced,
)
from dashboards.data.tables import Row, Table, having, rows
from dashboards.data.warehouse import Snapshot

METRICS = (
    "gross_margin",
    "cost_to_serve",
    "exposed_share",
    "discount_leakage",
    "unapproved_discount_share",
    "billing_tickets_per_100_accounts",
    "shock_ticket_share",
)
SLICES = ("segment", "region", "plan", "currency")
AS_THEY_WERE = "as-they-were"


def history(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per metric and closed month of the last twelve: its value, and why it is missing."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            metric, value, numerator, accounts, reason, unit, is_small,
            month = (select last_closed_month from marts.dim_settings) as is_latest
        from marts.fct_slice_metrics
        where
            slice = $slice and slice_value = $slice_value and list_contains($metrics, metric)
            and not is_provisional
            and month > (select last_closed_month - interval 12 month from marts.dim_settings)
        order by metric, month
        """,
        metrics=list(METRICS),
        **sliced(segment, currency),
    )


def latest(months: Table) -> dict[str, Row]:
    """The figures of the latest closed month by metric, of a history."""
    return {row["metric"]: row for row in rows(months) if row["is_latest"]}


def by_month(months: Table, metric: str) -> Table:
    """One row per month of a history: one metric, and why it is missing."""
    return having(months, "metric", metric).select(["month", "value", "accounts", "reason"])


def cost_versions(snapshot: Snapshot) -> list[date]:
    """The days from which a version of the cost table holds, the latest first."""
    found = snapshot.read(
        "select distinct rates_from from marts.fct_cost_versions order by rates_from desc"
    )
    return [row["rates_from"] for row in rows(found)]


def margins_at(snapshot: Snapshot, segment: str, rates_from: date) -> Table:
    """One row per closed month of the last twelve: margin and cost at one version of the costs.

    as_it_was and cost_as_it_was: the month's own, at the rates that held then.
    """
    return snapshot.read(
        """
        select
            strftime(versions.month, '%Y-%m') as month,
            versions.rates_from,
            versions.accounts,
            versions.revenue,
            versions.cost,
            versions.margin_ratio as value,
            costs.value as cost_as_it_was,
            margins.value as as_it_was,
            versions.is_small,
            versions.reason
        from marts.fct_cost_versions as versions
        left join marts.fct_slice_metrics as margins
            on
                margins.slice = $slice and margins.slice_value = versions.segment
                and margins.metric = 'gross_margin' and margins.month = versions.month
        left join marts.fct_slice_metrics as costs
            on
                costs.slice = $slice and costs.slice_value = versions.segment
                and costs.metric = 'cost_to_serve' and costs.month = versions.month
        where versions.segment = $segment and versions.rates_from = cast($rates_from as date)
        order by versions.month
        """,
        rates_from=rates_from.isoformat(),
        segment=segment,
        slice=sliced(segment)["slice"],
    )


def heavy_users(snapshot: Snapshot, segment: str, scenario_id: str) -> Table:
    """Two rows, the accounts that cost most and all others; none where nothing is compared."""
    return snapshot.read(
        """
        select
            account_group, accounts, current_margin_ratio, proposed_margin_ratio, margin_change,
            current_revenue, proposed_revenue, cost, accounts_left_out, is_small, reason,
            heavy_account_share, month, scenario_name
        from marts.fct_heavy_user_margins
        where segment = $segment and scenario_id = $scenario_id
        order by account_group
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def side_by_side(
    snapshot: Snapshot, slice_name: str, segment: str = EVERYONE, currency: str = EVERYONE
) -> Table:
    """One row per slice value of the latest closed month, everybody last: every metric.

    Segments are those of one currency, and currencies those of one segment, where one is chosen;
    regions and plans are published of all segments and currencies together.
    """
    return snapshot.read(
        f"""
        select
            compared.name as slice_value,
            max(accounts) as accounts,
            max(value) filter (where metric = 'gross_margin') as gross_margin,
            max(value) filter (where metric = 'cost_to_serve') as cost_to_serve,
            max(value) filter (where metric = 'exposed_share') as exposed_share,
            max(value) filter (where metric = 'discount_leakage') as discount_leakage,
            max(value) filter (where metric = 'unapproved_discount_share')
                as unapproved_discount_share,
            max(value) filter (where metric = 'billing_tickets_per_100_accounts')
                as billing_tickets_per_100_accounts,
            max(value) filter (where metric = 'shock_ticket_share') as shock_ticket_share,
            bool_or(is_small) as is_small,
            string_agg(distinct reason, '; ' order by reason) as reason
        from marts.fct_slice_metrics as metrics
        inner join {COMPARED} as compared
            on metrics.slice = compared.slice and metrics.slice_value = compared.slice_value
        where
            list_contains($metrics, metric)
            and month = (select last_closed_month from marts.dim_settings)
        group by compared.name
        order by compared.name = 'all', gross_margin nulls last, compared.name
        """,
        metrics=list(METRICS),
        **compared(_side_by_side(snapshot, slice_name, segment, currency)),
    )


def _side_by_side(
    snapshot: Snapshot, slice_name: str, segment: str, currency: str
) -> dict[str, dict[str, str]]:
    """What stands side by side, by the name that its row has; everybody is `all`."""
    if slice_name == "segment":
        return {name: sliced(name, currency) for name in segments(snapshot)}
    if slice_name == "currency":
        return {name: sliced(segment, name) for name in currencies(snapshot)}
    found = snapshot.read(
        "select distinct slice_value from marts.fct_slice_metrics where slice = $slice",
        slice=slice_name,
    )
    own = sorted(str(row["slice_value"]) for row in rows(found))
    return {
        EVERYONE: sliced(),
        **{name: {"slice": slice_name, "slice_value": name} for name in own},
    }


def meter_costs(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month of the last twelve and meter; no cost where any of it is unknown."""
    return snapshot.read(
        f"""
        select
            strftime(month, '%Y-%m') as month,
            meter,
            sum(quantity) as quantity,
            case when count(cost) = count(*) then sum(cost) end as cost,
            max(reason) as reason
        from marts.fct_meter_costs
        where
            not is_provisional
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
            and month > (select last_closed_month - interval 12 month from marts.dim_settings)
        group by all
        order by month, meter
        """,
        currency=currency,
        segment=segment,
    )


def unit_costs(snapshot: Snapshot, segment: str) -> Table:
    """One row per closed month of the last twelve and meter, `all` first: what a unit costs."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, meter, accounts, accounts_left_out, quantity, cost,
            unit_cost, reason
        from marts.fct_unit_costs
        where
            segment = $segment
            and not is_provisional
            and month > (select last_closed_month - interval 12 month from marts.dim_settings)
        order by meter <> 'all', meter, month
        """,
        segment=segment,
    )


def unit_costs_by_segment(snapshot: Snapshot) -> Table:
    """One row per segment and meter of the latest closed month, everybody last."""
    return snapshot.read(
        """
        select
            segment, meter, accounts, accounts_left_out, quantity, cost, unit_cost, is_small, reason
        from marts.fct_unit_costs
        where month = (select last_closed_month from marts.dim_settings)
        order by segment = 'all', segment, meter <> 'all', meter
        """
    )


def proposals(snapshot: Snapshot, segment: str) -> Table:
    """One row per proposal that covers the segment: what it does to revenue and margin."""
    return snapshot.read(
        """
        select
            scenario_id, scenario_name, accounts, current_reporting, proposed_reporting,
            revenue_change, margin_change, keeps_margin
        from marts.fct_segment_scenarios
        where
            segment = $segment
            and month = (select max(month) from marts.fct_segment_scenarios)
        order by margin_change desc nulls last, scenario_id
        """,
        segment=segment,
    )


def accounts(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per account of the latest closed month, the thinnest margin first."""
    return snapshot.read(
        f"""
        select
            margins.account_id,
            accounts.account_name,
            margins.segment,
            margins.revenue,
            margins.cost,
            margins.margin,
            margins.margin_ratio,
            margins.is_exposed,
            leakage.leakage_ratio,
            support.billing_ticket_count,
            margins.reason
        from marts.fct_margins as margins
        left join marts.dim_accounts as accounts on margins.account_id = accounts.account_id
        left join marts.fct_discount_leakage as leakage
            on margins.account_id = leakage.account_id and margins.month = leakage.month
        left join marts.fct_support_load as support
            on margins.account_id = support.account_id and margins.month = support.month
        where
            margins.month = (select last_closed_month from marts.dim_settings)
            and (margins.segment = $segment or $segment = 'all')
            and {billed_in("margins.account_id")}
        order by margins.margin_ratio nulls last, margins.cost desc nulls last, margins.account_id
        """,
        currency=currency,
        segment=segment,
    )
