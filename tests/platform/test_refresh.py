"""One refresh, from exports to snapshot, and what a second one does."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import build, transform
from orchestration.pipeline.publish import publish, rollback
from orchestration.platform.errors import AuditRefused, InputError, SeatshiftError
from orchestration.platform.files import read_json, sha256_of
from orchestration.platform.progress import listening
from orchestration.platform.published import generations, read_pointer
from orchestration.platform.reported import latest_verdicts
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests.conftest import PublishedHome
from tests.platform.small_home import make_small_home

APRIL_IS_OVER = datetime.fromisoformat("2026-05-01")


def _served(settings: Settings) -> tuple[str, str]:
    pointer = read_pointer(settings)
    assert pointer is not None
    return pointer.file, sha256_of(pointer.path(settings))


def test_the_demo_is_published_with_a_verdict_for_every_segment(demo: PublishedHome) -> None:
    verdicts = latest_verdicts(demo.settings, demo.pointer)
    assert [row["segment"] for row in verdicts] == [
        "all",
        "enterprise",
        "midmarket",
        "smb",
        "smb_ai",
    ]
    assert all(row["sentence"] for row in verdicts)


def test_the_pointer_names_what_is_there(demo: PublishedHome) -> None:
    entry = json.loads(demo.settings.pointer.read_text(encoding="utf-8"))
    assert set(entry) >= {
        "generation",
        "file",
        "sha256",
        "build_id",
        "as_of",
        "audit",
        "published_at",
    }
    assert entry["file"] == "snapshots/v000001.duckdb"
    assert sha256_of(demo.snapshot) == entry["sha256"]
    assert demo.snapshot.stat().st_mode & 0o777 == 0o400
    assert (demo.settings.var / entry["audit"]["docs"]).is_file()


def test_a_snapshot_holds_tables_with_dbt_s_words_and_no_view(demo: PublishedHome) -> None:
    with duckdb.connect(str(demo.snapshot), read_only=True) as connection:
        schemas = connection.execute(
            "select distinct schema_name from duckdb_tables() order by all"
        ).fetchall()
        views = connection.execute(
            "select count(*) from duckdb_views() where not internal"
        ).fetchall()
        bare = connection.execute(
            "select table_name from duckdb_tables() "
            "where comment is null and schema_name in ('marts', 'reference')"
        ).fetchall()
        bare_columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and comment is null and not internal"
        ).fetchall()
    # what readers get, and what a what-if recalculates from
    carried = [("intermediate",), ("staging",), ("whatif",)]
    assert schemas == sorted([("marts",), ("reference",), *carried])
    assert views == [(0,)]
    assert bare == []
    assert bare_columns == []


def test_a_second_refresh_publishes_nothing(small_copy: Settings) -> None:
    before = _served(small_copy)
    outcome = refresh(small_copy)
    assert not outcome.is_new
    assert outcome.pointer.generation == 1
    assert _served(small_copy) == before


@pytest.mark.soak  # a refresh more
def test_a_full_refresh_publishes_the_same_rows_as_a_new_generation(
    small_copy: Settings, small: PublishedHome
) -> None:
    outcome = refresh(small_copy, full_refresh=True)
    assert (outcome.is_new, outcome.pointer.generation) == (True, 2)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{small.snapshot}' as old (read_only)")
        connection.execute(f"attach '{outcome.pointer.path(small_copy)}' as new (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'old' and schema_name = 'marts'"
        ).fetchall()
        different = [
            table
            for (table,) in tables
            if connection.execute(
                f"(from old.marts.{table} except all from new.marts.{table}) union all "
                f"(from new.marts.{table} except all from old.marts.{table})"
            ).fetchall()
        ]
    assert len(tables) >= 20
    assert different == []


@pytest.fixture(scope="module")
def as_of_april(small: PublishedHome, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small home with a second generation, as known at the end of April."""
    home = tmp_path_factory.mktemp("april") / "home"
    shutil.copytree(small.home, home)
    settings = load_settings(home)
    refresh(settings, as_of=APRIL_IS_OVER)
    return settings


def test_an_earlier_as_of_judges_an_earlier_month(as_of_april: Settings) -> None:
    pointer = generations(as_of_april)[-1]
    months = {row["month"] for row in latest_verdicts(as_of_april, pointer)}
    assert {f"{month:%Y-%m}" for month in months} == {"2026-04"}


def test_analysts_get_a_copy_of_the_build(small: PublishedHome) -> None:
    with duckdb.connect(str(small.settings.var / "dev.duckdb")) as connection:
        found = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'intermediate'"
        ).fetchall()
    assert found[0][0] > 0


def test_published_verdicts_never_change(small: PublishedHome) -> None:
    lines = (small.settings.home / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["generation"] for entry in entries] == [1]
    assert entries[0]["verdicts"][0].keys() >= {"segment", "month", "verdict", "sentence"}


def test_rolling_back_shows_the_older_generation_until_something_changes(
    as_of_april: Settings,
) -> None:
    assert rollback(as_of_april).generation == 1
    # the inputs that were rolled back from are known: they are not put back by themselves
    assert not refresh(as_of_april, as_of=APRIL_IS_OVER).is_new
    assert rollback(as_of_april, 2).generation == 2
    with pytest.raises(SeatshiftError, match="no generation 9"):
        rollback(as_of_april, 9)


def test_only_the_last_generations_are_kept(small_copy: Settings) -> None:
    settings_file = small_copy.home / "settings.toml"
    settings_file.write_text(
        settings_file.read_text(encoding="utf-8") + "\n[refresh]\nsnapshots_kept = 2\n",
        encoding="utf-8",
    )
    settings = load_settings(small_copy.home)
    pointer = read_pointer(settings)
    assert pointer is not None
    candidate = build.Candidate(build_id=pointer.build_id, as_of=pointer.as_of_moment)
    for _ in range(3):
        publish(settings, candidate)
    assert [entry.generation for entry in generations(settings)] == [3, 4]


def test_nothing_is_published_without_a_pass_for_this_very_build(small_copy: Settings) -> None:
    before = _served(small_copy)
    pointer = read_pointer(small_copy)
    assert pointer is not None
    other = build.Candidate(build_id="0" * 16, as_of=pointer.as_of_moment)
    with pytest.raises(AuditRefused, match="no passed audit"):
        publish(small_copy, other)
    # a verdict that belongs to another build does not count either
    audit = small_copy.builds / f"{pointer.build_id}.audit.json"
    shutil.copyfile(audit, small_copy.builds / f"{other.build_id}.audit.json")
    with pytest.raises(AuditRefused, match="no passed audit"):
        publish(small_copy, other)
    assert _served(small_copy) == before


def test_the_verdict_on_a_build_names_its_evidence(small: PublishedHome) -> None:
    audit = read_json(small.settings.builds / f"{small.pointer.build_id}.audit.json")
    assert audit is not None
    assert (audit["build_id"], audit["verdict"]) == (small.pointer.build_id, "PASS")
    assert {finding["relation"].split(".")[0] for finding in audit["evidence"]} == {"raw", "marts"}
    assert audit["versions"]["duckdb"] == duckdb.__version__


def test_a_build_id_changes_with_everything_that_figures_depend_on(small: PublishedHome) -> None:
    settings = small.settings
    moment = datetime.fromisoformat("2026-07-01")
    base = build.build_id(settings, fingerprint="a", as_of=moment, code="c")
    assert base == build.build_id(settings, fingerprint="a", as_of=moment, code="c")
    others = {
        build.build_id(settings, fingerprint="b", as_of=moment, code="c"),
        build.build_id(
            settings, fingerprint="a", as_of=datetime.fromisoformat("2026-07-02"), code="c"
        ),
        build.build_id(settings, fingerprint="a", as_of=moment, code="d"),
    }
    assert len(others | {base}) == 4


def test_unusable_inputs_leave_the_old_snapshot_served(small_copy: Settings) -> None:
    before = _served(small_copy)
    (small_copy.exports / "invoice_lines.csv").unlink()
    for landed in (small_copy.landing).rglob("*"):
        if landed.is_file() and "invoice_lines" in landed.as_posix():
            landed.unlink()
    with pytest.raises(InputError, match="invoice"):
        refresh(small_copy)
    assert _served(small_copy) == before


@pytest.mark.builds
def test_a_first_refresh_that_fails_publishes_nothing(tmp_path: Path) -> None:
    settings = load_settings(make_small_home(tmp_path / "home"))
    (settings.reference / "plans.csv").unlink()
    with pytest.raises(InputError):
        refresh(settings)
    assert read_pointer(settings) is None


def test_a_build_says_how_far_it_is(small_copy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transform, "SECONDS_BETWEEN_NEWS", 0)
    (warehouse,) = small_copy.builds.glob("*.duckdb")
    news: list[str] = []
    with listening(news.append):
        transform.run_selected(small_copy, warehouse, ["stg_settings"])
    assert news == ["dbt: 1 of 1 models and tests"]


def test_a_build_of_nothing_is_no_success(small_copy: Settings) -> None:
    (warehouse,) = small_copy.builds.glob("*.duckdb")
    with pytest.raises(RuntimeError, match="without building any model"):
        transform.run_selected(small_copy, warehouse, ["no_such_model"])
