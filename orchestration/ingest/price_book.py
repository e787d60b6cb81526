"""The reference files of a home: their columns and types."""

from dataclasses import dataclass

from orchestration.ingest.specs import Column, Kind

PRICING = ("flat", "per_unit", "graduated", "volume", "package", "percentage")
INTERVALS = ("month", "quarter", "year")


@dataclass(frozen=True)
class ReferenceSpec:
    """One reference file; `key` identifies a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _c(
    name: str,
    kind: Kind = "text",
    *,
    required: bool = False,
    allowed: tuple[str, ...] = (),
    default: str | None = None,
) -> Column:
    return Column(name, kind, required, allowed, default)


REFERENCE: dict[str, ReferenceSpec] = {
    spec.name: spec
    for spec in (
        ReferenceSpec(
            "plans",
            ("plan_id",),
            (
                _c("plan_id", required=True),
                _c("plan_name", required=True),
                _c(
                    "family",
                    required=True,
                    allowed=("per_seat", "usage", "token", "outcome", "credit", "hybrid", "flat"),
                ),
                _c("currency", required=True),
                _c("billing_interval", allowed=INTERVALS, default="month"),
                _c(
                    "proration",
                    allowed=("none", "by_day", "by_second", "by_30_days"),
                    default="none",
                ),
                _c(
                    "seat_basis",
                    allowed=("time_weighted", "start", "peak", "end", "active"),
                    default="time_weighted",
                ),
                _c("billable_roles"),
                _c("bill_suspended", allowed=("true", "false"), default="false"),
                _c("minimum_amount", "amount"),
                _c("maximum_amount", "amount"),
                _c("credit_on_removal", allowed=("true", "false"), default="true"),
            ),
        ),
        ReferenceSpec(
            "charges",
            ("charge_id", "valid_from"),
            (
                _c("charge_id", required=True),
                _c("plan_id", required=True),
                _c("valid_from", "date", required=True),
                _c("valid_to", "date"),
                _c("charge_name", required=True),
                _c("meter", required=True),
                _c("timing", allowed=("advance", "arrears")),
                _c("role"),
                _c("dimension"),
                _c("actor_type", allowed=("human", "automation")),
                _c("outcomes_only", allowed=("true", "false"), default="false"),
                _c("pricing", required=True, allowed=PRICING),
                _c(
                    "aggregation",
                    allowed=("sum", "count", "max", "last", "time_weighted", "distinct_users"),
                    default="sum",
                ),
                _c("unit_amount", "price"),
                _c("package_size", "quantity"),
                _c("included_quantity", "quantity"),
                _c("included_per", allowed=("account", "seat"), default="account"),
                _c("line_minimum", "amount"),
                _c("line_maximum", "amount"),
                _c("tiers_by", allowed=("period", "change"), default="period"),
                _c("divide_by", "quantity"),
                _c("quantity_rounding", allowed=("up", "down", "nearest")),
            ),
        ),
        ReferenceSpec(
            "tiers",
            ("charge_id", "valid_from", "tier"),
            (
                _c("charge_id", required=True),
                _c("valid_from", "date", required=True),
                _c("tier", "integer", required=True),
                _c("up_to", "quantity"),
                _c("unit_amount", "price"),
                _c("flat_amount", "amount"),
                _c("block_size", "quantity"),
            ),
        ),
        ReferenceSpec(
            "rate_tables",
            ("plan_id", "meter", "dimension", "valid_from"),
            (
                _c("plan_id", required=True),
                _c("meter", required=True),
                _c("dimension"),
                _c("valid_from", "date", required=True),
                _c("credits_per_unit", "price", required=True),
            ),
        ),
        ReferenceSpec(
            "credit_grants",
            ("plan_id", "valid_from", "priority", "is_free", "grant_interval"),
            (
                _c("plan_id", required=True),
                _c("valid_from", "date", required=True),
                _c("credits", "quantity", required=True),
                _c("priority", "integer"),
                _c("is_free", allowed=("true", "false"), default="false"),
                _c("grant_interval", allowed=("period", "term"), default="period"),
                _c("term_months", "integer"),
                _c("rollover_ratio", "ratio"),
                _c("expires_after_months", "integer"),
                _c("overage_unit_amount", "price"),
                _c("at_zero", allowed=("block", "throttle", "overage", "unlimited")),
                _c("grace_ratio", "ratio"),
                _c("topup_credits", "quantity"),
                _c("topup_amount", "amount"),
            ),
        ),
        ReferenceSpec(
            "contract_prices",
            ("account_id", "charge_id", "valid_from"),
            (
                _c("account_id", required=True),
                _c("charge_id", required=True),
                _c("valid_from", "date", required=True),
                _c("valid_to", "date"),
                _c("unit_amount", "price"),
                _c("discount_ratio", "ratio"),
                _c("approved_by"),
            ),
        ),
        ReferenceSpec(
            "discounts",
            ("discount_id",),
            (
                _c("discount_id", required=True),
                _c("scope", required=True, allowed=("plan", "segment", "account")),
                _c("scope_id", required=True),
                _c("valid_from", "date"),
                _c("valid_to", "date"),
                _c("ratio", "ratio"),
                _c("amount", "amount"),
                _c("approved_by"),
            ),
        ),
        ReferenceSpec(
            "scenarios",
            ("scenario_id", "segment", "from_plan_id", "account_id"),
            (
                _c("scenario_id", required=True),
                _c("scenario_name", required=True),
                _c("proposed_on", "date"),
                _c("segment"),
                _c("from_plan_id"),
                _c("account_id"),
                _c("plan_id"),
                _c("uptake", allowed=("all", "opt_in", "new_only"), default="all"),
                _c("starts_on", "date"),
                _c("max_increase_ratio", "ratio"),
                _c("max_increase_periods", "integer"),
            ),
        ),
        ReferenceSpec(
            "churn_assumptions",
            ("case", "increase_over"),
            (
                _c("case", required=True, allowed=("low", "middle", "high")),
                _c("increase_over", "ratio", required=True),
                _c("extra_churn_ratio", "ratio", required=True),
            ),
        ),
        ReferenceSpec(
            "usage_response",
            ("case", "meter", "price_change_over"),
            (
                _c("case", required=True, allowed=("low", "middle", "high")),
                _c("meter", required=True),
                _c("price_change_over", "ratio", required=True),
                _c("usage_change_ratio", "ratio", required=True),
            ),
        ),
        ReferenceSpec(
            "thresholds",
            ("name", "segment", "valid_from"),
            (
                _c("name", required=True),
                _c("segment"),
                _c("valid_from", "date"),
                _c("fires_at", "ratio", required=True),
                _c("clears_at", "ratio"),
                _c("direction", required=True, allowed=("above", "below")),
                _c("unit", required=True),
            ),
        ),
    )
}
