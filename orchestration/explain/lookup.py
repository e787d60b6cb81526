"""Traces lines of bills and invoices to their events, and events to their lines."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.pipeline.build import build_path
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.published import open_current, read_pointer, rows
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse

KINDS = ("account", "invoice", "event")
SHOWN = 20
USAGE_LINES = ("usage", "credit")

KNOWN = """
    select 'account' as kind from marts.fct_shadow_bills where account_id = $name
    union
    select 'invoice' from marts.fct_invoice_reconciliation
    where invoice_id = $name or concat(invoice_id, '/', line_id) = $name
    union
    select 'event' from marts.fct_seat_ledger where event_id = $name
    order by all
"""

SHADOW_LINE = """
    select
        lines.*, bills.period_start, bills.period_end,
        coalesce(currencies.minor_units, 2) as minor_units
    from marts.fct_shadow_bill_lines as lines
    inner join marts.fct_shadow_bills as bills using (account_id, month, scenario_id)
    left join reference.currencies on lines.currency = currencies.currency
    where
        lines.account_id = $account
        and lines.month = cast($month as date)
        and lines.scenario_id = $scenario
        and lines.line_number = $line
"""

# one row per event, even if it changes several roles
SEAT_EVENTS = """
    select
        links.link, ledger.event_id, any_value(ledger.event_type) as event_type,
        any_value(ledger.effective_at) as effective_at,
        any_value(ledger.recorded_at) as recorded_at,
        string_agg(ledger.role, ', ' order by ledger.role) as role,
        sum(ledger.quantity_change) as quantity_change,
        any_value(ledger.user_id) as user_id,
        any_value(ledger.corrects_event_id) as corrects_event_id,
        any_value(ledger.source_file) as source_file,
        any_value(ledger.source_row) as source_row
    from marts.fct_line_events as links
    inner join marts.fct_seat_ledger as ledger using (account_id, event_id)
    where links.account_id = $account and {where}
    group by links.link, ledger.event_id
    order by effective_at, event_id
"""

OF_SHADOW_LINE = """
    links.month = cast($month as date)
    and links.scenario_id = $scenario
    and links.line_number = $line
"""

OF_INVOICE_LINE = "links.invoice_id = $invoice and links.line_id = $line"

# earlier events carried over into an opening balance
EARLIER = """
    select count(distinct event_id) as events
    from marts.fct_seat_ledger, reference.settings
    where
        account_id = $account
        and cast(timezone(time_zone, timezone('UTC', effective_at)) as date) < cast($start as date)
        and not list_contains($linked, event_id)
"""

INVOICE_LINES = """
    select
        lines.account_id, lines.invoice_id, lines.line_id, lines.line_kind, lines.period_start,
        lines.period_end, lines.currency, coalesce(currencies.minor_units, 2) as minor_units,
        lines.invoiced_amount, lines.expected_amount, lines.difference, lines.reason,
        lines.sentence
    from marts.fct_invoice_reconciliation as lines
    left join reference.currencies on lines.currency = currencies.currency
    where lines.invoice_id = $name or concat(lines.invoice_id, '/', lines.line_id) = $name
    order by lines.invoice_id, try_cast(lines.line_id as bigint), lines.line_id
"""

LEDGER = """
    select * from marts.fct_seat_ledger where event_id = $name order by role
"""

LINES_OF_EVENT = """
    select
        links.link, lines.account_id, lines.scenario_id, strftime(lines.month, '%Y-%m') as month,
        lines.line_number, cast(null as varchar) as invoice_id, cast(null as varchar) as line_id,
        lines.charge_name, lines.amount, lines.currency,
        coalesce(currencies.minor_units, 2) as minor_units, lines.explanation
    from marts.fct_line_events as links
    inner join marts.fct_shadow_bill_lines as lines
        using (account_id, month, scenario_id, line_number)
    left join reference.currencies on lines.currency = currencies.currency
    where links.event_id = $name
    union all
    select
        links.link, lines.account_id, 'invoiced', strftime(lines.month, '%Y-%m'),
        null, lines.invoice_id, lines.line_id, lines.line_kind, lines.invoiced_amount,
        lines.currency, coalesce(currencies.minor_units, 2), lines.sentence
    from marts.fct_line_events as links
    inner join marts.fct_invoice_reconciliation as lines using (account_id, invoice_id, line_id)
    left join reference.currencies on lines.currency = currencies.currency
    where links.event_id = $name
    order by month, invoice_id nulls first, scenario_id, line_number
"""

# later opening balances of the scenarios that the event affected
CARRIED = """
    select count(*) as lines
    from marts.fct_shadow_bill_lines as lines
    inner join marts.fct_seat_ledger as ledger using (account_id)
    cross join reference.settings
    where
        ledger.event_id = $name
        and lines.line_kind = 'seat'
        and lines.service_start
        > cast(timezone(settings.time_zone, timezone('UTC', ledger.effective_at)) as date)
        and lines.scenario_id in (
            select scenario_id from marts.fct_line_events where event_id = $name
        )
        and (lines.month, lines.scenario_id, lines.line_number) not in (
            select (month, scenario_id, line_number) from marts.fct_line_events
            where event_id = $name and scenario_id is not null
        )
"""

CHARGE = """
    select meter, dimension, actor_type, outcomes_only
    from reference.charges
    where charge_id = $charge and starts_with($version, concat(charge_id, ' @ ', valid_from))
"""

# days are in the company's time zone, as in the models
USAGE_OF_LINE = """
    from staging.stg_usage_events as events, reference.settings
    where
        account_id = $account
        and meter = $meter
        and cast(timezone(time_zone, timezone('UTC', occurred_at)) as date) >= cast($start as date)
        and cast(timezone(time_zone, timezone('UTC', occurred_at)) as date) < cast($end as date)
        and ($dimension is null or dimension = $dimension)
        and ($actor_type is null or actor_type = $actor_type)
"""

# where the event is in the exports; one file may be read as several exports
SOURCE_OF_USAGE = """
    (
        select file_name from marts.load_ledger
        where file_id = events._file and export = 'usage_events'
    ) as source_file,
    _row as source_row
"""

USAGE_EVENT = """
    select
        events.*,
        cast(timezone(time_zone, timezone('UTC', occurred_at)) as date) as occurred_on
    from staging.stg_usage_events as events, reference.settings
    where event_id = $name
"""

LINES_OF_USAGE = """
    select
        'counted' as link, lines.account_id, lines.scenario_id,
        strftime(lines.month, '%Y-%m') as month, lines.line_number,
        cast(null as varchar) as invoice_id, cast(null as varchar) as line_id,
        lines.charge_name, lines.amount, lines.currency,
        coalesce(currencies.minor_units, 2) as minor_units, lines.explanation
    from marts.fct_shadow_bill_lines as lines
    inner join marts.fct_shadow_bills as bills using (account_id, month, scenario_id)
    inner join reference.charges as charges
        on
            lines.charge_id = charges.charge_id
            and starts_with(
                lines.price_version, concat(charges.charge_id, ' @ ', charges.valid_from)
            )
    left join reference.currencies on lines.currency = currencies.currency
    where
        lines.account_id = $account
        and lines.line_kind in ('usage', 'credit')
        and lines.meter = $meter
        and cast($day as date) >= bills.period_start
        and cast($day as date) < bills.period_end
        and (charges.dimension is null or charges.dimension = $dimension)
        and (charges.actor_type is null or charges.actor_type = $actor_type)
    union all
    select
        'counted', lines.account_id, 'invoiced', strftime(lines.month, '%Y-%m'),
        null, lines.invoice_id, lines.line_id, lines.line_kind, lines.invoiced_amount,
        lines.currency, coalesce(currencies.minor_units, 2), lines.sentence
    from marts.fct_invoice_reconciliation as lines
    left join reference.currencies on lines.currency = currencies.currency
    where
        lines.account_id = $account
        and lines.line_kind = 'usage'
        and lines.invoice_id is not null
        and cast($day as date) >= lines.period_start
        and cast($day as date) < lines.period_end
    order by month, invoice_id nulls first, scenario_id, line_number
"""

GONE = (
    "The build behind this snapshot, which has the usage events, was deleted or moved; "
    "run `seatshift refresh --full-refresh` to restore it."
)


def kind_of(settings: Settings, name: str, wanted: str | None) -> str:
    """What a name on the command line refers to: an account, invoice (or INVOICE/LINE) or event.

    Raises SeatshiftError if it matches several of them, which it lists, or none.
    """
    with open_current(settings) as connection:
        found = [row["kind"] for row in rows(connection, KNOWN, {"name": name})]
    if wanted is not None:
        if wanted not in found and not (wanted == "event" and _usage_event(settings, name)):
            raise SeatshiftError(f"There is no {wanted} {name!r} in the published snapshot.")
        return wanted
    if len(found) > 1:
        raise SeatshiftError(
            f"{name!r} is the id of an {' and of an '.join(found)}; "
            f"choose with --as {' or --as '.join(found)}."
        )
    if found:
        return str(found[0])
    if _usage_event(settings, name):
        return "event"
    raise SeatshiftError(
        f"{name!r} has no bill in the published snapshot, and no invoice or event has that id: "
        "check it."
    )


def line_events(
    settings: Settings, *, account: str, month: str, scenario: str, line: int
) -> dict[str, Any]:
    """One line of a published shadow bill and the events behind it."""
    pointer = read_pointer(settings)
    with open_current(settings) as connection:
        traced = trace_line(connection, account=account, month=month, scenario=scenario, line=line)
    return with_usage(settings, pointer.build_id if pointer else "", traced)


def trace_line(
    snapshot: duckdb.DuckDBPyConnection, *, account: str, month: str, scenario: str, line: int
) -> dict[str, Any]:
    """What a snapshot has on a line: its seat events, or the filters by which it counts usage."""
    where = {"account": account, "month": f"{month}-01", "scenario": scenario, "line": line}
    found = rows(snapshot, SHADOW_LINE, where)
    if not found:
        raise SeatshiftError(
            f"Account {account} has no line {line} under {scenario!r} in {month}; "
            "run `seatshift explain` without --line to see its lines."
        )
    shown = found[0]
    traced: dict[str, Any] = {"line": shown}
    if shown["line_kind"] in USAGE_LINES and shown["charge_id"] is not None:
        charge = {"charge": shown["charge_id"], "version": shown["price_version"]}
        traced["filters"] = rows(snapshot, CHARGE, charge)[0]
        return traced
    traced["events"] = rows(snapshot, SEAT_EVENTS.format(where=OF_SHADOW_LINE), where)
    if shown["line_kind"] == "seat":
        start = shown["service_start"]
        traced["earlier_events"] = _earlier(snapshot, account, start, traced["events"])
    return traced


def with_usage(settings: Settings, build_id: str, traced: dict[str, Any]) -> dict[str, Any]:
    """Add the usage that the line counts, which snapshots do not contain.

    It is read through the build's views of landing: the revisions known at the build's as-of.
    """
    if "filters" not in traced:
        return traced
    usage = _usage_of_line(settings, build_id, traced["line"], traced["filters"])
    return {"line": traced["line"], "usage": usage}


def invoice_events(settings: Settings, name: str) -> dict[str, Any]:
    """The lines of an invoice (only one for INVOICE/LINE), each with its seat events."""
    with open_current(settings) as connection:
        lines = rows(connection, INVOICE_LINES, {"name": name})
        for line in lines:
            where = {
                "account": line["account_id"],
                "invoice": line["invoice_id"],
                "line": line["line_id"],
            }
            line["events"] = rows(connection, SEAT_EVENTS.format(where=OF_INVOICE_LINE), where)
            if line["line_kind"] == "seat":
                line["earlier_events"] = _earlier(
                    connection, line["account_id"], line["period_start"], line["events"]
                )
    return {"invoice_id": lines[0]["invoice_id"], "lines": lines}


def event_lines(settings: Settings, name: str) -> dict[str, Any]:
    """A seat or usage event and the lines that it affects, on invoices and in every scenario."""
    with open_current(settings) as connection:
        ledger = rows(connection, LEDGER, {"name": name})
        if ledger:
            return {
                "event_id": name,
                "kind": "seats",
                "account_id": ledger[0]["account_id"],
                "rows": ledger,
                "lines": rows(connection, LINES_OF_EVENT, {"name": name}),
                "carried_by": rows(connection, CARRIED, {"name": name})[0]["lines"],
            }
    event = _usage_event(settings, name)
    if event is None:
        raise SeatshiftError(f"There is no event {name!r} in the published snapshot.")
    where = {
        "account": event["account_id"],
        "meter": event["meter"],
        "day": event["occurred_on"],
        "dimension": event["dimension"],
        "actor_type": event["actor_type"],
    }
    with open_current(settings) as connection:
        lines = rows(connection, LINES_OF_USAGE, where)
    return {
        "event_id": name,
        "kind": "usage",
        "account_id": event["account_id"],
        "rows": [event],
        "lines": lines,
        "carried_by": 0,
    }


def _earlier(
    connection: duckdb.DuckDBPyConnection, account: str, start: date, linked: list[dict[str, Any]]
) -> int:
    """How many earlier seat events are carried over into an opening balance."""
    names = [event["event_id"] for event in linked]
    where = {"account": account, "start": start, "linked": names or [""]}
    return int(rows(connection, EARLIER, where)[0]["events"])


def _build(
    settings: Settings, build_id: str
) -> AbstractContextManager[duckdb.DuckDBPyConnection | None]:
    """The finished build behind a snapshot, which can still read usage; None if it is gone."""
    path = build_path(settings, build_id)
    return open_warehouse(settings, path, read_only=True) if path.is_file() else nullcontext()


def _usage_event(settings: Settings, name: str) -> dict[str, Any] | None:
    pointer = read_pointer(settings)
    try:
        with _build(settings, pointer.build_id if pointer else "") as connection:
            found = [] if connection is None else rows(connection, USAGE_EVENT, {"name": name})
    except duckdb.IOException:  # its views refer to files where the home was when it was built
        return None
    return found[0] if found else None


def _usage_of_line(
    settings: Settings, build_id: str, line: dict[str, Any], filters: dict[str, Any]
) -> dict[str, Any]:
    where = {
        "account": line["account_id"],
        "meter": filters["meter"],
        "start": line["period_start"],
        "end": line["period_end"],
        "dimension": filters["dimension"],
        "actor_type": filters["actor_type"],
    }
    found: dict[str, Any] = {"filters": {**filters, "from": where["start"], "to": where["end"]}}
    try:
        with _build(settings, build_id) as connection:
            if connection is None:
                return {**found, "events": None, "note": GONE}
            total = rows(
                connection,
                f"select count(*) as event_count, sum(quantity) as quantity {USAGE_OF_LINE}",
                where,
            )[0]
            shown = rows(
                connection,
                "select event_id, occurred_at, quantity, user_id, actor_type, dimension,"
                f" outcome_status, reopened_at, {SOURCE_OF_USAGE} {USAGE_OF_LINE}"
                " order by occurred_at, event_id"
                f" limit {SHOWN}",
                where,
            )
    except duckdb.IOException:  # as above
        return {**found, "events": None, "note": GONE}
    return {**found, **total, "events": shown}


def sentences(traced: dict[str, Any]) -> list[str]:
    """Sentences that accompany the table of a line's events."""
    if "usage" in traced:
        return _of_usage(traced["usage"])
    if not traced["events"] and "earlier_events" not in traced:
        return ["No single seat or usage event is behind this line."]
    return _of_opening(traced)


def _of_opening(traced: dict[str, Any]) -> list[str]:
    count = traced.get("earlier_events")
    if not count:
        return []
    events = "event" if count == 1 else "events"
    return [f"It opens with the balance of {count} earlier seat {events} (fct_seat_ledger)."]


def _of_usage(usage: dict[str, Any]) -> list[str]:
    if usage["events"] is None:
        return [str(usage["note"])]
    filters = usage["filters"]
    of = "".join(
        f", {name.replace('_', ' ')} {filters[name]}"
        for name in ("dimension", "actor_type")
        if filters[name]
    )
    outcomes = " It counts successful outcomes only." if filters["outcomes_only"] else ""
    summary = [
        f"{usage['event_count']} usage events, {_number(usage['quantity'] or Decimal(0))} "
        f"{filters['meter']}{of}, from {filters['from']} to {filters['to']}.{outcomes}"
    ]
    if usage["event_count"] > len(usage["events"]):
        summary.append(f"The first {len(usage['events'])} are shown.")
    return summary


def print_line(console: Console, traced: dict[str, Any]) -> None:
    """Print the line's explanation, then its events."""
    line = traced["line"]
    console.print(
        Text(
            f"{line['account_id']} · {line['scenario_id']} · {line['month']:%Y-%m} · "
            f"line {line['line_number']} · {line['charge_name']} · "
            f"{_money(line['amount'], line)} {line['currency']}",
            style="bold",
        )
    )
    console.print(Text(f"  {line['explanation']}"))
    if "usage" in traced:
        _print_usage(console, traced)
    else:
        _print_seats(console, traced, sentences(traced))


def print_invoice(console: Console, traced: dict[str, Any]) -> None:
    """Print each line as invoiced and as the current model expects it, with its events."""
    for line in traced["lines"]:
        heading = (
            f"{line['account_id']} · {line['invoice_id']}, line {line['line_id']} · "
            f"{line['line_kind']} · {line['period_start']} to {line['period_end']} · "
            f"{_money(line['invoiced_amount'], line)} {line['currency']}"
        )
        console.print(Text(heading, style="bold"))
        reason = f" ({line['reason']})" if line["reason"] else ""
        console.print(Text(f"  {line['sentence']}{reason}"))
        _print_seats(console, line, _of_opening(line))


def print_event(console: Console, traced: dict[str, Any]) -> None:
    """Print the event, then the lines it affects."""
    for row in traced["rows"]:
        if traced["kind"] == "seats":
            what = f"{row['event_type']} · {_number(row['quantity_change'], '+')} {row['role']}"
            when = row["effective_at"]
        else:
            what = f"{_number(row['quantity'])} {row['meter']}"
            when = row["occurred_at"]
        console.print(
            Text(
                f"{traced['account_id']} · {traced['event_id']} · {what} · {when} UTC "
                f"(known {row['recorded_at']})",
                style="bold",
            )
        )
    if not traced["lines"]:
        console.print(Text("  It moved no line of a bill or invoice."))
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Where")
    table.add_column("Month", no_wrap=True)
    table.add_column("Line")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("How it came about")
    for line in traced["lines"]:
        invoiced = line["invoice_id"] is not None
        where = f"{line['invoice_id']}/{line['line_id']}" if invoiced else line["scenario_id"]
        number = "" if invoiced else f"{line['line_number']} "
        table.add_row(
            Text(where),
            line["month"],
            Text(f"{number}{line['charge_name']}"),
            f"{_money(line['amount'], line)} {line['currency']}",
            Text(line["explanation"]),
        )
    console.print(table)
    if traced["carried_by"]:
        count = traced["carried_by"]
        console.print(
            Text(f"  {count} later seat line{' opens' if count == 1 else 's open'} with it.")
        )


def _print_seats(console: Console, traced: dict[str, Any], summary: list[str]) -> None:
    if traced["events"]:
        console.print(_seat_table(traced["events"]))
    _print_sentences(console, summary)


def _print_sentences(console: Console, summary: list[str]) -> None:
    for sentence in summary:
        console.print(Text(f"  {sentence}"))


def _seat_table(events: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for name in ("Event", "What", "Role"):
        table.add_column(name)
    table.add_column("Seats", justify="right")
    for name in ("In effect (UTC)", "Known (UTC)", "Holder", "Source"):
        table.add_column(name)
    for event in events:
        corrects = event["corrects_event_id"]
        table.add_row(
            Text(event["event_id"]),
            Text(event["event_type"] + (f" of {corrects}" if corrects else "")),
            Text(event["role"]),
            _number(event["quantity_change"], "+"),
            str(event["effective_at"]),
            str(event["recorded_at"]),
            Text(event["user_id"] or ""),
            Text(_source(event)),
        )
    return table


def _print_usage(console: Console, traced: dict[str, Any]) -> None:
    usage = traced["usage"]
    summary, *rest = sentences(traced)
    console.print(Text(f"  {summary}"))
    if not usage["events"]:
        return
    table = Table(box=SIMPLE_HEAD)
    for name in ("Event", "When (UTC)"):
        table.add_column(name, no_wrap=True)
    table.add_column("Quantity", justify="right")
    for name in ("Who", "Dimension", "Outcome", "Source"):
        table.add_column(name)
    for event in usage["events"]:
        outcome = event["outcome_status"] or ""
        table.add_row(
            Text(event["event_id"]),
            str(event["occurred_at"]),
            _number(event["quantity"]),
            Text(event["user_id"] or event["actor_type"]),
            Text(event["dimension"] or ""),
            Text(outcome + (", reopened" if event["reopened_at"] else "")),
            Text(_source(event)),
        )
    console.print(table)
    _print_sentences(console, rest)


def _source(event: dict[str, Any]) -> str:
    """File and row, as editors accept them; empty for changes derived from snapshots."""
    return "" if event["source_file"] is None else f"{event['source_file']}:{event['source_row']}"


def _money(amount: Decimal, line: dict[str, Any]) -> str:
    return f"{amount:,.{line['minor_units']}f}"


def _number(value: Decimal, sign: str = "") -> str:
    """A quantity without trailing zeros."""
    text = f"{value:{sign}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
