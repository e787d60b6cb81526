"""When and in what order do we move them?"""

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.data import timing
from dashboards.data.tables import rows
from dashboards.formatting import month, number, plain, plural
from dashboards.panels import timing as panels
from dashboards.shell import display, foot, header, tables

WAVES = "fct_rollout_waves"

page = header.begin("When and in what order do we move them?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(view)
    proposal = filters.scenario(view)
    currency = filters.currency(view)
    approach = str(
        filters.by_id(view, "Approach", "approach", labels.APPROACHES, default="renewal", width=170)
    )
if proposal is None:
    display.answer(view, takeaways.timing("", [], {}, known.currency))
    display.nothing(
        view, "No proposal is rated.", "Add one to reference/scenarios.csv and refresh."
    )
    foot.stop(view)

scenario_id, name = str(proposal["scenario_id"]), str(proposal["scenario_name"])
starts = timing.starts(snapshot, scenario_id, approach, segment, currency)
above = st.container()
plan = timing.Plan(scenario_id, approach, segment, currency=currency)
if starts:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        start = filters.by_id(
            view,
            "First month",
            "start",
            {day: month(day) for day in starts},
            default=starts[0],
            width=150,
        )
        size = filters.number(
            view,
            "Most accounts a month",
            "size",
            default=0,
            step=5,
            help="0 means no limit. Accounts beyond the limit move in the next month with room, "
            "in the "
            "same order.",
            width=190,
        )
        excluded = filters.several(
            view,
            "Exclude accounts",
            "without",
            timing.movers(snapshot, scenario_id, approach, segment, currency),
            placeholder="Names or ids",
            help="To find a name that is not listed, type its id or part of the name and press "
            "Enter.",
            width=340,
        )
        leaves_shocked = (
            filters.by_id(
                view,
                "Shocked accounts",
                "shocked",
                {"move": "move like others", "stay": "stay as they are"},
                default="move",
                width=190,
            )
            == "stay"
        )
    plan = timing.Plan(
        scenario_id,
        approach,
        segment,
        start or starts[0],
        size,
        excluded,
        leaves_shocked,
        currency,
        starts[0],
    )

waves_table = timing.waves(snapshot, plan)
waves = rows(waves_table)
staying = timing.not_in_a_wave(snapshot, plan)
stayed = timing.locked(snapshot, scenario_id, approach, segment, currency) | {
    "excluded": sum(row["accounts"] for row in rows(staying) if row["status"] == "excluded")
}
accounts = timing.accounts(snapshot, plan)
with above:
    display.answer(
        view, takeaways.billed_in(currency, takeaways.timing(name, waves, stayed, known.currency))
    )
if not accounts.num_rows:
    display.nothing(
        view,
        f"{plain(name)} covers no account of this segment and currency.",
        "Choose another segment, currency or proposal.",
    )
    foot.stop(view)

asked = timing.proposed_approach(snapshot, scenario_id, segment)
if asked is not None and asked != approach:
    st.caption(
        f"scenarios.csv proposes **{labels.APPROACHES.get(asked, asked).lower()}** for most of "
        "these accounts; the page shows an alternative."
    )
if approach == "opt_in":
    st.caption(
        "**By choice**: accounts that would have paid less over the closed months move as soon as "
        "the proposal is on sale; the others stay."
    )

# cash follows the page if accounts are moved for good; if scenarios.csv lets them choose, they do
# so month by month, as projected
planned = asked or approach
is_as_planned = approach == planned and not plan.is_limited
cash_follows = (
    not is_as_planned
    and (approach == "renewal" or (approach == "opt_in" and planned != "opt_in"))
    and timing.has_move_cash(snapshot, scenario_id)
)

left, right = st.columns(2, gap="medium")
state = panels.State(
    colors=colors,
    known=known,
    view=view,
    approach=approach,
    currency=currency,
    segment=segment,
    scenario_id=scenario_id,
    plan=plan,
    waves_table=waves_table,
    waves=waves,
    planned=planned,
    is_as_planned=is_as_planned,
    cash_follows=cash_follows,
)
with left:
    panels.calendar(state)
if waves:
    with right:
        panels.months_of_work(state)
    left, right = st.columns(2, gap="medium")
    with left:
        panels.change_of_bills(state)
    with right:
        panels.cash_ahead(state)

left, right = st.columns([3, 2], gap="medium")
with left:
    st.markdown(f"**Waves of {plain(name)}**, the easiest bills first within each")
    if waves:
        tables.table(
            view,
            waves_table,
            {
                "wave": columns.count(
                    "Wave",
                    width="small",
                    pinned=True,
                    help="Months with moves, in order, from the first month and within the limit.",
                ),
                "month": columns.month("Moves in"),
                "accounts": columns.count("Accounts"),
                "waited": columns.count(
                    "Waited", help="Those of them whose renewal is in an earlier month."
                ),
                "mrr": columns.money("MRR", known.currency),
                "monthly_change": columns.money(
                    "Bills change a month",
                    sign=True,
                    help=display.help_text(snapshot, WAVES, "monthly_increase_reporting"),
                ),
                "monthly_change_so_far": columns.money("Together so far", sign=True),
                "shocked": columns.count(
                    "Shocked", help=display.help_text(snapshot, WAVES, "is_shock")
                ),
                "not_comparable": columns.count("Not comparable yet"),
            },
            alt="Waves with their accounts, MRR and the change of their bills",
            file=("waves", "Download waves"),
        )
    else:
        st.caption("No wave: no account moves this way.")
with right:
    st.markdown(
        f"**Not in a wave**: {number(stayed['locked'])} locked by contract, "
        f"{number(stayed['left_out'])} left out, {number(stayed['excluded'])} excluded"
    )
    if staying.num_rows:
        tables.table(
            view,
            staying,
            {
                "status": columns.text("State", 70),
                "reason": columns.text("Why"),
                "accounts": columns.count("Accounts"),
                "mrr": columns.money("MRR", known.currency),
                "first_unlocks_on": columns.day("First free"),
                "last_unlocks_on": None,
            },
            models=(WAVES,),
            alt="Accounts that are not in a wave, by reason",
            words={"status": labels.wave_status, "reason": labels.reason},
            file=("not-in-a-wave", "Download reasons"),
        )
    else:
        st.caption("Every account is in a wave.")

st.markdown("**Accounts**, wave by wave, then those that stay")
tables.table(
    view,
    accounts,
    {
        **columns.account(),
        "wave": columns.count("Wave", width="small"),
        "place_in_wave": columns.count("Place", width="small"),
        "status": columns.text("State"),
        "reason": None,
        "month": columns.month("Moves in"),
        "moves_on": columns.day("Renews on"),
        "unlocks_on": columns.day("Free on"),
        **columns.owner(accounts),
        "mrr": columns.money("MRR", known.currency),
        "difference_ratio": columns.change_ratio("Bill change"),
        "monthly_increase_reporting": columns.money("Change a month", sign=True),
        "is_shock": columns.yes("Shock"),
        "sentence": columns.text("By its contract", "large"),
    },
    models=(WAVES,),
    alt="Every account with its wave, or the reason why it is in none",
    words={"status": labels.wave_status},
    file=("rollout", "Download accounts"),
)

exceptions = timing.exceptions(snapshot, segment, currency)
count = plural(exceptions.num_rows, "price or discount", "prices and discounts")
st.markdown(f"**Exceptions in force**: {count} of single accounts")
if exceptions.num_rows:
    tables.table(
        view,
        exceptions,
        {
            **columns.account(),
            "kind": columns.text("Kind"),
            "what": columns.text("Charge or discount"),
            "unit_amount": columns.price("Price per unit"),
            "ratio": columns.percent("Discount"),
            "amount": columns.money("Amount"),
            "valid_from": columns.day("From"),
            "valid_to": columns.day("Until"),
            "approved_by": columns.text("Approved by"),
        },
        alt="Negotiated prices and discounts of single accounts in force today",
        file=("exceptions", "Download exceptions"),
    )
foot.definitions(
    view,
    WAVES,
    "fct_migration_shock",
    "fct_mrr_movements",
    "fct_projections",
    "fct_forecast_accuracy",
    "fct_move_cash",
)
