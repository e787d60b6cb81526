"""What a changed price book would have billed: the compiled rating models, run on it.

Nothing is priced here. A memory database takes the place of the build: it shows the published
snapshot's rows, except the price book, whose changed rows are the user's, and runs the SQL that dbt
ran, for the bills that the change can reach. Every other bill is the published one. The result is
what a refresh with that price book would publish, to the cent.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.book_changes import Change, changed_book, read_book
from orchestration.errors import RequestError, SeatshiftError
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference import write_table
from orchestration.published import Pointer, read_pointer, rows
from orchestration.rating_chain import SCHEMA, Chain, read_chain
from orchestration.settings import Settings
from orchestration.transform import CompiledModel
from orchestration.warehouse import PUBLISHED, open_scratch

CURRENT = "current"
BIGGEST = 10

# columns that say what a unit costs, not how many units there are: with only these changed, the
# published quantities stand. A test holds the models to it.
PRICES = {
    "thresholds": ("fires_at",),
    "charges": (
        "charge_name",
        "timing",
        "unit_amount",
        "package_size",
        "line_minimum",
        "line_maximum",
    ),
    "tiers": ("up_to", "unit_amount", "flat_amount"),
    "contract_prices": ("unit_amount", "discount_ratio", "approved_by"),
    "discounts": ("ratio", "amount", "approved_by"),
}
# made from the units and the charges' quantities alone
QUANTITIES = ("int_points", "int_reopened_outcomes", "int_unit_seats", "int_refused_bills")
# made from the units and from whose seats a charge is for
ACTIVITY = ("int_unit_activity",)
SEAT_RULES = {"charges": ("meter", "role", "included_per", "plan_id")}
# who is proposed which plan, and in which periods
UNITS = ("int_proposed_plans", "int_rated_units")
# lines that come from one charge alone; any other is made from the whole bill
PLAIN_KINDS = ("flat", "seat", "proration", "usage")

# a contract's terms follow from these columns of its plan
TERMS = ("family", "currency", "billing_interval")

# only the rows of the accounts that are rated again are shown to the models
OF_UNITS = (
    "int_points",
    "int_reopened_outcomes",
    "int_unit_activity",
    "int_unit_discounts",
    "int_unit_seats",
)
BY_ACCOUNT = (
    "int_account_anchors",
    "int_accounts",
    "int_anchor_months",
    "int_contract_periods",
    "int_current_plans",
    "int_invoice_slices",
    "int_invoiced_lines",
    "int_outcome_reopenings",
    "int_proposed_plans",
    "int_rated_units",
    "int_seat_changes",
    "int_usage_months",
)

SHOCK = "fct_migration_shock"
BILLS = "fct_shadow_bills"
LINES = "fct_shadow_bill_lines"
MODEL_LINES = "int_model_lines"
REFUSED = "int_refused_bills"
SENTENCED = ("int_bill_lines", "int_bill_line_slices", "int_model_lines", LINES)


@dataclass(frozen=True)
class Effect:
    """A scenario before and after; money in the reporting currency over `months` closed months.

    Accounts are counted where both bills are there. `winners` pay less than today after the change,
    `losers` more; both are null for the current model.
    """

    scenario_id: str
    scenario_name: str
    accounts: int
    revenue_before: Decimal
    revenue_after: Decimal
    rising: int
    falling: int
    winners_before: int | None
    winners_after: int | None
    losers_before: int | None
    losers_after: int | None
    shock_accounts: int | None
    shocked_before: int | None
    shocked_after: int | None

    @property
    def change(self) -> Decimal:
        return self.revenue_after - self.revenue_before


@dataclass(frozen=True)
class Mover:
    """An account whose bills a change moves, over the same months as Effect."""

    account_id: str
    account_name: str | None
    segment: str | None
    scenario_id: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class WhatIf:
    """What the changes do. `bills` and `lines` are those of the accounts asked for, after them."""

    generation: int
    as_of: str
    currency: str
    first_month: date | None
    last_month: date | None
    months: int
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    movers: tuple[Mover, ...]
    now_invoiced: int
    bills: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class _Scope:
    """What a change can reach, and what it leaves as it is."""

    proposals: frozenset[str]
    shown: frozenset[str]
    accounts: frozenset[str] | None
    whole: frozenset[str] | None
    plans: frozenset[str]
    charges: frozenset[str]
    changes_current: bool
    judges_anew: bool
    keeps_quantities: bool
    keeps_activity: bool
    keeps_units: bool
    keeps_discounts: bool

    @property
    def rated(self) -> frozenset[str]:
        """Scenarios whose lines are made again."""
        return self.proposals | ({CURRENT} if self.changes_current else frozenset())


def what_if(
    settings: Settings,
    wishes: Sequence[str],
    *,
    scenarios: Sequence[str] = (),
    accounts: Sequence[str] = (),
    keeps_basis: bool = False,
) -> WhatIf:
    """What the wishes, each `table.key.column=value`, would change in the published bills.

    `scenarios` limits what is told to some of them. `keeps_basis` leaves accounts on their re-rated
    current bill even where, with the changed book, it no longer meets their invoices.
    """
    if not wishes:
        raise RequestError(
            "There is nothing to try: name a change with --set, "
            "such as charges.seat.unit_amount=29."
        )
    with _opened(settings) as (connection, pointer, chain):
        book = read_book(connection, PUBLISHED)
        changed, changes = changed_book(book, wishes)
        _refuse_unknown(connection, scenarios, accounts)
        scope = _scope(connection, changed, changes, frozenset(scenarios), keeps_basis=keeps_basis)
        _Run(connection, chain, changed, changes, scope).rate()
        told = _told(connection, pointer, changes, scope)
    if accounts:
        with open_scratch(settings, pointer.path(settings)) as connection:
            of_accounts = replace(scope, accounts=frozenset(accounts), whole=None)
            run = _Run(connection, chain, changed, changes, of_accounts, with_sentences=True)
            run.rate()
            told = replace(
                told,
                bills=tuple(rows(connection, BILLS_OF_ACCOUNTS)),
                lines=tuple(rows(connection, LINES_OF_ACCOUNTS)),
            )
    return told


@contextmanager
def whole_result(
    settings: Settings, wishes: Sequence[str], *, keeps_basis: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose schema `whatif` has fct_shadow_bills and fct_migration_shock of every
    account, as a refresh with the changed book would publish them."""
    with _opened(settings) as (connection, _, chain):
        book, changes = changed_book(read_book(connection, PUBLISHED), wishes)
        scope = _scope(connection, book, changes, frozenset(), keeps_basis=keeps_basis)
        _Run(connection, chain, book, changes, scope).rate()
        yield connection


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, Pointer, Chain]]:
    """The published snapshot beside a scratch database, and the models that it carries."""
    with ExitStack() as stack:
        pointer, connection = _scratch(settings, stack)
        chain = read_chain(connection, PUBLISHED)
        if chain is None:
            raise SeatshiftError(
                f"Generation {pointer.generation} was published without the rating models that a "
                "what-if runs: run `seatshift refresh` once."
            )
        yield connection, pointer, chain


def _scratch(settings: Settings, stack: ExitStack) -> tuple[Pointer, duckdb.DuckDBPyConnection]:
    # a refresh may remove an old generation between the reading of its name and its opening
    for _ in range(3):
        pointer = read_pointer(settings)
        if pointer is None:
            break
        try:
            return pointer, stack.enter_context(open_scratch(settings, pointer.path(settings)))
        except duckdb.IOException:
            if pointer.path(settings).is_file():
                raise
    raise SeatshiftError(
        f"Nothing is published in {settings.home} yet: run `seatshift refresh` first."
    )


def _refuse_unknown(
    connection: duckdb.DuckDBPyConnection, scenarios: Sequence[str], accounts: Sequence[str]
) -> None:
    for what, column, wanted in (
        ("scenario", "scenario_id", scenarios),
        ("account", "account_id", accounts),
    ):
        for name in wanted:
            found = connection.execute(
                f"select 1 from {PUBLISHED}.marts.{BILLS} where {column} = ? limit 1", [name]
            ).fetchone()
            if found is None:
                raise RequestError(
                    f"The published snapshot has no bill of {what} {name!r}: "
                    "`seatshift explain` shows an account's."
                )


# What a change reaches


def _scope(
    connection: duckdb.DuckDBPyConnection,
    book: Tables,
    changes: Sequence[Change],
    asked: frozenset[str],
    *,
    keeps_basis: bool,
) -> _Scope:
    """The least that is surely enough: what does not change is not rated again."""
    charges = _charges(changes)
    plans = _plans(book, changes, charges)
    _refuse_terms(connection, changes)
    moved = frozenset(
        change.row_before["scenario_id"] or ""
        for change in changes
        if change.table == "scenarios" and change.row_before["scenario_id"] != CURRENT
    )
    renames = any(
        change.table == "plans" and change.column in ("plan_name", *TERMS) for change in changes
    )
    discounts = [change for change in changes if change.table == "discounts"]
    # a discount of an account or segment follows into every proposal
    follows = any(change.values("scope") != {"plan"} for change in discounts)
    shocks = any(change.table == "thresholds" for change in changes)
    everything = renames or follows or shocks
    keeps_units = not moved and not any(change.table == "plans" for change in changes)
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
    by_charge = (
        keeps_units
        and not changes_current
        and not (proposals & comparing)
        and all(change.table in ("charges", "tiers", "contract_prices") for change in changes)
        and not any(change.column in ("plan_id", "meter") for change in changes)
    )
    return _Scope(
        proposals=proposals,
        shown=_all_proposals(connection, asked) if changes_current else proposals,
        accounts=reached if named is None else named if reached is None else reached & named,
        whole=_whole(connection, book, plans, charges, proposals) if by_charge else None,
        plans=plans,
        charges=charges,
        changes_current=changes_current,
        judges_anew=changes_current and not keeps_basis,
        keeps_quantities=keeps_units
        and all(change.column in PRICES.get(change.table, ()) for change in changes),
        keeps_activity=keeps_units
        and not any(change.column in SEAT_RULES.get(change.table, ()) for change in changes),
        keeps_units=keeps_units,
        keeps_discounts=keeps_units and not discounts,
    )


def _charges(changes: Sequence[Change]) -> frozenset[str]:
    return frozenset(
        value
        for change in changes
        if change.table in ("charges", "tiers", "contract_prices")
        for value in change.values("charge_id")
    )


def _plans(book: Tables, changes: Sequence[Change], charges: frozenset[str]) -> frozenset[str]:
    found = {row.text("plan_id") for row in book["charges"] if row.text("charge_id") in charges}
    for change in changes:
        if "plan_id" in change.row_before and change.table != "scenarios":
            found |= change.values("plan_id")
        if change.table == "discounts" and "plan" in change.values("scope"):
            found |= change.values("scope_id")
    return frozenset(found)


def _named_accounts(
    connection: duckdb.DuckDBPyConnection, changes: Sequence[Change]
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
                "where list_contains(?, segment)",
                sorted(change.values("scope_id")),
            )
        else:
            return None
    return frozenset(found)


def _proposals(connection: duckdb.DuckDBPyConnection, plans: frozenset[str]) -> frozenset[str]:
    return _names(
        connection,
        f"select distinct scenario_id from {PUBLISHED}.marts.{BILLS} "
        f"where scenario_id <> '{CURRENT}' and list_contains(?, plan_id)",
        sorted(plans),
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
        "where list_contains(?, plan_id)",
        sorted(plans),
    )


def _reached(
    connection: duckdb.DuckDBPyConnection,
    plans: frozenset[str],
    proposals: frozenset[str],
    contracted: frozenset[str],
) -> frozenset[str] | None:
    """Accounts that a changed plan bills; None where these are all of them."""
    found = contracted | _names(
        connection,
        f"select distinct account_id from {PUBLISHED}.marts.{BILLS} "
        "where list_contains(?, plan_id) and list_contains(?, scenario_id)",
        sorted(plans),
        sorted(proposals),
    )
    everyone = connection.execute(
        f"select count(distinct account_id) from {PUBLISHED}.intermediate.int_current_plans"
    ).fetchone()
    return None if everyone is not None and len(found) == everyone[0] else found


def _whole(
    connection: duckdb.DuckDBPyConnection,
    book: Tables,
    plans: frozenset[str],
    charges: frozenset[str],
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
    credited = any(
        row.text("outcomes_only") == "true" or row.text("meter") == "credits"
        for row in book["charges"]
        if row.text("charge_id") in charges
    )
    found = _names(
        connection,
        f"""
        select distinct account_id from {PUBLISHED}.marts.{LINES}
        where
            list_contains(?, scenario_id) and (charge_id is null or not list_contains(?, line_kind))
        union
        select distinct _account_id from {PUBLISHED}.intermediate.int_unit_discounts
        where list_contains(?, _scenario_id)
        """,
        sorted(proposals),
        [*PLAIN_KINDS, *(() if credited else ("credit",))],
        sorted(proposals),
    )
    if credited:
        found |= _names(
            connection,
            f"select distinct account_id from {PUBLISHED}.intermediate.int_outcome_reopenings",
        )
    return found | {
        row.text("account_id")
        for row in book["contract_prices"]
        if row.text("charge_id")
        in {
            charge.text("charge_id")
            for charge in book["charges"]
            if charge.text("plan_id") in plans
        }
    }


def _refuse_terms(connection: duckdb.DuckDBPyConnection, changes: Sequence[Change]) -> None:
    for change in changes:
        if change.table == "plans" and change.column in TERMS:
            plan_id = change.row_before["plan_id"]
            if _contracted(connection, frozenset({plan_id or ""})):
                raise RequestError(
                    f"plans.{change.key}.{change.column} cannot be tried: contracts are on this "
                    "plan and follow its terms; change plans.csv and refresh."
                )
        if change.table in ("charges", "contract_prices") and change.column == "valid_to":
            raise RequestError(
                f"{change.table}.{change.key}.valid_to cannot be tried: a what-if changes what a "
                f"row says, not how long it holds; change {change.table}.csv and refresh."
            )
        counted = {"sum"} if change.table != "charges" else change.values("aggregation")
        meter = {"seats"} if change.table != "charges" else change.values("meter")
        if (
            change.column in ("aggregation", "meter", "dimension", "actor_type")
            and counted != {"sum"}
            and meter != {"seats"}
        ):
            raise RequestError(
                f"charges.{change.key}.{change.column} cannot be tried: an aggregation other than "
                "sum is counted from the events, which the snapshot does not carry; change "
                "charges.csv and refresh."
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


def _names(
    connection: duckdb.DuckDBPyConnection, sql: str, *parameters: list[str]
) -> frozenset[str]:
    return frozenset(str(row[0]) for row in connection.execute(sql, list(parameters)).fetchall())


# Rating


class _Run:
    """The models of the chain, made one after the other in the scratch database."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        chain: Chain,
        book: Tables,
        changes: Sequence[Change],
        scope: _Scope,
        *,
        with_sentences: bool = False,
    ) -> None:
        self.connection = connection
        self.models = {model.name: model for model in chain.models}
        self.inputs = {name: schema for schema, name in chain.inputs}
        self.book = book
        self.changed_tables = {change.table for change in changes}
        self.scope = scope
        self.with_sentences = with_sentences
        self.fixed = {
            *(QUANTITIES if scope.keeps_quantities else ()),
            *(ACTIVITY if scope.keeps_activity else ()),
            *(UNITS if scope.keeps_units else ()),
            *(("int_unit_discounts",) if scope.keeps_discounts else ()),
            *(() if scope.changes_current else ("int_ambiguous_meters",)),
            *(() if scope.judges_anew else ("fct_account_accuracy",)),
        } & set(self.models)

    def rate(self) -> None:
        """Make fct_shadow_bills, and fct_migration_shock after it, in the scratch database."""
        self._prepare()
        self._make_lines()
        self._show_all_lines()
        self._make_bills()
        for name in (BILLS, LINES, SHOCK):
            self._show_result(name)

    def _prepare(self) -> None:
        schemas = set(self.inputs.values())
        schemas |= {model.schema for model in self.models.values()} | {SCHEMA, "reference"}
        for schema in sorted(schemas):
            self.connection.execute(f"create schema if not exists {schema}")
        for name, members in (("accounts", self.scope.accounts), ("whole", self.scope.whole)):
            self.connection.execute(
                f"create or replace table {SCHEMA}.{name} as "
                "select unnest(cast(? as varchar[])) as account_id",
                [sorted(members or ())],
            )
        for name, spec in REFERENCE.items():
            if name in self.changed_tables:
                write_table(self.connection, spec, self.book[name])
        for name, schema in self.inputs.items():
            if schema != "reference" or name not in self.changed_tables:
                self._show(schema, name, self._published(schema, name))
        for name in self.fixed:
            schema = self.models[name].schema
            self._show(schema, name, self._published(schema, name))
        self._show_scenarios(self.scope.proposals)

    def _show(self, schema: str, name: str, sql: str) -> None:
        self.connection.execute(f'create or replace view {schema}."{name}" as {sql}')

    def _published(self, schema: str, name: str) -> str:
        """The snapshot's rows of a relation, as far as this run reads them."""
        scope = self.scope
        where = []
        hidden = ""
        if name in BY_ACCOUNT and scope.accounts is not None:
            where.append(f"account_id in (select account_id from {SCHEMA}.accounts)")
        if name == "int_contract_periods" and not scope.changes_current:
            where.append("false")
        rated = ", ".join(f"'{_escaped(name)}'" for name in sorted(scope.rated)) or "''"
        if name in OF_UNITS:
            hidden = "exclude (_scenario_id, _account_id)"
            where.append(f"_scenario_id in ({rated})")
            if scope.accounts is not None:
                where.append(f"_account_id in (select account_id from {SCHEMA}.accounts)")
        if name == "int_rated_units":
            where.append(f"scenario_id in ({rated})")
        if scope.whole is not None and name == "int_points":
            where.append(f"(charge_id in ({_listed(scope.charges)}) or {_is_whole('_account_id')})")
        if scope.whole is not None and name == "int_rated_units":
            where.append(f"(plan_id in ({_listed(scope.plans)}) or {_is_whole('account_id')})")
        condition = f" where {' and '.join(where)}" if where else ""
        return f'select * {hidden} from {PUBLISHED}.{schema}."{name}"{condition}'

    def _show_scenarios(self, proposals: frozenset[str]) -> None:
        """Only the proposals that are rated are in the book that the models see."""
        if "scenarios" in self.changed_tables:
            spec = REFERENCE["scenarios"]
            kept = [row for row in self.book["scenarios"] if row.text("scenario_id") in proposals]
            write_table(self.connection, spec, kept)
        else:
            self._show(
                "reference",
                "scenarios",
                f"select * from {PUBLISHED}.reference.scenarios "
                f"where scenario_id in ({_listed(proposals)})",
            )

    def _make_lines(self) -> None:
        for model in self._order((MODEL_LINES, REFUSED)):
            if model.name == "int_rated_charges" and self.scope.whole is not None:
                self._make_charges(model)
            elif model.name in (MODEL_LINES, REFUSED):
                self._show(SCHEMA, model.name, model.sql)
            else:
                self._make(model)

    def _make_charges(self, model: CompiledModel) -> None:
        """The changed charges of everybody, and every charge of those whose whole bill is due."""
        scope = self.scope
        units = self._published("intermediate", "int_rated_units")
        charges = self.models["stg_charges"].sql
        target = f'{model.schema}."{model.name}"'
        self._show(
            "staging",
            "stg_charges",
            f"select * from ({charges}) where charge_id in ({_listed(scope.charges)})",
        )
        self._show(
            "intermediate",
            "int_rated_units",
            f"select * from ({units}) where not {_is_whole('account_id')}",
        )
        self.connection.execute(f"create table {target} as {model.sql}")
        self._show("staging", "stg_charges", charges)
        self._show(
            "intermediate",
            "int_rated_units",
            f"select * from ({units}) where {_is_whole('account_id')}",
        )
        self.connection.execute(f"insert into {target} {model.sql}")
        self._show("intermediate", "int_rated_units", units)

    def _make(self, model: CompiledModel) -> None:
        sql = model.sql
        # the proposals that it shows are others for the lines than for the bills
        is_table = (
            not model.is_view
            and model.name != "int_proposed_plans"
            and (model.name in (BILLS, LINES, SHOCK) or self._readers(model) > 1)
        )
        if is_table and model.name in SENTENCED and not self.with_sentences:
            sql = f"select * replace ('' as explanation) from ({sql})"
        shape = "table" if is_table else "view"
        self.connection.execute(f'create {shape} {model.schema}."{model.name}" as {sql}')

    def _show_all_lines(self) -> None:
        """The lines that were made, and the published ones that the change cannot reach."""
        scope = self.scope
        rated = _listed(scope.rated)
        sentence = "" if self.with_sentences else "replace ('' as explanation)"
        self.connection.execute(
            f"create table {SCHEMA}.lines as select * {sentence} from {SCHEMA}.{MODEL_LINES} "
            f"where scenario_id in ({rated})"
        )
        kept = f"scenario_id not in ({rated})"
        if scope.whole is not None:
            kept += (
                f" or (charge_id not in ({_listed(scope.charges)}) "
                f"and not {_is_whole('account_id')})"
            )
        where = [f"scenario_id in ({_listed(scope.shown | scope.rated | {CURRENT})})", f"({kept})"]
        if scope.accounts is not None:
            where.append(f"account_id in (select account_id from {SCHEMA}.accounts)")
        # lines that are taken over keep their order
        self._show(
            "intermediate",
            MODEL_LINES,
            f"select * from {SCHEMA}.lines union all by name "
            f"select * exclude (line_number) {sentence}, "
            "lpad(cast(line_number as varchar), 9, '0') as line_key "
            f"from {PUBLISHED}.marts.{LINES} where {' and '.join(where)}",
        )
        self._show_scenarios(scope.shown)
        if REFUSED in self.models and REFUSED not in self.fixed:
            self._show(
                "intermediate",
                REFUSED,
                f"select * from {SCHEMA}.{REFUSED} where scenario_id in ({rated}) "
                f"union all by name select * from {PUBLISHED}.intermediate.{REFUSED} "
                f"where scenario_id not in ({rated})",
            )

    def _make_bills(self) -> None:
        made = {model.name for model in self._order((MODEL_LINES, REFUSED))}
        for model in self._order((SHOCK, LINES)):
            if model.name not in made:
                self._make(model)

    def _show_result(self, name: str) -> None:
        """The relation as a refresh with the changed book would publish it, in schema `whatif`."""
        scope = self.scope
        told = _listed(scope.shown | {CURRENT})
        published = f"select * from {PUBLISHED}.marts.{name} where "
        parts = [
            f"select * from marts.{name} where scenario_id in ({told})",
            f"{published} scenario_id not in ({told})",
        ]
        if scope.accounts is not None:
            parts.append(
                f"{published} scenario_id in ({told}) "
                f"and account_id not in (select account_id from {SCHEMA}.accounts)"
            )
        self._show(SCHEMA, name, " union all by name ".join(parts))

    def _order(self, targets: Sequence[str]) -> list[CompiledModel]:
        """What has to be made for the targets, in the chain's order."""
        needed: set[str] = set()

        def take(name: str) -> None:
            if name in self.models and name not in self.fixed and name not in needed:
                needed.add(name)
                for _, read in self.models[name].reads:
                    take(read)

        for target in targets:
            take(target)
        return [model for name, model in self.models.items() if name in needed]

    def _readers(self, model: CompiledModel) -> int:
        return sum(
            (model.schema, model.name) in other.reads
            for other in self._order((SHOCK, LINES, REFUSED))
        )


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"'{_escaped(name)}'" for name in sorted(names)) or "''"


def _is_whole(column: str) -> str:
    return f"coalesce({column} in (select account_id from {SCHEMA}.whole), false)"


# Telling


# the months over which a proposal is judged a shock are those over which revenue is told
WINDOW = f"""
    select
        cast(max(bills.month) - to_months(max(limits.months) - 1) as date) as first_month,
        max(bills.month) as last_month,
        max(limits.months) as months
    from {PUBLISHED}.marts.{BILLS} as bills
    cross join (
        select max(migration_months) as months from intermediate.int_decision_limits
    ) as limits
    where not bills.is_provisional
"""

BY_ACCOUNT_AND_SCENARIO = """
    select
        account_id,
        scenario_id,
        cast(sum(amount_reporting) as decimal(38, 4)) as amount,
        cast(
            sum(amount_reporting) filter (where current_amount_reporting is not null)
            - sum(current_amount_reporting) filter (where amount_reporting is not null)
            as decimal(38, 4)
        ) as difference
    from {bills}
    where
        not is_provisional and amount_reporting is not null
        and month between $first_month and $last_month
        and {condition}
    group by account_id, scenario_id
"""

COMPARED = f"""
    create or replace table {SCHEMA}.compared as
    with
    before as ({{before}}),
    after as ({{after}})
    select
        before.account_id,
        before.scenario_id,
        before.amount as before_amount,
        before.difference as before_difference,
        after.amount as after_amount,
        after.difference as after_difference
    from before
    left join after
        on before.account_id = after.account_id and before.scenario_id = after.scenario_id
"""

EFFECTS = f"""
    select
        compared.scenario_id,
        coalesce(max(names.scenario_name), 'Current pricing') as scenario_name,
        count(*) as accounts,
        cast(sum(before_amount) as decimal(38, 4)) as revenue_before,
        cast(coalesce(sum(after_amount), 0) as decimal(38, 4)) as revenue_after,
        count(*) filter (where after_amount > before_amount) as rising,
        count(*) filter (where after_amount < before_amount) as falling,
        count(*) filter (where before_difference < 0) as winners_before,
        count(*) filter (where after_difference < 0) as winners_after,
        count(*) filter (where before_difference > 0) as losers_before,
        count(*) filter (where after_difference > 0) as losers_after
    from {SCHEMA}.compared
    left join (
        select scenario_id, min(scenario_name) as scenario_name
        from {PUBLISHED}.reference.scenarios
        group by scenario_id
    ) as names
        on compared.scenario_id = names.scenario_id
    group by compared.scenario_id
    order by compared.scenario_id <> '{CURRENT}', compared.scenario_id
"""

MOVERS = f"""
    select
        compared.account_id,
        accounts.account_name,
        accounts.segment,
        compared.scenario_id,
        compared.before_amount as before,
        compared.after_amount as after
    from {SCHEMA}.compared
    left join {PUBLISHED}.marts.dim_accounts as accounts
        on compared.account_id = accounts.account_id
    where compared.before_amount <> compared.after_amount
    order by abs(compared.after_amount - compared.before_amount) desc, account_id, scenario_id
    limit {BIGGEST}
"""

SHOCKS = """
    select
        scenario_id,
        count(is_shock) as accounts,
        count(*) filter (where is_shock) as shocked
    from {shocks}
    group by scenario_id
"""

BILLS_OF_ACCOUNTS = f"""
    select
        bills.account_id, bills.month, bills.period_start, bills.period_end, bills.scenario_id,
        bills.plan_id, bills.currency, before.amount as before, bills.amount as after,
        bills.current_amount, bills.current_basis, bills.is_available, bills.reason,
        bills.is_provisional
    from {SCHEMA}.{BILLS} as bills
    left join {PUBLISHED}.marts.{BILLS} as before using (account_id, month, scenario_id)
    where bills.account_id in (select account_id from {SCHEMA}.accounts)
    order by bills.account_id, bills.month, bills.scenario_id <> '{CURRENT}', bills.scenario_id
"""

LINES_OF_ACCOUNTS = f"""
    select * from {SCHEMA}.{LINES}
    where account_id in (select account_id from {SCHEMA}.accounts)
    order by account_id, month, scenario_id <> '{CURRENT}', scenario_id, line_number
"""


def _told(
    connection: duckdb.DuckDBPyConnection,
    pointer: Pointer,
    changes: Sequence[Change],
    scope: _Scope,
) -> WhatIf:
    window = rows(connection, WINDOW)[0]
    span = {"first_month": window["first_month"], "last_month": window["last_month"]}
    told = scope.shown | ({CURRENT} if scope.changes_current else frozenset())
    condition = f"scenario_id in ({_listed(told)})"
    connection.execute(
        COMPARED.format(
            before=BY_ACCOUNT_AND_SCENARIO.format(
                bills=f"{PUBLISHED}.marts.{BILLS}", condition=condition
            ),
            after=BY_ACCOUNT_AND_SCENARIO.format(bills=f"{SCHEMA}.{BILLS}", condition=condition),
        ),
        span,
    )
    shocks = {
        name: {
            row["scenario_id"]: row
            for row in rows(connection, SHOCKS.format(shocks=f"{schema}.{SHOCK}"))
        }
        for name, schema in (("before", f"{PUBLISHED}.marts"), ("after", SCHEMA))
    }
    effects = [
        Effect(**(_effect(row) | _shock(shocks, row["scenario_id"])))
        for row in rows(connection, EFFECTS)
    ]
    settings = rows(connection, f"select reporting_currency from {PUBLISHED}.reference.settings")[0]
    return WhatIf(
        generation=pointer.generation,
        as_of=pointer.as_of,
        currency=settings["reporting_currency"],
        months=window["months"] or 0,
        changes=tuple(changes),
        effects=tuple(effects),
        movers=tuple(Mover(**row) for row in rows(connection, MOVERS)),
        now_invoiced=_now_invoiced(connection) if scope.judges_anew else 0,
        bills=(),
        lines=(),
        **span,
    )


def _effect(row: dict[str, Any]) -> dict[str, Any]:
    """Today's bill neither wins nor loses against itself."""
    if row["scenario_id"] != CURRENT:
        return row
    of_none = ("winners_before", "winners_after", "losers_before", "losers_after")
    return row | dict.fromkeys(of_none)


def _shock(shocks: dict[str, dict[str, dict[str, Any]]], scenario_id: str) -> dict[str, int | None]:
    before, after = (shocks[name].get(scenario_id, {}) for name in ("before", "after"))
    return {
        "shock_accounts": after.get("accounts"),
        "shocked_before": before.get("shocked"),
        "shocked_after": after.get("shocked"),
    }


def _now_invoiced(connection: duckdb.DuckDBPyConnection) -> int:
    """Accounts whose invoices the changed current model no longer meets."""
    found = connection.execute(
        f"""
        select count(*)
        from marts.fct_account_accuracy as after
        inner join {PUBLISHED}.marts.fct_account_accuracy as before using (account_id)
        inner join (select distinct account_id from marts.{BILLS}) as rated using (account_id)
        where after.current_basis = 'invoiced' and before.current_basis = 'rated'
        """
    ).fetchone()
    return int(found[0]) if found else 0
