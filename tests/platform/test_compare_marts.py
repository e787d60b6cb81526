"""The comparer of recorded marts: what it reports, and what it ignores."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml

from benchmarks.compare_marts import compare, main, read_renames
from benchmarks.mart_recordings import IGNORED, record_database
from tests.shared import public_model_files

pytestmark = pytest.mark.slow

# a mart by its yml's grain (account_id, month, scenario_id), with what a clock leaves in it
BILLS = """
    create table marts.fct_shadow_bills as
    select account_id, cast('2026-05-01' as date) as month, 'hybrid' as scenario_id,
        cast(amount as decimal(18, 4)) as amount, cast(share as double) as share, 'b1' as build_id
    from (values ('acme', 5, 0.5::double), ('blue', null, 'nan'::double), ('cove', 0, null))
        as bills (account_id, amount, share)
"""
Recorder = Callable[..., Path]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorder:
    """A recording of one home whose marts some statements make, under a name."""

    def make(name: str, *statements: str, home: str = "demo") -> Path:
        database = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(database)) as connection:
            connection.execute("create schema marts")
            for statement in statements:
                connection.execute(statement)
        record_database(database, tmp_path / name / home)
        return tmp_path / name

    return make


def _changed(recorded: Recorder, *statements: str) -> list[str]:
    """What differs once the statements have changed the bills."""
    return list(compare(recorded("before", BILLS), recorded("after", BILLS, *statements)))


def test_neither_order_nor_clocks_count(recorded: Recorder) -> None:
    shuffled = (
        "create or replace table marts.fct_shadow_bills as "
        "from marts.fct_shadow_bills order by account_id desc"
    )
    assert _changed(recorded, shuffled, "update marts.fct_shadow_bills set build_id = 'b2'") == []


def test_a_changed_cell_is_named_with_its_key_before_and_after(recorded: Recorder) -> None:
    assert _changed(
        recorded, "update marts.fct_shadow_bills set amount = 5.01 where account_id = 'acme'"
    ) == [
        "demo.fct_shadow_bills.amount: 1 cell differs",
        "demo.fct_shadow_bills.amount: account_id=acme, month=2026-05-01, scenario_id=hybrid: "
        "5.0000 became 5.0100",
    ]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("set amount = 0 where account_id = 'blue'", "null became 0.0000"),
        ("set amount = null where account_id = 'cove'", "0.0000 became null"),
        ("set share = null where account_id = 'blue'", "nan became null"),
        ("set share = 'nan' where account_id = 'acme'", "0.5 became nan"),
        ("set share = 0.5 + 2e-16 where account_id = 'acme'", "0.5 became 0.5000000000000002"),
    ],
)
def test_null_zero_and_nan_are_three_things(recorded: Recorder, statement: str, found: str) -> None:
    differences = _changed(recorded, f"update marts.fct_shadow_bills {statement}")
    assert len(differences) == 2
    assert differences[1].endswith(f": {found}")


def test_rows_that_come_and_go_are_named(recorded: Recorder) -> None:
    assert _changed(
        recorded, "update marts.fct_shadow_bills set account_id = 'dune' where account_id = 'cove'"
    ) == [
        "demo.fct_shadow_bills: 1 row is missing",
        "demo.fct_shadow_bills: account_id=cove, month=2026-05-01, scenario_id=hybrid",
        "demo.fct_shadow_bills: 1 row is surplus",
        "demo.fct_shadow_bills: account_id=dune, month=2026-05-01, scenario_id=hybrid",
    ]


def test_a_changed_type_is_a_difference_though_every_value_is_the_same(recorded: Recorder) -> None:
    assert _changed(
        recorded, "alter table marts.fct_shadow_bills alter amount type decimal(18, 6)"
    ) == ["demo.fct_shadow_bills.amount: the type is DECIMAL(18,6) and was DECIMAL(18,4)"]


def test_columns_that_come_and_go_are_named(recorded: Recorder) -> None:
    assert _changed(recorded, "alter table marts.fct_shadow_bills rename amount to total") == [
        "demo.fct_shadow_bills: the column amount is gone",
        "demo.fct_shadow_bills: the column total is new",
    ]


def test_what_is_renamed_is_compared_under_its_new_name(recorded: Recorder, tmp_path: Path) -> None:
    file = tmp_path / "renames"
    file.write_text(
        "fct_shadow_bills=fct_bills  # shorter\n\nfct_shadow_bills.amount=total\n"
        "fct_shadow_bills.account_id=account\n",
        encoding="utf-8",
    )
    moves = (
        "alter table marts.fct_shadow_bills rename to fct_bills",
        "alter table marts.fct_bills rename amount to total",
        "alter table marts.fct_bills rename account_id to account",
    )
    before = recorded("before", BILLS)
    moved = recorded("moved", BILLS, *moves)
    assert list(compare(before, moved, renames=read_renames(file))) == []
    assert list(compare(before, moved)) == [
        "demo.the table fct_shadow_bills is gone",
        "demo.the table fct_bills is new",
    ]
    changed = recorded("changed", BILLS, *moves, "update marts.fct_bills set total = 7")
    assert "demo.fct_bills.amount: 3 cells differ" in compare(
        before, changed, renames=read_renames(file)
    )


@pytest.mark.parametrize("line", ["fct_a", "fct_a=", "=b", "fct_a.x=fct_b.y"])
def test_a_rename_that_is_none_is_one_sentence(tmp_path: Path, line: str) -> None:
    file = tmp_path / "renames"
    file.write_text(f"fct_a=fct_b\n{line}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="line 2: write"):
        read_renames(file)


def test_without_a_grain_whole_rows_count_as_often_as_they_are_there(recorded: Recorder) -> None:
    twice = "create table marts.fct_loose as from (values (1, 'a'), (1, 'a'), (2, 'b')) as l (n, t)"
    once = "create table marts.fct_loose as from (values (1, 'a'), (2, 'b'), (2, 'b')) as l (n, t)"
    assert list(compare(recorded("before", twice), recorded("after", once))) == [
        "demo.fct_loose: 1 row is missing",
        "demo.fct_loose: n=1, t=a",
        "demo.fct_loose: 1 row is surplus",
        "demo.fct_loose: n=2, t=b",
    ]


def test_a_grain_that_no_longer_names_a_row_hides_nothing(recorded: Recorder) -> None:
    found = _changed(recorded, "insert into marts.fct_shadow_bills from marts.fct_shadow_bills")
    assert found[0] == "demo.fct_shadow_bills: 3 rows are surplus"


def test_few_rows_of_many_are_shown_and_all_are_counted(recorded: Recorder) -> None:
    many = (
        "create table marts.fct_shadow_bills as select 'a' || n as account_id, "
        "date '2026-05-01' as month, 'x' as scenario_id, n as amount from range(1000) as r (n)"
    )
    before, after = (
        recorded("before", many),
        recorded("after", many.replace(" n as amount", " -n as amount")),
    )
    found = list(compare(before, after, shown=2))
    assert found[0] == "demo.fct_shadow_bills.amount: 999 cells differ"
    assert len(found) == 3


def test_numbers_too_large_for_parquet_keep_every_digit(recorded: Recorder) -> None:
    statement = "create table marts.fct_sums as select 123456789012345678901234567890::hugeint as n"
    larger = statement.replace("890::", "891::")
    before = recorded("before", statement)
    assert list(compare(before, recorded("same", statement))) == []
    assert "demo.fct_sums: n=123456789012345678901234567891" in compare(
        before, recorded("after", larger)
    )


def test_the_command_ends_with_1_where_anything_differs(
    recorded: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    before, same = recorded("before", BILLS), recorded("same", BILLS)
    after = recorded("after", BILLS, "delete from marts.fct_shadow_bills")
    assert main(["compare", str(before), str(same)]) == 0
    assert capsys.readouterr().out == "Every cell of every mart is the same.\n"
    assert main(["compare", str(before), str(after), "--rows", "1"]) == 1
    assert "3 rows are missing" in capsys.readouterr().out
    other = recorded("other", BILLS, home="berlin")
    assert list(compare(before, other)) == ["the home demo is gone", "the home berlin is new"]


def test_a_folder_without_a_recording_is_one_sentence(recorded: Recorder, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="holds no recording"):
        list(compare(recorded("before", BILLS), tmp_path / "empty"))


def test_what_is_passed_over_is_in_some_mart() -> None:
    columns = {
        column["name"]
        for file in public_model_files()
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
        for column in model["columns"]
    }
    assert columns >= IGNORED
