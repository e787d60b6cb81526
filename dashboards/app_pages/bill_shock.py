"""Who is surprised by a bill, and who would be?"""

import streamlit as st

from dashboards import filters, frame, labels, takeaways
from dashboards.charts.shock import monthly_rates, shares
from dashboards.charts.theme import palette
from dashboards.data import shock
from dashboards.data.tables import drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import number, percent, plain, plural

QUESTION = "Who is surprised by a bill, and who would be?"

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

MODELS = {shock.INVOICED: "real invoices", "current": "the current model, rated"}

with filter_bar:
    segment = filters.segment(snapshot)
    proposal = filters.scenario(snapshot)

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
real = shock.rate_of(snapshot, shock.INVOICED, segment)
frame.answer(takeaways.bill_shock(real, proposed))

limit = threshold(snapshot, "limit_shock_share", segment)
no_go = threshold(snapshot, "no_go_shock_share", segment)
ratio = threshold(snapshot, "shock_increase_ratio", segment)
money = threshold(snapshot, "shock_increase_amount", segment)

left, right = st.columns(2, gap="medium")
with left:
    if proposal is None:
        frame.nothing("No proposal is rated.", "Add one to reference/scenarios.csv and refresh.")
    else:
        table = drawn(migration)
        table = table[table["scenario_id"] == proposal["scenario_id"]]
        table = table.assign(segment=[labels.segment(name) for name in table["segment"]])
        over = int((table["shock_share"] > float(limit)).sum()) if limit is not None else 0
        message = f"{proposal['scenario_name']}: {over} of {len(table)} segments over the limit"
        frame.draw(
            shares(
                table,
                colors,
                message,
                "Accounts with migration shock; thin line: 80 % range; dashed: limit and no-go",
                float(limit) if limit is not None else None,
                float(no_go) if no_go is not None else None,
            )
        )
with right:
    model = filters.choice(
        "Month to month under",
        "model",
        [shock.INVOICED, "current", *([proposal["scenario_id"]] if proposal else [])],
        format_func=lambda name: MODELS.get(name, "the proposal"),
    )
    monthly = drawn(shock.rates(snapshot, model))
    monthly = monthly[monthly["segment"] == segment]
    jumped, shocked = int(monthly["jumps"].sum()), int(monthly["shocks"].sum())
    if not monthly["baseline_bills"].sum():
        frame.nothing(
            "No bill has a usual bill to be held against yet.",
            "A baseline needs two comparable bills before it.",
        )
    elif jumped:
        verb = "was" if shocked == 1 else "were"
        message = f"{number(shocked)} of {plural(jumped, 'jump')} in a year {verb} not ordered"
        line = float(limit) if limit is not None else None
        frame.draw(monthly_rates(monthly, colors, message, line))
    else:
        st.success(
            f"No bill jumped under {MODELS.get(model, 'the proposal')} in the last twelve closed "
            "months.",
            icon=":material/check:",
        )
    names = MODELS | {str(row["scenario_id"]): str(row["scenario_name"]) for row in rows(migration)}
    st.dataframe(
        [
            {
                "model": names.get(row["scenario_id"], row["scenario_id"]),
                "bills": int(row["baseline_bills"]),
                "jumps": int(row["jumps"]),
                "shocks": int(row["shocks"]),
            }
            for row in rows(shock.by_model(snapshot, segment))
        ],
        hide_index=True,
        column_config={
            "model": st.column_config.TextColumn("Twelve months under", pinned=True),
            "bills": st.column_config.NumberColumn(
                "Bills with a usual bill",
                format="%,d",
                help=frame.help_text(snapshot, "fct_bill_shock_rates", "baseline_bills"),
            ),
            "jumps": st.column_config.NumberColumn(
                "Jumps", help=frame.help_text(snapshot, "fct_bill_shock_rates", "jumps")
            ),
            "shocks": st.column_config.NumberColumn(
                "Shocks", help=frame.help_text(snapshot, "fct_bill_shock_rates", "shocks")
            ),
        },
        alt="Jumps and shocks of twelve months under every model",
    )

if ratio is not None and money is not None:
    st.caption(
        f"A **jump** is a bill at least {percent(ratio, 0)} and {number(money)} "
        f"{plain(known.currency)} above the median of the three before it. It is a **shock** where "
        "less than the set share was ordered by the customer (seats, plan). **Migration shock** "
        "holds the proposal's bills of twelve months against the current model's."
    )

if proposal is not None:
    risky = shock.at_risk(snapshot, proposal["scenario_id"], segment)
    st.markdown(
        f"**At risk under {plain(proposal['scenario_name'])}**: "
        f"{plural(risky.num_rows, 'account')}, largest monthly rise first"
    )
    if risky.num_rows:
        st.dataframe(
            drawn(risky),
            hide_index=True,
            placeholder="–",
            height=frame.table_height(risky),
            column_config={
                "account_id": st.column_config.TextColumn("Id", width="small"),
                "account_name": st.column_config.TextColumn("Account", pinned=True),
                "segment": "Segment",
                "current_reporting": st.column_config.NumberColumn(
                    f"Current, 12 months ({known.currency})", format="%,.2f"
                ),
                "proposed_reporting": st.column_config.NumberColumn(
                    f"Proposed ({known.currency})", format="%,.2f"
                ),
                "monthly_increase_reporting": st.column_config.NumberColumn(
                    "Rise a month", format="%,.2f"
                ),
                "difference_ratio": st.column_config.NumberColumn("Change", format="percent"),
                "renewal_date": st.column_config.DateColumn("Renews"),
            },
            alt="Accounts that the proposal would shock",
        )
        frame.download(snapshot, risky, "at-risk")
    else:
        st.caption("No account of this segment would be shocked by this proposal.")

jumps = shock.rises(snapshot, model, segment)
st.markdown("**Jumps and shocks of the last twelve months**")
if jumps.num_rows:
    st.dataframe(
        drawn(jumps),
        hide_index=True,
        placeholder="–",
        height=frame.table_height(jumps),
        column_config={
            "month": "Month",
            "account_id": st.column_config.TextColumn("Id", width="small"),
            "account_name": st.column_config.TextColumn("Account", pinned=True),
            "segment": "Segment",
            "currency": "Currency",
            "bill": st.column_config.NumberColumn("Bill", format="%,.2f"),
            "baseline": st.column_config.NumberColumn("Usual bill", format="%,.2f"),
            "increase_amount": st.column_config.NumberColumn("Rise", format="%,.2f"),
            "increase_ratio": st.column_config.NumberColumn("Change", format="percent"),
            "explained_amount": st.column_config.NumberColumn("Of it ordered", format="%,.2f"),
            "is_shock": st.column_config.CheckboxColumn("Shock"),
        },
        alt="Bills that jumped, with the part that the customer ordered",
    )
    frame.download(snapshot, jumps, "jumps")
else:
    st.caption("No bill jumped under this model in the last twelve closed months.")
frame.definitions(snapshot, "fct_bill_shock", "fct_bill_shock_rates", "fct_migration_shock")
