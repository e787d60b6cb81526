"""What would each customer pay under a proposal?"""

import streamlit as st

from dashboards import bounds as bounds_panel
from dashboards import columns, filters, labels, takeaways
from dashboards.charts.shadow import bands, totals
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import shadow
from dashboards.data.facts import EVERYONE, closed_months
from dashboards.data.shock import own_relief
from dashboards.data.tables import drawn, rows, within
from dashboards.formatting import headline, number, percent, plain, plural, span
from dashboards.panels import shadow_billing as panels
from dashboards.shell import display, downloads, foot, header, tables

page = header.begin("What would each customer pay under a proposal?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(view)
    proposal = filters.scenario(view)
    currency = filters.currency(view)
    months = closed_months(snapshot)[-12:]
    first_month, last_month = (
        filters.period(
            view,
            months,
            help="Months of the totals by month. Winners, causes and accounts cover all closed "
            "months compared, at most twelve.",
        )
        if months
        else ("", "")
    )
if proposal is None:
    display.answer(view, "No proposal is rated yet.")
    display.nothing(
        view, "No proposal is rated.", "Add one to reference/scenarios.csv and refresh."
    )
    foot.stop(view)

scenario_id, name = proposal["scenario_id"], str(proposal["scenario_name"])
answer_place = st.container()
tryout = bounds_panel.panel(view, scenario_id)
# with the reader's bounds, everything below is the what-if's, including the files
source = tryout.source if tryout else snapshot
of_tryout = "-what-if" if tryout else ""
effect = (
    shadow.tried_effect(tryout.source, tryout.measures, proposal, segment, currency)
    if tryout
    else shadow.effect(snapshot, scenario_id, segment, currency)
)
with answer_place:
    display.answer(
        view,
        takeaways.billed_in(
            currency,
            takeaways.shadow_billing(effect, known.currency, is_tried=tryout is not None),
        ),
    )
if effect is None or effect["revenue_change"] is None:
    display.nothing(
        view,
        "No account of this segment and currency has three closed months under both models.",
        "Choose another segment, currency or proposal.",
    )
    foot.stop(view)

if tryout and tryout.holds_rises:
    relief = own_relief(source, scenario_id, segment)
    stay = (
        f" While it applies, {number(relief['shocked_at_first'])} of "
        f"{plural(relief['shocked'], 'shocked account')} stay shocked."
    )
    st.caption(
        "The limit on the rise applies from the first period billed under the proposal, so totals "
        "include it only in those months.{stay if relief['shocked'] else ''}"
    )

with st.grid(4, min_column_width=170, gap="small"):
    display.card(
        view,
        "Current model",
        headline(effect["current_reporting"], known.currency),
        help=display.help_text(snapshot, "fct_segment_scenarios", "current_reporting"),
    )
    display.card(
        view,
        plain(name) if len(name) < 40 else "Proposal",
        headline(effect["proposed_reporting"], known.currency),
        headline(effect["difference_reporting"], sign=True),
        of="against today",
        help=display.help_text(snapshot, "fct_segment_scenarios", "proposed_reporting"),
    )
    display.card(
        view,
        "Change",
        percent(effect["revenue_change"], sign=True),
        span(effect["revenue_change_low"], effect["revenue_change_high"])
        or ("no range for one currency" if currency != EVERYONE else "no range"),
        of="80 % range" if currency == EVERYONE and not tryout else None,
        help=display.help_text(snapshot, "fct_segment_scenarios", "revenue_change"),
    )
    display.card(
        view,
        "Pay less / more",
        f"{number(effect['winner_count'])} / {number(effect['loser_count'])}",
        f"of {plural(effect['accounts'], 'account')}",
        help=display.help_text(snapshot, "fct_segment_scenarios", "winner_count"),
    )

left, right = st.columns(2, gap="medium")
with left:
    monthly = within(
        shadow.by_month(source, scenario_id, segment, currency), first_month, last_month
    )
    if monthly.num_rows:
        message = f"{name} against the current model"
        shown = {row["month"] for row in rows(monthly)}
        display.draw(view, totals(drawn(monthly), colors, message, known.currency), shown)
        downloads.download(view, monthly, f"shadow-months{of_tryout}")
    else:
        display.nothing(
            view, "No month of the period has bills under both models.", "Choose a longer period."
        )
with right:
    counted = shadow.bands(source, scenario_id, segment, currency)
    more = sum(row["accounts"] for row in rows(counted) if row["position"] >= 7)
    message = f"{plural(more, 'account')} would pay over 25 % more"
    display.draw(view, bands(drawn(counted), colors, message, known.currency))
    downloads.download(view, counted, f"shadow-bands{of_tryout}")
    missing = rows(shadow.without_band(source, scenario_id, segment, currency))
    if missing:
        st.caption(
            "Not compared: "
            + "; ".join(
                f"{plural(row['accounts'], 'account')} ({plain(labels.bill_reason(row['reason']))})"
                for row in missing
            )
        )

causes = shadow.causes(snapshot, scenario_id, segment)
parts = rows(causes)
if tryout:
    display.nothing(
        view,
        "A what-if shows bills, not their causes.",
        "Go back to published to see them by cause.",
    )
elif parts and currency != EVERYONE:
    display.nothing(
        view,
        "Causes are summed over accounts of all currencies.",
        "Choose all currencies to see them; a single account's causes are on its page.",
    )
elif parts:
    opening = sum(row["current_reporting"] for row in parts)
    closing = sum(row["proposed_reporting"] for row in parts)
    moved = [(labels.cause(row["cause"]), row["difference_reporting"]) for row in parts]
    message = (
        f"From {headline(opening)} to {headline(closing, known.currency)}: "
        f"{headline(closing - opening, sign=True)} by cause"
    )
    display.draw(
        view,
        waterfall(
            steps(("Current", opening), moved, ("Proposed", closing), "proposed"),
            colors,
            message,
            f"Billed over the twelve closed months compared, {known.currency}; "
            "orange bills more, blue bills less",
            up_is_good=False,
        ),
    )
    downloads.download(view, causes, "shadow-causes")


state = panels.State(
    colors=colors,
    known=known,
    view=view,
    currency=currency,
    segment=segment,
    name=name,
    scenario_id=scenario_id,
    tryout=tryout,
    of_tryout=of_tryout,
    effect=effect,
)
panels.beside(state)
RISES, FALLS = "Largest rise first", "Largest fall first"
order_place = st.container()
order = filters.switch(view, "Order", "order", [RISES, FALLS], is_labelled=False)
movers = shadow.movers(source, scenario_id, segment, currency, falls_first=order == FALLS)
order_place.markdown(f"**Every account**, {number(movers.num_rows)} compared")
tables.table(
    view,
    movers,
    {
        **columns.account(),
        "months": columns.count("Months"),
        "current_reporting": columns.money("Current", known.currency),
        "proposed_reporting": columns.money("Proposed", known.currency),
        "monthly_increase_reporting": columns.money("Change a month", sign=True),
        "difference_ratio": columns.change_ratio("Change"),
        "is_shock": columns.yes("Shock"),
        "is_shock_grandfathered": columns.yes("Shock at first"),
        "renewal_date": columns.day("Renews"),
        **columns.owner(movers),
    },
    models=("fct_migration_shock",),
    alt=f"Current and proposed bills by account, {order.lower()}",
    file=(f"shadow-accounts{of_tryout}", "Download"),
    height=380,
    row_height=None,
)
foot.definitions(
    view,
    "fct_shadow_bills",
    "fct_segment_causes",
    "fct_migration_shock",
    "fct_segment_scenarios",
)
