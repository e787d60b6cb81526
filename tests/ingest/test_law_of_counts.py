"""Good exports, damaged at random: nothing is lost, as an independent reader counts.

Each example is one home of five damaged files, so that a hundred examples are five hundred
files. What is expected is worked out with Python's csv, gzip and decimal alone.
"""

import csv
import gzip
import io
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingest.land import land_export
from orchestration.ingest.resolve import ResolveReport, resolve
from orchestration.platform.settings import Settings
from tests.ingest.homes import make_home, write

pytestmark = pytest.mark.slow

EXAMPLES = 60
FILES = 4  # and a fifth of other rows, damaged byte by byte
HEADER = (
    "event_id",
    "account_id",
    "occurred_at",
    "meter",
    "quantity",
    "recorded_at",
    "exported_at",
)
GOOD = [
    [
        f"u{place}",
        f"a{place % 2 + 1}",
        f"2025-01-0{place + 1}",
        "calls",
        str(place),
        "",
        "2025-03-01",
    ]
    for place in range(8)
]
# what a damaged cell may say, by column
CELLS: dict[str, list[str]] = {
    "event_id": ["", "u0", "u1", "=cmd()", " u2 "],
    "account_id": ["", "a1", "a2", "zz"],
    "occurred_at": [
        "",
        "2025-01-02",
        "2025-01-02T00:00:00Z",
        "2025-02-30",
        "1999-01-01",
        "9999-01-01",
    ],
    "meter": ["", 'a "quoted", one', "two\nlines", "звонки", "@x"],
    "quantity": ["", "1", "1.0", "+2.50", "-3", "1e3", "NaN", "1.234,50", "0.1234567", "9" * 14],
    "recorded_at": ["", "2025-02-01", "2025-02-02T01:00:00+01:00", "soon"],
    "exported_at": ["2025-03-01", "2025-03-02"],
}
TIMES = {
    "2025-01-02T00:00:00Z": "2025-01-02",
    "2025-02-02T01:00:00+01:00": "2025-02-02",
}
NO_TIMES = ("2025-02-30", "1999-01-01", "9999-01-01", "soon")
REQUIRED = HEADER[:5]
KNOWN = ("a1", "a2")

WRAPS = (
    *("plain", "plain", "plain", "gzip", "gzip", "bom", "crlf", "quoted", "no end"),
    *("cut gzip", "bad crc", "renamed", "twice", "nul", "latin-1"),
)
REFUSED = ("cut gzip", "bad crc", "renamed", "twice", "nul", "latin-1")


@dataclass(frozen=True)
class Damaged:
    """Rows as they are written, and how the file around them is spoilt."""

    rows: list[list[str]]
    wrap: str
    order: list[str]

    @property
    def name(self) -> str:
        return "csv.gz" if self.wrap in ("gzip", "cut gzip", "bad crc") else "csv"

    @property
    def plain(self) -> bytes:
        names = list(self.order)
        if self.wrap == "renamed":
            names[names.index("quantity")] = "qty"
        if self.wrap == "twice":
            names[names.index("recorded_at")] = "Event_ID"
        stream = io.StringIO()
        end = "\r\n" if self.wrap == "crlf" else "\n"
        if self.wrap == "quoted":
            writer = csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL)
        else:
            writer = csv.writer(stream, lineterminator=end)
        writer.writerow(names)
        for row in self.rows:
            cells = dict(zip(HEADER, row, strict=False))
            known = [cells[name] for name in self.order if name in cells]
            writer.writerow(known + row[len(HEADER) :])
        content = stream.getvalue().encode()
        return {
            "bom": b"\xef\xbb\xbf" + content,
            "no end": content.removesuffix(b"\n"),
            "nul": content + b"\0",
            "latin-1": content + "é".encode("latin-1"),
        }.get(self.wrap, content)

    @property
    def content(self) -> bytes:
        if self.name == "csv":
            return self.plain
        packed = gzip.compress(self.plain, mtime=0)
        if self.wrap == "cut gzip":
            return packed[:-5]
        if self.wrap == "bad crc":
            return packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]
        return packed


def damaged(chance: Random) -> Damaged:
    """A good file with up to four changes of cells and rows, in a wrap of its own."""
    # files that share no key with others show what is made of a row alone
    letter, exported = chance.choice("uvwxyz"), chance.choice(CELLS["exported_at"])
    rows = [[row[0].replace("u", letter), *row[1:-1], exported] for row in GOOD]
    for _ in range(chance.randrange(5)):
        row = chance.choice(rows)
        kind = chance.choice(["cell", "cell", "cell", "drop", "again", "short", "long", "last"])
        if kind == "cell" and len(row) == len(HEADER):
            name = chance.choice(HEADER)
            row[HEADER.index(name)] = chance.choice(CELLS[name])
        elif kind == "drop":
            rows.remove(row)
        elif kind == "again":
            rows.append(list(row))
        elif kind == "short":
            del row[4:]
        elif kind == "long":
            row.append("more")
        elif kind == "last":
            rows.remove(row)
            rows.append(row)
    order = list(HEADER)
    if chance.random() < 0.3:
        chance.shuffle(order)
    return Damaged(rows, chance.choice(WRAPS), order)


TICKETS = b"ticket_id,account_id,created_at,topic\n" + b"".join(
    b't%d,a1,2025-01-0%d,"a, b"\n' % (place, place + 1) for place in range(8)
)


def spoilt(chance: Random) -> bytes:
    """Good tickets with bytes put in and cut out anywhere."""
    content = TICKETS
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(content))
        put = chance.choice([b"", b'"', b",", b"\n", b"\r", b"\xff", chance.randbytes(2)])
        content = content[:place] + put + content[place + chance.randrange(4) :]
    return content


def number(text: str) -> Decimal | None:
    """The quantity, where it is plain and fits."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    is_plain = "e" not in text and value.is_finite() and 0 <= value < 10**13
    return value if is_plain and round(value, 6) == value else None


def stands(row: list[str]) -> bool:
    """Whether a row is valid on its own."""
    if len(row) != len(HEADER):
        return False
    cells = {name: cell.strip() for name, cell in zip(HEADER, row, strict=True)}
    return (
        all(cells[name] for name in REQUIRED)
        and not any(cells[name] in NO_TIMES for name in ("occurred_at", "recorded_at"))
        and number(cells["quantity"]) is not None
    )


def expected(files: list[Damaged]) -> tuple[Counter[str], Decimal]:
    """Counts per fate and the kept quantity over all files, each content read once."""
    fates: Counter[str] = Counter()
    versions: dict[str, dict[tuple[Any, ...], list[str]]] = {}
    for content in {file.plain: file for file in files if file.wrap not in REFUSED}.values():
        for row in content.rows:
            if not stands(row):
                fates["quarantined"] += 1
                continue
            event, account, occurred, meter, quantity, recorded, exported = (
                TIMES.get(cell.strip(), cell.strip()) for cell in row
            )
            reported = (account, occurred, meter, number(quantity), recorded or occurred)
            versions.setdefault(event, {}).setdefault(reported, []).append(exported)
    total = Decimal(0)
    for contents in versions.values():
        fates["duplicates"] += sum(len(copies) - 1 for copies in contents.values())
        moments = Counter((reported[4], max(copies)) for reported, copies in contents.items())
        kept = [
            reported
            for reported, copies in contents.items()
            if moments[reported[4], max(copies)] == 1 and reported[0] in KNOWN
        ]
        fates["quarantined"] += len(contents) - len(kept)
        fates["loaded"] += min(len(kept), 1)
        fates["revisions"] += max(len(kept) - 1, 0)
        total += sum((reported[3] for reported in kept), Decimal(0))
    return fates, total


def load(home: Settings) -> ResolveReport:
    for name in ("accounts", "usage_events", "support_tickets"):
        land_export(home, name)
    return resolve(home, require_usable=False)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**64 - 1))
def test_whatever_is_damaged_every_row_ends_in_exactly_one_place(seed: int) -> None:
    chance = Random(seed)
    files = [damaged(chance) for _ in range(FILES)]
    in_turn = chance.random() < 0.2
    with TemporaryDirectory() as folder:
        home = make_home(Path(folder), exports__usage_events_csv=None)
        for published in (home.pointer, home.snapshots / "v000001.duckdb"):
            write(published, "what readers see")
        # now and then the files arrive one by one, the last first
        for place, file in reversed(list(enumerate(files))):
            write(home.exports / "usage_events" / f"{place}.{file.name}", file.content)
            if in_turn and file.wrap not in REFUSED:
                land_export(home, "accounts")
                land_export(home, "usage_events")
                resolve(home, require_usable=False)
        write(home.exports / "usage_events" / "beside.csv", ",".join(HEADER) + "\n")
        write(home.exports / "support_tickets.csv", spoilt(chance))
        report = load(home)
        for published in (home.pointer, home.snapshots / "v000001.duckdb"):
            assert published.read_text() == "what readers see"
    for entry in report.files:
        fates = (entry.loaded, entry.revisions, entry.duplicates, entry.quarantined, entry.skipped)
        assert entry.rows_read == sum(fates)
        assert min(fates) >= 0
    usage = {entry.file_name: entry for entry in report.files if entry.export == "usage_events"}
    for place, file in enumerate(files):
        found = usage.get(f"usage_events/{place}.{file.name}")
        if file.wrap in REFUSED:
            assert found is not None and found.refused_reason is not None and not found.rows_read
        elif found is not None:
            # a content that came twice is known under its first name
            assert (found.refused_reason, found.rows_read) == (None, len(file.rows))
    counted, total = expected(files)
    for fate in ("loaded", "revisions", "duplicates", "quarantined"):
        assert sum(getattr(entry, fate) for entry in usage.values()) == counted[fate], fate
    assert sum(Decimal(entry.quantity_sum or 0) for entry in usage.values()) == total
