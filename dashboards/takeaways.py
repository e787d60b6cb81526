"""The one sentence at the top of each page: a template and its numbers, nothing else.

Every function takes figures as the marts have them (Decimal, None where not available) and
returns at most about thirty words of plain text.
"""

from datetime import date

from dashboards.data.tables import Row
from dashboards.formatting import (
    amount,
    count,
    day,
    headline,
    measure,
    month,
    number,
    percent,
    plural,
    round_percent,
    span,
    words,
)
from dashboards.labels import PROJECTION_REASONS, bill_reason, limits
from dashboards.labels import segment as segment_name
from dashboards.labels import signal as label


def billed_in(currency: str, sentence: str) -> str:
    """Say that a sentence is about accounts billed in one currency; currency: or "all"."""
    return sentence if currency == "all" else f"Billed in {currency}: {sentence}"


def decision(row: Row | None) -> str:
    """The verdict's own sentence."""
    if row is None:
        return "No closed month has a verdict yet."
    return str(row["sentence"])


def beside(row: Row, proposal: str) -> str:
    """Whose figures are shown next to a verdict; row: a verdict with a proposal's figures."""
    if row["shown_scenario_id"] is None:
        return (
            f"{proposal} is not proposed to {segment_name(row['segment'])}, so there are no "
            "figures."
        )
    broken = " and ".join(limits(row["broken_limits"]).rsplit(", ", 1))
    limits_kept = "keeps the limits" if row["keeps_limits"] else f"breaks {broken}"
    if row["is_named"]:
        return f"Figures are for {proposal}, which the verdict names; it {limits_kept}."
    named = row["scenario_name"] or "no proposal"
    return f"Figures are for {proposal}, which {limits_kept}; the verdict names {named}."


def weakest(link: str) -> str:
    """The weakest grade in a few words: "weakest: coverage"."""
    grade = link.split(":")[0].strip().lower()
    return "all four grades high" if grade == "none" else f"weakest: {grade[:20]}"


def weakest_link(link: str) -> str:
    """The weakest grade and why, as a sentence."""
    return "All four grades are high." if link.startswith("none:") else f"Weakest: {link}"


def utilization(rate: Row | None, idle: list[Row], currency: str, days: str = "") -> str:
    """rate: row of the month; idle: money by segment, the largest first; days: "7 days"."""
    if rate is None:
        return "No closed month has billable seats yet."
    if rate["value"] is None:
        return f"Seat utilization is not available: {rate['reason'] or 'no usage names a user'}."
    when = f"the last {days} of {month(rate['month'])}" if days else month(rate["month"])
    text = f"{percent(rate['value'])} of the seats paid for were used in {when}"
    paid = [row for row in idle if row["idle_amount"]]
    if not paid:
        return f"{text}; no money went to idle seats."
    total = sum(row["idle_amount"] for row in paid)
    text += f"; idle seats cost {headline(total, currency)} that month"
    if len(paid) == 1:
        return f"{text}."
    return f"{text}, most of it in {paid[0]['segment']} ({headline(paid[0]['idle_amount'])})."


def cohorts(trailing: Row | None, latest: Row | None, currency: str) -> str:
    """trailing: twelve-month retention; latest: movements of the latest closed month."""
    parts = []
    if trailing is not None and trailing["nrr"] is not None:
        parts.append(
            f"Over twelve months NRR is {percent(trailing['nrr'])} "
            f"and GRR {percent(trailing['grr'])}"
        )
    if latest is not None:
        change = latest["closing"] - latest["previous_closing"]
        moved = f"{headline(change, sign=True)} in the month" if change else "unchanged"
        parts.append(
            f"MRR closed {month(latest['month'])} at {headline(latest['closing'], currency)} "
            f"({moved})"
        )
    return "; ".join(parts) + "." if parts else "No closed month has recurring revenue yet."


def gains(row: Row) -> str:
    """row: a verdict with its twenty equally likely outcomes; empty if none are published."""
    if not row["outcomes"]:
        return ""
    if row["gains"] == row["outcomes"]:
        return f"Revenue rises in all {number(row['outcomes'])} simulations"
    return f"Revenue rises in {number(row['gains'])} of {number(row['outcomes'])} simulations"


def bill_shock(
    real: Row | None,
    proposed: Row | None,
    effect: Row | None = None,
    currency: str = "",
    until: str = "",
) -> str:
    """real: invoiced rates of the latest month; proposed: the chosen proposal's share.

    effect: the row of fct_cap_effects for the chosen relief, if one can be tried. until: the last
    month that the page shows, written as 2026-10: a later one than that of `real` is still open.
    """
    is_real = real is not None and real["baseline_bills"]
    if effect is not None:
        left = effect["shocked_after"]
        text = (
            f"Shock rate {percent(effect['shock_share_before'])} → "
            f"{percent(effect['shock_share_after'])} with {_relief(effect)}, costing "
            f"{headline(effect['monthly_cost'], currency)} a month; {number(left)} of "
            f"{plural(effect['accounts'], 'account')} {'remains' if left == 1 else 'remain'}."
        )
        if real is None or not is_real:
            return text
        return (
            f"{text} Real bills: {percent(real['shock_rate'])} shocked in {_closed(real, until)}."
        )
    parts = []
    if real is not None and is_real:
        parts.append(
            f"{count(real['shocks'])} of {plural(real['baseline_bills'], 'real bill')} "
            f"({percent(real['shock_rate'])}) shocked in {_closed(real, until)}"
        )
    if proposed is not None and proposed["shock_share"] is not None:
        parts.append(
            f"migrating to {proposed['scenario_name']} would shock "
            f"{percent(proposed['shock_share'])} of {plural(proposed['accounts'], 'account')}"
        )
    if not parts:
        return "No bill has two usual months before it yet, so none can be called a shock."
    text = "; ".join(parts) + "."
    return text[:1].upper() + text[1:]


def _closed(real: Row, until: str) -> str:
    """The month of a rate, and that a later one is still open: "Sep 2026 (Oct 2026 is open)"."""
    if until <= str(real["month"])[:7]:
        return month(real["month"])
    return f"{month(real['month'])} ({month(until)} is still open)"


def bill_shock_in(
    billed: str, real: Row | None, proposed: Row | None, effect: Row | None = None
) -> str:
    """The same with real bills of one currency; all other figures are for all currencies."""
    parts = [f"No bill in {billed} has two usual months before it yet"]
    if real is not None and real["baseline_bills"]:
        parts = [
            f"{count(real['shocks'])} of {plural(real['baseline_bills'], 'real bill')} in {billed} "
            f"({percent(real['shock_rate'])}) shocked in {month(real['month'])}"
        ]
    if effect is not None:
        parts.append(
            f"in all currencies, {_relief(effect)} takes the shock rate from "
            f"{percent(effect['shock_share_before'])} to {percent(effect['shock_share_after'])}"
        )
    elif proposed is not None and proposed["shock_share"] is not None:
        parts.append(
            f"in all currencies, migrating to {proposed['scenario_name']} would shock "
            f"{percent(proposed['shock_share'])} of {plural(proposed['accounts'], 'account')}"
        )
    text = "; ".join(parts) + "."
    return text[:1].upper() + text[1:]


def relief(effect: Row, currency: str) -> str:
    """effect: a row of fct_cap_effects."""
    text = _relief(effect)
    helped = effect["shocked_before"] - effect["shocked_after"]
    return (
        f"{text[:1].upper()}{text[1:]} spares {number(helped)} of "
        f"{plural(effect['shocked_before'], 'shocked account')} for "
        f"{headline(effect['monthly_cost'], currency)} a month"
    )


def months_rise(months: int) -> str:
    """3 → "3 months' rise"."""
    return "1 month's rise" if months == 1 else f"{number(months)} months' rise"


def _relief(effect: Row) -> str:
    """A kind of relief and its level in a few words."""
    if effect["relief"] == "credit":
        return f"a credit of {months_rise(effect['credit_months'])}"
    rise = percent(effect["cap_ratio"], 0)
    return f"a soft cap at +{rise}" if effect["relief"] == "soft_cap" else f"a {rise} monthly cap"


def shadow_billing(effect: Row | None, currency: str, *, is_tried: bool = False) -> str:
    """effect: the proposal's row of fct_segment_scenarios, or what a what-if says in its place."""
    if effect is None or effect["revenue_change"] is None:
        return "No account has three closed months under both models yet."
    change = effect["proposed_reporting"] - effect["current_reporting"]
    within = span(effect["revenue_change_low"], effect["revenue_change_high"])
    billed = headline(change, currency, sign=True)
    return (
        f"{'What-if: over' if is_tried else 'Over'} twelve months {effect['scenario_name']} "
        f"would bill {billed} "
        f"({percent(effect['revenue_change'], sign=True)}"
        f"{f'; 80 % range {within}' if within else ''}): "
        f"{number(effect['winner_count'])} of {plural(effect['accounts'], 'account')} "
        f"{'pays' if effect['winner_count'] == 1 else 'pay'} less, "
        f"{number(effect['loser_count'])} more."
    )


def account(name: str, bill: Row | None, causes: list[Row]) -> str:
    """bill: one month under the proposal; causes: label and difference, any order."""
    if bill is None:
        return f"{name} has no bill to compare."
    if not bill["is_available"] or bill["difference"] is None:
        # a sentence names the quarantined rows and the file to correct; older snapshots have none
        if bill.get("sentence"):
            return f"{name} cannot be billed under this proposal. {bill['sentence']}"
        why = bill_reason(bill["reason"]) if bill["reason"] else "it has no current bill"
        return f"{name} cannot be billed under this proposal: {why}."
    currency = bill["currency"]
    text = (
        f"{name} would pay {amount(bill['amount'], currency)} instead of "
        f"{amount(bill['current_amount'], currency)} {currency} "
        f"({amount(bill['difference'], currency, sign=True)})"
    )
    moved = sorted(
        (row for row in causes if row["difference"]), key=lambda row: -abs(row["difference"])
    )
    if not moved:
        return f"{text}."
    reasons = ", ".join(
        f"{amount(row['difference'], currency, sign=True)} {row['label'].lower()}"
        for row in moved[:2]
    )
    return f"{text}: {reasons}{', and smaller ones' if len(moved) > 2 else ''}."


def economics(
    found: dict[str, Row], currency: str, heavy: Row | None = None, proposal: str = ""
) -> str:
    """found: figures of the latest closed month by metric; heavy: the accounts that cost most.

    Too few heavy accounts are not mentioned.
    """
    margin, cost = found.get("gross_margin"), found.get("cost_to_serve")
    exposed, leakage = found.get("exposed_share"), found.get("discount_leakage")
    if margin is None:
        return "No closed month has figures yet."
    when = month(margin["month"])
    if heavy is not None and not heavy["is_small"] and heavy["current_margin_ratio"] is not None:
        text = _heavy(heavy, proposal)
        if margin["value"] is None:
            return f"{text}."
        return f"{text}; gross margin of {when}: {percent(margin['value'])}."
    parts = []
    if margin["value"] is not None:
        parts.append(f"Gross margin was {percent(margin['value'])} in {when}")
        if cost is not None and cost["value"] is not None:
            parts[0] += f" at {headline(cost['value'], currency)} cost to serve"
    else:
        parts.append(f"Margin in {when} is not available ({margin['reason'] or 'no revenue'})")
    if exposed is not None and exposed["value"] is not None:
        verb = "costs more than it pays" if exposed["numerator"] == 1 else "cost more than they pay"
        parts.append(
            f"{number(exposed['numerator'])} of {plural(exposed['accounts'], 'account')} {verb}"
        )
    if leakage is not None and leakage["value"] is not None:
        parts.append(f"{percent(leakage['value'])} of list price went to discounts")
    return "; ".join(parts) + "."


def _heavy(heavy: Row, proposal: str) -> str:
    share = round_percent(heavy["heavy_account_share"])
    text = (
        f"Heavy users (top {share}, {plural(heavy['accounts'], 'account')}) have "
        f"{percent(heavy['current_margin_ratio'])} margin today"
    )
    if heavy["proposed_margin_ratio"] is None:
        return text
    return f"{text}, {percent(heavy['proposed_margin_ratio'])} under {proposal}"


def economics_at(version: Row | None, rates_from: date, currency: str) -> str:
    """version: the latest closed month at one version of the cost table."""
    since = f"At the cost rates from {day(rates_from)}"
    if version is None:
        return f"{since} no closed month has a margin."
    when = month(version["month"])
    if version["value"] is None:
        return f"{since} the margin of {when} is not available: {version['reason']}."
    text = f"{since} gross margin in {when} would have been {percent(version['value'])}"
    if version["as_it_was"] is not None:
        text += f", not {percent(version['as_it_was'])}"
    return f"{text}, at {headline(version['cost'], currency)} cost to serve."


def sample(name: str, accounts: int | None, least: int) -> str:
    """A note if a segment is too small to draw conclusions; empty if it is not."""
    if accounts is None or accounts >= least:
        return ""
    return (
        f"{segment_name(name)} has fewer than {least} accounts: its rates are too uncertain to "
        "decide anything."
    )


def triggers(
    segment: str,
    signals: list[Row],
    is_trigger: bool | None,
    nearest: Row | None,
    currency: str,
) -> str:
    """signals: latest month; nearest: the part of fct_signal_parts that is closest to firing."""
    if not signals:
        return "No closed month has signals yet."
    available = [row for row in signals if row["is_available"]]
    if not available:
        return f"No signal is available for {segment_name(segment)}: {signals[0]['reason']}."
    on = [row for row in available if row["state"] == "on"]
    holds = "cannot be judged" if is_trigger is None else "holds" if is_trigger else "does not hold"
    text = (
        f"{number(len(on))} of {plural(len(available), 'signal')} "
        f"{'is' if len(on) == 1 else 'are'} on for {segment_name(segment)}; "
        f"the migration trigger {holds}"
    )
    if nearest is None:
        return f"{text}."
    if nearest["is_over"]:
        return f"{text}; {label(nearest['metric'])} is over its line but not yet for enough months."
    now = measure(nearest["value"], nearest["unit"], currency)
    line = measure(nearest["next_line"], nearest["unit"], currency)
    distance = "right at its line" if now == line else f"{now} against {line}"
    return f"{text}; nearest to firing: {label(nearest['metric'])}, {distance}."


def timing(proposal: str, waves: list[Row], stayed: Row, currency: str) -> str:
    """waves: in order, with accounts and mrr; stayed: counts of locked, left_out and excluded."""
    if not proposal:
        return "No proposal is rated yet, so no account has a date to move."
    staying = [
        f"{number(stayed[key])} {word}"
        for key, word in (
            ("locked", "locked by contract"),
            ("left_out", "left out"),
            ("excluded", "excluded"),
        )
        if stayed.get(key)
    ]
    if not waves:
        why = f": {' and '.join(staying)}" if staying else ""
        return f"No account moves to {proposal} this way{why}."
    first = waves[0]
    total = sum(row["accounts"] for row in waves)
    text = f"Wave 1 moves {plural(first['accounts'], 'account')} in {month(first['month'])}"
    if first["mrr"] is not None:
        text += f" ({headline(first['mrr'], currency)} MRR)"
    if len(waves) > 1:
        text += (
            f"; {number(total)} move in {number(len(waves))} waves by {month(waves[-1]['month'])}"
        )
    return f"{text}; {', '.join(staying)}." if staying else f"{text}."


def data_health(counts: Row, quality: Row | None, *, is_stale: bool) -> str:
    """counts: sums over fct_export_health; quality: fct_segment_quality of all accounts."""
    if not counts.get("rows_read"):
        return "No export has been read yet."
    text = (
        f"{number(counts['present'])} of {plural(counts['exports'], 'export')} "
        f"{'is' if counts['present'] == 1 else 'are'} present; "
        f"{number(counts['quarantined'])} of {plural(counts['rows_read'], 'row')} "
        f"{'is' if counts['quarantined'] == 1 else 'are'} quarantined"
    )
    if counts["refused"]:
        text += f" and {plural(counts['refused'], 'file')} refused"
    if counts["gap_months"]:
        text += f"; {plural(counts['gap_months'], 'closed month')} without rows"
    if quality is not None and quality["accuracy"] is not None:
        text += f"; re-rated bills agree with {percent(quality['accuracy'], 2)} of the amounts"
    return f"{text}; the data is stale." if is_stale else f"{text}."


def definitions(
    found: int,
    kind: str,
    text: str,
    price_version: str,
    thresholds: list[Row],
    changed: Row | None = None,
) -> str:
    """found: terms shown; thresholds: those in force for the segment; changed: their last change.

    If a definition has changed, the sentence is about the change.
    """
    own = sum(bool(row["is_own_row"]) for row in thresholds)
    asked = f" for “{text}”" if text else ""
    named = "terms" if kind == "All" else kind.lower()
    named = named.rstrip("s") if found == 1 else named
    shown = f"{number(found)} {named}{asked}" if found else f"Nothing{asked} among the {named}"
    if changed is not None:
        return (
            f"{changed['name']} v{changed['version']} since {day(changed['changed_on'])}: "
            f"{_as_clause(changed['change'])}; {shown}."
        )
    if not thresholds:
        return f"{shown}; no threshold is in force."
    text = f"{shown}; price book {price_version}; {plural(len(thresholds), 'threshold')} in force"
    if own:
        text += f", {number(own)} by {'a row' if own == 1 else 'rows'} for this segment"
    return f"{text}."


def _as_clause(sentence: str) -> str:
    """A sentence as part of another: "A price cuts it." → "a price cuts it"."""
    keeps = sentence[1:2].isupper()  # MRR
    return (sentence if keeps else sentence[:1].lower() + sentence[1:]).rstrip(".")


def projection(proposal: str, current: Row, proposed: Row, currency: str) -> str:
    """current and proposed: rows of fct_projections at one horizon, the same row without one."""
    until = f"{plural(current['month_ahead'], 'month')} up to {month(current['month'])}"
    today = headline(current["revenue_to_date"], currency)
    if current["revenue_to_date"] is None:
        return f"The {until} are not projected: {why_not_projected(current)}."
    if proposed is current or not proposal:
        return (
            f"Over the {until} today's model bills {today}{_range(current, currency)}; "
            "the verdict names no proposal."
        )
    if proposed["revenue_to_date"] is None:
        return (
            f"Over the {until} today's model bills {today}; the proposal is not projected: "
            f"{why_not_projected(proposed)}."
        )
    text = (
        f"Over the {until} {proposal} bills {headline(proposed['revenue_to_date'], currency)}"
        f"{_range(proposed, currency)}, today's model {today}{_range(current, currency)}"
    )
    left_out = proposed["accounts_left_out"]
    return f"{text}; {plural(left_out, 'account')} left out." if left_out else f"{text}."


def _range(row: Row, currency: str) -> str:
    """The 80 % interval of a projection, in brackets; empty if there is none."""
    if row["revenue_to_date_low"] is None:
        return ""
    low = headline(row["revenue_to_date_low"], currency)
    high = headline(row["revenue_to_date_high"], currency)
    wider = ", wider beyond twelve months" if row["interval_note"] else ""
    return f" (80 %: {low} to {high}{wider})"


def accuracy(row: Row) -> str:
    """row: one horizon of fct_forecast_accuracy."""
    ahead = plural(row["horizon_months"], "month")
    if not row["origins"]:
        return "No projection could be compared with bills yet: that takes seven closed months."
    text = (
        f"Past projections of {ahead} were {percent(row['median_error'])} off, by the median "
        f"({plural(row['origins'], 'comparison')})"
    )
    if row["coverage_80"] is None:
        return f"{text}; no past interval could be checked yet."
    return (
        f"{text}; {percent(row['coverage_80'], 0)} of {number(row['coverage_origins'])} intervals "
        "of 80 % contained what was billed."
    )


def standing_still(listed: list[Row], currency: str) -> str:
    """listed: rows of fct_standing_still of a segment, the shorter horizon first."""
    year, two_years = listed[0], listed[-1]
    if year["difference"] is None:
        return f"The cost of standing still is not projected: {why_not_projected(year)}."
    within = span(year["change_low"], year["change_high"])
    return (
        f"Standing still changes revenue by {headline(year['difference'], currency, sign=True)} "
        f"over the next {year['horizon_months']} months compared with the last 12 "
        f"({percent(year['change'], sign=True)}; 80 %: {within}), and by "
        f"{headline(two_years['difference'], currency, sign=True)} over "
        f"{two_years['horizon_months']} months compared with twice the last 12."
    )


def why_not_projected(row: Row | None) -> str:
    """Why a figure ahead is not available, in a few words; row: None if there is none at all."""
    if row is None:
        return "nothing is projected"
    reason = str(row["reason"] or "no bills")
    return PROJECTION_REASONS.get(reason, words(reason).lower())


def tornado(largest: Row, currency: str) -> str:
    """largest: the row of fct_assumption_effects with the largest effect."""
    names = {"churn": "Extra churn", "usage": "Usage response", "adoption": "Adoption"}
    return (
        f"{names.get(largest['assumption'], largest['assumption'])} has the largest effect: "
        f"{headline(largest['effect'], currency, sign=True)} "
        f"({percent(largest['effect_ratio'], sign=True)}) in its {largest['assumption_case']} case"
    )


def usage_answer(proposal: str, row: Row, answer: str, currency: str) -> str:
    """row: one usage response with the revenue of the next twelve months; answer: its name."""
    if row["revenue"] is None:
        return (
            f"The next twelve months under {proposal} are not available: {why_not_projected(row)}."
        )
    if not row["answering_accounts"]:
        return (
            f"{proposal} raises no unit price by a band of usage_response.csv, so no usage "
            "response applies."
        )
    billed = headline(row["revenue"], currency)
    who = plural(row["answering_accounts"], "account has", "accounts have")
    text = f"{answer}: {proposal} bills {billed} over the next twelve months"
    if row["effect"] is not None:
        text += (
            f", {headline(row['effect'], currency, sign=True)} "
            f"({percent(row['effect_ratio'], sign=True)}) against the plan"
        )
    return f"{text}; {who} usage that gets more expensive."


def lab(name: str, judged: Row | None, flip: Row | None) -> str:
    """name: the proposal; judged: a segment's published figures and limits under it, if any.

    flip: the band of rising bills whose churn is nearest to the limit, if any.
    """
    if judged is None or judged["revenue_change"] is None:
        return f"Change a price of {name} to see what it would have billed."
    broken = " and ".join(limits(judged["broken_limits"]).rsplit(", ", 1))
    if judged["keeps_limits"]:
        if flip is None:
            return f"{name} keeps the limits, whatever churn is assumed for any one band."
        return (
            f"{name} keeps the limits; that of churn breaks if churn among accounts "
            f"{_band(flip)} exceeds {_churn(flip)}."
        )
    if judged["broken_limits"] == "churn" and flip is not None:
        return (
            f"{name} breaks {broken}; it keeps the limits if churn among accounts {_band(flip)} "
            f"is at most {_churn(flip)}."
        )
    within = span(judged["revenue_change_low"], judged["revenue_change_high"])
    return (
        f"{name} breaks {broken}, whatever churn is assumed for any one band: revenue "
        f"{percent(judged['revenue_change'], sign=True)}{f' (80 %: {within})' if within else ''}, "
        f"{percent(judged['shock_share'])} shocked."
    )


def lab_tried(name: str, measured: Row | None, flip: Row | None, changes: int) -> str:
    """measured: a segment's figures after the changes, if any account is judged; flip: as above."""
    tried = plural(changes, "change")
    if measured is None or measured["revenue_change"] is None:
        return f"With {tried}, {name} bills no account of this segment over enough closed months."
    winners = measured["winner_count"]
    text = (
        f"With {tried}, {name} bills {percent(measured['revenue_change'], sign=True)}, shocks "
        f"{percent(measured['shock_share'])}: {number(winners)} "
        f"{'pays' if winners == 1 else 'pay'} less, {number(measured['loser_count'])} more"
    )
    if flip is None:
        return f"{text}."
    # true whether the limit is kept or broken
    return f"{text}; churn limit breaks beyond {_churn(flip)} for rises {_band(flip)}."


def _band(flip: Row) -> str:
    """A band of rising bills, in words."""
    over, end = (
        percent(flip[name], 0, sign=True) for name in ("increase_over", "next_increase_over")
    )
    return f"above {over}" if flip["next_increase_over"] is None else f"from {over} to {end}"


def _churn(flip: Row) -> str:
    return f"{percent(flip['critical_churn'])} (assumed {percent(flip['assumed_churn'])})"


def single_effect(largest: Row, together: Row | None, currency: str) -> str:
    """largest: the single change with the largest effect on revenue; together: all changes."""
    text = (
        f"{largest['change']} has the largest effect on its own: "
        f"{headline(largest['effect'], currency, sign=True)}"
    )
    if together is None or together["effect"] is None:
        return text
    return f"{text}; all changes together {headline(together['effect'], currency, sign=True)}"
