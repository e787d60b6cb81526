"""Monthly figures of segments, regions and plans that need more than sums of money and work."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from tests.metrics.activity import Activity
from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import is_billing
from tests.metrics.exports import MILLION, Work, later
from tests.metrics.retention import Retention
from tests.metrics.revenue import VERSIONS
from tests.metrics.segments import Segments, Sums, spearman

Key = tuple[str, str, date]
BANDS = ("unheld", "never_active", "idle_30", "idle_60", "idle_90")
# each figure that is a part of a whole; of those with a 2 both are doubled
SHARES: dict[str, tuple[str, str]] = {
    "utilization_7d": ("active_7", "seats_7"),
    "utilization_28d": ("active_28", "seats_28"),
    "light_user_share": ("light_users", "users"),
    "heavy_user_share": ("heavy_users", "users"),
    "work_per_active_seat": ("watched_work", "active_seats"),
    "revenue_per_seat": ("revenue_2", "seats_2"),
    "billing_tickets_per_100_accounts": ("tickets_100", "there"),
    "expansion_rate_with_usage": ("expansion", "opening"),
    "arpu_with_usage": ("revenue_2", "active_2"),
}
# each figure that is a sum, and what must be there for it to be one
SUMS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("mrr", "mrr_with_usage"), ("mrr", "active")),
    **dict.fromkeys(("accounts", "accounts_with_usage"), ("active", "active")),
    "billable_seats": ("end_seats", "end_seats"),
    "cost_to_serve": ("costs", "with_margin"),
    **{
        f"{band}_{unit}": (f"{band}_{unit}", "watched_seats")
        for band in (*BANDS, "surplus")
        for unit in ("seats", "amount")
    },
}
NAMES = {name for pair in (*SHARES.values(), *SUMS.values()) for name in pair}
RETAINED = ("nrr_12m", "grr_12m", "logo_retention_12m")


class Figures:
    """The demo bills no metered usage, so both versions of MRR are alike."""

    def __init__(self, segments: Segments, activity: Activity) -> None:
        self.segments, self.activity = segments, activity
        self.company, self.seats = segments.company, segments.seats

    def is_there(self, account_id: str, month: date) -> bool:
        """Whether the account is a customer on any day of the month."""
        contracts = self.company.contracts(account_id)
        churned_on = self.company.churned_on(account_id)
        return any(row["started_on"] < later(month, 1) for row in contracts) and (
            churned_on is None or churned_on > month
        )

    @cached_property
    def accounts(self) -> dict[tuple[str, date], Sums]:
        """What each account adds to its slices' month, with what Segments has of it."""
        found: dict[tuple[str, date], Sums] = defaultdict(lambda: defaultdict(Fraction))
        for key, own in self.segments.accounts.items():
            found[key].update(own)
        for account, month in self.seats.months:
            self.add_seats(found[account, month], account, month)
            if later(month, 1) <= self.company.months[-1]:
                found[account, later(month, 1)]["start_seats"] = Fraction(
                    self.seats.months[account, month].end
                )
        for ticket in self.company.tickets:
            month = self.company.day(ticket["created_at"]).replace(day=1)
            own = found[ticket["account_id"], month]
            own["there"] = Fraction(1)
            own["tickets_100"] += 100 * is_billing(ticket)
        for key, revenue in self.segments.bills.revenue.items():
            found[key]["revenue_2"] = 2 * Fraction(rounded(revenue, 4))
        for key in {*self.segments.bills.revenue, *self.segments.bills.cost}:
            found[key]["costs"] = Fraction(str(self.segments.bills.margin(*key)[1]))
        for account in self.company.accounts:
            for month in self.company.months:
                if self.is_there(account, month) or found[account, month]["invoiced"]:
                    found[account, month]["there"] = Fraction(1)
        for own in found.values():
            own["seats_2"] = own["start_seats"] + own["end_seats"]
            own["active_2"] = own["active"] + own["active_before"]
            own["watched_work"] = own["work"] if own["watched_seats"] else Fraction(0)
        return found

    def add_seats(self, own: Sums, account: str, month: date) -> None:
        row = self.activity.row(account, month)
        if row[-1] is not None:
            return
        for length in (7, 28):
            billed, active = self.activity.recent(account, month, length)
            own[f"seats_{length}"], own[f"active_{length}"] = billed, active
        own["surplus_seats"], own["surplus_amount"] = (
            Fraction(str(row[place])) for place in (5, 7)
        )
        for name, place in (("users", 8), ("light_users", 9), ("heavy_users", 10)):
            own[name] = Fraction(str(row[place]))
        currency, price, _ = self.seats.price(account, month) or ("", Fraction(), "")
        rate = self.company.rate(currency, month)
        assert rate is not None
        for band, count in self.seats.idle(account, month).items():
            amount = Fraction(rounded(Fraction(rounded(price, 12)) * Fraction(count), 12))
            own[f"{band}_seats"] = Fraction(count)
            own[f"{band}_amount"] = Fraction(rounded(Fraction(rounded(amount * rate, 12)), 4))

    def values(self) -> dict[tuple[str, str, date, str], Decimal]:
        """Every figure of every slice and month that there is."""
        sums: dict[Key, Sums] = defaultdict(lambda: defaultdict(Fraction))
        for (account, month), own in self.accounts.items():
            if month in self.company.months:
                for slice_, value in self.segments.slices_of_figures(account, month):
                    of_slice = sums[slice_, value, month]
                    for name in NAMES & own.keys():
                        if own[name]:
                            of_slice[name] += own[name]
        found: dict[tuple[str, str, date, str], Decimal] = {}
        for key, own in sums.items():
            for metric, (part, whole) in SHARES.items():
                share = ratio(own[part], own[whole])
                if share is not None:
                    found[*key, metric] = share
            for metric, (name, condition) in SUMS.items():
                if own[condition] > 0:
                    found[*key, metric] = rounded(own[name], 6)
        for version in VERSIONS:
            suffix = "" if version == "subscription" else "_with_usage"
            for key, row in self.retained(version).items():
                for metric, left in zip(RETAINED, row, strict=True):
                    if left is not None:
                        found[*key, f"{metric}{suffix}"] = left
        return found

    def retained(self, version: str) -> dict[Key, tuple[Decimal | None, ...]]:
        """Retention over twelve months of each slice, at the rates of the first."""
        retention = Retention(self.company, self.segments.mrr, version)
        pairs: dict[Key, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for account, closings in retention.closings.items():
            for month, (currency, closing) in closings.items():
                end, rate = later(month, 12), self.company.rate(currency, month)
                assert rate is not None
                if closing <= 0 or end > self.company.months[-1]:
                    continue
                _, left = closings.get(end, (currency, Decimal(0)))
                pair = (
                    rounded(Fraction(closing) * rate, 4),
                    rounded(max(Fraction(left), Fraction()) * rate, 4),
                )
                for slice_, value in self.segments.slices_of_figures(account, end):
                    pairs[slice_, value, end].append(pair)
        return {
            key: (
                ratio(sum(pair[1] for pair in own), sum(pair[0] for pair in own)),
                ratio(sum(min(pair) for pair in own), sum(pair[0] for pair in own)),
                ratio(sum(pair[1] > 0 for pair in own), len(own)),
            )
            for key, own in pairs.items()
        }

    def value_fit(self) -> dict[tuple[str, str, date, str], tuple[int, Decimal | None]]:
        """How seats go with work, and their changes over three months, in every slice."""
        pairs: dict[tuple[str, str, date, str], list[tuple[Fraction, Fraction]]]
        pairs = defaultdict(list)
        accounts = self.segments.accounts
        for (account, month), own in list(accounts.items()):
            if month not in self.company.months or own["seats"] <= 0:
                continue
            before = accounts.get((account, later(month, -3)))
            for slice_, value in self.segments.slices(account, month):
                pairs[slice_, value, month, "level"].append((own["seats"], own["work"]))
                if before is not None and before["seats"] > 0:
                    change = (own["seats"] - before["seats"], own["work"] - before["work"])
                    pairs[slice_, value, month, "change_3m"].append(change)
        return {
            key: (len(own), spearman(own) if any(work for _, work in own) else None)
            for key, own in pairs.items()
        }

    def trends(self) -> dict[tuple[str, date, str], Decimal | None]:
        """What signals look at that compares a segment's month with others."""
        sums, months = self.segments.sums(), self.company.months
        found: dict[tuple[str, date, str], Decimal | None] = {}
        for segment in self.segments.names:
            correlations = [self.segments.correlation(segment, month) for month in months]
            for place, month in enumerate(months):
                own = {back: sums.get((segment, later(month, -back))) for back in range(16)}
                now, half, year = own[0] or {}, own[6] or {}, own[12] or {}
                share, was = (
                    ratio(of.get("automation_work", 0), of.get("known_work", 0))
                    for of in (now, half)
                )
                rise = share - was if share is not None and was is not None else None
                found[segment, month, "automation_rise_6m"] = rise
                then = (own[15] or {}).get("end_seats")
                grown = None if then is None else year.get("end_seats", Fraction()) - then
                more = now.get("end_seats", Fraction()) - (own[3] or {}).get(
                    "end_seats", Fraction()
                )
                found[segment, month, "seat_growth_vs_year_ago"] = (
                    ratio(more, grown) if grown is not None and grown > 0 else None
                )
                before = year.get("expansion_3m")
                found[segment, month, "expansion_vs_year_ago"] = (
                    ratio(now["expansion_3m"], before) if before else None
                )
                falling = 0
                while place > falling:
                    last, earlier = correlations[place - falling], correlations[place - falling - 1]
                    if last is None or earlier is None or last >= earlier:
                        break
                    falling += 1
                found[segment, month, "seats_work_falling_months"] = (
                    Decimal(falling) if correlations[place] is not None else None
                )
        return found

    def work(self) -> dict[tuple[str, date, str, str], tuple[Decimal, Decimal, int, int | None]]:
        """Work of each account, month, meter and actor: all, successful, events, people."""
        window = timedelta(hours=int(self.company.settings["windows"]["outcome_reopen_hours"]))

        def counts(event: Work) -> bool:
            is_reopened = event.reopened_at is not None and event.reopened_at <= event.at + window
            return event.outcome in ("", "success") and not is_reopened

        units: dict[tuple[str, date, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        people: dict[tuple[str, date, str, str], set[str]] = defaultdict(set)
        for event in self.company.usage:
            key = (event.account_id, event.day.replace(day=1), event.meter, event.actor)
            of_key = units[key]
            of_key[0] += event.quantity
            of_key[1] += event.quantity if counts(event) else 0
            of_key[2] += 1
            if event.user_id:
                people[key].add(event.user_id)
        return {
            key: (
                rounded(Fraction(total, MILLION), 6),
                rounded(Fraction(successful, MILLION), 6),
                *(count, len(people[key]) if key in people else None),
            )
            for key, (total, successful, count) in units.items()
        }
