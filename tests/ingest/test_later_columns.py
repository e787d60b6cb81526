"""A column that an export gained after homes were loaded without it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.resolve import ResolveReport
from orchestration.ingest.specs import ACCOUNTS, EXPORTS
from orchestration.ingest.vanished import vanished
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory
from tests.ingest.homes import Built, build, counts, load, make_home, quarantine, write

pytestmark = pytest.mark.slow

HEAD = "account_id,segment,created_at,account_owner\n"
OWNERS = "select account_id, account_owner from raw.accounts order by exported_at, account_id"
# what the version before knew of the export
BEFORE = replace(
    ACCOUNTS,
    columns=tuple(column for column in ACCOUNTS.columns if column.name not in ACCOUNTS.later),
    later=(),
)


@pytest.fixture
def loaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose accounts were landed and settled without the column; one is held twice."""
    settings = make_home(
        tmp_path,
        exports__accounts_csv="account_id,segment,created_at\n"
        "a1,smb,2025-01-01\n"
        "a2,smb,2025-01-01\n"
        "a3,smb,2025-01-01\n"
        "a3,mid,2025-01-01\n",
    )
    with monkeypatch.context() as patched:
        patched.setitem(EXPORTS, "accounts", BEFORE)
        assert "account_owner" not in _columns(build(settings))
    return settings


def _columns(built: Built) -> list[str]:
    return [str(row[0]) for row in built.rows("select column_name from (describe raw.accounts)")]


def test_an_owner_is_read_trimmed_and_an_empty_one_is_not_known(tmp_path: Path) -> None:
    rows = "a1,smb,2025-01-01, Ada Lind \na2,smb,2025-01-01,  \n"
    built = build(make_home(tmp_path, exports__accounts_csv=HEAD + rows))
    assert built.rows(OWNERS) == [("a1", "Ada Lind"), ("a2", None)]


def test_a_file_without_the_column_loads_as_before(tmp_path: Path) -> None:
    built = build(make_home(tmp_path))
    assert built.rows(OWNERS) == [("a1", None), ("a2", None)]


def test_another_owner_is_a_revision(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__accounts_csv=HEAD + "a1,smb,2025-01-01,Ada\na2,smb,2025-01-01,Ada\n"
    )
    load(settings)
    write(
        settings.exports / "accounts.csv",
        HEAD + "a1,smb,2025-01-01,Ben\na2,smb,2025-01-01,Ada\n",
    )
    built = build(settings)
    files = [one for one in resolve(settings).files if one.export == "accounts"]
    assert [(one.loaded, one.revisions, one.duplicates) for one in files] == [(2, 0, 0), (0, 1, 1)]
    assert built.rows(OWNERS)[-1] == ("a1", "Ben")
    again = land_export(settings, "accounts")
    assert (again.new_files, resolve(settings).is_new) == (0, False)


def test_a_home_that_was_loaded_without_the_column_gains_and_loses_nothing(
    loaded_before: Settings,
) -> None:
    before = counts(resolve(loaded_before), "accounts")
    assert [land_export(loaded_before, name).new_files for name in EXPORTS] == [0] * len(EXPORTS)
    report = resolve(loaded_before)
    assert not report.is_new
    assert counts(report, "accounts") == before
    built = build(loaded_before)
    assert "account_owner" in _columns(built)
    assert built.rows(OWNERS) == [("a1", None), ("a2", None)]
    assert len(quarantine(built)) == 2
    assert vanished(loaded_before) == []


def test_a_home_that_was_loaded_without_the_column_takes_it_up(loaded_before: Settings) -> None:
    write(
        loaded_before.exports / "accounts.csv",
        HEAD
        + "a1,smb,2025-01-01,Ada\na2,smb,2025-01-01,\na3,smb,2025-01-01,Ben\na4,smb,2025-01-01,\n",
    )
    built = build(loaded_before)
    old, new = (one for one in resolve(loaded_before).files if one.export == "accounts")
    assert (old.loaded, old.duplicates, old.quarantined) == (2, 0, 2)
    # who gained an owner is revised, who has none is known already, who was held stays so no more
    assert (new.loaded, new.revisions, new.duplicates, new.quarantined) == (2, 1, 1, 0)
    assert built.rows(OWNERS)[2:] == [("a1", "Ada"), ("a3", "Ben"), ("a4", None)]
    assert vanished(loaded_before) == []


def test_settling_again_gives_the_same_result(loaded_before: Settings) -> None:
    write(loaded_before.exports / "accounts.csv", HEAD + "a1,smb,2025-01-01,Ada\n")
    step_by_step = load(loaded_before)
    reported = _fates(loaded_before, step_by_step)
    for path in sorted((loaded_before.landing / "resolved").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    at_once = resolve(loaded_before)
    assert at_once.is_new
    assert _fates(loaded_before, at_once) == reported
    assert [one.sentence for one in vanished(loaded_before)] == [
        "2 rows of an earlier accounts.csv are no longer in it but stay loaded."
    ]


def _fates(settings: Settings, report: ResolveReport) -> list[tuple[Any, ...]]:
    """What became of the rows, but for how a row that is held is written down."""
    with open_memory(settings) as connection:
        return connection.execute(
            f"select * exclude (raw) from read_parquet('{report.fates('accounts')}') order by all"
        ).fetchall()
