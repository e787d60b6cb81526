"""Usage rows at any scale: planned as streams, then written month by month.

A stream is one kind of work by one actor in one month: so much of a meter, on so many rows,
between two days. The rows of all streams add up to exactly the events asked for. Rows are made
in numpy batches and handed to Arrow; none is ever a Python object.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from orchestration.generate.accounts import Account
from orchestration.generate.calendar import Window, utc
from orchestration.generate.catalogue import MODELS
from orchestration.generate.draws import key_of, units
from orchestration.generate.files import packed, temporary
from orchestration.generate.seats import Tenure
from orchestration.generate.story import Course
from orchestration.platform.progress import say

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COLUMNS = (
    "event_id",
    "account_id",
    "occurred_at",
    "meter",
    "quantity",
    "user_id",
    "actor_type",
    "feature",
    "dimension",
    "outcome_status",
    "reopened_at",
    "recorded_at",
)
METERS = ("resolutions", "messages", "tokens")
ACTORS = ("human", "automation")
FEATURES = ("inbox", "copilot", "macros", "autopilot")
STATUSES = ("success", "failed")

WORK_PER_SEAT = 60.0
BATCH_ROWS = 400_000

# the composition of automated work, and how often an outcome is reopened
FAILED_SHARE = 0.12
REOPENED_EARLY_SHARE = 0.03
REOPENED_LATE_SHARE = 0.015
HUMAN_FAILED_SHARE = 0.06
TOKENS_PER_RESOLUTION = (5200.0, 1700.0)


@dataclass(frozen=True)
class Streams:
    """Parallel arrays, one entry per stream of a month."""

    account: Ints
    user: Ints
    meter: Ints
    actor: Ints
    status: Ints
    model: Ints
    reopens: Ints
    volume: Ints
    weight: Ints
    first_day: Ints
    days: Ints
    on_workdays: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.account)


class UsagePlan:
    """Who works in which month, and how much; stores a few numbers per user, no rows."""

    def __init__(self, window: Window, seed: int, courses: Mapping[str, Course]) -> None:
        self._window = window
        self._key = key_of(seed, "usage")
        self._courses = courses
        self._accounts: list[Account] = []
        self._tenure_parts: list[tuple[int, int, int, int]] = []
        self._contract_parts: list[tuple[int, int, int]] = []
        self._calendar()

    def _calendar(self) -> None:
        days = self._window.days()
        self._midnights = np.array([int(utc(day).timestamp()) for day in days], dtype=np.int64)
        is_workday = np.array([day.weekday() < 5 for day in days])
        self._workdays = np.flatnonzero(is_workday).astype(np.int64)
        self._workdays_before = np.concatenate(([0], np.cumsum(is_workday))).astype(np.int64)
        self._month_starts = [
            self._window.day_number(self._window.month(month))
            for month in range(self._window.months + 1)
        ]

    def add(self, account: Account, tenures: Sequence[Tenure]) -> None:
        """Add an account; accounts must come in the order of their numbers."""
        at = len(self._accounts)
        self._accounts.append(account)
        number = self._window.day_number
        self._tenure_parts += [
            (at, tenure.user, number(tenure.start), number(tenure.end))
            for tenure in tenures
            if tenure.start < tenure.end
        ]
        self._contract_parts += [
            (at, number(one.start), number(one.end or self._window.end))
            for one in account.subscriptions
        ]

    def close(self) -> None:
        """Turn the collected data into arrays once all accounts are added."""
        tenures = np.array(self._tenure_parts, dtype=np.int64).reshape(-1, 4)
        self._tenures = np.ascontiguousarray(tenures.T)
        contracts = np.array(self._contract_parts, dtype=np.int64).reshape(-1, 3)
        self._contracts = np.ascontiguousarray(contracts.T)
        self._tenure_parts, self._contract_parts = [], []
        account, user = self._tenures[0], self._tenures[1]
        who = (account * 100_003 + user).astype(np.uint64)
        self._leaning = units(self._key ^ 1, who)
        self._strength = 0.6 + 0.8 * units(self._key ^ 2, who)
        self._account_ids = pa.array([one.account_id for one in self._accounts])
        self._weight_before = [0]
        for month in range(self._window.months):
            weight = int(self.streams(month).weight.sum())
            self._weight_before.append(self._weight_before[-1] + weight)

    def streams(self, month: int) -> Streams:
        """The streams of a month, account by account."""
        begin, end = self._month_starts[month], self._month_starts[month + 1]
        length = end - begin
        count = len(self._accounts)
        share = np.array(
            [self._courses[one.segment.name].automation[month] for one in self._accounts]
        )
        share = np.minimum(share * np.array([one.thirst for one in self._accounts]), 0.95)

        account, user, first, last = self._tenures
        first, last = np.maximum(first, begin), np.minimum(last, end)
        held = np.maximum(last - first, 0)
        fraction: Floats = held / float(length)
        seats: Floats = np.bincount(account, weights=fraction, minlength=count).astype(np.float64)
        work = self._work(month, seats, length)

        active = self._active(month, held)
        weighed = np.where(active, self._strength * fraction, 0.0)
        whole = np.bincount(account, weights=weighed, minlength=count)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(whole[account] > 0, weighed / whole[account], 0.0)
        human = work * (1.0 - share)
        picked = np.flatnonzero(active)
        per_user = (part * human[account])[picked]
        automated = work * share

        parts = _Parts()
        people = (account[picked], user[picked], first[picked], held[picked])
        share_of_rows = np.minimum(1000 * held[picked] // length + 120, 1000)
        parts.people(people, 0, per_user * (1 - HUMAN_FAILED_SHARE), 5 * share_of_rows)
        parts.people(people, 0, per_user * HUMAN_FAILED_SHARE, share_of_rows // 3, status=1)
        parts.people(people, 1, per_user * 3.2, 2 * share_of_rows)

        signed, start, stop = self._contracts
        start, stop = np.maximum(start, begin), np.minimum(stop, end)
        live = np.flatnonzero(stop > start)
        bots = (signed[live], start[live], (stop - start)[live])
        split = (stop - start)[live] / np.maximum(
            np.bincount(signed[live], weights=(stop - start)[live], minlength=count)[signed[live]],
            1,
        )
        amount = automated[signed[live]] * split
        milli = 1000 * bots[2] // length
        kept = 1 - FAILED_SHARE - REOPENED_EARLY_SHARE - REOPENED_LATE_SHARE
        parts.bots(bots, 0, amount * kept, 30 * milli)
        parts.bots(bots, 0, amount * FAILED_SHARE, 8 * milli, status=1)
        parts.bots(bots, 0, amount * REOPENED_EARLY_SHARE, 2 * milli, reopens=1)
        parts.bots(bots, 0, amount * REOPENED_LATE_SHARE, milli, reopens=2)
        parts.bots(bots, 1, amount * 2.4, 6 * milli)
        for model, tokens in enumerate(TOKENS_PER_RESOLUTION):
            parts.bots(bots, 2, amount * tokens, 6 * milli, model=model)
        return parts.joined(self._workdays_before)

    def _work(self, month: int, seats: Floats, length: int) -> Floats:
        """Resolutions of each account: by its seats, or growing on their own under automation."""
        begin = self._month_starts[month]
        open_days = np.zeros(len(self._accounts))
        for at, start, stop in self._contracts.T:
            overlap = min(stop, begin + length) - max(start, begin)
            if overlap > 0:
                open_days[at] += overlap
        work = np.empty(len(self._accounts))
        for at, account in enumerate(self._accounts):
            course = self._courses[account.segment.name]
            if course.work_follows_seats:
                demand = seats[at]
            else:
                joined = self._window.month_of(account.subscriptions[0].start)
                grown = course.work[month] / course.work[joined]
                demand = account.base_seats * grown * open_days[at] / length
            work[at] = WORK_PER_SEAT * account.productivity * demand
        return work

    def _active(self, month: int, held: Ints) -> npt.NDArray[np.bool_]:
        """Who works in the month: mostly the same people every month."""
        account, user = self._tenures[0], self._tenures[1]
        segment_share = np.array(
            [self._courses[one.segment.name].active[month] for one in self._accounts]
        )
        who = (account * 100_003 + user).astype(np.uint64) * np.uint64(131) + np.uint64(month)
        changed = units(self._key ^ 3, who) < 0.08
        mood = np.where(changed, units(self._key ^ 4, who), self._leaning)
        active: npt.NDArray[np.bool_] = (held > 0) & (mood < segment_share[account])
        return active

    def batches_of(self, month: int, events: int) -> Iterator[pa.Table]:
        """Arrow tables of the month's rows; `events` is the total over all months."""
        before, total = self._weight_before[month], self._weight_before[-1]
        if total == 0:
            return
        streams = self.streams(month)
        upto = before + np.cumsum(streams.weight)
        # exact products of large whole numbers: split them so that int64 holds them
        rows_upto = _scaled(upto, events, total)
        begun = _scaled(np.array([before], dtype=np.int64), events, total)[0]
        rows = np.diff(np.concatenate(([begun], rows_upto)))
        ends = np.cumsum(rows)
        at = 0
        while at < len(streams):
            done = ends[at - 1] if at else 0
            stop = int(np.searchsorted(ends, done + BATCH_ROWS, side="right"))
            stop = max(stop, at + 1)
            table = self._table(month, streams, slice(at, stop), rows[at:stop], int(done))
            if table.num_rows:
                yield table
            at = stop

    def _table(self, month: int, streams: Streams, part: slice, rows: Ints, done: int) -> pa.Table:
        """The rows of some streams, with each stream's volume split over its rows and days."""
        count = int(rows.sum())
        of = np.repeat(np.arange(len(rows)), rows)
        starts = np.concatenate(([0], np.cumsum(rows)[:-1]))
        place = np.arange(count) - starts[of]
        serial = np.arange(done, done + count, dtype=np.uint64)
        key = self._key ^ key_of("month", month)

        quantity = _split(streams.volume[part], rows, of, units(key ^ 11, serial))
        day = (place + units(key ^ 12, serial)) * streams.days[part][of] / rows[of]
        offset = np.minimum(day.astype(np.int64), streams.days[part][of] - 1)
        first = streams.first_day[part][of]
        on_workday = streams.on_workdays[part][of]
        worked = self._workdays[
            np.minimum(self._workdays_before[first] + offset, len(self._workdays) - 1)
        ]
        on = np.where(on_workday, worked, first + offset)
        instant = units(key ^ 13, serial)
        second = np.where(on_workday, 8 * 3600 + instant * 36000, instant * 82800)
        occurred = self._midnights[on] + second.astype(np.int64)

        reopens = streams.reopens[part][of]
        wait = units(key ^ 14, serial)
        hours = np.where(reopens == 1, 1 + 68 * wait, 80 + 300 * wait)
        reopened = occurred + (hours * 3600).astype(np.int64)
        closes = int(self._window.as_of.timestamp())
        not_reopened = (reopens == 0) | (reopened > closes)

        actor = streams.actor[part][of]
        meter = streams.meter[part][of]
        feature = np.where(actor == 1, 3, (units(key ^ 15, serial) * 3).astype(np.int64))
        user = streams.user[part][of]
        account = streams.account[part][of]
        label = self._window.month(month).strftime("ue-%y%m-")
        numbered = pc.utf8_lpad(pc.cast(pa.array(serial.astype(np.int64)), pa.string()), 8, "0")
        return pa.table(
            {
                "event_id": pc.binary_join_element_wise(label, numbered, ""),
                "account_id": self._account_ids.take(pa.array(account)),
                "occurred_at": _times(occurred, None),
                "meter": _named(METERS, meter, None),
                "quantity": pa.array(quantity),
                "user_id": self._user_ids(account, user),
                "actor_type": _named(ACTORS, actor, None),
                "feature": _named(FEATURES, feature, None),
                "dimension": _named(MODELS, streams.model[part][of], meter != 2),
                "outcome_status": _named(STATUSES, streams.status[part][of], meter != 0),
                "reopened_at": _times(reopened, not_reopened),
                "recorded_at": pa.nulls(count, pa.timestamp("s", "UTC")),
            }
        )

    def _user_ids(self, account: Ints, user: Ints) -> pa.Array:
        text = pc.cast(pa.array(user, mask=user < 0), pa.string())
        owner = pc.utf8_slice_codeunits(self._account_ids.take(pa.array(account)), 3)
        return pc.binary_join_element_wise("u", owner, "-", pc.utf8_lpad(text, 4, "0"), "")


class _Parts:
    """Collects streams of both kinds of actor."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, ...]] = []

    def people(
        self,
        people: tuple[Ints, Ints, Ints, Ints],
        meter: int,
        volume: Floats,
        weight: Ints,
        status: int = 0,
    ) -> None:
        account, user, first, days = people
        self._add(account, user, meter, 0, status, 0, 0, volume, weight, first, days, True)

    def bots(
        self,
        bots: tuple[Ints, Ints, Ints],
        meter: int,
        volume: Floats,
        weight: Ints,
        status: int = 0,
        model: int = 0,
        reopens: int = 0,
    ) -> None:
        account, first, days = bots
        nobody = np.full(len(account), -1, dtype=np.int64)
        self._add(
            account, nobody, meter, 1, status, model, reopens, volume, weight, first, days, False
        )

    def _add(
        self,
        account: Ints,
        user: Ints,
        meter: int,
        actor: int,
        status: int,
        model: int,
        reopens: int,
        volume: Floats,
        weight: Ints,
        first: Ints,
        days: Ints,
        on_workdays: bool,
    ) -> None:
        whole = np.rint(volume).astype(np.int64)
        # never more rows than units of work
        kept = np.minimum(weight, 1000 * whole)
        codes = [np.full(len(account), code, dtype=np.int64) for code in (meter, actor, status)]
        more = [np.full(len(account), code, dtype=np.int64) for code in (model, reopens)]
        flags = np.full(len(account), on_workdays)
        self._parts.append((account, user, *codes, *more, whole, kept, first, days, flags))

    def joined(self, workdays_before: Ints) -> Streams:
        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        streams = Streams(*(column[order] for column in columns))
        working = (
            workdays_before[streams.first_day + streams.days] - workdays_before[streams.first_day]
        )
        days = np.where(streams.on_workdays, working, streams.days)
        weight = np.where(days > 0, streams.weight, 0)
        return Streams(
            **{**vars(streams), "days": np.maximum(days, 1), "weight": weight},
        )


def _scaled(values: Ints, factor: int, whole: int) -> Ints:
    """floor(values × factor ÷ whole), exact though the product may pass 64 bits."""
    quotient, rest = divmod(factor, whole)
    high, low = values // 1_000_000, values % 1_000_000
    # values × rest ÷ whole, in two steps whose products stay below 2**63
    first, left = np.divmod(high * rest, whole)
    scaled: Ints = values * quotient + first * 1_000_000 + (left * 1_000_000 + low * rest) // whole
    return scaled


def _split(volume: Ints, rows: Ints, of: Ints, chance: Floats) -> Ints:
    """Split each stream's volume over its rows: at least one each, the rest unevenly."""
    rest = np.maximum(volume - rows, 0)
    share = 512 + (chance * 1024).astype(np.int64)
    upto = np.cumsum(share)
    ends = np.cumsum(rows)
    base = np.concatenate(([0], upto))[ends - rows]
    within = upto - base[of]
    whole = np.concatenate(([0], upto))[ends] - base
    high = within * rest[of] // whole[of]
    low = (within - share) * rest[of] // whole[of]
    split: Ints = 1 + high - low
    return split


def _named(
    names: Sequence[str], codes: Ints, absent: npt.NDArray[np.bool_] | None
) -> pa.DictionaryArray:
    indices = pa.array(codes.astype(np.int8), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names))


def _times(seconds: Ints, absent: npt.NDArray[np.bool_] | None) -> pa.Array:
    return pa.array(seconds, mask=absent).cast(pa.timestamp("s", "UTC"))


@dataclass(frozen=True)
class UsageWriter:
    """Writes one file per month: the first ones as compressed CSV, the others as Parquet."""

    plan: UsagePlan
    window: Window
    folder: Path
    csv_months: int

    def write(self, events: int) -> dict[Path, int]:
        """Write the files and return the number of rows in each."""
        written: dict[Path, int] = {}
        for month in range(self.window.months):
            label = self.window.month(month).strftime("%Y-%m")
            tables = self.plan.batches_of(month, events)
            if month < self.csv_months:
                path = self.folder / f"usage_{label}.csv.gz"
                written[path] = _write_csv(path, tables)
            else:
                path = self.folder / f"usage_{label}.parquet"
                written[path] = _write_parquet(path, tables)
            say(f"  {label}: {written[path]:,} rows")
        return written


_SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("account_id", pa.string()),
        ("occurred_at", pa.timestamp("ms", "UTC")),
        ("meter", pa.string()),
        ("quantity", pa.int64()),
        ("user_id", pa.string()),
        ("actor_type", pa.string()),
        ("feature", pa.string()),
        ("dimension", pa.string()),
        ("outcome_status", pa.string()),
        ("reopened_at", pa.timestamp("ms", "UTC")),
        ("recorded_at", pa.timestamp("ms", "UTC")),
    ]
)
_REPEATED = [
    "account_id",
    "meter",
    "user_id",
    "actor_type",
    "feature",
    "dimension",
    "outcome_status",
]


def _write_parquet(path: Path, tables: Iterator[pa.Table]) -> int:
    count = 0
    with (
        temporary(path) as partial,
        pq.ParquetWriter(
            partial,
            _SCHEMA,
            compression="zstd",
            compression_level=6,
            use_dictionary=_REPEATED,
            column_encoding={"event_id": "DELTA_BYTE_ARRAY"},
            store_schema=False,
        ) as writer,
    ):
        for table in tables:
            writer.write_table(table.cast(_SCHEMA))
            count += table.num_rows
    return count


def _write_csv(path: Path, tables: Iterator[pa.Table]) -> int:
    count = 0
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    with temporary(path) as partial, packed(partial) as stream:
        stream.write((",".join(COLUMNS) + "\n").encode())
        for table in tables:
            pa_csv.write_csv(as_text(table), stream, options)
            count += table.num_rows
    return count


def as_text(table: pa.Table) -> pa.Table:
    """The same rows with times as ISO 8601 text, for a CSV file."""
    columns = {}
    for name in COLUMNS:
        column = table.column(name)
        if pa.types.is_timestamp(column.type):
            column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
        elif pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)
