"""The one door to the snapshot: exact file, read-only, locked, one cursor per use."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashboards.data.definitions import definition, model_definitions
from dashboards.data.tables import drawn, first, rows, worded
from dashboards.data.warehouse import BadSnapshot, NoSnapshot, current
from tests.dashboards import sample

pytestmark = pytest.mark.slow


@pytest.fixture
def home(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["whole"]))
    return homes["whole"]


def test_reads_keep_decimals_and_nulls(home: Path) -> None:
    table = current().answer("select 0.10::decimal(18, 4) as amount, null::decimal(18, 4) as none")
    assert rows(table) == [{"amount": Decimal("0.1000"), "none": None}]
    assert drawn(table)["amount"].dtype == float
    assert first(current().answer("select 1 as one where false")) is None


@pytest.mark.parametrize(
    "sql",
    [
        "create table marts.x as select 1",
        "delete from marts.dim_accounts",
        "select * from read_csv('/etc/hosts')",
        "copy marts.dim_accounts to '/tmp/never.csv'",
        "set enable_external_access = true",
        "attach ':memory:' as other",
    ],
)
def test_nothing_but_the_snapshot_can_be_touched(home: Path, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        current().answer(sql)


def test_threads_get_their_own_answers(home: Path) -> None:
    snapshot = current()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: rows(snapshot.answer(f"select {n} as n, count(*) as c from range({n})")),
                range(1, 301),
            )
        )
    assert answers == [[{"n": n, "c": n}] for n in range(1, 301)]


def test_home_without_pointer_has_no_snapshot(
    homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["none"]))
    with pytest.raises(NoSnapshot):
        current()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"generation": 1}', '{"generation": "x"}'])
def test_broken_pointer_is_one_sentence(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "current.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    with pytest.raises(BadSnapshot, match=r"current\.json cannot be read"):
        current()


def test_missing_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sample.publish(tmp_path, None)
    file.unlink()
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    with pytest.raises(BadSnapshot, match="which is missing"):
        current()


def test_damaged_file_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sample.publish(tmp_path, None)
    sample.point_at(tmp_path, file, sha256="0" * 64)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    with pytest.raises(BadSnapshot, match="is damaged"):
        current().answer("select 1")


def test_a_grid_gets_the_words_and_the_doubles_of_a_table(home: Path) -> None:
    table = current().answer(
        "select * from (values ('b', 1.50, null), ('a', null, null), (null, 2, null)) "
        "as t(name, amount, nothing)"
    )
    shown = worded(table, {"name": str.upper, "nothing": str})
    assert shown.to_pylist() == [
        {"name": "B", "amount": 1.5, "nothing": None},
        {"name": "A", "amount": None, "nothing": None},
        {"name": None, "amount": 2.0, "nothing": None},
    ]
    assert worded(table.slice(0, 0), {"name": str.upper}).num_rows == 0


def test_what_is_kept_for_all_sessions_is_kept_by_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    stated = []
    for generation in (1, 2):
        words = f"comment on column marts.dim_settings.company_name is 'of {generation}'"

        def fill(build: duckdb.DuckDBPyConnection, words: str = words) -> None:
            build.execute(words)

        sample.publish(tmp_path, fill, generation=generation)
        stated.append(definition(current(), "dim_settings", "company_name"))
    assert stated == ["of 1", "of 2"]


def test_definitions_are_those_of_the_models(home: Path) -> None:
    stated = str(definition(current(), "fct_seat_utilization", "utilization"))
    assert stated.startswith("Activity: active")
    assert definition(current(), "fct_seat_utilization", "no_such_column") is None
    listed = model_definitions(current(), ("fct_verdicts",))
    assert listed[0]["definition"].startswith("One row per segment")
