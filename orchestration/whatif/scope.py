"""What a changed price book can reach, and what it leaves as it is published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.ingest.price_book_rules import UNMETERED, Tables
from orchestration.ingest.read import nearest
from orchestration.pipeline.rating_chain import ADJUSTED_SUMS, SCHEMA
from orchestration.platform.errors import RequestError
from orchestration.platform.warehouse import PUBLISHED, quoted
from orchestration.whatif.changed_book import ChangedCell

CURRENT = "current"
ASSUMED = "churn_assumptions"

# columns that say what a unit costs, not how many units there are: with only these changed, the
# published quantities stand. A test holds the models to it.
PRICES = {
    "charges": (
        "charge_name",
        "timing",
        "unit_amount",
        "package_size",
        "line_minimum",
        "line_maximum",
        "tiers_by",
    ),
    "tiers": ("up_to", "unit_amount", "flat_amount", "block_size"),
    "plans": ("minimum_amount", "maximum_amount"),
    "credit_grants": ("topup_amount",),
    "scenarios": ("max_increase_ratio", "max_increase_periods"),
    "contract_prices": ("unit_amount", "discount_ratio", "approved_by"),
    "discounts": ("ratio", "amount", "approved_by"),
    "thresholds": ("fires_at",),
}
# columns that say how much of a quantity is billed, not what is counted
SHARES = {"charges": ("included_quantity",)}
# columns that say whose seats a charge counts
SEAT_RULES = {"charges": ("meter", "role", "included_per", "plan_id")}
# a contract's terms follow from these columns of its plan
TERMS = ("family", "currency", "billing_interval")
# made from the credits of a plan, and from more of a bill than its charges
OF_WALLETS = (
    "int_credit_quantities",
    "int_credit_usage",
    "int_wallet_balances",
    "int_wallet_lines",
)
OF_BILLS = ("int_adjustment_lines", "int_credit_lines")


@dataclass(frozen=True)
class Scope:
    """What a change can reach, and what it leaves as it is.

    `proposals` are rated again and `shown` told; `accounts` and `whole` are those whose bills move,
    and those whose bills are more than the sum of their charges, None for everybody; of those in
    `reopened` the changed charges alone give credits. With `forgets`
    no bill follows from an earlier one; with `credits` a changed charge gives some, and with
    `tiers` one has them. `empty` names models that are known to have no row.
    """

    proposals: frozenset[str]
    shown: frozenset[str]
    accounts: frozenset[str] | None
    whole: frozenset[str] | None
    reopened: frozenset[str]
    plans: frozenset[str]
    charges: frozenset[str]
    meters: frozenset[str]
    changes_current: bool
    judges_anew: bool
    keeps_quantities: bool
    keeps_counts: bool
    keeps_activity: bool
    keeps_units: bool
    keeps_discounts: bool
    keeps_totals: bool
    keeps_offers: bool
    forgets: bool
    credits: bool
    tiers: bool
    empty: frozenset[str]

    @property
    def rated(self) -> frozenset[str]:
        """Scenarios whose lines are made again."""
        return self.proposals | self._current

    @property
    def lends_lines(self) -> bool:
        """Whether the published lines of unchanged charges stand within bills made anew."""
        return self.whole is not None and self.keeps_counts and set(OF_WALLETS) <= self.empty

    @property
    def told(self) -> frozenset[str]:
        """Scenarios whose bills are made again."""
        return self.shown | self._current

    @property
    def _current(self) -> frozenset[str]:
        return frozenset({CURRENT} if self.changes_current else ())


def find_scope(
    connection: duckdb.DuckDBPyConnection,
    book: Tables,
    changes: Sequence[ChangedCell],
    asked: frozenset[str],
    *,
    keeps_basis: bool,
) -> Scope:
    """The least that is surely enough: what does not change is not rated again."""
    # an assumption is no price: it says what bills lead to
    assumes = any(change.table == ASSUMED for change in changes)
    changes = [change for change in changes if change.table != ASSUMED]
    charges = _charges(changes)
    plans = _plans(book, changes, charges)
    _refuse_terms(connection, changes)
    offers = [
        change
        for change in changes
        if change.table == "scenarios" and change.row_before["scenario_id"] != CURRENT
    ]
    moved = frozenset(change.row_before["scenario_id"] or "" for change in offers)
    renames = any(
        change.table == "plans" and change.column in ("plan_name", *TERMS) for change in changes
    )
    discounts = [change for change in changes if change.table == "discounts"]
    # a discount of an account or segment follows into every proposal
    follows = any(change.values("scope") != {"plan"} for change in discounts)
    shocks = any(change.table == "thresholds" for change in changes)
    everything = renames or follows or shocks
    keeps_units = not any(
        change.table in ("plans", "scenarios") and change.column not in PRICES[change.table]
        for change in changes
    )
    contracted = _contracted(connection, plans)
    changes_current = bool(contracted) or follows
    proposals = moved | (
        _all_proposals(connection, asked) if everything else _proposals(connection, plans)
    )
    comparing = frozenset(
        row.text("scenario_id")
        for row in book["scenarios"]
        if row.values["uptake"] not in (None, "all") or row.values["max_increase_ratio"] is not None
    )
    if changes_current:
        proposals |= comparing
    if asked:
        proposals &= asked
    everybody = everything or moved
    reached = None if everybody else _reached(connection, plans, proposals, contracted)
    named = _named_accounts(connection, changes)
    stays_apart = not changes_current and not (proposals & comparing)
    has_wallets = changes_current or _has_wallets(book, proposals)
    # what comes or goes with all of its lines leaves those of other charges as they are, unless
    # what it meters decides whether there is a bill at all
    apart = frozenset() if has_wallets or _has_unread_usage(connection) else _apart(changes)
    counted = [change for change in changes if change.row_id not in apart]
    by_charge = (
        keeps_units
        and stays_apart
        and all(change.table in ("charges", "tiers", "contract_prices") for change in changes)
        and not any(change.column in ("plan_id", "meter") for change in counted)
    )
    credited = any(
        row.text("outcomes_only") == "true" or row.text("meter") == "credits"
        for row in book["charges"]
        if row.text("charge_id") in charges
    )
    keeps_totals = (
        keeps_units
        and bool(changes)
        and all(
            change.table in ("plans", "scenarios") and change.column in PRICES[change.table]
            for change in changes
        )
    )
    keeps_quantities = keeps_units and all(
        change.column in PRICES.get(change.table, ()) for change in changes
    )
    keeps_counts = keeps_units and all(
        change.column in (*PRICES.get(change.table, ()), *SHARES.get(change.table, ()))
        for change in counted
    )
    whole = None
    reopened: frozenset[str] = frozenset()
    if keeps_totals and not offers and stays_apart and not has_wallets:
        whole = _billed(connection, plans, proposals)
    elif keeps_totals and not (changes_current or has_wallets or proposals & _chosen(book)):
        # what is held to today's bill is the whole of it before credits
        whole = _billed(connection, None, proposals)
    elif by_charge:
        # where lines are lent, a credit of a changed charge follows from that charge's lines alone
        is_lent = keeps_counts and not has_wallets
        whole = _whole(connection, book, plans, credited and not is_lent, proposals)
        if credited and is_lent and whole is not None:
            reopened = _reopened(connection) - whole
    shown = _all_proposals(connection, asked) if changes_current or assumes else proposals
    return Scope(
        proposals=proposals,
        shown=shown,
        accounts=None if assumes else _either(reached, named),
        whole=whole,
        reopened=reopened,
        plans=plans,
        charges=charges,
        meters=frozenset(
            row.text("meter") for row in book["charges"] if row.text("charge_id") in charges
        ),
        changes_current=changes_current,
        judges_anew=changes_current and not keeps_basis,
        keeps_quantities=keeps_quantities,
        keeps_counts=keeps_counts,
        keeps_activity=keeps_units
        and not any(change.column in SEAT_RULES.get(change.table, ()) for change in counted),
        keeps_units=keeps_units,
        keeps_discounts=keeps_units and not discounts,
        keeps_totals=keeps_totals,
        keeps_offers=keeps_units and not offers,
        forgets=not changes_current and not has_wallets and not _grandfathers(book, shown),
        credits=credited,
        tiers=any(
            row.text("pricing") in ("graduated", "volume")
            for row in book["charges"]
            if row.text("charge_id") in charges
        ),
        empty=frozenset(
            {
                *(() if has_wallets else OF_WALLETS),
                *(() if whole is None or whole or reopened else OF_BILLS),
            }
        ),
    )


def _either(reached: frozenset[str] | None, named: frozenset[str] | None) -> frozenset[str] | None:
    """The accounts of both; None, which is everybody, keeps the other."""
    if reached is None or named is None:
        return named if reached is None else reached
    return reached & named


def _charges(changes: Sequence[ChangedCell]) -> frozenset[str]:
    return frozenset(
        value
        for change in changes
        if change.table in ("charges", "tiers", "contract_prices")
        for value in change.values("charge_id")
    )


def _apart(changes: Sequence[ChangedCell]) -> frozenset[tuple[str, str]]:
    """Rows of charges that come or go and are counted by themselves, from usage that sums up."""
    return frozenset(
        change.row_id
        for change in changes
        if change.table == "charges"
        and not change.is_of_a_cell
        and change.values("meter").isdisjoint(("seats", "credits"))
        and change.values("aggregation") == {"sum"}
        and change.values("included_per") == {"account"}
        and change.values("outcomes_only") == {"false"}
    )


def _plans(book: Tables, changes: Sequence[ChangedCell], charges: frozenset[str]) -> frozenset[str]:
    found = {row.text("plan_id") for row in book["charges"] if row.text("charge_id") in charges}
    for change in changes:
        if "plan_id" in change.row_before and change.table != "scenarios":
            found |= change.values("plan_id")
        if change.table == "discounts" and "plan" in change.values("scope"):
            found |= change.values("scope_id")
    return frozenset(found)


def _named_accounts(
    connection: duckdb.DuckDBPyConnection, changes: Sequence[ChangedCell]
) -> frozenset[str] | None:
    """The accounts that the changes name one by one; None where one of them is for everybody."""
    found: set[str] = set()
    for change in changes:
        scopes = change.values("scope") if change.table == "discounts" else set()
        if change.table == "contract_prices":
            found |= change.values("account_id")
        elif scopes == {"account"}:
            found |= change.values("scope_id")
        elif scopes == {"segment"}:
            found |= _names(
                connection,
                f"select account_id from {PUBLISHED}.intermediate.int_accounts "
                f"where segment in ({listed(change.values('scope_id'))})",
            )
        else:
            return None
    return frozenset(found)


def _proposals(connection: duckdb.DuckDBPyConnection, plans: frozenset[str]) -> frozenset[str]:
    return _names(
        connection,
        f"select distinct scenario_id from {PUBLISHED}.marts.fct_shadow_bills "
        f"where scenario_id <> '{CURRENT}' and plan_id in ({listed(plans)})",
    )


def _all_proposals(connection: duckdb.DuckDBPyConnection, asked: frozenset[str]) -> frozenset[str]:
    found = _names(
        connection,
        f"select distinct scenario_id from {PUBLISHED}.reference.scenarios "
        f"where scenario_id <> '{CURRENT}'",
    )
    return found & asked if asked else found


def _contracted(connection: duckdb.DuckDBPyConnection, plans: frozenset[str]) -> frozenset[str]:
    return _names(
        connection,
        f"select distinct account_id from {PUBLISHED}.intermediate.int_contract_periods "
        f"where plan_id in ({listed(plans)})",
    )


def _reached(
    connection: duckdb.DuckDBPyConnection,
    plans: frozenset[str],
    proposals: frozenset[str],
    contracted: frozenset[str],
) -> frozenset[str] | None:
    """Accounts that a changed plan bills; None where these are all of them."""
    found = contracted | _billed(connection, plans, proposals)
    everyone = connection.execute(
        f"select count(distinct account_id) from {PUBLISHED}.intermediate.int_current_plans"
    ).fetchone()
    return None if everyone is not None and len(found) == everyone[0] else found


def _billed(
    connection: duckdb.DuckDBPyConnection, plans: frozenset[str] | None, proposals: frozenset[str]
) -> frozenset[str]:
    """Accounts that the proposals bill by one of the plans, None for any."""
    where = f"scenario_id in ({listed(proposals)})"
    if plans is not None:
        where += f" and plan_id in ({listed(plans)})"
    return _names(
        connection,
        f"select distinct account_id from {PUBLISHED}.marts.fct_shadow_bills where {where}",
    )


def _whole(
    connection: duckdb.DuckDBPyConnection,
    book: Tables,
    plans: frozenset[str],
    credited: bool,
    proposals: frozenset[str],
) -> frozenset[str] | None:
    """Accounts whose bills are more than the sum of their charges; None for everybody.

    A discount, a minimum, a cap or grandfathering is made from the whole bill, and so is a credit,
    though without these it is what its own charge billed. All lines of such a bill are due;
    everyone else's changes by the lines of the changed charges alone.
    """
    if any(
        row.values[column] is not None
        for row in book["plans"]
        if row.text("plan_id") in plans
        for column in ("minimum_amount", "maximum_amount")
    ):
        return None
    # credits of charges that do not change stand as they are
    stands = "" if credited else " and line_kind is distinct from 'credit'"
    found = _names(
        connection,
        f"""
        select distinct account_id from {PUBLISHED}.{SCHEMA}.{ADJUSTED_SUMS}
        where scenario_id in ({listed(proposals)}){stands}
        union
        select distinct _account_id from {PUBLISHED}.intermediate.int_unit_discounts
        where _scenario_id in ({listed(proposals)})
        union
        -- a bill that was refused has no lines that could stand
        select distinct account_id from {PUBLISHED}.intermediate.int_refused_bills
        where scenario_id in ({listed(proposals)})
        """,
    )
    if credited:
        found |= _reopened(connection)
    of_plans = {
        charge.text("charge_id") for charge in book["charges"] if charge.text("plan_id") in plans
    }
    return found | {
        row.text("account_id")
        for row in book["contract_prices"]
        if row.text("charge_id") in of_plans
    }


def _reopened(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Accounts some of whose outcomes were reopened later."""
    return _names(
        connection,
        f"select distinct account_id from {PUBLISHED}.intermediate.int_outcome_reopenings",
    )


def _grandfathers(book: Tables, proposals: frozenset[str]) -> bool:
    """Whether a proposal counts the periods in which it holds a bill back."""
    return any(
        row.values["max_increase_ratio"] is not None
        for row in book["scenarios"]
        if row.text("scenario_id") in proposals
    )


def _chosen(book: Tables) -> frozenset[str]:
    """Proposals that an account takes, or not, by what it would bill."""
    return frozenset(
        row.text("scenario_id")
        for row in book["scenarios"]
        if row.values["uptake"] not in (None, "all")
    )


def _has_wallets(book: Tables, proposals: frozenset[str]) -> bool:
    """Whether a plan of the proposals sells credits."""
    proposed = {
        row.text("plan_id") for row in book["scenarios"] if row.text("scenario_id") in proposals
    }
    # a variant in another currency has the name of the plan that it stands in for
    names = {row.text("plan_name") for row in book["plans"] if row.text("plan_id") in proposed}
    plans = {row.text("plan_id") for row in book["plans"] if row.text("plan_name") in names}
    credited = [
        *book["credit_grants"],
        *(row for row in book["charges"] if row.text("meter") == "credits"),
    ]
    return any(row.text("plan_id") in plans for row in credited)


def _has_unread_usage(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a bill may be refused for what is quarantined of a meter."""
    try:
        found = connection.execute(
            f"select 1 from {PUBLISHED}.intermediate.int_quarantine_gaps "
            "where span = 'anchor' and basis = 'usage' limit 1"
        ).fetchone()
    except duckdb.CatalogException:  # published before there was such a table
        return False
    return found is not None


def _refuse_terms(connection: duckdb.DuckDBPyConnection, changes: Sequence[ChangedCell]) -> None:
    for change in changes:
        if change.table == "plans" and change.column in TERMS:
            plan_id = change.row_before["plan_id"]
            if _contracted(connection, frozenset({plan_id or ""})):
                raise RequestError(
                    f"plans.{change.key}.{change.column} cannot be tried: contracts are on this "
                    "plan and follow its terms; change plans.csv and refresh."
                )
        held = change.table in ("charges", "contract_prices") and change.column == "valid_to"
        if held and change.is_of_a_cell:
            raise RequestError(
                f"{change.table}.{change.key}.valid_to cannot be tried: a what-if changes what a "
                f"row says, not how long it holds; change {change.table}.csv and refresh."
            )
        if change.table == "charges" and change.column == "meter" and change.after is not None:
            _refuse_unmetered(connection, change.key, change.after)
        counted = {"sum"} if change.table != "charges" else change.values("aggregation")
        meter = {"seats"} if change.table != "charges" else change.values("meter")
        if (
            change.column in ("aggregation", "meter", "dimension", "actor_type")
            and not counted <= {"sum", "count"}
            and meter != {"seats"}
            and any(change.row_after.values())
        ):
            raise RequestError(
                f"charges.{change.key}.{change.column} cannot be tried: an aggregation other than "
                "sum and count is measured from the events, which the snapshot does not carry; "
                "change charges.csv and refresh."
            )
        if change.table == "plans" and change.column == "seat_basis" and change.after == "active":
            carried = connection.execute(
                f"select 1 from {PUBLISHED}.intermediate.int_user_activity limit 1"
            ).fetchone()
            if carried is None:
                raise RequestError(
                    f"plans.{change.key}.seat_basis=active cannot be tried: no plan of the "
                    "published book bills seats by activity, so the snapshot does not carry "
                    "who was active; "
                    "change plans.csv and refresh."
                )


def _refuse_unmetered(connection: duckdb.DuckDBPyConnection, key: str, meter: str) -> None:
    """A charge on a meter that nothing counts would bill nothing, and look like a cheap one."""
    metered = _names(
        connection, f"select distinct meter from {PUBLISHED}.intermediate.int_usage_months"
    )
    if meter not in metered | UNMETERED.keys():
        raise RequestError(
            f"charges.{key}.meter is {meter!r}, of which no usage is loaded; "
            f"{nearest(meter, sorted(metered | UNMETERED.keys()), 'meter', 'there are')}."
        )


def _names(connection: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    return frozenset(str(row[0]) for row in connection.execute(sql).fetchall())


def listed(names: Collection[str]) -> str:
    """Names as SQL text; bound parameters would have DuckDB import pandas first."""
    return ", ".join(quoted(name) for name in sorted(names)) or "''"
