"""Ids that other systems give to accounts: reference/ids.csv, applied by mappings."""

import duckdb

from orchestration.ingest.price_book import ReferenceSpec
from orchestration.ingest.read import Relation, identifier
from orchestration.ingest.reference import read_file
from orchestration.ingest.reference_rows import Problem, Row
from orchestration.ingest.specs import Column
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import quoted

IDS = ReferenceSpec(
    "ids",
    ("system", "external_id"),
    (
        Column("account_id", required=True),
        Column("system", required=True),
        Column("external_id", required=True),
    ),
)
# external id and account id
Pairs = tuple[tuple[str, str], ...]


def read_ids(settings: Settings) -> list[Row]:
    """The rows of ids.csv; InputError names the first problem."""
    problems: list[Problem] = []
    rows = read_file(settings.reference / "ids.csv", IDS, problems)
    if problems:
        raise InputError(problems[0].sentence)
    return rows


def pairs_by_system(rows: list[Row]) -> dict[str, Pairs]:
    """System -> its external ids with their accounts, by external id."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        pair = (row.text("external_id"), row.text("account_id"))
        found.setdefault(row.text("system"), []).append(pair)
    return {system: tuple(sorted(pairs)) for system, pairs in found.items()}


def with_accounts(
    connection: duckdb.DuckDBPyConnection, relation: Relation, pairs: Pairs
) -> Relation:
    """The relation with external ids replaced by account ids; other ids stay as they are."""
    name = next((name for name in relation.columns if name.casefold() == "account_id"), None)
    if name is None or not pairs:
        return relation
    lists = (", ".join(quoted(pair[place]) for pair in pairs) for place in (0, 1))
    external, account = lists
    connection.execute(
        "create or replace temp table account_ids as select "
        f"unnest([{external}]) as external_id, unnest([{account}]) as account_id"
    )
    column = f"made.{identifier(name)}"
    sql = f"""
        select made.* replace (
            coalesce(account_ids.account_id, cast({column} as varchar)) as {identifier(name)}
        )
        from ({relation.sql}) as made
        left join account_ids on trim(cast({column} as varchar)) = account_ids.external_id
    """
    columns = {**relation.columns, name: "VARCHAR"}
    return Relation(sql, columns, relation.rejects, relation.counts_rejects)
