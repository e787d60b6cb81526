"""The router: which pages there are, and in which order."""

from pathlib import Path

import streamlit as st

from dashboards import formatting, keys, view
from dashboards.data.warehouse import OTHER_VERSION

# our own file: a Material icon in the browser's tab would be fetched from another site
ICON = Path(__file__).parent / "icon.svg"
# the rail with all pages: as wide as the longest name, because the memo needs the rest
RAIL_PIXELS = 200

# looked up for every figure, because parts of a page run again on their own
formatting.set_locale(lambda: st.context.locale)
st.set_page_config(
    page_title="seatshift", page_icon=ICON, layout="wide", initial_sidebar_state=RAIL_PIXELS
)

MEMO = st.Page(
    "app_pages/memo.py",
    title="Memo",
    icon=":material/description:",
    default=True,
    help="What should we decide, and what does it bring?",
)
DECISION = st.Page(
    "app_pages/decision.py",
    title="Decision",
    icon=":material/gavel:",
    help="Which segment, when, and how sure are we?",
)
TRIGGERS = st.Page(
    "app_pages/triggers.py",
    title="Triggers",
    icon=":material/sensors:",
    help="Which signals fired, since when, and which is nearest to firing?",
)
SEAT_UTILIZATION = st.Page(
    "app_pages/seat_utilization.py",
    title="Seat utilization",
    icon=":material/event_seat:",
    help="Do seats still match the value that customers get?",
)
COHORTS = st.Page(
    "app_pages/cohorts.py",
    title="Cohorts",
    icon=":material/grid_on:",
    help="Is the quality of revenue holding?",
)
SHADOW_BILLING = st.Page(
    "app_pages/shadow_billing.py",
    title="Shadow billing",
    icon=":material/receipt_long:",
    help="What would each customer pay under a proposal?",
)
BILL_SHOCK = st.Page(
    "app_pages/bill_shock.py",
    title="Bill shock",
    icon=":material/bolt:",
    help="Who is surprised by a bill, and who would be?",
)
ACCOUNT = st.Page(
    "app_pages/account.py",
    title="Account",
    icon=":material/person_search:",
    help="Why is this customer's bill different?",
)
TIMING = st.Page(
    "app_pages/timing.py",
    title="Timing",
    icon=":material/event_upcoming:",
    help="When and in what order do we move them?",
)
SCENARIO_LAB = st.Page(
    "app_pages/scenario_lab.py",
    title="Scenario lab",
    icon=":material/experiment:",
    help="What if prices or behaviour change?",
)
ECONOMICS = st.Page(
    "app_pages/economics.py",
    title="Economics",
    icon=":material/savings:",
    help="Does the margin survive?",
)
DATA_HEALTH = st.Page(
    "app_pages/data_health.py",
    title="Data health",
    icon=":material/health_and_safety:",
    help="Can I trust today's numbers?",
)
DEFINITIONS = st.Page(
    "app_pages/definitions.py",
    title="Definitions",
    icon=":material/menu_book:",
    help="What does this word mean?",
)

# the key that opens each page, from any page
KEYS = {
    "M": MEMO,
    "1": DECISION,
    "2": TRIGGERS,
    "3": SEAT_UTILIZATION,
    "4": COHORTS,
    "5": SHADOW_BILLING,
    "6": BILL_SHOCK,
    "7": ACCOUNT,
    "8": TIMING,
    "9": SCENARIO_LAB,
    "0": ECONOMICS,
    "D": DATA_HEALTH,
    "G": DEFINITIONS,
}

shown = st.navigation(
    {
        "": [MEMO, DECISION],
        "Signals": [TRIGGERS, SEAT_UTILIZATION, COHORTS],
        "Bills": [SHADOW_BILLING, BILL_SHOCK, ACCOUNT],
        "Rollout": [TIMING, SCENARIO_LAB, ECONOMICS],
        "Trust": [DATA_HEALTH, DEFINITIONS],
    },
    expanded=True,
)
# the row of keys is below the page, even if the page stops early
above, below = st.container(), st.container()
with below:
    keys.row(KEYS, shown, ACCOUNT, view.seen_before())
with above:
    try:
        view.opened(shown.url_path or "memo")
        shown.run()
    except OTHER_VERSION:
        st.error(
            "Another version of seatshift published this snapshot: run `seatshift refresh`, "
            "then reload this page.",
            icon=":material/update:",
        )
