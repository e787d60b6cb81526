"""What the memo says: one sentence in money, the reasons and the risks.

Templates and the marts' numbers, as in `takeaways`: nothing is computed here.
"""

from decimal import Decimal

from dashboards.data.tables import Row
from dashboards.formatting import headline, month, number, percent, plural
from dashboards.formatting import points as points_of
from dashboards.labels import SHORT_WINDOWS, limits, window
from dashboards.labels import segment as segment_name
from dashboards.labels import signal as signal_name

MOVING = ("migrate", "pilot")
# the parts of the migration trigger
TRIGGER = ("automation_rising", "seat_growth_weak", "seats_idle", "expansion_weak")
MOST_POINTS = 3
# a cell of the matrix has one line: the windows in short, and up to this many limits by name
CELL_WINDOWS = {"first_bill": "first bill", "trailing_3": "last 3", "next_12": "next 12"}
MOST_NAMED = 2
GAIN_REASONS = {
    "no_year_projected": "no year after the move is projected",
    "no_churn_assumptions": "churn_assumptions.csv has no rows",
}
NOT_PROPOSED = "no proposal is named for the segment"


def gain(move: Row, currency: str) -> str:
    """The yearly gain with its 80 % interval: "+38k USD a year (80 %: +30k to +46k)"."""
    if move["yearly_gain"] is None:
        return f"its gain is not available ({why_no_gain(move)})"
    text = f"{headline(move['yearly_gain'], currency, sign=True)} a year"
    if move["yearly_gain_low"] is None:
        return text
    low, high = (headline(move[f"yearly_gain_{end}"], sign=True) for end in ("low", "high"))
    return f"{text} (80 %: {low} to {high})"


def why_no_gain(move: Row | None) -> str:
    """Why a proposal has no gain, in a few words."""
    if move is None:
        return NOT_PROPOSED
    return GAIN_REASONS.get(str(move["yearly_gain_reason"]), "no bills to project from")


def first_bills(move: Row) -> str:
    """Who is shocked by the first bill: "12 customers shocked on the first bill"."""
    if move["shocked"] is None:
        return "no first bill can be compared"
    return f"{plural(move['shocked'], 'customer')} shocked on the first bill"


def reversal(move: Row) -> str:
    """What would reverse a move: "reverses if churn of those rising 10 % to 25 % exceeds 3.8 %"."""
    if move["flip_critical_churn"] is None:
        return "no churn of a single group reverses it"
    over, end = move["flip_increase_over"], move["flip_next_increase_over"]
    if end is None:
        who = f"more than {percent(over, 0)}"
    else:
        who = f"{percent(over, 0)} to {percent(end, 0)}"
    return f"reverses if churn of those rising {who} exceeds {percent(move['flip_critical_churn'])}"


def sentence(verdict: Row, move: Row | None, gaps: list[Row], currency: str) -> str:
    """The decision in one sentence in money.

    verdict: the segment's row, with the relief that it names; move: the proposal that is shown;
    gaps: what would fix the data of the segment, the most MRR first.
    """
    who = segment_name(verdict["segment"])
    name = verdict["verdict"]
    if name == "hold_data":
        return f"No decision on {who} yet: {_next_for_data(verdict, gaps, currency)}"
    if move is None:
        return f"Leave {who} on today's model: no proposal can be judged yet."
    if name in MOVING:
        customers = f"{number(move['movers'])} {who} customers"
        start = f"from {month(move['first_move'])}"
        action = (
            f"Move {customers} to {move['scenario_name']} {start}"
            if name == "migrate"
            else f"Pilot {move['scenario_name']} with {customers} {start}"
        )
        return f"{action}: {gain(move, currency)}, {first_bills(move)}; {reversal(move)}."
    if name == "review":
        return (
            f"Pause moving {who}: customers who moved break a limit; "
            f"{move['scenario_name']} brings {gain(move, currency)}."
        )
    return _not_yet(who, verdict, move, currency)


def _not_yet(who: str, verdict: Row, move: Row, currency: str) -> str:
    text = f"Do not move {who} yet: {move['scenario_name']} brings {gain(move, currency)}"
    if not verdict["is_trigger"]:
        return f"{text}, and the signals do not call for a move."
    if move["keeps_every_window"]:
        return f"{text} and keeps the limits."
    broken = " and ".join(limits(move["broken_in_windows"]).rsplit(", ", 1))
    text = f"{text} but breaks the limits of {broken}"
    return f"{text}; {relief(verdict, currency)}." if verdict["relief"] else f"{text}."


def suggested(
    choice: str, verdict: Row, move: Row | None, still: Row | None, sentence: str, currency: str
) -> tuple[str, str]:
    """What the journal's form suggests: what was decided, and what is expected of it.

    choice: Approve (what the memo recommends), Defer or Pilot.
    """
    moving = gain(move, currency) if move else ""
    staying = ""
    if still is not None and still["difference"] is not None:
        rise = headline(still["difference"], currency, sign=True)
        staying = f"{rise} over the next 12 months by standing still"
    if choice == "Approve":
        return f"Approved: {sentence}", moving if verdict["verdict"] in MOVING else staying
    if choice == "Defer" or move is None:
        return f"{'Deferred' if choice == 'Defer' else choice}: {sentence}", staying
    who = segment_name(verdict["segment"])
    return f"Pilot: {move['scenario_name']} with {who}, {first_bills(move)}.", moving


def relief(verdict: Row, currency: str) -> str:
    """What the cheapest relief that keeps the limits is, and what it costs."""
    kind = verdict["relief"]
    if kind == "credit":
        what = f"a credit of {plural(verdict['relief_credit_months'], 'month')}' rise"
    elif kind == "grandfathering":
        what = "its own grandfathering"
    else:
        rise = percent(verdict["relief_cap_ratio"], 0, sign=True)
        what = f"a {'soft ' if kind == 'soft_cap' else ''}cap at {rise}"
    return f"{what} keeps them for {headline(verdict['relief_monthly_cost'], currency)} a month"


def _next_for_data(verdict: Row, gaps: list[Row], currency: str) -> str:
    """What to do about data that allows no verdict."""
    if not gaps:
        return f"{str(verdict['sentence']).partition(': ')[2] or verdict['sentence']}"
    first = gaps[0]
    worth = (
        f" ({headline(first['mrr_unlocked'], currency)} of MRR)" if first["mrr_unlocked"] else ""
    )
    return f"fix its data first{worth}. {first['fix']}"


def points(
    verdict: Row, move: Row | None, still: Row | None, signals: list[Row], currency: str
) -> tuple[list[str], list[str]]:
    """What speaks for moving and what against it, at most three each, the weightiest first.

    still: twelve months of fct_standing_still; signals: of the latest month.
    """
    for_it: list[str] = []
    against: list[str] = []
    if still is not None and still["difference"] is not None:
        text = (
            f"Standing still: {headline(still['difference'], currency, sign=True)} over the next "
            f"12 months ({percent(still['change'], sign=True)})"
        )
        (for_it if still["difference"] < 0 else against).append(text)
    if move is not None:
        _of_the_move(move, currency, for_it, against)
    firing = [row for row in signals if row["signal"] in TRIGGER and row["is_firing"]]
    judged = [row for row in signals if row["signal"] in TRIGGER and row["is_available"]]
    if verdict["is_trigger"] and firing:
        for_it.append(
            f"{number(len(firing))} of {number(len(judged))} trigger signals are on: "
            + ", ".join(signal_name(row["signal"]).lower() for row in firing)
        )
    elif verdict["is_trigger"] is not None:
        against.insert(0, "The signals do not call for a move: the migration trigger is off")
    if verdict["confidence"] != "high":
        grade = str(verdict["weakest_link"])
        against.append(f"Confidence {verdict['confidence']}: {grade}")
    return for_it[:MOST_POINTS], against[:MOST_POINTS]


def _of_the_move(move: Row, currency: str, for_it: list[str], against: list[str]) -> None:
    if move["keeps_every_window"]:
        for_it.append("Within limits in every window")
    elif move["broken_in_windows"]:
        against.append(
            f"Breaks the limits of {limits(move['broken_in_windows'])}; "
            f"{SHORT_WINDOWS.get(move['deciding_window'], window(move['deciding_window']))} decides"
        )
    if move["yearly_gain"] is not None:
        text = f"{move['scenario_name']}: {gain(move, currency)}"
        (for_it if move["yearly_gain"] > 0 else against).append(text)
    if move["simulations"]:
        rises, of = move["gains"], move["simulations"]
        many = f"all {number(of)}" if rises == of else f"{number(rises)} of {number(of)}"
        text = f"Revenue rises in {many} simulations"
        (for_it if rises == of else against).append(text)
    if move["worst_difference"]:
        against.append(
            f"First bill: {number(move['pay_more'])} of {number(move['first_bills'])} pay more, "
            f"{headline(move['pay_more_reporting'], currency)} in all; the worst "
            f"{worst(move, currency)}"
        )


def worst(move: Row, currency: str) -> str:
    """Whose first bill rises most, and by how much."""
    name = move["worst_account_name"] or move["worst_account_id"]
    rise = headline(move["worst_difference"], currency, sign=True)
    if move["worst_change"] is None:
        return f"{name} {rise}"
    return f"{name} {rise} ({percent(move['worst_change'], 0, sign=True)})"


def cell(move: Row | None) -> str:
    """A segment and proposal in the matrix: its gain, whether it keeps the limits, the window."""
    if move is None:
        return "not proposed"
    amount = "n/a" if move["yearly_gain"] is None else headline(move["yearly_gain"], sign=True)
    if move["is_small"]:
        return f"{amount} · too few accounts"
    decides = CELL_WINDOWS.get(move["deciding_window"], move["deciding_window"])
    if move["keeps_every_window"]:
        return f"{amount} ✓ · {decides}"
    broken = [name for name in str(move["broken_in_windows"]).split(",") if name]
    named = ", ".join(broken) if len(broken) <= MOST_NAMED else plural(len(broken), "limit")
    return f"{amount} ✗ {named} · {decides}"


def mix(listed: list[Row], currency: str) -> str:
    """The total of the best mix; listed: rows of fct_best_mix, `all` last."""
    total = listed[-1]
    if not total["moving_segments"]:
        return "Best mix: nobody moves. No segment has a proposal within the limits that gains."
    moving = ", ".join(
        f"{segment_name(row['segment'])} to {row['scenario_name']}"
        for row in listed[:-1]
        if row["moving_segments"]
    )
    low, high = (headline(total[f"yearly_gain_{end}"], sign=True) for end in ("low", "high"))
    return (
        f"Best mix: {moving}; the rest stay. "
        f"{headline(total['yearly_gain'], currency, sign=True)} a year (80 %: {low} to {high})."
    )


def bridged(listed: list[Row], currency: str) -> str:
    """The bridge's message: from what to what."""
    first, last = (headline(listed[end]["amount"]) for end in (0, -1))
    return f"{first} {currency} last year, {last} next year"


def signed(change: Decimal | None, unit: str, currency: str) -> str | None:
    """A metric's change in its own unit: points of a ratio, money, tickets; None if unknown."""
    if change is None:
        return None
    if unit == "ratio":
        return points_of(change)
    if unit == "money":
        return headline(change, currency, sign=True)
    return number(change, 1, sign=True)
