"""Files that come later cost their own rows, and do not change what a whole pass finds."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingest.land import land_export
from orchestration.ingest.resolve import ResolveReport, resolve
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory
from tests.ingest.homes import make_home, write

pytestmark = pytest.mark.slow

USAGE = "event_id,account_id,occurred_at,meter,quantity,recorded_at,exported_at\n"
ROW = st.builds(
    "{},{},2025-{},calls,{},{},{}".format,
    st.sampled_from([f"u{place}" for place in range(8)]),
    st.sampled_from(["a1", "a2", "a3", "zz"]),
    st.sampled_from(["01-02", "01-03", "11-02"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", "2025-01-05", "2025-01-09", "2025-12-24"]),
    st.sampled_from(["2025-02-01", "2025-02-02"]),
)
FILES = st.lists(
    st.tuples(
        st.sampled_from(["usage_events", "usage_events", "accounts", "seat_events"]),
        st.lists(ROW, min_size=1, max_size=5),
    ),
    min_size=2,
    max_size=5,
)
SEATS = "event_id,account_id,event_type,quantity,effective_at,recorded_at,corrects_event_id\n"


def content(export: str, rows: list[str]) -> str:
    if export == "usage_events":
        return USAGE + "".join(f"{row}\n" for row in rows)
    cells = [row.split(",") for row in rows]
    if export == "accounts":
        lines = "".join(f"{row[1]},s{row[4]},{row[5]},{row[6]}\n" for row in cells)
        return "account_id,segment,recorded_at,exported_at\n" + lines
    lines = "".join(
        f"{row[0]},{row[1]},correction,{row[4]},{row[2]},{row[5]},u{row[4]}\n" for row in cells
    )
    return SEATS + lines + f"{rows[0].split(',')[0]}s,a1,add,1,2025-01-01,,\n"


def reported(home: Settings, report: ResolveReport) -> dict[str, Any]:
    """Everything that is known of the rows, in one comparable shape."""
    found: dict[str, Any] = {"files": report.files, "latest_at": report.latest_at}
    with open_memory(home) as connection:
        for name in EXPORTS:
            path = report.fates(name)
            if path is not None:
                found[name] = connection.execute(
                    f"select * from read_parquet('{path}') order by all"
                ).fetchall()
    return found


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files=FILES)
def test_file_after_file_gives_what_one_pass_over_all_gives(
    files: list[tuple[str, list[str]]],
) -> None:
    with TemporaryDirectory() as folder:
        home = make_home(Path(folder), exports__usage_events_csv=None)
        land_export(home, "accounts")
        land_export(home, "seat_events")
        for place, (export, rows) in enumerate(files):
            write(home.exports / export / f"{place}.csv", content(export, rows))
            land_export(home, export)
            report = resolve(home, require_usable=False)
        after_each = reported(home, report)
        shutil.rmtree(home.landing / "resolved")
        at_once = reported(home, resolve(home, require_usable=False))
    assert after_each == at_once
