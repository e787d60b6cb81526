"""When and in what order do we move them?"""

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.charts.timing import bill_effect, cash, load, move_calendar
from dashboards.data import timing
from dashboards.data.facts import EVERYONE
from dashboards.data.tables import drawn, rows
from dashboards.formatting import headline, month, number, plain, plural
from dashboards.shell import display, downloads, foot, header, tables

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


def calendar() -> None:
    """MRR by the month in which contracts let it move."""
    table = timing.calendar(snapshot, plan)
    if not table.num_rows:
        display.nothing(
            "No account of this segment moves this way.",
            "Choose another approach; why each stays is listed below.",
        )
        return
    message = "No MRR is free in any month"
    free = [row for row in rows(table) if row["status"] == "in_wave" and row["mrr_of_month"]]
    if free:
        most = max(free, key=lambda row: row["mrr_of_month"])
        message = (
            f"Most MRR is free in {month(most['month'])}: "
            f"{headline(most['mrr_of_month'], known.currency)}"
        )
    display.draw(move_calendar(drawn(table), colors, message, known.currency))
    downloads.download(snapshot, table, "renewal-calendar", "Download calendar")


def months_of_work() -> None:
    """Accounts that move in each month against the most that a month takes."""
    table = timing.load(snapshot, plan)
    waited = sum(row["waited"] for row in waves)
    busiest = max(waves, key=lambda row: row["accounts"])
    message = f"Most move in {month(busiest['month'])}: {plural(busiest['accounts'], 'account')}"
    if waited:
        message += f"; {number(waited)} {'waits' if waited == 1 else 'wait'} past the renewal"
    display.draw(load(drawn(table), colors, message, plan.size))
    downloads.download(snapshot, table, "rollout-months", "Download months")


def change_of_bills() -> None:
    """What the moved bills change, wave by wave."""
    effect = drawn(waves_table)
    if effect["monthly_change"].notna().any():
        last = waves[-1]
        message = (
            f"{headline(last['monthly_change_so_far'], known.currency, sign=True)} a month "
            f"once all have moved ({month(last['month'])})"
        )
        display.draw(bill_effect(effect, colors, message, known.currency))
    else:
        display.nothing(
            "What the bills would change is not known.",
            "Accounts need closed months under both models.",
        )


# cash follows the page where accounts are moved and stay so; where scenarios.csv lets them choose,
# they do it month by month, as projected
PLANNED = asked or approach
AS_PLANNED = approach == PLANNED and not plan.is_limited
FOLLOWS = (
    not AS_PLANNED
    and (approach == "renewal" or (approach == "opt_in" and PLANNED != "opt_in"))
    and timing.has_move_cash(snapshot, scenario_id)
)


def cash_ahead() -> None:
    """What the move does to cash: by the plan above, or as projected for scenarios.csv."""
    if currency != EVERYONE:
        display.nothing(
            "Cash is projected for accounts of all currencies together.", "Choose all currencies."
        )
        return
    table = (
        timing.cash_of(snapshot, plan) if FOLLOWS else timing.cash(snapshot, scenario_id, segment)
    )
    told = {
        row["model"]: row["cash_to_date"]
        for row in rows(table)
        if row["month_ahead"] == 12 and row["cash_to_date"] is not None
    }
    if len(told) < 2:
        reasons = [row["reason"] for row in rows(table) if row["reason"]]
        why = labels.PROJECTION_REASONS.get(reasons[0], reasons[0]) if reasons else "no projection"
        display.nothing(
            f"Cash ahead is not available: {plain(why)}.", "Add it to reference and refresh."
        )
        return
    message = (
        f"{headline(told['proposed'], known.currency)} cash in twelve months instead of "
        f"{headline(told['current'], known.currency)}"
    )
    way = labels.APPROACHES.get(PLANNED, PLANNED).lower()
    is_other_way = not FOLLOWS and approach != PLANNED
    if is_other_way:
        message = f"Planned {way}: {message}"
    display.draw(cash(drawn(table), colors, message, known.currency))
    if FOLLOWS:
        st.caption(
            "With the first month, the limit and the exclusions above, in the middle case; "
            + (
                "whoever moves stays moved, whatever later months would bill."
                if approach == "opt_in"
                else "locked accounts move when they are free."
            ),
            help=display.help_text(snapshot, "fct_move_cash", "cash_change"),
        )
    elif is_other_way:
        st.caption(
            f"This is the cash of scenarios.csv, which moves most of these accounts {way}, not "
            f"{labels.APPROACHES[approach].lower()}: of another way no cash is worked out. The "
            "first month, the limit and the exclusions above do not change it either."
        )
    elif approach == "opt_in":
        st.caption(
            "This is the cash of scenarios.csv: who chooses does so month by month. The first "
            "month, the limit and the exclusions above change the waves, not this cash."
        )
    elif not AS_PLANNED:
        st.caption(
            "This is the cash of scenarios.csv: what single moves do to it is not published here, "
            "so that the first month, the limit and the exclusions above do not change it."
        )
    downloads.download(snapshot, table, "cash", "Download cash")


left, right = st.columns(2, gap="medium")
with left:
    calendar()
if waves:
    with right:
        months_of_work()
    left, right = st.columns(2, gap="medium")
    with left:
        change_of_bills()
    with right:
        cash_ahead()

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
    "fct_move_cash",
)
