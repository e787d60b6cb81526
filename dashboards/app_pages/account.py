"""Why is this customer's bill different?"""

from functools import partial

import streamlit as st

from dashboards import columns, filters, labels, line_sources, takeaways
from dashboards.data import accounts, statements
from dashboards.data.tables import drawn, rows
from dashboards.exports.statement import Statement, statement_pdf
from dashboards.formatting import day, minor_units, money, plain
from dashboards.formatting import month as month_name
from dashboards.panels import account as panels
from dashboards.shell import breadcrumb, display, downloads, foot, header, tables

page = header.begin("Why is this customer's bill different?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

if not accounts.count(snapshot):
    display.answer(view, "No account is known yet.")
    display.nothing(
        view, "The snapshot has no accounts.", "Add exports and run `seatshift refresh`."
    )
    foot.stop(view)

with page.filters:
    account_id = filters.account(view)
    proposal = filters.scenario(view)
if account_id is None:
    display.answer(view, "Choose an account.")
    display.nothing(view, "No account is chosen.", "Type part of its name or id above.")
    foot.stop(view)

profile = accounts.profile(snapshot, account_id) or {}
name = str(profile.get("account_name") or account_id)
view.account_segment = profile.get("segment")
scenario_id = proposal["scenario_id"] if proposal else "current"
months = accounts.months(snapshot, account_id, scenario_id)
with page.filters:
    month = filters.month(view, "Month", "bill_month", months, width=150) if months else None
bill = accounts.bill(snapshot, account_id, scenario_id, month) if month else None
lines = accounts.aligned_lines(snapshot, account_id, scenario_id, month) if month else None
line_rows = rows(lines) if lines is not None else []
currency = (bill or {}).get("currency") or profile.get("currency")

causes = accounts.causes(snapshot, account_id, scenario_id, month) if month else []
breadcrumb.back(account_id, name)
display.answer(
    view,
    takeaways.account(
        name,
        bill,
        [{"label": labels.cause(row["cause"]), "difference": row["difference"]} for row in causes],
    ),
)
with st.container(horizontal=True, gap="small"):
    for label, value in (
        ("Segment", profile.get("segment")),
        ("Region", profile.get("region")),
        ("Plan", profile.get("plan_id")),
        ("Billed per", profile.get("billing_interval")),
        ("Renews", day(profile["renewal_date"]) if profile.get("renewal_date") else None),
        ("Owner", profile.get("account_owner")),
    ):
        if value is not None:
            st.caption(f"{label}: **{plain(str(value))}**", width="content")
    if profile.get("churned_on"):
        st.badge(f"ended {day(profile['churned_on'])}", color="gray")

if bill is not None and bill["is_provisional"]:
    st.caption(":material/hourglass_top: This month is not over: its bill is provisional.")
if months and month == months[0] and max(months) > months[0]:
    st.caption(
        f":material/hourglass_top: {month_name(max(months))} is still open: its billing period has "
        "not ended, so this is the latest whole bill. Charts by calendar month go further."
    )
if bill is not None and bill["current_basis"] == "invoiced":
    st.caption(
        ":material/info: The current bill is the real invoice: re-rating does not reproduce this "
        "account's invoices closely enough."
    )

if month is not None and bill is not None and bill["is_available"] and line_rows:
    digits = minor_units(currency)
    st.markdown(
        f"**Both bills of {month_name(month)}**, {day(bill['period_start'])} to "
        f"{day(bill['period_end'])} "
        f"(last day not included), {plain(currency)}"
    )
    table = drawn(lines)
    table = table.assign(cause=[labels.cause(name) for name in table["cause"]])
    tables.grid(
        view,
        table,
        hide_index=True,
        placeholder="–",
        column_config={
            "cause": columns.text("For", width=90),
            "current_line": columns.text("Current bill", width=120),
            "current_amount": columns.money("Current", digits=digits, width=92),
            "proposed_line": columns.text("Proposed bill", width=150),
            "proposed_amount": columns.money("Proposed", digits=digits, width=92),
            "difference": columns.money("Difference", sign=True, digits=digits, width=92),
            "current_explanation": columns.text("Current, in words", width=300),
            "proposed_explanation": columns.text("Proposed, in words", width=340),
            "price_version": columns.text("Price"),
            "event_id": columns.text("Seat event"),
        },
        alt="Lines of the current and the proposed bill side by side",
    )
    with st.grid(4, min_column_width=150, gap="small"):
        display.card(view, "Current", money(bill["current_amount"], currency))
        display.card(view, "Proposed", money(bill["amount"], currency))
        display.card(view, "Difference", money(bill["difference"], currency, sign=True))
        display.card(
            view,
            "Actually invoiced",
            money(bill["invoiced_amount"], currency),
            help=display.help_text(snapshot, "fct_shadow_bills", "invoiced_amount"),
        )
    downloads.download(view, lines, "bill-lines")
    with st.expander("Events and prices of a line", icon=":material/account_tree:"):
        line_sources.show(view, account_id, scenario_id, month)
elif month is None:
    display.nothing(
        view, "This account has no bill under this proposal.", "Choose another proposal."
    )
else:
    display.nothing(view, "This bill has no lines to compare.", "Choose another month or proposal.")

history = accounts.history(snapshot, account_id, scenario_id)
if proposal is not None:
    statement = Statement(
        company=known.company_name,
        account=name,
        proposal=str(proposal["scenario_name"]),
        currency=str(currency or ""),
        as_of=snapshot.as_of,
        generation=snapshot.generation,
        lines=statements.statement(snapshot, account_id, scenario_id),
        months=sorted(rows(history), key=lambda row: str(row["month"])),
        bill_month=month,
        bill=bill,
        bill_lines=line_rows,
    )
    downloads.paper(
        view, lambda: statement_pdf(statement), f"statement-{account_id}", "Statement as PDF"
    )


state = panels.State(colors=colors, known=known, view=view, currency=currency, history=history)
for column, panel in zip(
    st.columns(3, gap="medium"),
    (
        partial(panels.both_models, state),
        partial(panels.seats_by_month, state),
        partial(panels.work_done, state),
    ),
    strict=True,
):
    with column:
        panel(account_id)

with st.expander("Seat events", icon=":material/list:"):
    events = accounts.seat_events(snapshot, account_id)
    tables.table(
        view,
        events,
        {
            "effective_at": columns.moment("Took effect (UTC)"),
            "recorded_at": columns.moment("Became known (UTC)"),
            "event_type": columns.text("Event"),
            "role": columns.text("Role"),
            "quantity_change": columns.change("Change"),
            "quantity_after": columns.count("Seats after"),
            "suspended_change": columns.change("Suspended"),
            "event_id": columns.text("Event id"),
            "corrects_event_id": columns.text("Corrects"),
            "source_file": columns.text("File"),
            "source_row": columns.count("Row"),
        },
        models=("fct_seat_ledger",),
        alt="Seat events of the account, latest first, with the file and row of each",
        file=("seat-events", "Download events"),
    )
foot.definitions(
    view,
    "fct_shadow_bills",
    "fct_shadow_bill_lines",
    "fct_seat_utilization",
    "fct_usage_monthly",
    "fct_seat_ledger",
)
