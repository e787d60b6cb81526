"""When and in what order do we move them?"""

import streamlit as st

from dashboards import filters, frame, labels, takeaways
from dashboards.charts.theme import palette
from dashboards.charts.timing import cash_effect, move_calendar
from dashboards.data import timing
from dashboards.data.tables import drawn, rows
from dashboards.formatting import headline, month, number, plain, plural

QUESTION = "When and in what order do we move them?"

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

with filter_bar:
    segment = filters.segment(snapshot)
    proposal = filters.scenario(snapshot)
    approach = str(
        filters.by_id("Approach", "approach", labels.APPROACHES, default="renewal", width=190)
    )
if proposal is None:
    frame.answer(takeaways.timing("", [], {}, known.currency))
    frame.nothing("No proposal is rated.", "Add one to reference/scenarios.csv and refresh.")
    frame.stop()

scenario_id, name = str(proposal["scenario_id"]), str(proposal["scenario_name"])
waves_table = timing.waves(snapshot, scenario_id, approach, segment)
waves = rows(waves_table)
stayed = timing.locked(snapshot, scenario_id, approach, segment)
accounts = timing.accounts(snapshot, scenario_id, approach, segment)
frame.answer(takeaways.timing(name, waves, stayed, known.currency))
if not accounts.num_rows:
    frame.nothing(
        f"{plain(name)} covers no account of this segment.",
        "Choose another segment or proposal.",
    )
    frame.stop()

asked = timing.proposed_approach(snapshot, scenario_id, segment)
if asked is not None and asked != approach:
    st.caption(
        f"scenarios.csv proposes **{labels.APPROACHES.get(asked, asked).lower()}** for most of "
        "these accounts; what is shown is an alternative."
    )

calendar = timing.calendar(snapshot, scenario_id, approach, segment)
left, right = st.columns(2, gap="medium")
with left:
    if calendar.num_rows:
        by_month = drawn(calendar)
        worth = [row for row in waves if row["mrr"]]
        message = "No MRR moves in any month"
        if worth:
            busiest = max(worth, key=lambda row: row["mrr"])
            message = (
                f"Most MRR moves in {month(busiest['month'])}: "
                f"{headline(busiest['mrr'], known.currency)}"
            )
        frame.draw(move_calendar(by_month, colors, message, known.currency))
        frame.download(snapshot, calendar, "renewal-calendar", "Download calendar")
    else:
        frame.nothing(
            "No account of this segment moves this way.",
            "Choose another approach; why each stays is listed below.",
        )
with right:
    effect = drawn(waves_table)
    if waves and effect["monthly_change"].notna().any():
        last = waves[-1]
        message = (
            f"{headline(last['monthly_change_so_far'], known.currency, sign=True)} a month "
            f"once all have moved ({month(last['month'])})"
        )
        frame.draw(cash_effect(effect, colors, message, known.currency))
    elif waves:
        frame.nothing(
            "What the bills would change is not known.",
            "Accounts need closed months under both models.",
        )

left, right = st.columns([3, 2], gap="medium")
with left:
    st.markdown(f"**Waves of {plain(name)}**, the easiest bills first within each")
    if waves:
        st.dataframe(
            drawn(waves_table).assign(month=[month(row["month"]) for row in waves]),
            hide_index=True,
            placeholder="–",
            height=frame.table_height(waves_table),
            row_height=29,
            column_config={
                "wave": st.column_config.NumberColumn(
                    "Wave",
                    width="small",
                    pinned=True,
                    help=frame.help_text(snapshot, "fct_rollout_waves", "wave"),
                ),
                "month": st.column_config.TextColumn("Moves in"),
                "accounts": st.column_config.NumberColumn("Accounts", format="%,d"),
                "mrr": st.column_config.NumberColumn(f"MRR ({known.currency})", format="%,.2f"),
                "monthly_change": st.column_config.NumberColumn(
                    "Bills change a month",
                    format="%,.2f",
                    help=frame.help_text(
                        snapshot, "fct_rollout_waves", "monthly_increase_reporting"
                    ),
                ),
                "monthly_change_so_far": st.column_config.NumberColumn(
                    "Together so far", format="%,.2f"
                ),
                "shocked": st.column_config.NumberColumn(
                    "Shocked", help=frame.help_text(snapshot, "fct_rollout_waves", "is_shock")
                ),
                "not_comparable": st.column_config.NumberColumn("Not comparable yet"),
            },
            alt="Waves with their accounts, MRR and the change of their bills",
        )
        frame.download(snapshot, waves_table, "waves", "Download waves")
    else:
        st.caption("No wave: nobody moves this way.")
with right:
    st.markdown(
        f"**Not in a wave**: {number(stayed['locked'])} locked by contract, "
        f"{number(stayed['left_out'])} left out"
    )
    behind = timing.behind(snapshot, scenario_id, approach, segment)
    if behind.num_rows:
        st.dataframe(
            [
                {
                    "status": labels.wave_status(row["status"]),
                    "reason": labels.reason(row["reason"]),
                    "accounts": row["accounts"],
                    "mrr": float(row["mrr"]) if row["mrr"] is not None else None,
                    "first": row["first_unlocks_on"],
                }
                for row in rows(behind)
            ],
            hide_index=True,
            placeholder="–",
            height="content",
            row_height=29,
            column_config={
                "status": st.column_config.TextColumn("State", width=70),
                "reason": st.column_config.TextColumn(
                    "Why", help=frame.help_text(snapshot, "fct_rollout_waves", "reason")
                ),
                "accounts": st.column_config.NumberColumn("Accounts", format="%,d"),
                "mrr": st.column_config.NumberColumn(f"MRR ({known.currency})", format="%,.2f"),
                "first": st.column_config.DateColumn("First free"),
            },
            alt="Accounts that move in no wave, by reason",
        )
    else:
        st.caption("Every account is in a wave.")

st.markdown("**Accounts**, wave by wave, then those that stay")
st.dataframe(
    drawn(accounts)
    .assign(status=[labels.wave_status(row["status"]) for row in rows(accounts)])
    .drop(columns=["reason"]),
    hide_index=True,
    placeholder="–",
    height=frame.table_height(accounts),
    column_config={
        "wave": st.column_config.NumberColumn("Wave", width="small"),
        "place_in_wave": st.column_config.NumberColumn("Place", width="small"),
        "account_id": st.column_config.TextColumn("Id", width="small"),
        "account_name": st.column_config.TextColumn("Account", pinned=True),
        "segment": "Segment",
        "status": st.column_config.TextColumn("State"),
        "moves_on": st.column_config.DateColumn("Moves on"),
        "unlocks_on": st.column_config.DateColumn("Free on"),
        "mrr": st.column_config.NumberColumn(f"MRR ({known.currency})", format="%,.2f"),
        "difference_ratio": st.column_config.NumberColumn("Bill change", format="percent"),
        "monthly_increase_reporting": st.column_config.NumberColumn(
            "Change a month", format="%,.2f"
        ),
        "is_shock": st.column_config.CheckboxColumn("Shock"),
        "sentence": st.column_config.TextColumn("In words", width="large"),
    },
    alt="Every account with its wave, or why it is in none",
)
frame.download(snapshot, accounts, "rollout", "Download accounts")

exceptions = timing.exceptions(snapshot, segment)
held = plural(exceptions.num_rows, "price or discount", "prices and discounts")
st.markdown(f"**Exceptions in force**: {held} of single accounts")
if exceptions.num_rows:
    st.dataframe(
        drawn(exceptions),
        hide_index=True,
        placeholder="–",
        height=frame.table_height(exceptions),
        column_config={
            "account_id": st.column_config.TextColumn("Id", width="small"),
            "account_name": st.column_config.TextColumn("Account", pinned=True),
            "segment": "Segment",
            "kind": "Kind",
            "what": "Charge or discount",
            "unit_amount": st.column_config.NumberColumn("Price per unit", format="%,.4f"),
            "ratio": st.column_config.NumberColumn("Discount", format="percent"),
            "amount": st.column_config.NumberColumn("Amount", format="%,.2f"),
            "valid_from": st.column_config.DateColumn("From"),
            "valid_to": st.column_config.DateColumn("Until"),
            "approved_by": "Approved by",
        },
        alt="Negotiated prices and discounts of single accounts that hold today",
    )
    frame.download(snapshot, exceptions, "exceptions", "Download exceptions")
frame.definitions(snapshot, "fct_rollout_waves", "fct_migration_shock", "fct_mrr_movements")
