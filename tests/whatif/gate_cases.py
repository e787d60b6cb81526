"""Every kind of change that a what-if takes, on the home of the gate."""

from dataclasses import dataclass

EVERY = frozenset(
    {"current", "hybrid", "tokens", "credits", "pool", "outcome", "choice", "fresh", "used"}
    | {"eased"}
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
    currency_variants: bool = False


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
    # smaller packages bring bills to their cap that were below it
    "size of a package": Case(("charges.pro_tokens_eur.package_size=30000",), _these("tokens")),
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
    "discount of an account": Case(("discounts.d_fern.ratio=0.5",), EVERY - {"fresh", "eased"}),
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
    "seat price of today": Case(
        ("charges.seat_team_usd.unit_amount=41",), _these("current", "choice")
    ),
    "negotiated price": Case(
        ("contract_prices.echo.seat_team_usd.unit_amount=30",), _these("current")
    ),
    "what a shock is": Case(("thresholds.migration_increase_ratio.fires_at=0.1",), _these()),
}

# every other column, threshold, version and way of asking: in the long suite
MORE: dict[str, Case] = {
    # plans
    "name of a plan": Case(("plans.hybrid_eur.plan_name=Hybrid EU",), _these("hybrid")),
    "family": Case(("plans.used_usd.family=outcome",), _these()),
    "currency": Case(("plans.hybrid_eur.currency=JPY",), _these("hybrid")),
    "interval": Case(("plans.used_usd.billing_interval=quarter",), _these("used", "eased")),
    "proration": Case(("plans.credits_usd.proration=none",), _these("credits")),
    "months of 30 days": Case(("plans.hybrid_usd.proration=by_30_days",), _these("hybrid", "pool")),
    "seats that count": Case(("plans.hybrid_usd.seat_basis=peak",), _these("hybrid", "pool")),
    "seats of the start": Case(("plans.hybrid_usd.seat_basis=start",), _these("hybrid", "pool")),
    "roles that pay": Case(("plans.hybrid_usd.billable_roles=admin",), _these("hybrid", "pool")),
    "suspended seats": Case(("plans.hybrid_eur.bill_suspended=true",), _these("hybrid")),
    "credit on removal": Case(("plans.hybrid_usd.credit_on_removal=false",), _these("hybrid")),
    # charges
    "plan of a charge": Case(
        ("charges.messages_tokens_eur.plan_id=credits_eur",), _these("credits", "tokens")
    ),
    "name of a charge": Case(("charges.fee_tokens_usd.charge_name=Platform",), _these()),
    "meter": Case(("charges.messages_tokens_usd.meter=resolutions",), _these("tokens")),
    "timing": Case(("charges.seat_hybrid_usd.timing=arrears",), _these()),
    "role": Case(("charges.seat_hybrid_usd.role=admin",), _these("hybrid", "pool")),
    "dimension": Case(("charges.mini_tokens_usd.dimension=pro",), _these("tokens")),
    "actor": Case(("charges.work_hybrid_usd.actor_type=human",), _these("hybrid", "pool")),
    "any outcome": Case(("charges.work_hybrid_usd.outcomes_only=false",), _these("hybrid", "pool")),
    "pricing": Case(
        ("charges.mini_tokens_usd.pricing=package", "charges.mini_tokens_usd.package_size=2000"),
        _these("tokens"),
    ),
    "free for the account": Case(
        ("charges.work_hybrid_eur.included_per=account",), _these("hybrid")
    ),
    "least and most of a line": Case(
        ("charges.sales_used_usd.line_minimum=20", "charges.sales_used_usd.line_maximum=30"),
        _these("used", "eased"),
    ),
    "price of what is measured": Case(
        (
            "charges.peak_used_usd.unit_amount=0.9",
            "charges.mean_used_usd.unit_amount=0.35",
            "charges.users_used_usd.unit_amount=1.3",
        ),
        _these("used", "eased"),
    ),
    "price of seats in use": Case(
        ("charges.seat_used_usd.unit_amount=33",), _these("used", "eased")
    ),
    "blocks of a tier": Case(
        ("tiers.messages_tokens_usd.2.block_size=50", "tiers.messages_metered_usd.1.block_size=30"),
        _these("current", "choice", "outcome", "tokens"),
    ),
    "flat amount of a tier": Case(
        ("tiers.messages_tokens_usd.3.flat_amount=35",), _these("tokens")
    ),
    "converted units": Case(
        (
            "charges.messages_metered_usd.divide_by=7",
            "charges.messages_metered_usd.quantity_rounding=up",
            "charges.pro_tokens_eur.quantity_rounding=down",
            "charges.mini_tokens_usd.divide_by=1000",
            "charges.mini_tokens_usd.quantity_rounding=nearest",
        ),
        _these("current", "choice", "outcome", "tokens"),
    ),
    "number of events": Case(
        (
            "charges.messages_metered_usd.aggregation=count",
            "charges.mini_tokens_usd.unit_amount=1",
            "charges.mini_tokens_usd.aggregation=count",
        ),
        _these("current", "choice", "outcome", "tokens"),
    ),
    "seats by the tier of a period": Case(
        (
            "charges.seat_hybrid_usd.pricing=volume",
            "add tiers.seat_hybrid_usd: unit_amount=22, flat_amount=9",
            "add tiers.seat_hybrid_usd: up_to=4, unit_amount=25",
        ),
        _these("hybrid"),
    ),
    "seats by the tiers of each change": Case(
        (
            "charges.seat_hybrid_usd.pricing=graduated",
            "charges.seat_hybrid_usd.tiers_by=change",
            "add tiers.seat_hybrid_usd: unit_amount=22, flat_amount=9",
            "add tiers.seat_hybrid_usd: up_to=4, unit_amount=25",
        ),
        _these("hybrid"),
    ),
    # what is sold today
    "price of today's usage": Case(
        ("charges.work_metered_usd.unit_amount=0.7",), _these("current", "choice")
    ),
    "price of today's usage before": Case(
        ("charges.work_metered_usd@2025-01-01.unit_amount=0.8",),
        _these("current", "choice", "outcome"),
    ),
    "tier of today": Case(
        ("tiers.messages_metered_usd.1.unit_amount=0.09",), _these("current", "choice", "outcome")
    ),
    "charge more today": Case(
        (
            "add charges.fee_team_usd: plan_id=team_usd, charge_name=Fee, meter=flat, "
            "pricing=flat, unit_amount=9",
        ),
        _these("current", "choice", "outcome", "eased"),
    ),
    "price by the year": Case(("charges.seat_yearly_usd.unit_amount=380",), _these("current")),
    "seat price of today, as rated": Case(
        ("charges.seat_team_usd.unit_amount=52",),
        EVERY - {"credits", "fresh", "hybrid", "pool", "tokens", "used"},
        keeps_basis=True,
    ),
    "price by the year, as rated": Case(
        ("charges.seat_yearly_usd.unit_amount=380",), _these("current"), keeps_basis=True
    ),
    # credits
    "credits for work": Case(
        (
            "rate_tables.credits_usd.messages.credits_per_unit=0.4",
            "rate_tables.credits_eur.resolutions.credits_per_unit=5",
        ),
        _these("credits"),
    ),
    "credits for work of today": Case(
        ("rate_tables.pool_usd.tokens.pro.credits_per_unit=12",),
        _these("current", "pool", "choice"),
    ),
    "term of a pool": Case(
        ("credit_grants.pool_usd.term_months=6",), _these("current", "pool", "choice", "eased")
    ),
    "life of a grant": Case(
        ("credit_grants.credits_usd.2.true.term.expires_after_months=6",), _these("credits")
    ),
    "grace": Case(("credit_grants.credits_eur.1.false.period.grace_ratio=0.3",), _these("credits")),
    "size of a pack": Case(
        ("credit_grants.pool_usd.topup_credits=900000",), _these("current", "pool")
    ),
    "nothing left blocks": Case(
        (
            "credit_grants.credits_usd.1.false.period.at_zero=block",
            "credit_grants.credits_usd.1.false.period.overage_unit_amount=",
        ),
        _these("credits"),
    ),
    "nothing left throttles": Case(
        ("credit_grants.credits_eur.1.false.period.at_zero=throttle",), _these("credits")
    ),
    "never anything left": Case(
        ("credit_grants.credits_eur.1.false.period.at_zero=unlimited",), _these("credits")
    ),
    "charge on credits": Case(("charges.beyond_credits_eur.unit_amount=0.11",), _these("credits")),
    # contract prices and discounts
    "negotiated price of a proposal": Case(
        ("contract_prices.opal.seat_hybrid_usd.unit_amount=18",), _these("hybrid", "pool")
    ),
    "negotiated discount": Case(
        (
            "contract_prices.acme.mini_tokens_usd.discount_ratio=0.4",
            "contract_prices.acme.mini_tokens_usd.approved_by=chief",
        ),
        _these("tokens"),
    ),
    "negotiated discount of today": Case(
        ("contract_prices.hive.work_metered_usd.discount_ratio=0.3",),
        _these("current", "choice"),
    ),
    "discount of a plan": Case(
        ("discounts.d_tokens.ratio=0.12", "discounts.d_tokens.approved_by=chief"),
        _these("tokens"),
    ),
    "other plan of a discount": Case(
        ("discounts.d_tokens.scope_id=outcome_usd",), _these("tokens", "outcome")
    ),
    "discount of a segment": Case(
        ("discounts.d_midmarket.amount=25", "discounts.d_midmarket.valid_to=2026-09-01"),
        EVERY - {"fresh", "eased"},
    ),
    "first day of a discount": Case(
        ("discounts.d_midmarket.valid_from=2026-05-01",), EVERY - {"fresh", "eased"}
    ),
    "account to segment": Case(
        ("discounts.d_fern.scope=segment", "discounts.d_fern.scope_id=smb"), EVERY - {"eased"}
    ),
    # scenarios
    "name of a scenario": Case(("scenarios.tokens.scenario_name=By the token",), _these()),
    "day of a proposal": Case(("scenarios.tokens.proposed_on=2026-08-01",), _these()),
    "only new customers": Case(
        ("scenarios.tokens.uptake=new_only", "scenarios.tokens.starts_on=2026-02-15"),
        _these("tokens"),
    ),
    "first day of new customers": Case(("scenarios.fresh.starts_on=2026-06-01",), _these("fresh")),
    "several rows of a scenario": Case(
        ("scenarios.credits.max_increase_ratio=0.1",), _these("credits")
    ),
    "a quarter in place of months": Case(
        ("scenarios.hybrid.plan_id=quarter_usd",), _these("hybrid")
    ),
    # what a shock is, and how many months judge it
    "least amount of a shock": Case(
        (
            "thresholds.migration_increase_amount.fires_at=10",
            "thresholds.migration_increase_amount.unit=dollars",
        ),
        _these(),
    ),
    "months of a shock": Case(("thresholds.migration_months.fires_at=6",), _these()),
    "least months of a shock": Case(("thresholds.migration_months_least.fires_at=2",), _these()),
    "lines of a shock": Case(
        (
            "thresholds.migration_increase_ratio.clears_at=0.2",
            "thresholds.migration_increase_ratio.direction=below",
        ),
        _these(),
    ),
    "churn after a rise": Case(("churn_assumptions.middle.0.25.extra_churn_ratio=0.09",), _these()),
    "price and churn": Case(
        (
            "charges.work_outcome_usd.tiers.2.unit_amount=2.5",
            "churn_assumptions.middle.0.25.extra_churn_ratio=0.09",
        ),
        _these("outcome"),
    ),
    # other currencies follow
    "price in every currency": Case(
        ("charges.seat_hybrid_usd.unit_amount=31",), _these("hybrid"), currency_variants=True
    ),
    "tier in every currency": Case(
        ("add tiers.work_outcome_usd: up_to=50, unit_amount=1.6",),
        _these("outcome"),
        currency_variants=True,
    ),
    "price that two proposals share": Case(
        ("charges.seat_quarter_usd.unit_amount=120",), _these("fresh", "tokens")
    ),
    "several proposals": Case(
        (
            "charges.fee_tokens_usd.unit_amount=75",
            "charges.fee_credits_eur.unit_amount=120",
            "plans.outcome_eur.minimum_amount=150",
        ),
        _these("tokens", "credits", "outcome"),
    ),
}

CASES = KINDS | MORE

# what a what-if refuses, whatever it says
REFUSED = (
    "charges.peak_used_usd.aggregation=sum",
    "charges.seat_hybrid_usd.valid_to=2026-08-01",
    "contract_prices.opal.seat_hybrid_usd.valid_to=2026-08-01",
)
