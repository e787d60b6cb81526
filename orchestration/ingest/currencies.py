"""ISO 4217 currencies and their minor units, as shipped."""

import csv
from functools import cache
from pathlib import Path

import duckdb

PATH = Path(__file__).parent / "defaults" / "currencies.csv"


@cache
def minor_units() -> dict[str, int]:
    """Currency -> digits of its minor unit."""
    with PATH.open(encoding="utf-8", newline="") as stream:
        return {row["currency"]: int(row["minor_units"]) for row in csv.DictReader(stream)}


def load_currencies(connection: duckdb.DuckDBPyConnection, table: str = "currencies") -> None:
    """Create the table (currency, minor_units)."""
    units = minor_units()
    connection.execute(
        f"create or replace table {table} as "
        "select unnest($codes::varchar[]) as currency, unnest($units::integer[]) as minor_units",
        {"codes": list(units), "units": list(units.values())},
    )
