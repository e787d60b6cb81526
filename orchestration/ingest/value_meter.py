"""The value meter: the one that settings.toml names, or the only meter of work in the exports."""

from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.ingest import ledger
from orchestration.ingest.fates import scan
from orchestration.ingest.resolve import ResolveReport, landed_parts
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import InputError
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

USAGE = EXPORTS["usage_events"]
# as the shipped mappings name the meters whose rows carry a cost instead of work
COST_SUFFIX = "_cost"
LISTED = 12


@dataclass(frozen=True)
class MeterVolume:
    """A meter of the usage export: its loaded rows, the latest version of each, and their sum."""

    meter: str
    row_count: int
    quantity: Decimal

    @property
    def text(self) -> str:
        rows = "row" if self.row_count == 1 else "rows"
        quantity = f"{self.quantity:,f}"
        if "." in quantity:
            quantity = quantity.rstrip("0").rstrip(".")
        return f"{self.meter} ({quantity} in {self.row_count:,} {rows})"


def with_value_meter(settings: Settings, report: ResolveReport) -> Settings:
    """The settings with a value meter: an empty one becomes the only meter of work, and says so.

    It stays empty if the exports contain no work; InputError if they contain several meters.
    """
    chosen, note = choose_value_meter(settings, report)
    if note is not None:
        say(note)
    return chosen


def choose_value_meter(settings: Settings, report: ResolveReport) -> tuple[Settings, str | None]:
    """The settings with a value meter, and a sentence if it was taken from the exports."""
    if settings.value_meter:
        return settings, None
    found = work_meters(settings, report)
    if not found:
        return settings, None
    place = f"{settings.home / 'settings.toml'}: company.value_meter is empty"
    if len(found) == 1:
        note = (
            f"{place}; {found[0].text} is the only meter of work in the exports, so it is the "
            "value meter."
        )
        return replace(settings, value_meter=found[0].meter), note
    more = len(found) - LISTED
    listed = ", ".join(meter.text for meter in found[:LISTED]) + (
        f" and {more} more" if more > 0 else ""
    )
    raise InputError(
        f"{place}, and the exports contain {len(found)} meters of work: {listed}; set it to the "
        "one that customers pay for."
    )


def work_meters(settings: Settings, report: ResolveReport) -> list[MeterVolume]:
    """The meters of the loaded usage that measure work, those with most rows first."""
    parts = landed_parts(settings, ledger.read_all(settings), USAGE.name)
    if not parts:
        return []
    fates = report.fates(USAGE.name)
    settled = (
        f"select file_id, row_number, row_key, fate from read_parquet({quoted(str(fates))})"
        if fates is not None
        else "select '' as file_id, 0 as row_number, '' as row_key, '' as fate where false"
    )
    with open_memory(settings) as connection:
        rows = connection.execute(
            f"""
            with
            settled as ({settled}),
            revised as (select distinct row_key from settled where fate = 'revision'),
            usable as (
                select landed.*
                from {scan(USAGE, parts)} as landed
                anti join (select * from settled where fate <> 'revision') as dropped
                    on landed._file = dropped.file_id and landed._row = dropped.row_number
            ),
            latest as (
                select meter, quantity
                from usable
                where event_id in (select row_key from revised)
                qualify row_number() over (
                    partition by event_id order by recorded_at desc, exported_at desc, _file, _row
                ) = 1
            ),
            counted as (
                select meter, quantity from latest
                union all
                select meter, quantity from usable
                where event_id not in (select row_key from revised)
            )
            select meter, count(*) as row_count, sum(quantity) as quantity
            from counted
            where not ends_with(meter, {quoted(COST_SUFFIX)})
            group by meter
            order by row_count desc, meter
            """
        ).fetchall()
    return [MeterVolume(*row) for row in rows]
