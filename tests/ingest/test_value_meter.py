"""An empty value_meter: the only meter of work is taken; several are listed and stop everything."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.check_table import check_dict, print_check
from orchestration.ingest.check import check_home
from orchestration.ingest.value_meter import with_value_meter
from orchestration.pipeline import build
from orchestration.pipeline.transform import building_path
from orchestration.platform.errors import InputError
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse
from tests.cli_runs import run
from tests.ingest.homes import VALID, load, make_home

USAGE = VALID["exports/usage_events.csv"]
NAMED = '[company]\nname = "Acme"\nvalue_meter = "calls"\n'
ONE = (
    "company.value_meter is empty; resolutions (7.5 in 2 rows) is the only meter of work in the "
    "exports, so it is the value meter."
)
# resolutions: 5 + 2.5; calls: 1,200 + 1 + 1, the newest version of u5 counting
SEVERAL = (
    "u3,a1,2025-01-03T10:00:00Z,calls,1200\n"
    "u4,a1,2025-01-04T10:00:00Z,calls,1\n"
    "u5,a2,2025-01-05T10:00:00Z,calls,40\n"
    "u6,zz,2025-01-06T10:00:00Z,tokens,9\n"
)
REVISED = (
    "event_id,account_id,occurred_at,meter,quantity,recorded_at\n"
    "u5,a2,2025-01-05T10:00:00Z,calls,1,2025-01-07T10:00:00Z\n"
)
LISTED = (
    "company.value_meter is empty, and the exports contain 2 meters of work: calls (1,202 in 3 "
    "rows), resolutions (7.5 in 2 rows); set it to the one that customers pay for."
)


def with_several(folder: Path, **files: str) -> Settings:
    return make_home(
        folder,
        exports__usage_events__a_csv=USAGE + SEVERAL,
        exports__usage_events__b_csv=REVISED,
        exports__usage_events_csv=None,
        **files,
    )


def sentences(settings: Settings) -> list[str]:
    said: list[str] = []
    with listening(said.append):
        build.start(settings)
    return [line for line in said if "value_meter" in line]


def shown_meter(settings: Settings) -> str:
    with open_warehouse(settings, building_path(settings), read_only=True) as connection:
        return str(
            connection.execute("select value_meter from reference.settings").fetchall()[0][0]
        )


def test_the_only_meter_is_taken_and_a_refresh_says_so(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    assert sentences(settings) == [f"{settings.home / 'settings.toml'}: {ONE}"]
    assert shown_meter(settings) == "resolutions"


def test_a_check_says_which_meter_a_refresh_would_take(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    report = check_home(settings)
    assert report.is_usable
    assert report.notes == [f"{settings.home / 'settings.toml'}: {ONE}"]
    assert check_dict(report)["notes"] == report.notes
    console = Console(record=True, width=120)
    print_check(console, report)
    assert ONE in console.export_text()


def test_several_meters_stop_a_refresh_with_their_volumes(tmp_path: Path) -> None:
    settings = with_several(tmp_path)
    load(settings)
    with pytest.raises(InputError) as raised:
        build.start(settings)
    assert str(raised.value) == f"{settings.home / 'settings.toml'}: {LISTED}"
    assert not building_path(settings).exists()


def test_several_meters_end_a_check_with_exit_code_4(tmp_path: Path) -> None:
    settings = with_several(tmp_path)
    done = run("check", "--home", str(settings.home), width=120)
    assert done.returncode == 4
    assert LISTED in done.stdout
    assert "A refresh can use these exports." not in done.stdout


def test_a_meter_that_is_named_stands_without_a_word(tmp_path: Path) -> None:
    settings = with_several(tmp_path, settings_csv=NAMED)
    report = check_home(settings)
    assert (report.problems, report.notes) == ([], [])
    load(settings)
    assert sentences(settings) == []
    assert shown_meter(settings) == "calls"


def test_rows_that_carry_costs_are_no_work(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE + "u3,a1,2025-01-03T10:00:00Z,openai_cost,1\n"
    )
    assert with_value_meter(settings, load(settings)).value_meter == "resolutions"


def test_exports_without_work_leave_it_empty(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE.replace("resolutions", "openai_cost")
    )
    assert with_value_meter(settings, load(settings)) == settings
    load(settings)
    assert sentences(settings) == []
    assert shown_meter(settings) == ""


def test_a_long_list_ends_with_how_many_more(tmp_path: Path) -> None:
    rows = "".join(f"v{n},a1,2025-01-03T10:00:00Z,meter_{n:02},1\n" for n in range(14))
    settings = make_home(tmp_path, exports__usage_events_csv=USAGE.partition("\n")[0] + "\n" + rows)
    with pytest.raises(
        InputError, match=r"14 meters of work: .*meter_11 \(1 in 1 row\) and 2 more;"
    ):
        with_value_meter(settings, load(settings))


def test_a_taken_meter_makes_the_same_build_as_a_named_one(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    taken = build.start(settings)
    named = build.start(replace(settings, value_meter="resolutions"))
    assert taken is not None
    assert taken == named
