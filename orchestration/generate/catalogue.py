"""The company's prices: what it charges today, and the five proposals."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

# the price book is valid from before the first contract
VALID_FROM = "2024-01-01"

MINOR_UNITS = {"USD": 2, "EUR": 2, "JPY": 0}
TAX_RATES = {"USD": Decimal("0"), "EUR": Decimal("0.19"), "JPY": Decimal("0.10")}

# per seat and month; the yearly plan costs twelve months less ten per cent
SEAT_PRICES = {"USD": Decimal("39.00"), "EUR": Decimal("36.00"), "JPY": Decimal("5900")}
YEARLY_SHARE = Decimal("0.90")

# one-off onboarding fee of an enterprise customer
ONBOARDING = {"USD": Decimal("500.00"), "EUR": Decimal("460.00"), "JPY": Decimal("75000")}

PROPOSED_ON = date(2026, 7, 1)
STARTS_ON = date(2027, 1, 1)

MODELS = ("atlas-mini", "atlas-pro")

# the proposals' prices in dollars; other currencies follow at the ratio of the list prices
HYBRID_SEAT = Decimal("25.00")
HYBRID_OUTCOME = Decimal("0.55")
HYBRID_INCLUDED = Decimal("40")
PLATFORM_FEE = Decimal("199.00")
PLATFORM_MESSAGE = Decimal("0.02")
PLATFORM_MESSAGE_MANY = Decimal("0.012")
PLATFORM_MINI = Decimal("0.000050")
PLATFORM_PRO_PACKAGE = Decimal("120.00")
# maximum bill, whatever the number of tokens
PLATFORM_CAP = Decimal("2500.00")
# credits per month; half of the rest rolls over once; overage is billed
CREDITS_FEE = Decimal("449.00")
CREDITS_GRANTED = 5000
CREDITS_ROLLOVER = Decimal("0.5")
CREDITS_OVERAGE = Decimal("0.09")
CREDIT_RATES = (
    ("resolutions", None, Decimal("4")),
    ("messages", None, Decimal("0.2")),
    ("tokens", "atlas-mini", Decimal("0.0001")),
    ("tokens", "atlas-pro", Decimal("0.001")),
)
# tokens for a year, paid monthly, with packs for overage
PREPAID_SEAT = Decimal("31.00")
PREPAID_FEE = Decimal("190.00")
PREPAID_TOKENS = 24_000_000
PREPAID_ROLLOVER = Decimal("0.2")
PREPAID_PACK_TOKENS = 2_000_000
PREPAID_PACK = Decimal("60.00")
PREPAID_RATES = (
    ("tokens", "atlas-mini", Decimal("1")),
    ("tokens", "atlas-pro", Decimal("8")),
)
# without seats, as offered to one large customer
PREPAID_ONLY_FEE = Decimal("1290.00")
OUTCOME_MINIMUM = Decimal("99.00")
# for half a year, no bill exceeds today's by more than a quarter
OUTCOME_INCREASE = Decimal("0.25")
OUTCOME_PERIODS = 6
OUTCOME_TIERS = (
    (Decimal("500"), Decimal("0.99")),
    (Decimal("2000"), Decimal("0.89")),
    (None, Decimal("0.79")),
)


@dataclass(frozen=True)
class SeatPlan:
    """The per-seat plan of an interval and currency."""

    plan_id: str
    charge_id: str
    currency: str
    months: int

    @property
    def list_price(self) -> Decimal:
        """Price of a seat for one whole billing period."""
        price = SEAT_PRICES[self.currency]
        if self.months == 1:
            return price
        return rounded(price * self.months * YEARLY_SHARE, self.currency)


def seat_plan(interval: str, currency: str) -> SeatPlan:
    name = {"month": "monthly", "year": "yearly"}[interval]
    code = currency.lower()
    return SeatPlan(
        plan_id=f"team_{name}_{code}",
        charge_id=f"seat_team_{name}_{code}",
        currency=currency,
        months=12 if interval == "year" else 1,
    )


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's minor unit, half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-MINOR_UNITS[currency]), ROUND_HALF_UP)


def converted(dollars: Decimal, currency: str, places: int) -> Decimal:
    """A dollar price in another currency, at the ratio of the seat prices."""
    exact = dollars * SEAT_PRICES[currency] / SEAT_PRICES["USD"]
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
