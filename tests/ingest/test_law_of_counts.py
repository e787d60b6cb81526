"""Whatever becomes of the cells of a good export: every row ends in one place, and it adds up."""

import csv
import io
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingest.land import land_export
from orchestration.ingest.resolve import resolve
from tests.ingest.homes import counts, make_home

HEADER = ["event_id", "account_id", "occurred_at", "meter", "quantity"]
QUANTITIES = st.sampled_from(
    ["0", "1", "2.5", "-3", "1e3", "NaN", "", "1.234,50", "0.1234567", "9" * 14, "7"]
)
TIMES = st.sampled_from(["2025-01-02", "2025-02-03T04:05:06Z", "2025-02-30", "", "1999-01-01"])
ACCOUNTS = st.sampled_from(["a1", "a2", "zz", ""])
NAMES = st.sampled_from([f"u{place}" for place in range(6)] + [""])
METERS = st.sampled_from(["calls", 'a "quoted", one', "=cmd()", "two\nlines", ""])
ROW = st.tuples(NAMES, ACCOUNTS, TIMES, METERS, QUANTITIES).map(list) | st.lists(
    st.sampled_from(["u1", "a1", "x"]), min_size=1, max_size=8
).filter(lambda cells: len(cells) != len(HEADER) and cells != [""])


def is_good(cells: list[str]) -> bool:
    """Whether a row can stand by itself, asked without SQL."""
    if len(cells) != len(HEADER) or not all(cells):
        return False
    if cells[2] in ("2025-02-30", "1999-01-01"):
        return False
    try:
        quantity = Decimal(cells[4])
    except InvalidOperation:
        return False
    return (
        "e" not in cells[4]
        and quantity.is_finite()
        and 0 <= quantity < 10**13
        and round(quantity, 6) == quantity
    )


def expected(rows: list[list[str]]) -> tuple[Counter[str], Decimal]:
    """Counts per fate and the kept quantity, with csv and decimal only."""
    fates: Counter[str] = Counter()
    total = Decimal(0)
    versions: dict[str, list[list[str]]] = {}
    for cells in rows:
        if is_good(cells):
            versions.setdefault(cells[0], []).append(cells)
        else:
            fates["quarantined"] += 1
    for copies in versions.values():
        contents = {tuple(cells) for cells in copies}
        fates["duplicates"] += len(copies) - len(contents)
        # without recorded_at a row is known from its event on: equal times contradict
        moments = Counter(cells[2] for cells in contents)
        kept = [cells for cells in contents if moments[cells[2]] == 1 and cells[1] in ("a1", "a2")]
        fates["quarantined"] += len(contents) - len(kept)
        fates["loaded"] += min(len(kept), 1)
        fates["revisions"] += max(len(kept) - 1, 0)
        total += sum((Decimal(cells[4]) for cells in kept), Decimal(0))
    return fates, total


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROW, min_size=1, max_size=25))
def test_every_row_ends_in_exactly_one_place(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    with TemporaryDirectory() as folder:
        home = make_home(Path(folder), exports__usage_events_csv=text.getvalue())
        for name in ("accounts", "usage_events"):
            land_export(home, name)
        entry = counts(resolve(home, require_usable=False), "usage_events")
    fates, total = expected(rows)
    assert entry.rows_read == len(rows)
    assert (entry.loaded, entry.revisions, entry.duplicates, entry.quarantined) == (
        fates["loaded"],
        fates["revisions"],
        fates["duplicates"],
        fates["quarantined"],
    )
    assert Decimal(str(entry.quantity_sum)) == total
