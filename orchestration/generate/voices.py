"""Support tickets and survey answers."""

from collections.abc import Iterator
from datetime import date, timedelta

from orchestration.generate.accounts import Account
from orchestration.generate.calendar import Window, stamp, utc
from orchestration.generate.draws import Draws

TICKETS = ("ticket_id", "account_id", "created_at", "tags", "topic", "csat")
ANSWERS = ("response_id", "account_id", "responded_at", "kind", "score")

# topic, tags, weight among tickets that are not about prices
TOPICS = (
    (("integration", "api;setup"), 0.35),
    (("quality", "answers;tone"), 0.30),
    (("access", "login;sso"), 0.20),
    (("reporting", "export;dashboard"), 0.15),
)
MONEY = (
    (("billing", "billing;invoice"), 0.55),
    (("pricing", "pricing;seats"), 0.30),
    (("billing", "billing;proration"), 0.15),
)


def tickets(account: Account, window: Window, seed: int) -> Iterator[list[object]]:
    """Rows of support_tickets; accounts with idle seats ask about prices slightly more often."""
    draws = Draws(seed, "tickets", account.number)
    money = 0.045 if account.segment.name == "smb_ai" else 0.025
    number = 0
    for day in _months_lived(account, window):
        asked = [draws.weighted(TOPICS)] if draws.chance(0.28) else []
        if draws.chance(money):
            asked.append(draws.weighted(MONEY))
        for topic, tags in asked:
            number += 1
            at = utc(
                day + timedelta(days=draws.whole(0, 27)), draws.whole(7, 20), draws.whole(0, 59)
            )
            score = draws.whole(2, 5) if draws.chance(0.6) else None
            if at < window.as_of:
                ticket = f"tk-{account.number:04d}-{number:03d}"
                yield [ticket, account.account_id, stamp(at), tags, topic, score]


def answers(account: Account, window: Window, seed: int) -> Iterator[list[object]]:
    """Rows of survey_responses: NPS twice a year, sometimes satisfaction or pricing fit."""
    draws = Draws(seed, "surveys", account.number)
    number = 0
    for month, day in enumerate(_months_lived(account, window)):
        asked: list[tuple[str, int]] = []
        if month % 6 == 3 and draws.chance(0.55):
            asked.append(("nps", draws.whole(5, 10)))
        if draws.chance(0.05):
            asked.append(("csat", draws.whole(3, 5)))
        if month % 12 == 8 and draws.chance(0.4):
            worst = 1 if account.segment.name == "smb_ai" else 2
            asked.append(("pricing_fit", draws.whole(worst, 5)))
        for kind, score in asked:
            number += 1
            at = utc(day + timedelta(days=draws.whole(0, 27)), draws.whole(9, 17))
            if at < window.as_of:
                answer = f"sr-{account.number:04d}-{number:03d}"
                yield [answer, account.account_id, stamp(at), kind, score]


def _months_lived(account: Account, window: Window) -> Iterator[date]:
    """First day of each calendar month that a contract covers from its start."""
    for month in range(window.months):
        first = window.month(month)
        if any(
            one.start < first and (one.end is None or window.month(month + 1) <= one.end)
            for one in account.subscriptions
        ):
            yield first
