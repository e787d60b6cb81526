"""Models of a home's own are built after the marts, and one that fails stops nothing."""

from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline.custom import build_custom, custom_version
from orchestration.platform.progress import listening
from orchestration.platform.published import open_current, rows
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests.builds import builds


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema reference")
        connection.execute("create table marts.fct_bills as select 'acme' as account_id, 5 as n")
        connection.execute("create table reference.plans as select 'team' as plan_id")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    (tmp_path / "models" / "custom").mkdir(parents=True)
    (tmp_path / "settings.toml").touch()
    return load_settings(tmp_path)


def write(settings: Settings, name: str, sql: str) -> Path:
    path = settings.home / "models" / "custom" / f"{name}.sql"
    path.write_text(sql, encoding="utf-8")
    return path


def test_models_read_marts_prices_and_each_other_in_any_order(
    home: Settings, warehouse: Path
) -> None:
    write(home, "a_sum", "select sum(n) as n from {{ ref('z_bills') }};\n")
    write(
        home, "z_bills", "select b.*, p.plan_id from {{ ref('fct_bills') }} as b, reference.plans p"
    )
    assert build_custom(home, warehouse) == []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute("from custom.a_sum").fetchall() == [(5,)]
        assert connection.execute("from custom.z_bills").fetchall() == [("acme", 5, "team")]


@pytest.mark.parametrize(
    ("name", "sql", "reason"),
    [
        ("unknown", "select * from {{ ref('fct_none') }}", "ref('fct_none') is neither a public"),
        ("two", "select 1 as n; select 2 as n", "it must be one SELECT, and it has 2."),
        ("drop", "drop table marts.fct_bills", "it must be one SELECT: "),
        ("file", "select * from read_text('/etc/hostname')", "Permission Error"),
        ("column", "select nothing from marts.fct_bills", "Binder Error"),
        ("Bad-name", "select 1 as n", "name the file with lower-case letters"),
    ],
)
def test_a_model_that_fails_is_left_out_with_one_sentence(
    home: Settings, warehouse: Path, name: str, sql: str, reason: str
) -> None:
    write(home, "good", "select 1 as n")
    path = write(home, name, sql)
    said: list[str] = []
    with listening(said.append):
        (problem,) = build_custom(home, warehouse)
    assert problem.startswith(f"Custom model {path} is not published: {reason}")
    assert "\n" not in problem
    assert said == [problem]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'custom'"
        ).fetchall()
        assert tables == [("good",)]
        assert connection.execute("from marts.fct_bills").fetchall() == [("acme", 5)]


def test_models_that_read_each_other_are_left_out(home: Settings, warehouse: Path) -> None:
    write(home, "one", "from {{ ref('two') }}")
    write(home, "two", "from {{ ref('one') }}")
    write(home, "good", "select 1 as n")
    (problem,) = build_custom(home, warehouse)
    assert problem.startswith("Custom models one, two in ")
    assert problem.endswith("are not published: they read each other.")


def test_a_home_without_custom_models_has_no_version(home: Settings) -> None:
    assert custom_version(home) is None
    write(home, "good", "select 1 as n")
    before = custom_version(home)
    write(home, "good", "select 2 as n")
    assert before != custom_version(home) is not None


@builds
def test_custom_models_are_published_and_a_change_is_news(small_copy: Settings) -> None:
    write_into = small_copy.home / "models" / "custom"
    write_into.mkdir(parents=True)
    (write_into / "billed.sql").write_text(
        "select distinct account_id from {{ ref('fct_invoice_reconciliation') }}",
        encoding="utf-8",
    )
    assert refresh(small_copy).is_new
    with open_current(small_copy) as connection:
        found = rows(connection, "from custom.billed order by account_id")
    assert [row["account_id"] for row in found] == ["acme", "blue"]
    assert not refresh(small_copy).is_new
