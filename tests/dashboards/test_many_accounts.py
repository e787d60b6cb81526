"""Pages over 100,000 accounts: they answer, and show no more rows than a screen can take."""

from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import filters
from dashboards.data import freshness
from dashboards.shell import tables
from tests.dashboards import sample
from tests.dashboards.conftest import PAGES
from tests.dashboards.offered import view_of

pytestmark = pytest.mark.soak
COPIES = 8_334  # of twelve accounts
# what every account could do in every month: nothing that a page lists by account
LEFT = ("fct_move_cash",)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company with each account 8,334 times."""
    home = tmp_path_factory.mktemp("many")

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        tables = connection.execute(
            "select distinct table_name from duckdb_columns()"
            " where schema_name = 'marts' and column_name = 'account_id'"
        ).fetchall()
        for (table,) in sorted(tables):
            if table not in LEFT:
                connection.execute(
                    f"insert into marts.{table} select base.* replace (account_id || '-' || k as "
                    f"account_id) from marts.{table} as base "
                    f"cross join range(1, {COPIES}) as copies(k)"
                )

    sample.publish(home, fill)
    return home


def test_every_page_answers_over_100_000_accounts(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(many))
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF)
    app = AppTest.from_file(
        str(sample.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=300
    ).run()
    for name in PAGES:
        if name == "account":
            app.query_params["account"] = "a07-4000"
        if name != "memo":
            app.switch_page(f"app_pages/{name}.py").run()
        assert not app.exception, name
        assert app.subheader, name
        longest = max((len(table.value) for table in app.dataframe), default=0)
        assert longest <= tables.MOST_ON_SCREEN, name
        if name == "account":
            assert app.query_params["account"] == "a07-4000"
            assert len(app.selectbox(key="account_pick").options) == filters.LISTED + 1
        if name == "timing":
            offered = view_of(app).exports
            assert max(export.table.num_rows for export in offered) == 12 * COPIES
            assert any("The first 50,000 of 100,008 rows" in one.value for one in app.caption)
