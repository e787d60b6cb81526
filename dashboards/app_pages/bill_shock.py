"""Who is surprised by a bill, and who would be?"""

import streamlit as st

from dashboards import columns, filters, takeaways
from dashboards.data import shock
from dashboards.data.facts import EVERYONE, closed_months
from dashboards.data.tables import rows, within
from dashboards.data.thresholds import threshold
from dashboards.formatting import month as month_name
from dashboards.formatting import number, percent, plain, plural
from dashboards.panels import bill_shock as panels
from dashboards.shell import display, foot, header, tables

page = header.begin("Who is surprised by a bill, and who would be?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(view)
    proposal = filters.scenario(view)
    currency = filters.currency(
        view,
        "Bills in this currency: rates, jumps and warnings; for credits and accounts at risk, "
        "accounts billed in it today. The effects of a proposal and of reliefs are for all "
        "currencies.",
    )
    months = closed_months(snapshot)[-12:]
    first_month, last_month = (
        filters.period(
            view,
            months,
            help="Months of the chart and the list of jumps; all other figures cover twelve "
            "months.",
        )
        if months
        else ("", "")
    )

is_year = not months or (first_month, last_month) == (months[0], months[-1])
span_of_time = (
    "the last twelve closed months"
    if is_year
    else f"{month_name(first_month)} to {month_name(last_month)}"
)
models = {shock.INVOICED: "real invoices", "current": "the current model, re-rated"}
if proposal is not None:
    models[str(proposal["scenario_id"])] = str(proposal["scenario_name"])

migration = shock.migration(snapshot)
proposed = next(
    (
        row
        for row in rows(migration)
        if proposal is not None
        and row["segment"] == segment
        and row["scenario_id"] == proposal["scenario_id"]
    ),
    None,
)
real = shock.rate_of(snapshot, shock.INVOICED, segment, currency)
# filled once the chosen relief is known
answer_place = st.container()

limits = {
    name: threshold(snapshot, name, segment)
    for name in (
        "limit_shock_share",
        "no_go_shock_share",
        "shock_increase_ratio",
        "shock_increase_amount",
        "migration_increase_ratio",
        "migration_increase_amount",
        "soft_cap_share",
    )
}


left, right = st.columns(2, gap="medium")
state = panels.State(
    colors=colors,
    known=known,
    view=view,
    currency=currency,
    first_month=first_month,
    last_month=last_month,
    segment=segment,
    is_year=is_year,
    span_of_time=span_of_time,
    models=models,
    migration=migration,
    limits=limits,
)
with left:
    if proposal is None:
        display.nothing(
            view, "No proposal is rated.", "Add one to reference/scenarios.csv and refresh."
        )
    else:
        panels.by_segment(state, proposal)
with right:
    model = filters.by_id(view, "Month to month under", "model", models, default=shock.INVOICED)
    assert model is not None
    panels.month_to_month(state, model)
    compared = shock.by_model(snapshot, segment, currency)
    names = models | {str(row["scenario_id"]): str(row["scenario_name"]) for row in rows(migration)}
    tables.table(
        view,
        compared,
        {
            "scenario_id": columns.name("Twelve months under"),
            "baseline_bills": columns.count("Bills with a usual bill"),
            "jumps": columns.count("Jumps"),
            "shocks": columns.count("Shocks"),
        },
        models=("fct_bill_shock_slices",),
        words={"scenario_id": lambda name: names.get(name, name)},
        alt="Jumps and shocks in twelve months under every model",
    )

ratio, money = limits["shock_increase_ratio"], limits["shock_increase_amount"]
if ratio is not None and money is not None:
    st.caption(
        f"A **jump** is a bill at least {percent(ratio, 0)} and {number(money)} "
        f"{plain(known.currency)} above the median of the three before it. It is a **shock** if "
        "the customer ordered less than the set share of it (seats, plan). **Migration shock** "
        "compares the proposal's bills of twelve months with the current model's."
    )


effect = None
if proposal is not None:
    effect = panels.relieved(state, proposal)
    panels.risky(state, proposal)
with answer_place:
    display.answer(
        view,
        takeaways.bill_shock(real, proposed, effect, known.currency, last_month)
        if currency == EVERYONE
        else takeaways.bill_shock_in(currency, real, proposed, effect),
    )
    if currency != EVERYONE:
        st.caption(
            "Migration shock and reliefs are published for all currencies together; "
            f"month-to-month rates, credits and lists are filtered to {plain(currency)}."
        )
panels.credits(state, model)

warned = shock.warnings(snapshot, model, segment, currency)
if warned.num_rows:
    st.markdown(
        f"**Early warnings**: {plural(warned.num_rows, 'current month')} heading for a jump"
    )
    tables.table(
        view,
        warned,
        {
            **columns.account(),
            "currency": columns.text("Currency"),
            "bill": columns.money("Bill so far"),
            "projected_bill": columns.money("At this pace"),
            "baseline": columns.money("Usual bill"),
            "projected_increase_ratio": columns.change_ratio("Change"),
            "is_shock_expected": columns.yes("Shock"),
            **columns.owner(warned),
        },
        models=("fct_bill_warnings",),
        alt="Accounts whose current month is heading for a jump",
        file=("early-warnings", "Download warnings"),
    )

jumps = within(shock.rises(snapshot, model, segment, currency), first_month, last_month)
st.markdown(
    f"**Jumps and shocks of {'the last twelve months' if is_year else plain(span_of_time)}**"
)
if jumps.num_rows:
    tables.table(
        view,
        jumps,
        {
            "month": columns.month("Month"),
            **columns.account(),
            "currency": columns.text("Currency"),
            "bill": columns.money("Bill"),
            "baseline": columns.money("Usual bill"),
            "increase_amount": columns.money("Rise"),
            "increase_ratio": columns.change_ratio("Change"),
            "explained_amount": columns.money("Of which ordered"),
            "is_shock": columns.yes("Shock"),
        },
        models=(panels.SHOCK,),
        alt="Bills that jumped, with the amount that the customer ordered",
        file=("jumps", "Download jumps"),
    )
else:
    st.caption(f"No bill jumped under this model in {plain(span_of_time)}.")
foot.definitions(
    view,
    panels.SHOCK,
    "fct_bill_shock_slices",
    panels.MIGRATION,
    "fct_cap_effects",
    panels.WALLET,
    "fct_bill_warnings",
)
