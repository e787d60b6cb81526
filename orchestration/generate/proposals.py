"""The five proposals in the demo's price book: plans, charges, credits and audiences."""

from collections.abc import Iterator
from decimal import Decimal

from orchestration.generate import catalogue
from orchestration.generate.catalogue import (
    MODELS,
    SEAT_PRICES,
    VALID_FROM,
    converted,
    rounded,
)

Row = dict[str, object]

# plan, its name, its family
PLANS = (
    ("hybrid", "Hybrid", "hybrid"),
    ("platform_tokens", "Platform and tokens", "token"),
    ("credits", "Rolling credits", "credit"),
    ("prepaid_tokens", "Prepaid tokens", "token"),
    ("prepaid_tokens_only", "Prepaid tokens without seats", "token"),
    ("outcome", "Pure outcome", "outcome"),
)
# (scenario, its name, columns that limit it), in the order in which pages list them
OFFERS: tuple[tuple[str, str, tuple[Row, ...]], ...] = (
    ("hybrid", "Seats and automated resolutions", ({},)),
    ("platform_tokens", "Platform fee and tokens", ({},)),
    ("credits", "Credits that roll over", ({"segment": "smb_ai"}, {"segment": "smb"})),
    (
        "prepaid_tokens",
        "Prepaid tokens",
        (
            {"segment": "enterprise"},
            {"segment": "midmarket"},
        ),
    ),
    (
        "outcome",
        "Pure outcome",
        (
            {
                "max_increase_ratio": catalogue.OUTCOME_INCREASE,
                "max_increase_periods": catalogue.OUTCOME_PERIODS,
            },
        ),
    ),
)


def plans() -> Iterator[Row]:
    """One monthly plan per proposal and currency."""
    for plan, name, family in PLANS:
        for currency in SEAT_PRICES:
            yield {
                "plan_id": f"{plan}_{currency.lower()}",
                "plan_name": name,
                "family": family,
                "currency": currency,
                "billing_interval": "month",
                "proration": "by_day",
                "billable_roles": "member",
                "bill_suspended": "false",
                "credit_on_removal": "true",
                "minimum_amount": _money(catalogue.OUTCOME_MINIMUM, currency)
                if plan == "outcome"
                else None,
                "maximum_amount": _money(catalogue.PLATFORM_CAP, currency)
                if plan == "platform_tokens"
                else None,
            }


def charges() -> Iterator[Row]:
    """The charges of the plans, in every currency."""
    for currency in SEAT_PRICES:
        for proposed in (_hybrid, _platform_tokens, _credits, _prepaid_tokens, _outcome):
            yield from proposed(currency)


def tiers() -> Iterator[Row]:
    """The tiers of tiered charges."""
    for currency in SEAT_PRICES:
        code = currency.lower()
        volume = (
            (Decimal(5000), catalogue.PLATFORM_MESSAGE),
            (None, catalogue.PLATFORM_MESSAGE_MANY),
        )
        for charge_id, steps in (
            (f"messages_platform_tokens_{code}", volume),
            (f"outcomes_outcome_{code}", catalogue.OUTCOME_TIERS),
        ):
            for number, (up_to, dollars) in enumerate(steps, start=1):
                yield {
                    "charge_id": charge_id,
                    "valid_from": VALID_FROM,
                    "tier": number,
                    "up_to": up_to,
                    "unit_amount": _price(dollars, currency, 2 if currency == "JPY" else 4),
                }


def rate_tables() -> Iterator[Row]:
    """Credits that a unit of work takes."""
    for currency in SEAT_PRICES:
        for plan, rates in (
            ("credits", catalogue.CREDIT_RATES),
            ("prepaid_tokens", catalogue.PREPAID_RATES),
            ("prepaid_tokens_only", catalogue.PREPAID_RATES),
        ):
            for meter, dimension, credits in rates:
                yield {
                    "plan_id": f"{plan}_{currency.lower()}",
                    "meter": meter,
                    "dimension": dimension,
                    "valid_from": VALID_FROM,
                    "credits_per_unit": credits,
                }


def credit_grants() -> Iterator[Row]:
    """Monthly credits that roll over once, and yearly tokens with packs for overage."""
    for currency in SEAT_PRICES:
        code = currency.lower()
        yield {
            **_grant(f"credits_{code}", catalogue.CREDITS_GRANTED, "period", "overage"),
            "rollover_ratio": catalogue.CREDITS_ROLLOVER,
            "overage_unit_amount": _price(
                catalogue.CREDITS_OVERAGE, currency, 2 if currency == "JPY" else 4
            ),
        }
        for plan in ("prepaid_tokens", "prepaid_tokens_only"):
            yield {
                **_grant(f"{plan}_{code}", catalogue.PREPAID_TOKENS, "term", "overage"),
                "term_months": 12,
                "rollover_ratio": catalogue.PREPAID_ROLLOVER,
                "topup_credits": catalogue.PREPAID_PACK_TOKENS,
                "topup_amount": _money(catalogue.PREPAID_PACK, currency),
            }


def scenarios(offered: str | None) -> Iterator[Row]:
    """Each proposal, for all or some segments; one account has its own offer."""
    own: Row = {"account_id": offered, "plan_id": "prepaid_tokens_only_usd"}
    for scenario, name, offers in OFFERS:
        for offer in (*offers, own) if scenario == "prepaid_tokens" and offered else offers:
            yield {
                "scenario_id": scenario,
                "scenario_name": name,
                "proposed_on": catalogue.PROPOSED_ON,
                "plan_id": f"{scenario}_usd",
                "uptake": "all",
                "starts_on": catalogue.STARTS_ON,
                **offer,
            }


def charge(
    charge_id: str,
    plan: str,
    name: str,
    meter: str,
    timing: str = "arrears",
    pricing: str = "per_unit",
) -> Row:
    """The columns common to all charges."""
    return {
        "charge_id": charge_id,
        "plan_id": plan,
        "valid_from": VALID_FROM,
        "charge_name": name,
        "meter": meter,
        "timing": timing,
        "outcomes_only": "false",
        "pricing": pricing,
    }


def _hybrid(currency: str) -> Iterator[Row]:
    plan = f"hybrid_{currency.lower()}"
    yield _seats(plan, catalogue.HYBRID_SEAT, currency)
    yield {
        **charge(f"outcomes_{plan}", plan, "Automated resolutions", "resolutions"),
        "actor_type": "automation",
        "outcomes_only": "true",
        "unit_amount": _price(catalogue.HYBRID_OUTCOME, currency, 2),
        "included_quantity": catalogue.HYBRID_INCLUDED,
        "included_per": "account",
    }


def _platform_tokens(currency: str) -> Iterator[Row]:
    plan = f"platform_tokens_{currency.lower()}"
    yield _fee(plan, "Platform fee", catalogue.PLATFORM_FEE, currency)
    yield {
        **charge(f"mini_{plan}", plan, f"Tokens of {MODELS[0]}", "tokens"),
        "dimension": MODELS[0],
        "unit_amount": _price(catalogue.PLATFORM_MINI, currency, 9),
        "included_quantity": 1_000_000,
        "included_per": "account",
    }
    yield {
        **charge(f"pro_{plan}", plan, f"Tokens of {MODELS[1]}", "tokens", pricing="package"),
        "dimension": MODELS[1],
        "unit_amount": _money(catalogue.PLATFORM_PRO_PACKAGE, currency),
        "package_size": 1_000_000,
    }
    yield charge(f"messages_{plan}", plan, "Messages", "messages", pricing="volume")


def _credits(currency: str) -> Iterator[Row]:
    plan = f"credits_{currency.lower()}"
    yield _fee(plan, "Credits of the month", catalogue.CREDITS_FEE, currency)


def _prepaid_tokens(currency: str) -> Iterator[Row]:
    plan = f"prepaid_tokens_{currency.lower()}"
    yield _seats(plan, catalogue.PREPAID_SEAT, currency)
    yield _fee(plan, "Prepaid tokens", catalogue.PREPAID_FEE, currency)
    plan = f"prepaid_tokens_only_{currency.lower()}"
    yield _fee(plan, "Prepaid tokens", catalogue.PREPAID_ONLY_FEE, currency)


def _outcome(currency: str) -> Iterator[Row]:
    plan = f"outcome_{currency.lower()}"
    yield {
        **charge(f"outcomes_{plan}", plan, "Resolutions", "resolutions", pricing="graduated"),
        "outcomes_only": "true",
    }


def _seats(plan: str, dollars: Decimal, currency: str) -> Row:
    return {
        **charge(f"seat_{plan}", plan, "Seats", "seats", "advance"),
        "role": "member",
        "unit_amount": _money(dollars, currency),
    }


def _fee(plan: str, name: str, dollars: Decimal, currency: str) -> Row:
    return {
        **charge(f"fee_{plan}", plan, name, "flat", "advance", "flat"),
        "unit_amount": _money(dollars, currency),
    }


def _grant(plan: str, credits: int, interval: str, at_zero: str) -> Row:
    return {
        "plan_id": plan,
        "valid_from": VALID_FROM,
        "credits": credits,
        "priority": 1,
        "is_free": "false",
        "grant_interval": interval,
        "at_zero": at_zero,
    }


def _price(dollars: Decimal, currency: str, places: int) -> Decimal:
    return dollars if currency == "USD" else converted(dollars, currency, places)


def _money(dollars: Decimal, currency: str) -> Decimal:
    return rounded(_price(dollars, currency, 6), currency)
