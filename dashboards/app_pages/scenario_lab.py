"""What if prices or behaviour change?"""

from decimal import Decimal

import pyarrow as pa
import streamlit as st

from dashboards import access, filters, frame, labels, takeaways, view
from dashboards.charts.lab import totals
from dashboards.charts.theme import palette
from dashboards.data import lab
from dashboards.data.tables import drawn, table_of
from dashboards.data.whatif import DRAFTS, CannotTry, is_number, keep_draft, try_prices
from dashboards.formatting import headline, number, percent, plain, points

QUESTION = "What if prices or behaviour change?"
# changes stand in the link, one after the other; longer links are cut by mail programs
LONGEST_LINK = 1500

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

with filter_bar:
    scenario = filters.scenario(snapshot)
    segment = filters.segment(snapshot)
if scenario is None:
    frame.answer("There is no proposal to change.")
    frame.nothing("No proposal is published.", "Add rows to scenarios.csv and refresh.")
    frame.stop()
scenario_id, name = str(scenario["scenario_id"]), str(scenario["scenario_name"])
if not lab.has_book(snapshot):
    frame.answer(takeaways.lab(name, None, 0, 0, 0))
    frame.nothing(
        "This generation was published without the rating models that a what-if runs.",
        "Run `seatshift refresh` once.",
    )
    frame.stop()
plans = lab.plans(snapshot, scenario_id)
if not plans:
    frame.answer(takeaways.lab(name, None, 0, 0, 0))
    frame.nothing(
        "The proposal bills no account yet.", "Choose another, or see Data health for the reason."
    )
    frame.stop()

asked = dict(
    change.partition("=")[::2]
    for change in st.query_params.get("try", "").split(";")
    if "=" in change
)


def inputs(cells: list[lab.Cell], columns: int) -> list[str]:
    """One field a cell; the changes that the reader made, as `table.key.column=value`."""
    changed = []
    with st.grid(columns, min_column_width=130, gap="small"):
        for cell in cells:
            text = st.text_input(
                plain(cell.label),
                value=asked.get(cell.target, cell.value),
                key=f"cell {snapshot.generation} {cell.target}",
                help=plain(cell.help),
                max_chars=24,
            ).strip()
            if text == cell.value:
                continue
            if text and not is_number(text):
                st.error(f"{plain(cell.label)} says {plain(text)}; write a number such as 29.5.")
            elif not text or Decimal(text) != Decimal(cell.value or "0") or not cell.value:
                changed.append(f"{cell.target}={text}")
    return changed


left, right = st.columns([2, 3], gap="medium")
with left:
    plan_id = filters.by_id("Plan", "plan", plans, default=next(iter(plans)))
    assert plan_id is not None
    with st.form("prices", border=True):
        st.markdown(f"**Prices of {plain(plans[plan_id])}**")
        changes = inputs(lab.cells(snapshot, plan_id), 3)
        st.markdown("**Assumptions**")
        changes += inputs(lab.assumptions(snapshot, scenario_id), 3)
        twins = st.checkbox(
            "Plans of the same name in other currencies follow in proportion", value=True
        )
        st.form_submit_button("Try", type="primary", icon=":material/science:")

link = ";".join(changes)
if changes and len(link) <= LONGEST_LINK:
    st.query_params["try"] = link
else:
    st.query_params.pop("try", None)
view.this_run().filtered("Changes", "; ".join(changes) or "none", "try", None)

outcome = None
if changes:
    try:
        outcome = try_prices(snapshot, changes, scenario_id, twins=twins)
    except CannotTry as problem:
        with right:
            frame.answer(f"{name} cannot be tried like this.")
            st.error(plain(str(problem)), icon=":material/error:")
        frame.stop()

published = lab.judged_today(snapshot, scenario_id, segment)
measured = None
if outcome is not None:
    measured = next(
        (
            row
            for row in outcome.measures
            if row["scenario_id"] == scenario_id and row["segment"] == segment
        ),
        None,
    )
effect = None
if outcome is not None:
    effect = next((one for one in outcome.effects if one.scenario_id == scenario_id), None)

with right:
    frame.answer(
        takeaways.lab(
            name,
            measured,
            measured["winner_count"] if measured else 0,
            measured["loser_count"] if measured else 0,
            len(changes),
        )
    )
    shown = measured or published
    if shown is None:
        frame.nothing(
            "No account of this segment has enough closed months under the proposal.",
            "Choose another segment.",
        )
        frame.stop()
    with st.grid(4, min_column_width=150, gap="small"):
        for label, column, better in (
            ("Revenue against today", "revenue_change", "normal"),
            ("Accounts shocked", "shock_share", "inverse"),
            ("Expected extra churn", "extra_churn", "inverse"),
            ("Margin, change", "margin_change", "normal"),
        ):
            limit = shown.get(f"limit_{column}")
            before = published[column] if published is not None else None
            moved = (
                shown[column] - before
                if measured is not None and before is not None and shown[column] is not None
                else None
            )
            st.metric(
                label,
                percent(shown[column], sign=column.endswith("change")),
                delta=f"{points(moved)}, limit {percent(limit)}" if moved is not None else None,
                delta_color="off" if not moved else better,
                delta_arrow="off" if not moved else "auto",
                border=True,
                height="stretch",
                help=frame.help_text(snapshot, "fct_segment_scenarios", column),
            )
    if outcome is None:
        st.caption(
            "Figures as published. Change a price, an allowance, a cap or an assumption on the "
            "left and press Try; nothing that is published changes."
        )
        frame.definitions(snapshot, "fct_segment_scenarios", "fct_shadow_bills")
        frame.stop()
    if measured is not None and published is not None:
        message = (
            f"{labels.segment(segment)} would pay "
            f"{headline(measured['proposed_reporting'], known.currency)} instead of "
            f"{headline(measured['current_reporting'], known.currency)}"
        )
        frame.draw(
            totals(
                (
                    measured["current_reporting"],
                    published["proposed_reporting"],
                    measured["proposed_reporting"],
                ),
                colors,
                message,
                known.currency,
                outcome.months,
            )
        )

RATIO = pa.decimal128(18, 6)
MONEY = pa.decimal128(38, 4)


def ratio(value: Decimal | None) -> Decimal | None:
    return value.quantize(Decimal("0.000001")) if value is not None else None


left, right = st.columns(2, gap="medium")
with left:
    st.markdown("**What would flip it**: the churn of a band at which the limit is met")
    flips = [
        row
        for row in outcome.flips
        if row["scenario_id"] == scenario_id and row["segment"] == segment
    ]
    flip_table = table_of(
        [
            {
                "accounts_rising": "above "
                + percent(row["increase_over"], 0, sign=True)
                + (
                    f" to {percent(row['next_increase_over'], 0, sign=True)}"
                    if row["next_increase_over"] is not None
                    else ""
                ),
                "band_accounts": row["band_accounts"],
                "assumed_churn": ratio(row["assumed_churn"]),
                "critical_churn": ratio(row["critical_churn"]),
                "told": told,
            }
            for row in flips
            for told in (
                "nobody is in it"
                if row["critical_churn"] is None
                else "no churn reaches the limit"
                if row["critical_churn"] > 1
                else "beyond the limit whatever they do"
                if row["critical_churn"] < 0
                else "beyond the limit as assumed"
                if row["critical_churn"] < row["assumed_churn"]
                else "within the limit as assumed",
            )
        ],
        [
            ("accounts_rising", pa.string()),
            ("band_accounts", pa.int64()),
            ("assumed_churn", RATIO),
            ("critical_churn", RATIO),
            ("told", pa.string()),
        ],
    )
    st.dataframe(
        drawn(flip_table),
        hide_index=True,
        placeholder="–",
        column_config={
            "accounts_rising": st.column_config.TextColumn("Bills rising", pinned=True),
            "band_accounts": st.column_config.NumberColumn("Accounts"),
            "assumed_churn": st.column_config.NumberColumn("Assumed churn", format="percent"),
            "critical_churn": st.column_config.NumberColumn("Flips at", format="percent"),
            "told": st.column_config.TextColumn("Says"),
        },
        alt="Assumed churn by band of rising bills, and the churn at which the limit is met",
    )
    frame.download(snapshot, flip_table, "lab-flip-points")
    st.markdown("**Changes**")
    change_table = table_of(
        [
            {
                "cell": f"{change.table}.{change.key}.{change.column}",
                "before": change.before,
                "after": change.after,
            }
            for change in outcome.changes
        ],
        [("cell", pa.string()), ("before", pa.string()), ("after", pa.string())],
    )
    st.dataframe(
        drawn(change_table),
        hide_index=True,
        placeholder="empty",
        height=frame.table_height(change_table),
        column_config={
            "cell": st.column_config.TextColumn("Price book", pinned=True),
            "before": "Published",
            "after": "Tried",
        },
        alt="Cells of the price book that differ from the published one",
    )
    frame.download(snapshot, change_table, "lab-changes")
with right:
    if effect is not None:
        st.markdown(
            f"**All accounts** over {number(outcome.months)} closed months: "
            f"{headline(effect.revenue_after, known.currency)} instead of "
            f"{headline(effect.revenue_before, known.currency)}; {number(effect.rising)} bills "
            f"rise and {number(effect.falling)} fall by the changes"
        )
    mover_table = table_of(
        [
            {
                "account_id": mover.account_id,
                "account_name": mover.account_name,
                "segment": mover.segment,
                "before": mover.before,
                "after": mover.after,
                "change": mover.change,
            }
            for mover in outcome.movers
        ],
        [
            ("account_id", pa.string()),
            ("account_name", pa.string()),
            ("segment", pa.string()),
            ("before", MONEY),
            ("after", MONEY),
            ("change", MONEY),
        ],
    )
    st.dataframe(
        drawn(mover_table),
        hide_index=True,
        placeholder="–",
        column_config={
            "account_id": None,
            "account_name": st.column_config.TextColumn("Account", pinned=True),
            "segment": "Segment",
            "before": st.column_config.NumberColumn("Published", format="%,.2f"),
            "after": st.column_config.NumberColumn(f"Tried ({known.currency})", format="%,.2f"),
            "change": st.column_config.NumberColumn("Change", format="%+,.2f"),
        },
        alt="The ten accounts whose bills the changes move most",
    )
    frame.download(snapshot, mover_table, "lab-movers")
    with st.form("draft", border=True):
        st.markdown("**Keep it as a draft**")
        draft = st.text_input(
            "Name",
            max_chars=40,
            placeholder="autumn-prices",
            help=f"A new folder under {DRAFTS} in the home, with every file that the changes touch",
        )
        if st.form_submit_button("Save files", icon=":material/save:"):
            access.require("product")
            try:
                files = keep_draft(changes, draft.strip(), twins=twins)
                listed = ", ".join(path.name for path in files)
                st.success(
                    f"Written to {plain(str(files[0].parent))}: {listed}. Copy them into the "
                    "home's reference folder and refresh to put them in force.",
                    icon=":material/check:",
                )
            except CannotTry as problem:
                st.error(plain(str(problem)), icon=":material/error:")
frame.definitions(snapshot, "fct_segment_scenarios", "fct_shadow_bills", "fct_migration_shock")
