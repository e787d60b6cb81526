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
snapshot, known, colors = page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(snapshot)
    proposal = filters.scenario(snapshot)
    currency = filters.currency(snapshot)
    approach = str(
        filters.by_id("Approach", "approach", labels.APPROACHES, default="renewal", width=170)
    )
if proposal is None:
    display.answer(takeaways.timing("", [], {}, known.currency))
    display.nothing("No proposal is rated.", "Add one to reference/scenarios.csv and refresh.")
    foot.stop()

scenario_id, name = str(proposal["scenario_id"]), str(proposal["scenario_name"])
starts = timing.starts(snapshot, scenario_id, approach, segment, currency)
above = st.container()
plan = timing.Plan(scenario_id, approach, segment, currency=currency)
if starts:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        start = filters.by_id(
            "First month",
            "start",
            {day: month(day) for day in starts},
            default=starts[0],
            width=150,
        )
        size = filters.number(
            "Most accounts a month",
            "size",
            default=0,
            step=5,
            help="0 is no limit. Whoever does not fit moves in the next month with room, in the "
            "same order.",
            width=190,
        )
        excluded = filters.several(
            "Exclude accounts",
            "without",
            timing.movers(snapshot, scenario_id, approach, segment, currency),
            placeholder="Names or ids",
            help="A name that is not listed is found by its id or a part of it: type and press "
            "Enter.",
            width=340,
        )
        leaves_shocked = (
            filters.by_id(
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
behind = timing.behind(snapshot, plan)
stayed = timing.locked(snapshot, scenario_id, approach, segment, currency) | {
    "excluded": sum(row["accounts"] for row in rows(behind) if row["status"] == "excluded")
}
accounts = timing.accounts(snapshot, plan)
with above:
    display.answer(
        takeaways.billed_in(currency, takeaways.timing(name, waves, stayed, known.currency))
    )
if not accounts.num_rows:
    display.nothing(
        f"{plain(name)} covers no account of this segment and currency.",
        "Choose another segment, currency or proposal.",
    )
    foot.stop()

asked = timing.proposed_approach(snapshot, scenario_id, segment)
if asked is not None and asked != approach:
    st.caption(
        f"scenarios.csv proposes **{labels.APPROACHES.get(asked, asked).lower()}** for most of "
        "these accounts; what is shown is an alternative."
    )
if approach == "opt_in":
    st.caption(
        "**By choice**: whoever would have paid less over the closed months moves as soon as the "
        "proposal is on sale; whoever would not stays."
    )

# cash follows the page where accounts are moved and stay so; where scenarios.csv lets them choose,
# they do it month by month, as projected
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
    snapshot=snapshot,
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
            snapshot,
            waves_table,
            {
                "wave": columns.count(
                    "Wave",
                    width="small",
                    pinned=True,
                    help="Months of moving in order, from the first month and within the limit.",
                ),
                "month": columns.month("Moves in"),
                "accounts": columns.count("Accounts"),
                "waited": columns.count(
                    "Waited", help="Of them, those whose renewal lies in an earlier month."
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
        st.caption("No wave: nobody moves this way.")
with right:
    st.markdown(
        f"**Not in a wave**: {number(stayed['locked'])} locked by contract, "
        f"{number(stayed['left_out'])} left out, {number(stayed['excluded'])} excluded"
    )
    if behind.num_rows:
        tables.table(
            snapshot,
            behind,
            {
                "status": columns.text("State", 70),
                "reason": columns.text("Why"),
                "accounts": columns.count("Accounts"),
                "mrr": columns.money("MRR", known.currency),
                "first_unlocks_on": columns.day("First free"),
                "last_unlocks_on": None,
            },
            models=(WAVES,),
            alt="Accounts that move in no wave, by reason",
            words={"status": labels.wave_status, "reason": labels.reason},
            file=("not-in-a-wave", "Download reasons"),
        )
    else:
        st.caption("Every account is in a wave.")

st.markdown("**Accounts**, wave by wave, then those that stay")
tables.table(
    snapshot,
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
    alt="Every account with its wave, or why it is in none",
    words={"status": labels.wave_status},
    file=("rollout", "Download accounts"),
)

exceptions = timing.exceptions(snapshot, segment, currency)
held = plural(exceptions.num_rows, "price or discount", "prices and discounts")
st.markdown(f"**Exceptions in force**: {held} of single accounts")
if exceptions.num_rows:
    tables.table(
        snapshot,
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
        alt="Negotiated prices and discounts of single accounts that hold today",
        file=("exceptions", "Download exceptions"),
    )
foot.definitions(
    snapshot,
    WAVES,
    "fct_migration_shock",
    "fct_mrr_movements",
    "fct_projections",
    "fct_forecast_accuracy",
    "fct_move_cash",
)
