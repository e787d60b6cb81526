"""Labels for the ids in the marts; an unknown id is spelt out."""

from dashboards.formatting import words

ALL_SEGMENTS = "All segments"

VERDICTS = {
    "hold_data": "HOLD – DATA",
    "review": "REVIEW",
    "not_yet": "NOT YET",
    "migrate": "MIGRATE",
    "pilot": "PILOT",
}
VERDICT_COLORS = {
    "hold_data": "violet",
    "review": "orange",
    "not_yet": "gray",
    "migrate": "green",
    "pilot": "blue",
}
VERDICT_ICONS = {
    "hold_data": ":material/database_off:",
    "review": ":material/undo:",
    "not_yet": ":material/hourglass_empty:",
    "migrate": ":material/check_circle:",
    "pilot": ":material/science:",
}
VERDICT_MEANINGS = {
    "hold_data": "The data does not allow a verdict; what is missing is named.",
    "review": "Accounts that already left per-seat pricing break a limit.",
    "not_yet": "The migration trigger does not hold, or no proposal keeps the limits.",
    "migrate": "Trigger, limits and evidence hold and confidence is high.",
    "pilot": "Trigger and limits hold for a proposal; the evidence is still short.",
}
# why a published verdict differs from the one known now
DIFFERENCES = {
    "code": "another version of seatshift",
    "thresholds": "other thresholds",
    "price_book": "another price book",
    "later_proposal": "a later proposal",
    "segment": "accounts changed segment",
    "restated": "restated figures",
    "windows_ahead": "only the last three months are judged again",
    "later_data": "known only later",
    "unknown": "reason not recorded",
}
SOURCES = {"published": "published", "backfilled": "backfilled", "not_told": "never published"}
GRADE_COLORS = {"high": "green", "medium": "orange", "low": "red"}

SIGNALS = {
    "automation_rising": "Automation rising",
    "automation_rise_6m": "Automation share, 6-month rise",
    "automation_share": "Automation share of work",
    "seat_growth_weak": "Seat growth weak",
    "seat_change_3m": "Seats, 3-month change",
    "seat_growth_vs_year_ago": "Seat growth against a year ago",
    "expansion_weak": "Expansion weak",
    "expansion_rate_3m": "Expansion per month, 3 months",
    "expansion_vs_year_ago": "Expansion against a year ago",
    "seats_idle": "Seats idle",
    "utilization": "Seat utilization",
    "seats_off_value": "Seats no longer track value",
    "seats_work_correlation": "Seats follow work (rank correlation)",
    "seats_work_falling_months": "Months that correlation fell",
    "margin_exposed": "Margin exposed",
    "exposed_share": "Unprofitable customers",
    "price_pressure": "Price pressure",
    "discount_leakage": "Discount leakage",
    "bills_disputed": "Bills disputed",
    "shock_ticket_share": "Accounts with a bill-shock ticket",
}
METRICS = SIGNALS | {
    "mrr": "Monthly recurring revenue (MRR)",
    "accounts": "Accounts with MRR",
    "arpu": "Revenue per account (ARPU)",
    "utilization": "Seat utilization of a segment",
    "shock_rate": "Bill shock rate of invoices",
}
SIGNAL_STATES = {"on": "on", "off": "off", "not_available": "not available"}
TRIGGER_SIGNALS = ("automation_rising", "seat_growth_weak", "seats_idle", "expansion_weak")
APPROACHES = {
    "renewal": "At renewal",
    "opt_in": "By choice",
    "new_only": "New customers only",
}
WAVE_STATUSES = {
    "in_wave": "moves",
    "locked": "locked",
    "left_out": "left out",
    "excluded": "excluded",
}
WAVE_REASONS = {
    "contract_term": "contract runs past twelve months of rollout",
    "price_promised": "a negotiated price is promised past the renewal",
    "seats_committed": "seats are committed past the first renewal",
    "other_contract": "another of its contracts is renewed later",
    "commitment": "a commitment is invoiced past the renewal",
    "paid_ahead": "an invoice runs past the renewal",
    "pays_no_less": "would not pay less",
    "existing_customer": "was a customer before",
    "no_start": "the proposal has no starts_on",
    "churned": "churned",
    "too_few_months": "too few months to predict a choice",
    "by_hand": "excluded above",
    "would_be_shocked": "would be shocked",
}
# why an account has no bill, or none to compare with today's
BILL_REASONS = {
    "no_plan": "no plan is proposed for it",
    "no_plan_in_currency": "the proposal has no plan in its currency",
    "ambiguous_meter": "two contracts price its usage, which names neither",
    "usage_quarantined": "too many of its usage rows are quarantined",
    "seats_quarantined": "too many of its seat rows are quarantined",
    "invoices_quarantined": "its invoice lines are quarantined",
    "no_user_ids": "its usage names no users",
    "usage_starts_later": "its usage is known from a later month on",
    "not_invoiced": "the month has no invoice",
    "no_rate": "no exchange rate is known",
    "no_change_ratio": "today's bill is zero",
    "churned": "no longer a customer",
    "too_few_months": "fewer than three closed months",
    "not_available": "no bill under either model",
}
PROJECTION_REASONS = {
    "too_few_months": "too few closed months to compare a projection with",
    "too_few_origins": "fewer than four projections to compare with bills",
    "no_churn_assumptions": "churn_assumptions.csv has no row of the case",
    "no_usage_response": "usage_response.csv has no row of the case",
    "no_bills": "no account has bills to project from",
}
FIGURES = {
    "usage_quantity": "Usage",
    "billable_seats": "Billable seats",
    "invoiced_amount": "Invoiced amount",
}
CAUSES = {
    "seats": "Seats",
    "platform": "Platform fee",
    "usage": "Usage",
    "overage": "Overage",
    "outcomes": "Outcomes",
    "credits": "Credits",
    "minimum_cap": "Minimum and cap",
    "grandfathering": "Grandfathering",
    "discount": "Discount",
}
READINGS = {
    "procurement": "For procurement: what may it cost?",
    "power_users": "For those who use it most: what is counted?",
    "executives": "For executives: what is it worth?",
}
TOPICS = {
    "lowest_month": "Lowest month",
    "median_month": "Median month",
    "highest_month": "Highest month",
    "capped_exposure": "At most in a month",
    "predictability": "Bills vary around their mean by",
    "spend_to_expect": "Expected in a month, next 12 months",
    "what_is_measured": "Measured",
    "what_is_included": "Included",
    "where_seats_matter": "Seats in the bill",
    "cost_per_unit_of_work": "Cost of one unit of work",
    "return": "Units of work for 100",
    "idle_seats": "Seats that nobody used",
    "idle_seats_per_unit_of_work": "Seats that nobody used, per unit of work",
}
# how the churn assumed for a band compares with the churn at which the limit is met
STANDINGS = {
    "kept": "within the limit as assumed",
    "broken": "beyond the limit as assumed",
    "broken_regardless": "beyond the limit at any churn",
    "out_of_reach": "no churn reaches the limit",
    "nobody": "no accounts in it",
}
WINDOWS = {
    "trailing_12": "last 12 months",
    "trailing_3": "last 3 months",
    "first_bill": "first bill",
    "next_12": "12 months from the move",
}
# as verdicts name them; a card has no room for more
SHORT_WINDOWS = WINDOWS | {"next_12": "next 12 months"}
UPTAKES = {"all": "Everybody, at renewal", "opt_in": "Who pays less", "new_only": "New customers"}
RELIEFS = {"hard_cap": "Monthly cap", "soft_cap": "Soft cap", "credit": "Credit"}
RELIEF_LEVELS = {
    "hard_cap": "the largest rise of a month",
    "soft_cap": "the rise from which a part is billed",
    "credit": "the credit given once",
}
LIMITS = {
    "shock": "bill shock",
    "churn": "extra churn",
    "revenue": "revenue",
    "margin": "margin",
}
GRADES = {
    "grade_data": "Data",
    "grade_coverage": "Coverage",
    "grade_sample": "Sample",
    "grade_assumptions": "Assumptions",
}


def signal(name: str) -> str:
    return SIGNALS.get(name, words(name))


def cause(name: str) -> str:
    return CAUSES.get(name, words(name))


def verdict(name: str) -> str:
    return VERDICTS.get(name, words(name).upper())


def segment(name: str) -> str:
    return ALL_SEGMENTS if name == "all" else name


def reason(name: str | None) -> str | None:
    """Why an account is not in a wave; None if it is."""
    return None if name is None else WAVE_REASONS.get(name) or bill_reason(name)


def bill_reason(name: str) -> str:
    """Why an account has no bill to compare."""
    return BILL_REASONS.get(name, words(name).lower())


def wave_status(name: str) -> str:
    return WAVE_STATUSES.get(name, words(name).lower())


def figure(name: str) -> str:
    return FIGURES.get(name, words(name))


def limits(names: str) -> str:
    """Broken limits, which the marts separate by commas."""
    listed = [name for name in names.split(",") if name]
    return ", ".join(LIMITS.get(name, words(name).lower()) for name in listed) or "none"


def reading(name: str) -> str:
    return READINGS.get(name, words(name))


def topic(name: str) -> str:
    return TOPICS.get(name, words(name))


def window(name: str) -> str:
    """The months by which a proposal is judged, as a table calls them."""
    text = WINDOWS.get(name, words(name))
    return f"{text[:1].upper()}{text[1:]}"


def standing(name: str) -> str:
    return STANDINGS.get(name, words(name).lower())
