"""Surveys, trials, features and churn around a change of plan, read from the exports."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from tests.metrics.arithmetic import ratio
from tests.metrics.exports import Company, Row, later
from tests.metrics.seats import Seats

SCALES = {"nps": (0, 10), "csat": (1, 5), "pricing_fit": (1, 5)}


def slices_of(company: Company, account_id: str) -> list[tuple[str, str]]:
    """The slices that an account counts in, as it is today."""
    account = company.accounts[account_id]
    today = company.day(company.as_of)
    return [
        ("all", "all"),
        ("segment", account["segment"]),
        ("region", account["region"]),
        ("plan", company.plan(account_id, today)),
    ]


def survey_scores(company: Company) -> dict[tuple[str, str, str, date], tuple[object, ...]]:
    """Scores of the answers of twelve months, where there are any."""
    answers: dict[tuple[str, str, str, date], list[Row]] = defaultdict(list)
    for row in company.survey_responses:
        low, high = SCALES[row["kind"]]
        assert low <= row["score"] <= high
        month = company.day(row["responded_at"]).replace(day=1)
        for slice_, value in slices_of(company, row["account_id"]):
            for ahead in range(12):
                shown = later(month, ahead)
                if shown <= company.months[-1]:
                    answers[slice_, value, row["kind"], shown].append(row)
    found: dict[tuple[str, str, str, date], tuple[object, ...]] = {}
    for key, rows in answers.items():
        scores = [row["score"] for row in rows]
        if key[2] == "nps":
            over = sum(score >= 9 for score in scores) - sum(score < 7 for score in scores)
            result = ratio(100 * over, len(scores))
        else:
            result = ratio(sum(score >= 4 for score in scores), len(scores))
        in_month = sum(company.day(row["responded_at"]).replace(day=1) == key[3] for row in rows)
        accounts = len({row["account_id"] for row in rows})
        found[key] = (len(rows), in_month, accounts, result, ratio(sum(scores), len(scores)))
    return found


def trials(company: Company, seats: Seats) -> dict[str, tuple[object, ...]]:
    """Start of every trial, first human action since and first charge since, with what became."""
    charged: dict[str, list[date]] = defaultdict(list)
    for row in company.invoice_lines:
        if row["line_type"] != "tax" and row["amount"] > 0:
            charged[row["account_id"]].append(company.day(row["issued_at"]))
    acted: dict[str, set[date]] = defaultdict(set)
    for (account, _), days in seats.active_days.items():
        acted[account] |= days
    found: dict[str, tuple[object, ...]] = {}
    for account, row in company.accounts.items():
        if not row["trial_started_at"]:
            continue
        began = company.day(company.in_time(row["trial_started_at"]))
        action = min((day for day in acted[account] if day >= began), default=None)
        charge = min((day for day in charged[account] if day >= began), default=None)
        found[account] = (
            *(row["segment"], began, action, charge),
            *((day - began).days if day else None for day in (action, charge)),
            "charged" if charge else "acted" if action else "started",
        )
    return found


def family(company: Company, account_id: str) -> str:
    """Plan family of an account today."""
    plan_id = company.plan(account_id, company.day(company.as_of))
    if plan_id == "unknown":
        plan_id = company.accounts[account_id].get("plan_id", "")
    return company.plans[plan_id]["family"] if plan_id in company.plans else "unknown"


def funnel(
    company: Company, rows: dict[str, tuple[object, ...]]
) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Trials by segment, plan family and month of their start, and how many went on."""
    grouped: dict[tuple[str, str, str], list[tuple[object, ...]]] = defaultdict(list)
    for account, row in rows.items():
        for segment in ("all", str(row[0])):
            for of_family in ("all", family(company, account)):
                for period in ("all", str(row[1])[:7]):
                    grouped[segment, of_family, period].append(row)
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for key, of_key in grouped.items():
        acted = [row for row in of_key if row[2] is not None]
        charged = [row for row in of_key if row[3] is not None]
        both = [row for row in acted if row[3] is not None and str(row[3]) >= str(row[2])]
        found[key] = (
            *(len(of_key), len(acted), len(both), len(charged)),
            *(ratio(len(acted), len(of_key)), ratio(len(charged), len(of_key))),
            *(middle(row[4] for row in acted), middle(row[5] for row in charged)),
        )
    return found


def middle(values: Iterator[object]) -> int | None:
    """The ceil(n ÷ 2)-th of some whole numbers."""
    ordered = sorted(int(str(value)) for value in values)
    return ordered[-(-len(ordered) // 2) - 1] if ordered else None


def adoption(company: Company) -> dict[tuple[str, str, str, date], tuple[object, ...]]:
    """Who uses a feature in a month, who comes to it and who leaves it, by slice."""
    used: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    working: dict[tuple[str, str, date], set[str]] = defaultdict(set)
    slices = {account: slices_of(company, account) for account in company.accounts}
    for work in company.usage:
        month = work.day.replace(day=1)
        for slice_, value in slices[work.account_id]:
            working[slice_, value, month].add(work.account_id)
        if work.feature:
            used[work.account_id, work.feature, ""].add(month)
            if work.user_id:
                used[work.account_id, work.feature, work.user_id].add(month)
    counts: dict[tuple[str, str, str, date], Counter[str]] = defaultdict(Counter)
    named: set[str] = set()
    for (account, feature, user), months in used.items():
        kind = "users" if user else "accounts"
        named |= {feature} if user else set()
        for month in months:
            after = later(month, 1)
            for slice_, value in slices[account]:
                own = counts[slice_, value, feature, month]
                own[kind] += 1
                own[f"entering_{kind}"] += later(month, -1) not in months
                own[f"new_{kind}"] += month == min(months)
                if after not in months:
                    counts[slice_, value, feature, after][f"leaving_{kind}"] += 1
    found: dict[tuple[str, str, str, date], tuple[object, ...]] = {}
    for (slice_, value, feature, month), own in counts.items():
        if month > company.months[-1]:
            continue
        accounts = len(working.get((slice_, value, month), set()))
        found[slice_, value, feature, month] = (
            *(accounts, own["accounts"], own["entering_accounts"], own["new_accounts"]),
            *(own["leaving_accounts"], ratio(own["accounts"], accounts)),
            *(
                own[name] if feature in named else None
                for name in ("users", "entering_users", "new_users", "leaving_users")
            ),
        )
    return found
