"""The compiled rating models, run on a changed price book beside the published snapshot.

A memory database takes the place of the build: its relations show the snapshot's rows, its price
book is the changed one, and the models that the change can reach are made in it from the SQL that
dbt ran. What is not made as a table stands as a subquery in the statement that reads it: a view
would be planned once for itself and again for every view above it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference import write_table
from orchestration.pipeline.nodes import CompiledModel
from orchestration.pipeline.rating_chain import AHEAD, COLUMNS, QUANTITIES, SCHEMA
from orchestration.platform.warehouse import PUBLISHED, WAREHOUSE
from orchestration.whatif.changed_book import ChangedCell
from orchestration.whatif.rules import (
    BILLS,
    FLIPS,
    LIMITS,
    LINES,
    MEASURES,
    MODEL_BILLS,
    MODEL_LINES,
    NUMBER,
    OUTCOMES,
    REFUSED,
    REOPENED,
    RULES,
    SHOCK,
    conditions,
    is_settled,
    is_whole,
    rule_of,
)
from orchestration.whatif.scope import CURRENT, Scope, listed
from orchestration.whatif.session import Place
from orchestration.whatif.standing import Standing

WORD = re.compile(r"\w+")
# as dbt writes the name of a relation
RELATION = re.compile(r'"warehouse"\."(\w+)"\."(\w+)"(\s+as\s)?', re.IGNORECASE)

# made by `measure`
JUDGED = (MEASURES, FLIPS, OUTCOMES)

# a credit comes after grandfathering; no other kind of line is told from the others
SUMMED = """
    select
        account_id,
        month,
        scenario_id,
        case when line_kind = 'credit' then 'credit' end as line_kind,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount
    from ({lines})
    group by all
"""
# a proposal is judged by the bills of so many closed months; an anchor month may close in the next
FIRST_MONTH = f"""
    select cast(max(bills.month) - to_months(max(limits.months)) as date) as month
    from {PUBLISHED}.marts.{BILLS} as bills
    cross join (select max(migration_months) as months from intermediate.{LIMITS}) as limits
    where not bills.is_provisional
"""
CHARGE_LINES = "int_charge_lines"
TIERS = "int_tier_amounts"
UNITS = "int_rated_units"
COMPARED = "int_migration_bills"
# what is told of judging is of the latest closed month: the earlier ones need no window
LATEST = """
    is_latest and closed_month = (
        select max(month) from "warehouse"."intermediate"."int_calendar_months"
        where not is_provisional
    )
"""


def relation(schema: str, name: str) -> str:
    """The relation's name as dbt writes it."""
    return f'"{WAREHOUSE}"."{schema}"."{name}"'


class Run:
    """The models of the chain, made one after the other in the scratch database.

    With `only_judged` the bills of the months by which a proposal is judged are enough.
    """

    def __init__(
        self,
        place: Place,
        book: Tables,
        changes: Sequence[ChangedCell],
        scope: Scope,
        *,
        with_sentences: bool = False,
        only_judged: bool = False,
    ) -> None:
        chain = place.chain
        self.connection = place.connection
        self.tables = place.kept
        self.models = {model.name: model for model in chain.models}
        self.inputs = {name: schema for schema, name in chain.inputs}
        self.book = book
        self.changed_tables = {change.table for change in changes}
        self.scope = scope
        self.with_sentences = with_sentences
        self.only_judged = only_judged and scope.forgets
        # invoices are met by more of a line than its amount, and a line that is lent has no words
        self.only_amounts = not with_sentences and not scope.judges_anew
        self.lends_lines = scope.lends_lines and self.only_amounts
        # nor has a unit its name where none is made anew
        self.numbers_units = self.only_amounts and scope.keeps_units
        shapes = {
            name: shape.replace('"unit_id" VARCHAR', '"unit_id" INTEGER')
            if self.numbers_units
            else shape
            for name, shape in chain.shapes.items()
        }
        empty = scope.empty | {AHEAD}
        if self.lends_lines and not scope.tiers:
            empty |= {TIERS}
        self.shapes = {
            name: shape
            for name, shape in shapes.items()
            if name in empty or (rule_of(name).is_worded and not with_sentences)
        }
        self.line_shape = shapes[CHARGE_LINES]
        self.bill_shape = shapes[MODEL_BILLS]
        self.targets = (SHOCK, REFUSED, *((LINES,) if with_sentences else ()))
        self.first_month: date | None = None
        # relations that no table holds, by schema and name
        self.shown: dict[tuple[str, str], str] = {}
        self.made: set[str] = set()
        self.kept: dict[str, str] = {}
        self.fixed = {
            name for name in self.models if rule_of(name).stands(scope) and name not in self.shapes
        }

    def rate(self) -> None:
        """Make fct_shadow_bills, and fct_migration_shock after it, in the scratch database."""
        self._prepare()
        if self.only_judged:
            self._find_first_month()
            self._keep(UNITS)
        self._make_lines()
        self._show_all_lines()
        self._make_bills()
        for name in (BILLS, SHOCK, *((LINES,) if self.with_sentences else ())):
            self._show_result(name)

    def _prepare(self) -> None:
        schemas = set(self.inputs.values())
        schemas |= {model.schema for model in self.models.values()} | {SCHEMA, "reference"}
        for schema in sorted(schemas):
            self.connection.execute(f"create schema if not exists {schema}")
        for name, members in (
            ("accounts", self.scope.accounts),
            ("whole", self.scope.whole),
            ("reopened", self.scope.reopened),
        ):
            self.connection.execute(
                f"create or replace table {SCHEMA}.{name} as "
                f"select unnest([{listed(members or ())}]) as account_id"
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

    def _find_first_month(self) -> None:
        """The first month whose bills are made; the relations of units are shown from it on."""
        self._make_all((LIMITS,))
        found = self.connection.execute(FIRST_MONTH).fetchone()
        self.first_month = found[0] if found else None
        for name in sorted(name for name in self.fixed if rule_of(name).by_service):
            schema = self.models[name].schema
            self._show(schema, name, self._published(schema, name))

    def _keep(self, name: str) -> None:
        """Read once what stands and many models read: afterwards it is small, and known to be.

        Columns that none of them names are left out.
        """
        if name not in self.fixed:
            return
        schema = self.models[name].schema
        columns = ", ".join(self._named(name))
        rows = f"select {columns} from ({self._published(schema, name)})"
        self.kept[name] = self.tables.table(
            rows, self.scope.accounts, self.scope.whole, self.scope.reopened
        )
        self._show(schema, name, self._published(schema, name))

    def _named(self, name: str) -> list[str]:
        """The columns of a published relation that the models made after it name."""
        schema = self.models[name].schema
        named = {*rule_of(name).told}
        for model in self._order((*self.targets, *JUDGED)):
            if (schema, name) in model.reads:
                named |= set(WORD.findall(model.sql))
        described = self.connection.execute(f'describe {PUBLISHED}.{schema}."{name}"')
        return [f'"{row[0]}"' for row in described.fetchall() if row[0] in named]

    def _judged(self, name: str) -> str:
        """The condition on a relation's rows for bills from the first month on."""
        if self.first_month is None:
            return ""
        first = f"date '{self.first_month}'"
        if rule_of(name).by_month:
            return f"month >= {first}"
        if not rule_of(name).by_service:
            return ""
        if name == QUANTITIES and self.lends_lines and not self.scope.credits:
            # what the others give is lent with their lines
            return f"service_end > {first}"
        # what is reopened in a month is credited in it, however old the work
        reopened = (
            f"unit_id in (select unit_id from {PUBLISHED}.intermediate.{REOPENED})"
            if self.scope.keeps_counts
            else f"account_id in "
            f"(select account_id from {PUBLISHED}.intermediate.int_outcome_reopenings)"
        )
        return f"(service_end > {first} or {reopened})"

    def _show(self, schema: str, name: str, sql: str) -> None:
        """From now on the models see these rows under the relation's name."""
        self.shown[schema, name] = sql

    def _execute(self, statement: str) -> None:
        self.connection.execute(self._inlined(statement))

    def _inlined(self, sql: str) -> str:
        """The SQL with what is shown in place of its name."""

        def shown(match: re.Match[str]) -> str:
            schema, name, alias = match.groups()
            rows = self.shown.get((schema, name))
            if rows is None:
                return match.group()
            named = alias or f' as "{name}"'
            return f"({self._inlined(rows)}){named}"

        return RELATION.sub(shown, sql)

    def _published(self, schema: str, name: str) -> str:
        """The snapshot's rows of a relation, as far as this run reads them."""
        if name in self.kept:
            return f"select * from {self.kept[name]}"
        scope, rule = self.scope, rule_of(name)
        columns = "*"
        if rule.hidden:
            columns += f" exclude ({', '.join(rule.hidden)})"
        if self.numbers_units and NUMBER in rule.hidden:
            columns += f" replace ({NUMBER} as unit_id)"
        where = conditions(name, scope)
        if rule.by_meter and self.lends_lines:
            where.append(f"meter in ({listed(scope.meters)})")
        if rule.by_service:
            where += filter(None, [self._judged(name)])
        if scope.whole is not None and name == QUANTITIES:
            # two scans that each read little, where one with `or` would read everything
            quantities = f'select {columns} from {PUBLISHED}.{schema}."{name}" where '
            charges = f"charge_id in ({listed(scope.charges)})"
            if self.lends_lines:
                return f"{quantities} {' and '.join([*where, charges])}"
            whole = f"_account_id in (select account_id from {SCHEMA}.whole)"
            if not scope.credits:
                whole = f"_is_settled and {whole}"
            return (
                f"{quantities} {' and '.join([*where, charges])} union all "
                f"{quantities} {' and '.join([*where, f'not {charges}', whole])}"
            )
        condition = f" where {' and '.join(where)}" if where else ""
        return f'select {columns} from {PUBLISHED}.{schema}."{name}"{condition}'

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
                f"where scenario_id in ({listed(proposals)})",
            )

    def _make_all(self, targets: Sequence[str]) -> None:
        for model in self._order(targets):
            if model.name not in self.made:
                self._make(model)

    def _make_lines(self) -> None:
        for model in self._order((MODEL_LINES, REFUSED)):
            if model.name in self.made:
                continue
            if model.name == "int_rated_charges" and self.scope.whole is not None:
                self._make_charges(model)
            elif model.name == "int_settled_bills" and self.scope.whole is not None:
                self._settle(model)
            elif model.name in (MODEL_LINES, REFUSED):
                self._show(SCHEMA, model.name, model.sql)
                self.made.add(model.name)
            else:
                self._make(model)

    def _make_charges(self, model: CompiledModel) -> None:
        """The changed charges of everybody, and every charge of those whose whole bill is due."""
        target = f'{model.schema}."{model.name}"'
        charges = f"charge_id in ({listed(self.scope.charges)})"
        self.made.add(model.name)
        if self.lends_lines:
            # its one reader sees the changed charges alone
            if self._readers(model.name) == 1:
                self._show(model.schema, model.name, model.sql)
                return
            with self._narrowed(stg_charges=charges):
                self._execute(f"create table {target} as {model.sql}")
            return
        with self._narrowed(int_rated_units=f"not {is_whole('account_id')}", stg_charges=charges):
            self._execute(f"create table {target} as {model.sql}")
        with self._narrowed(int_rated_units=is_whole("account_id")):
            self._execute(f"insert into {target} {model.sql}")

    def _settle(self, model: CompiledModel) -> None:
        """Bills that are more than the sum of their charges; nobody asks for the others."""
        self.made.add(model.name)
        units = f"unit_id in (select unit_id from {relation('intermediate', UNITS)})"
        with self._narrowed(int_rated_units=is_settled("account_id"), int_unit_lines=units):
            self._execute(f'create table {model.schema}."{model.name}" as {model.sql}')

    @contextmanager
    def _narrowed(self, **conditions: str) -> Iterator[None]:
        """For a while the models see only some rows of the relations named."""
        whole = {name: self._seen(name) for name in conditions}
        for name, condition in conditions.items():
            schema, sql = whole[name]
            self._show(schema, name, f"select * from ({sql}) where {condition}")
        yield
        for name, (schema, sql) in whole.items():
            self._show(schema, name, sql)

    def _seen(self, name: str) -> tuple[str, str]:
        """The schema of a relation that no table holds, and what it shows."""
        schema = self.inputs.get(name) or self.models[name].schema
        return schema, self.shown[schema, name]

    def _make_empty(self, model: CompiledModel, shape: str) -> None:
        self.connection.execute(f'create table {model.schema}."{model.name}" ({shape})')
        self.shown.pop((model.schema, model.name), None)

    def _make(self, model: CompiledModel) -> None:
        self.made.add(model.name)
        if model.name in self.shapes:
            self._make_empty(model, self.shapes[model.name])
            return
        if model.name == CHARGE_LINES and self.only_amounts:
            self._make_amounts(model)
            return
        rule = rule_of(model.name)
        is_table = rule.is_kept or (
            not model.is_view
            and not rule.is_view
            and (model.name == LINES or self._readers(model.name) > 1)
        )
        if is_table:
            self._execute(f'create table {model.schema}."{model.name}" as {self._selected(model)}')
        else:
            self._show(model.schema, model.name, self._selected(model))

    def _selected(self, model: CompiledModel) -> str:
        """The model's rows, as far as this run needs them."""
        rule, sql = rule_of(model.name), model.sql
        if rule.told and self.only_judged:
            sql = f"select {', '.join(self._named(model.name))} from ({sql})"
        if model.name == UNITS and self.first_month is not None:
            sql = f"select * from ({sql}) where {self._judged(model.name)}"
        if rule.is_proposed and not self.scope.changes_current:
            sql = f"select * from ({sql}) where scenario_id <> '{CURRENT}'"
        if model.name == COMPARED:
            sql = f"select * replace ({LATEST} as is_latest) from ({sql})"
        if rule.unworded and not self.with_sentences:
            sql = f"select {rule.unworded} from ({sql})"
        return sql

    def _make_amounts(self, model: CompiledModel) -> None:
        """Lines of charges with what amounts follow from; their other columns are empty."""
        lines = f"select {', '.join(COLUMNS[CHARGE_LINES])} from ({model.sql})"
        narrowed = {}
        if self.lends_lines:
            lines += f" union all by name {self._lent()}"
            narrowed = {"stg_charges": f"charge_id in ({listed(self.scope.charges)})"}
        with self._narrowed(**narrowed):
            self._execute(f"create table {SCHEMA}.line_amounts as {lines}")
        self.connection.execute(f"create table {SCHEMA}.line_shape ({self.line_shape})")
        self._show(
            model.schema,
            model.name,
            f"select * from {SCHEMA}.line_shape where false "
            f"union all by name select * from {SCHEMA}.line_amounts",
        )

    def _lent(self) -> str:
        """The published lines of unchanged charges, of accounts whose whole bill is made anew."""
        published = self._published(self.models[CHARGE_LINES].schema, CHARGE_LINES)
        charges = f"charge_id not in ({listed(self.scope.charges)})"
        accounts = f"_account_id in (select account_id from {SCHEMA}.whole)"
        lent = f"{published} and {charges} and {accounts}"
        if self.scope.keeps_totals:
            # what they come to stands; only credits are told apart by their lines
            lent += f" and unit_id in (select unit_id from {PUBLISHED}.intermediate.{REOPENED})"
        return lent

    def _show_all_lines(self) -> None:
        """The lines that were made, and the published ones that the change cannot reach."""
        scope = self.scope
        rated = listed(scope.rated)
        standing = Standing(scope, self.lends_lines, self.with_sentences, self.first_month)
        made = f"select * from {relation(SCHEMA, MODEL_LINES)} where scenario_id in ({rated})"
        # the published lines lend their columns to sums that have few
        shape = f"select * exclude (line_number) from {PUBLISHED}.marts.{LINES} where false"
        lines = (
            f"{shape} union all by name {standing.within(made)} "
            f"union all by name {standing.beside()}"
        )
        if self._readers(MODEL_LINES) == 1:
            # its one reader sums them anyway
            self._show("intermediate", MODEL_LINES, self._inlined(lines))
        else:
            if not self.with_sentences:
                lines = f"{shape} union all by name {SUMMED.format(lines=lines)}"
            self._execute(f'create table intermediate."{MODEL_LINES}" as {lines}')
        self._show_scenarios(scope.shown)
        if REFUSED in self.models and REFUSED not in self.fixed:
            self._show(
                "intermediate",
                REFUSED,
                f"select * from {relation(SCHEMA, REFUSED)} where scenario_id in ({rated}) "
                f"union all by name select * from {PUBLISHED}.intermediate.{REFUSED} "
                f"where scenario_id not in ({rated})",
            )

    def measure(self) -> None:
        """After `rate`: make what the proposals are judged by, of the accounts rated.

        Those are int_scenario_measures, int_scenario_flips and fct_scenario_outcomes; a snapshot
        that was published before it carried the draws has no outcomes.
        """
        self._make_all(JUDGED)

    def _make_bills(self) -> None:
        if self.first_month is not None:
            for name in (name for name, rule in RULES.items() if rule.by_month):
                if name in self.models and name not in self.fixed:
                    # no line follows from it where the units stand
                    self._make_all((name,))
                self._show_judged(name)
        if self.scope.forgets and not self.with_sentences:
            # what else reads the models' bills asks what grandfathering took off
            model = self.models[MODEL_BILLS]
            self.made.add(model.name)
            self._show(model.schema, model.name, self._selected(model))
            self._make_all((BILLS,))
            self._make_empty(model, self.bill_shape)
        self._make_all(self.targets)

    def _show_judged(self, name: str) -> None:
        schema, sql = self._seen(name)
        self._show(schema, name, f"select * from ({sql}) where {self._judged(name)}")

    def _show_result(self, name: str) -> None:
        """The relation as a refresh with the changed book would publish it, in schema `whatif`."""
        scope = self.scope
        told = listed(scope.told)
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
        self._execute(f'create view {SCHEMA}."{name}" as {" union all by name ".join(parts)}')

    def _order(self, targets: Sequence[str]) -> list[CompiledModel]:
        """What has to be made for the targets, in the chain's order."""
        needed: set[str] = set()

        def take(name: str) -> None:
            if name in self.models and name not in self.fixed and name not in needed:
                needed.add(name)
                if name in self.shapes:
                    return
                for _, read in self.models[name].reads:
                    take(read)

        for target in targets:
            take(target)
        return [model for name, model in self.models.items() if name in needed]

    def _readers(self, name: str) -> int:
        return sum(
            (self.models[name].schema, name) in other.reads and other.name not in self.shapes
            for other in self._order(self.targets)
        )
