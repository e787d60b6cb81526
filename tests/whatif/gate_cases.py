"""Every kind of change that a what-if takes, on the home of the gate."""

from dataclasses import dataclass

EVERY = frozenset(
    {"current", "hybrid", "tokens", "credits", "pool", "outcome", "choice", "fresh", "used"}
)


def _these(*scenarios: str) -> frozenset[str]:
    return frozenset(scenarios)


@dataclass(frozen=True)
class Case:
    """Changes as `--set` takes them, and the scenarios of which they change any bill."""

    changes: tuple[str, ...]
    moves: frozenset[str]
    # accounts stay on their rated bill of today even where it no longer meets their invoices
    keeps_basis: bool = False
    # prices in other currencies follow
    twins: bool = False


FEE = (
    "add charges.fee_hybrid_usd: plan_id=hybrid_usd, charge_name=Fee, meter=flat, "
    "timing=advance, pricing=flat, unit_amount=80"
)

# the 28 kinds by which a what-if has been described
KINDS: dict[str, Case] = {
    "seat price of a proposal": Case(
        ("charges.seat_hybrid_usd.unit_amount=29",),
        _these("hybrid"),
    ),
    "price of a tier": Case(
        ("charges.work_outcome_usd.tiers.2.unit_amount=0.85",),
        _these("outcome"),
    ),
    "end of a tier": Case(("tiers.messages_tokens_usd.1.up_to=300",), _these("tokens")),
    "one tier more": Case(
        ("add tiers.work_outcome_usd: up_to=200, unit_amount=1.35",), _these("outcome")
    ),
    "one tier less": Case(("remove tiers.work_outcome_usd.3",), _these("outcome")),
    "one charge more": Case(
        (
            "add charges.messages_hybrid_usd: plan_id=hybrid_usd, charge_name=Messages, "
            "meter=messages, pricing=per_unit, unit_amount=0.03, included_quantity=100",
        ),
        _these("hybrid", "pool"),
    ),
    "one charge less": Case(("remove charges.work_hybrid_usd",), _these("hybrid", "pool")),
    "usage of a plan": Case(
        (
            "remove charges.mini_tokens_usd",
            "remove charges.messages_tokens_eur",
            "add charges.small_tokens_usd: plan_id=tokens_usd, meter=tokens, "
            "charge_name=Small, dimension=mini, pricing=package, "
            "unit_amount=4, package_size=70000, included_quantity=100000",
        ),
        _these("tokens"),
    ),
    "seats and a fee": Case(("remove charges.seat_hybrid_eur", FEE), _these("hybrid", "pool")),
    "a fee": Case((FEE,), _these("hybrid", "pool")),
    "no charge left": Case(("remove charges.work_outcome_usd",), _these("outcome")),
    "size of a package": Case(("charges.pro_tokens_eur.package_size=70000",), _these("tokens")),
    "included quantity": Case(
        ("charges.work_hybrid_usd.included_quantity=15",), _these("hybrid", "pool")
    ),
    "minimum": Case(("plans.outcome_usd.minimum_amount=300",), _these("outcome")),
    "price that gives credits": Case(
        ("charges.work_hybrid_usd.unit_amount=1.1",), _these("hybrid", "pool")
    ),
    "cap": Case(
        ("plans.hybrid_usd.maximum_amount=150", "plans.hybrid_eur.minimum_amount=250"),
        _these("hybrid", "pool"),
    ),
    "credits of a wallet": Case(
        (
            "credit_grants.credits_usd.1.false.period.credits=600",
            "credit_grants.credits_eur.1.false.period.rollover_ratio=0.25",
            "credit_grants.credits_usd.1.false.period.overage_unit_amount=0.12",
        ),
        _these("credits"),
    ),
    "price of a pack": Case(
        ("credit_grants.pool_usd.topup_amount=45",), _these("current", "pool", "choice")
    ),
    "fee beside a wallet": Case(("charges.fee_credits_usd.unit_amount=120",), _these("credits")),
    "discount of an account": Case(("discounts.d_fern.ratio=0.5",), EVERY),
    "plan of a scenario": Case(("scenarios.outcome.plan_id=tokens_usd",), _these("outcome")),
    "choice": Case(("scenarios.tokens.uptake=opt_in",), _these("tokens")),
    "grandfathering": Case(
        ("scenarios.hybrid.max_increase_ratio=0.05", "scenarios.hybrid.max_increase_periods=2"),
        _these("hybrid"),
    ),
    "grandfathering and a minimum": Case(
        ("scenarios.hybrid.max_increase_ratio=0.2", "plans.hybrid_usd.minimum_amount=250"),
        _these("hybrid", "pool"),
    ),
    "no grandfathering": Case(
        ("scenarios.outcome.max_increase_ratio=", "scenarios.outcome.max_increase_periods="),
        _these("outcome"),
    ),
    "seat price of today": Case(("charges.seat_team_usd.unit_amount=41",), EVERY),
    "negotiated price": Case(("contract_prices.echo.seat_team_usd.unit_amount=30",), EVERY),
    "what a shock is": Case(("thresholds.migration_increase_ratio.fires_at=0.1",), _these()),
}

CASES = KINDS
