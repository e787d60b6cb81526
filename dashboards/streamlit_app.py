"""The router: which pages there are, and in which order."""

from pathlib import Path

import streamlit as st

# a file of ours: a Material icon in the browser's tab would be fetched from outside
ICON = Path(__file__).parent / "icon.svg"

st.set_page_config(page_title="seatshift", page_icon=ICON, layout="wide")

st.navigation(
    [
        st.Page(
            "app_pages/decision.py",
            title="Decision",
            icon=":material/gavel:",
            default=True,
            help="Should we migrate, which segment, when, and how sure are we?",
        ),
        st.Page(
            "app_pages/seat_utilization.py",
            title="Seat utilization",
            icon=":material/event_seat:",
            help="Do seats still match the value that customers get?",
        ),
        st.Page(
            "app_pages/cohorts.py",
            title="Cohorts",
            icon=":material/grid_on:",
            help="Is the quality of revenue holding?",
        ),
        st.Page(
            "app_pages/bill_shock.py",
            title="Bill shock",
            icon=":material/bolt:",
            help="Who is surprised by a bill, and who would be?",
        ),
        st.Page(
            "app_pages/shadow_billing.py",
            title="Shadow billing",
            icon=":material/receipt_long:",
            help="What would each customer pay under a proposal?",
        ),
        st.Page(
            "app_pages/account.py",
            title="Account",
            icon=":material/person_search:",
            help="Why is this customer's bill different?",
        ),
    ],
    position="top",
).run()
