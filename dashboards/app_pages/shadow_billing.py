"""What would each customer pay under a proposal?"""

import streamlit as st

from dashboards import columns, filters, frame, labels, takeaways
from dashboards.charts.shadow import bands, totals
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import shadow
from dashboards.data.tables import drawn, rows
from dashboards.formatting import headline, number, percent, plain, plural, span

page = frame.begin("What would each customer pay under a proposal?")
snapshot, known, colors = page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(snapshot)
    proposal = filters.scenario(snapshot)
if proposal is None:
    frame.answer("No proposal is rated yet.")
    frame.nothing("No proposal is rated.", "Add one to reference/scenarios.csv and refresh.")
    frame.stop()

scenario_id, name = proposal["scenario_id"], str(proposal["scenario_name"])
effect = shadow.effect(snapshot, scenario_id, segment)
frame.answer(
    takeaways.shadow_billing(effect, known.currency),
)
if effect is None or effect["revenue_change"] is None:
    frame.nothing(
        "No account of this segment has three closed months under both models.",
        "Choose another segment or proposal.",
    )
    frame.stop()

with st.grid(4, min_column_width=170, gap="small"):
    frame.card(
        "Current model",
        headline(effect["current_reporting"], known.currency),
        help=frame.help_text(snapshot, "fct_segment_scenarios", "current_reporting"),
    )
    frame.card(
        plain(name) if len(name) < 40 else "Proposal",
        headline(effect["proposed_reporting"], known.currency),
        help=frame.help_text(snapshot, "fct_segment_scenarios", "proposed_reporting"),
    )
    frame.card(
        "Change",
        percent(effect["revenue_change"], sign=True),
        span(effect["revenue_change_low"], effect["revenue_change_high"]) or "no range",
        of="80 % range",
        help=frame.help_text(snapshot, "fct_segment_scenarios", "revenue_change"),
    )
    frame.card(
        "Pay less / more",
        f"{number(effect['winner_count'])} / {number(effect['loser_count'])}",
        help=frame.help_text(snapshot, "fct_segment_scenarios", "winner_count"),
    )

left, right = st.columns(2, gap="medium")
with left:
    monthly = shadow.by_month(snapshot, scenario_id, segment)
    if monthly.num_rows:
        message = f"{name} against the current model"
        shown = {row["month"] for row in rows(monthly)}
        frame.draw(totals(drawn(monthly), colors, message, known.currency), shown)
        frame.download(snapshot, monthly, "shadow-months")
with right:
    counted = shadow.bands(snapshot, scenario_id, segment)
    more = sum(row["accounts"] for row in rows(counted) if row["position"] >= 7)
    message = f"{plural(more, 'account')} would pay over 25 % more"
    frame.draw(bands(drawn(counted), colors, message))
    missing = rows(shadow.without_band(snapshot, scenario_id, segment))
    if missing:
        st.caption(
            "Not compared: "
            + ", ".join(f"{number(row['accounts'])} {plain(row['reason'])}" for row in missing)
        )

causes = shadow.causes(snapshot, scenario_id, segment)
parts = rows(causes)
if parts:
    opening = sum(row["current_reporting"] for row in parts)
    closing = sum(row["proposed_reporting"] for row in parts)
    moved = [(labels.cause(row["cause"]), row["difference_reporting"]) for row in parts]
    message = (
        f"From {headline(opening)} to {headline(closing, known.currency)}: "
        f"{headline(closing - opening, sign=True)} by cause"
    )
    frame.draw(
        waterfall(
            steps(("Current", opening), moved, ("Proposed", closing), "proposed"),
            colors,
            message,
            f"Billed over the twelve closed months compared, {known.currency}; "
            "orange bills more, blue bills less",
            up_is_good=False,
        )
    )
    frame.download(snapshot, causes, "shadow-causes")

movers = shadow.movers(snapshot, scenario_id, segment)
st.markdown(f"**Every account**, {number(movers.num_rows)} compared; largest rise first")
frame.table(
    snapshot,
    movers,
    {
        **columns.account(),
        "months": columns.count("Months"),
        "current_reporting": columns.money("Current", known.currency),
        "proposed_reporting": columns.money("Proposed", known.currency),
        "monthly_increase_reporting": columns.money("Rise a month"),
        "difference_ratio": columns.percent("Change"),
        "is_shock": columns.yes("Shock"),
        "renewal_date": columns.day("Renews"),
    },
    models=("fct_migration_shock",),
    alt="Current and proposed bills by account, largest rise first",
    file=("shadow-accounts", "Download"),
    height=380,
    row_height=None,
)
frame.definitions(
    snapshot,
    "fct_shadow_bills",
    "fct_segment_causes",
    "fct_migration_shock",
    "fct_segment_scenarios",
)
