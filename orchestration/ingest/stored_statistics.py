"""Statistics of usage, stored by month as Parquet files below `var/statistics`.

A file's name has the digest of everything that its rows follow from, and its own sha256: a file
that a crash or the disk damaged is not used, and its month is computed again. So files are only
ever added, and deleted when no build refers to them.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.ingest.intact import sha256_once
from orchestration.platform.files import sha256_of
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse, quoted


@dataclass(frozen=True)
class Statistic:
    """Rows that follow from the usage rows of one local month.

    `model` has the rows of the months that are not stored, perhaps among others; `month` is the
    first day of a row's month, in SQL; `columns` are the model's, `name type, ...`.
    """

    model: str
    month: str
    columns: str


STATISTICS = {
    "usage_daily": Statistic(
        "int_new_usage_daily",
        "date_trunc('month', usage_date)",
        "account_id varchar, subscription_id varchar, usage_date date, meter varchar, "
        "dimension varchar, actor_type varchar, quantity decimal(38, 6), "
        "outcome_quantity decimal(38, 6), event_count bigint, named_event_count bigint, "
        "unit_cost_amount decimal(38, 12), unit_cost_event_count bigint",
    ),
    "user_days": Statistic(
        "int_new_user_days",
        "date_trunc('month', activity_date)",
        "account_id varchar, user_id varchar, activity_date date",
    ),
    "user_usage": Statistic(
        "int_user_usage_monthly",
        "month",
        "account_id varchar, user_id varchar, month date, meter varchar, actor_type varchar, "
        "quantity decimal(38, 6), event_count bigint",
    ),
    "reopenings": Statistic(
        "int_outcome_reopenings",
        "date_trunc('month', usage_date)",
        "account_id varchar, subscription_id varchar, usage_date date, reopened_on date, "
        "meter varchar, dimension varchar, actor_type varchar, quantity decimal(38, 6)",
    ),
    "feature_users": Statistic(
        "int_feature_users",
        "month",
        "account_id varchar, feature varchar, user_id varchar, month date",
    ),
}


def folder_of(settings: Settings) -> Path:
    return settings.var / "statistics"


def stored_files(settings: Settings, digest: str) -> dict[str, Path] | None:
    """The file of every statistic of a month, by name; None if one is missing or damaged."""
    found: dict[str, Path] = {}
    for path in folder_of(settings).glob(f"{digest}-*.parquet"):
        name, _, sha256 = path.stem.removeprefix(f"{digest}-").partition("-")
        if name in STATISTICS and path.is_file() and sha256_once(path)[:16] == sha256:
            found[name] = path
    return found if found.keys() == STATISTICS.keys() else None


def store_statistics(settings: Settings, build: Path) -> None:
    """Store the months that a complete build computed; delete files that no build refers to."""
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings, build, read_only=True) as connection:
        months = connection.execute(
            "select month, digest from raw.usage_months where not is_stored order by month"
        ).fetchall()
        for month, digest in months:
            for name, statistic in STATISTICS.items():
                _store(connection, folder, name, statistic, month, digest)
    _delete_others(settings, folder)


def _store(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    statistic: Statistic,
    month: date,
    digest: str,
) -> None:
    aside = folder / f".{digest}-{name}.tmp"
    connection.execute(
        f"copy (select * from intermediate.{statistic.model} "
        f"where {statistic.month} = date {quoted(month.isoformat())} order by all) "
        f"to {quoted(str(aside))} (format parquet)"
    )
    aside.rename(folder / f"{digest}-{name}-{sha256_of(aside)[:16]}.parquet")


def _delete_others(settings: Settings, folder: Path) -> None:
    digests: set[str] = set()
    for build in settings.builds.glob("*.duckdb"):
        try:
            with open_warehouse(settings, build, read_only=True) as connection:
                rows = connection.execute("select digest from raw.usage_months").fetchall()
        except duckdb.Error:  # a damaged build, or one by an earlier version
            continue
        digests |= {str(row[0]) for row in rows}
    for path in folder.glob("*.parquet"):
        if path.name.partition("-")[0] not in digests:
            path.unlink()
    for path in folder.glob(".*.tmp"):
        path.unlink()
