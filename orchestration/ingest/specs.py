"""The canonical exports: their columns, types and keys."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "quantity", "price", "amount", "ratio", "integer", "time", "date"]

# how a column of each kind is stored in landing
SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "quantity": "DECIMAL(19,6)",
    "price": "DECIMAL(18,9)",
    "amount": "DECIMAL(18,4)",
    "ratio": "DECIMAL(18,9)",
    "integer": "INTEGER",
    "time": "TIMESTAMP",
    "date": "DATE",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical export."""

    name: str
    kind: Kind = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True)
class ExportSpec:
    """One canonical export; `key` identifies a row, `event_time` says when it happened.

    `later` columns were added after homes had been loaded; rows landed before lack them.
    """

    name: str
    key: tuple[str, ...]
    event_time: str | None
    columns: tuple[Column, ...]
    is_required: bool = False
    alternative: str | None = None
    sums: tuple[str, ...] = field(default=())
    later: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _need(name: str, kind: Kind = "text", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, required=True, allowed=allowed)


SEAT_EVENTS = ExportSpec(
    name="seat_events",
    key=("event_id",),
    event_time="effective_at",
    is_required=True,
    alternative="seat_snapshots",
    sums=("quantity",),
    columns=(
        _need("event_id"),
        _need("account_id"),
        _need(
            "event_type",
            allowed=("add", "remove", "suspend", "reactivate", "role_change", "correction"),
        ),
        _need("quantity", "quantity"),
        _need("effective_at", "time"),
        Column("user_id"),
        Column("role", default="member"),
        *_text("previous_role", "subscription_id", "source", "corrects_event_id"),
    ),
)

SEAT_SNAPSHOTS = ExportSpec(
    name="seat_snapshots",
    key=("account_id", "snapshot_date", "user_id", "role"),
    event_time="snapshot_date",
    is_required=True,
    alternative="seat_events",
    columns=(
        _need("account_id"),
        _need("snapshot_date", "date"),
        _need("user_id"),
        Column("role", default="member"),
        Column("assigned_at", "time"),
        Column("last_active_at", "time"),
    ),
)

USAGE_EVENTS = ExportSpec(
    name="usage_events",
    key=("event_id",),
    event_time="occurred_at",
    is_required=True,
    sums=("quantity",),
    columns=(
        _need("event_id"),
        _need("account_id"),
        _need("occurred_at", "time"),
        _need("meter"),
        _need("quantity", "quantity"),
        Column("user_id"),
        Column("actor_type", allowed=("human", "automation")),
        *_text("feature", "dimension", "outcome_status"),
        Column("reopened_at", "time"),
        Column("unit_cost", "price"),
        Column("subscription_id"),
    ),
)

INVOICE_LINES = ExportSpec(
    name="invoice_lines",
    key=("invoice_id", "line_id"),
    event_time="issued_at",
    is_required=True,
    sums=("quantity", "amount"),
    columns=(
        _need("invoice_id"),
        _need("line_id"),
        _need("account_id"),
        _need("issued_at", "time"),
        _need("period_start", "date"),
        _need("period_end", "date"),
        _need("amount", "amount"),
        _need("currency"),
        Column(
            "line_type",
            allowed=(
                "seat",
                "flat",
                "usage",
                "commitment",
                "proration",
                "discount",
                "credit",
                "goodwill",
                "one_off",
                "tax",
            ),
            default="flat",
        ),
        Column("quantity", "quantity"),
        Column("unit_price", "price"),
        Column("list_unit_price", "price"),
        *_text("plan_id", "subscription_id", "source_event_id"),
        Column(
            "status", allowed=("paid", "open", "void", "uncollectible", "draft"), default="open"
        ),
        Column("tax_amount", "amount"),
        Column("description"),
    ),
)

ACCOUNTS = ExportSpec(
    name="accounts",
    key=("account_id",),
    event_time="created_at",
    columns=(
        _need("account_id"),
        *_text("account_name", "segment", "region", "country", "industry", "currency"),
        Column("created_at", "time"),
        Column("churned_at", "time"),
        Column("renewal_date", "date"),
        Column("billing_anchor_day", "integer"),
        *_text("plan_id", "billing_entity"),
        Column("trial_started_at", "time"),
        Column("trial_converted_at", "time"),
        Column("account_owner"),
    ),
    later=("account_owner",),
)

SUBSCRIPTIONS = ExportSpec(
    name="subscriptions",
    key=("subscription_id",),
    event_time="started_at",
    columns=(
        _need("subscription_id"),
        _need("account_id"),
        _need("plan_id"),
        _need("started_at", "time"),
        Column("ended_at", "time"),
        Column("billing_interval", allowed=("month", "quarter", "year"), default="month"),
        Column("seats_committed", "quantity"),
        Column("discount_pct", "ratio"),
        Column("renewal_date", "date"),
    ),
)

SUPPORT_TICKETS = ExportSpec(
    name="support_tickets",
    key=("ticket_id",),
    event_time="created_at",
    columns=(
        _need("ticket_id"),
        _need("account_id"),
        _need("created_at", "time"),
        *_text("tags", "topic"),
        Column("csat", "quantity"),
    ),
)

SURVEY_RESPONSES = ExportSpec(
    name="survey_responses",
    key=("response_id",),
    event_time="responded_at",
    columns=(
        _need("response_id"),
        _need("account_id"),
        _need("responded_at", "time"),
        _need("kind", allowed=("nps", "csat", "pricing_fit")),
        _need("score", "quantity"),
    ),
)

COST_RATES = ExportSpec(
    name="cost_rates",
    key=("meter", "valid_from", "dimension"),
    event_time=None,
    columns=(
        _need("meter"),
        _need("valid_from", "date"),
        _need("unit_cost", "price"),
        Column("dimension"),
    ),
)

EXCHANGE_RATES = ExportSpec(
    name="exchange_rates",
    key=("currency", "valid_from"),
    event_time=None,
    columns=(
        _need("currency"),
        _need("valid_from", "date"),
        _need("rate", "price"),
    ),
)

EXPORTS: dict[str, ExportSpec] = {
    spec.name: spec
    for spec in (
        SEAT_EVENTS,
        SEAT_SNAPSHOTS,
        USAGE_EVENTS,
        INVOICE_LINES,
        ACCOUNTS,
        SUBSCRIPTIONS,
        SUPPORT_TICKETS,
        SURVEY_RESPONSES,
        COST_RATES,
        EXCHANGE_RATES,
    )
}
