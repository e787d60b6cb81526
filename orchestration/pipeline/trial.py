"""What a refresh of these exports would lead to, found in seconds and without a full build.

The landed rows of a check are provided to a temporary build file. Questions about them are asked in
SQL, and a sample of accounts is re-rated and compared with its invoices by the models themselves.
"""

import time
from dataclasses import dataclass

from orchestration.ingest.present import as_of_default, present
from orchestration.ingest.resolve import resolve
from orchestration.ingest.value_meter import with_value_meter
from orchestration.pipeline import transform
from orchestration.pipeline.nodes import CompiledModel
from orchestration.pipeline.prospects import Prospect, prospects
from orchestration.pipeline.recorded import read_recording
from orchestration.platform.published import rows
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse

SAMPLE = 40  # accounts
# a sample of more usage than this takes longer than a check should
MOST_ROWS = 2_000_000
TARGET = "int_account_accuracy"

# the same accounts each time, spread over all of them
CHOSEN = f"""
    select account_id from (
        select distinct account_id from raw.invoice_lines where account_id is not null
    )
    order by md5(account_id)
    limit {SAMPLE}
"""


@dataclass(frozen=True)
class Sample:
    """Accounts re-rated for a check; `reason` says why none were tried.

    `rated` of `accounts` agree with their invoices; `differences` has a reason code and its number
    of lines, the most frequent first.
    """

    accounts: int
    rated: int
    differences: list[tuple[str, int]]
    seconds: float
    reason: str | None = None


@dataclass(frozen=True)
class Outlook:
    """What a refresh would show, and how a sample of accounts reconciles."""

    prospects: list[Prospect]
    sample: Sample


def look_ahead(trial: Settings) -> Outlook:
    """The outlook of exports landed into a temporary folder, which the trial's state names."""
    settled = resolve(trial)
    settings = with_value_meter(trial, settled)
    warehouse = settings.builds / "check.duckdb"
    present(settings, warehouse, as_of_default(settings), "check")
    with open_warehouse(settings, warehouse, read_only=True) as connection:
        found = prospects(connection)
    usage = sum(file.loaded for file in settled.files if file.export == "usage_events")
    return Outlook(found, _sample(settings, usage))


def _sample(settings: Settings, usage_rows: int) -> Sample:
    started = time.monotonic()
    recording = read_recording(settings)
    if recording is None:
        return _not_tried("the models have not been built on this machine yet; a refresh does that")
    if usage_rows > MOST_ROWS:
        return _not_tried(f"{usage_rows:,} usage rows are too many for a check")
    warehouse = settings.builds / "check.duckdb"
    with open_warehouse(settings, warehouse) as connection:
        chosen = [row["account_id"] for row in rows(connection, CHOSEN)]
        tables = connection.execute(
            "select distinct table_name from duckdb_columns() inner join duckdb_tables() "
            "using (database_name, schema_name, table_name) "
            "where database_name = 'warehouse' and schema_name = 'raw' "
            "and column_name = 'account_id' order by all"
        ).fetchall()
        for (table,) in tables:
            connection.execute(
                f"delete from raw.{table} where not list_contains($chosen, account_id)",
                {"chosen": chosen},
            )
    failed = [
        result
        for result in transform.run_compiled(
            settings, warehouse, transform.Compiled(_upstream(recording.models), ())
        )
        if not result.is_good
    ]
    if failed:
        return _not_tried(f"model {failed[0].name} cannot be built: {failed[0].message[:200]}")
    with open_warehouse(settings, warehouse, read_only=True) as connection:
        bases = rows(
            connection,
            "select current_basis, count(*) as accounts from intermediate.int_account_accuracy "
            f"where account_id in ({CHOSEN}) group by current_basis",
        )
        differences = rows(
            connection,
            "select reason, count(*) as lines from intermediate.int_invoice_reconciliation "
            "where not is_matched and reason <> 'rounding' group by reason "
            "order by lines desc, reason",
        )
    by_basis = {row["current_basis"]: row["accounts"] for row in bases}
    return Sample(
        accounts=sum(by_basis.values()),
        rated=by_basis.get("rated", 0),
        differences=[(row["reason"], row["lines"]) for row in differences],
        seconds=time.monotonic() - started,
    )


def _not_tried(reason: str) -> Sample:
    return Sample(0, 0, [], 0.0, reason)


def _upstream(models: list[CompiledModel]) -> tuple[CompiledModel, ...]:
    """The models that the target reads, and itself, in the order of a build."""
    by_place = {(model.schema, model.name): model for model in models}
    wanted: set[str] = set()

    def take(model: CompiledModel) -> None:
        if model.name in wanted:
            return
        wanted.add(model.name)
        for read in model.reads:
            if read in by_place:
                take(by_place[read])

    take(next(model for model in models if model.name == TARGET))
    return tuple(model for model in models if model.name in wanted)
