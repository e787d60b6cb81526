"""Who looks after an account stands in the lists that somebody calls their customers from."""

import csv
import io
import json
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from dashboards import access, columns
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage
from tests.dashboards.offered import Files, sent, watched
from tests.dashboards.test_pages import said

pytestmark = pytest.mark.slow

LISTS = {
    "bill_shock": ("at-risk", "early-warnings"),
    "shadow_billing": ("shadow-accounts",),
    "timing": ("rollout",),
    "seat_utilization": ("seat-utilization",),
}
WARNING = """
insert into marts.fct_bill_warnings by name
select
    'a02' as account_id, date '2026-11-01' as month, 'current' as scenario_id,
    'smb_ai' as segment, 'USD' as currency, date '2026-11-01' as period_start,
    date '2026-12-01' as period_end, 300 as bill, 0 as usage_amount, 900 as projected_bill,
    false as is_at_least, 390 as baseline, 1.3 as projected_increase_ratio,
    510 as projected_increase_reporting, true as is_jump_expected, true as is_shock_expected
"""


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample company with an early warning, once more with owners that nobody names."""

    def warned(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        connection.execute(WARNING)

    def ownerless(connection: duckdb.DuckDBPyConnection) -> None:
        warned(connection)
        connection.execute("update marts.dim_accounts set account_owner = null")

    folder = tmp_path_factory.mktemp("owned")
    for name, fill in (("warned", warned), ("ownerless", ownerless)):
        sample.publish(folder / name, fill)
    return {home.name: home for home in folder.iterdir()}


@pytest.fixture
def published(
    homes: dict[str, Path], owned: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """Those homes, where `open_page` finds them."""
    for name, home in owned.items():
        monkeypatch.setitem(homes, name, home)
    return homes


def _lists(page: AppTest) -> list[tuple[dict[str, str], bool]]:
    """Owner by account of every list that knows owners, and whether the column is hidden."""
    assert not page.exception
    return [
        (
            dict(zip(one.value["account_id"], one.value["account_owner"], strict=True)),
            bool(json.loads(one.proto.columns)["account_owner"].get("hidden")),
        )
        for one in page.dataframe
        if "account_owner" in one.value.columns
    ]


def _filed(files: Files, name: str, ending: str) -> bytes:
    wanted = re.compile(rf"seatshift-{name}-2026\d+-v\d+\.{ending}")
    [made] = [made for file, made in files.items() if wanted.fullmatch(file)]
    return made()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", LISTS)
def test_each_list_says_who_looks_after_an_account(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "warned")
    found = _lists(page)
    assert len(found) == len(LISTS[name])
    for owners, is_hidden in found:
        assert not is_hidden
        for account_id, owner in owners.items():
            number = int(account_id[1:]) % 4
            assert owner == (f"Keeper {number}" if number else None) or owner != owner
    assert "no owner" not in said(page)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_no_column_of_owners_where_nobody_is_named(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    found = _lists(open_page(name, "ownerless"))
    assert found and all(is_hidden for _, is_hidden in found)
    # files keep their shape
    for table in LISTS[name]:
        shown = csv.DictReader(io.StringIO(_filed(files, table, "csv").decode("utf-8-sig")))
        assert {row["account_owner"] for row in shown} == {""}


def test_a_column_of_owners_needs_one_owner() -> None:
    def listed(*owners: str | None) -> pa.Table:
        return pa.table({"account_owner": pa.array(owners, pa.string())})

    assert columns.owner(listed("Ada", None))["account_owner"]["label"] == "Owner"
    for nobody in (listed(None, None), listed()):
        assert columns.owner(nobody) == {"account_owner": None}


@pytest.mark.usefixtures("published")
def test_files_name_the_owner_and_say_what_one_is(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page("bill_shock", "warned")
    page.button(key="key_export").click().run()
    text = _filed(files, "at-risk", "csv").decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["account_id"], row["renewal_date"], row["account_owner"]) == (
        "a01",
        "2026-12-15",
        "Keeper 1",
    )
    book = load_workbook(io.BytesIO(_filed(files, "at-risk", "xlsx")))
    shown = {line[0].value: line[1].value for line in book["About"] if line[0].value}
    assert str(shown["account_owner"]).startswith("Person or team that looks after the account")
    paper = PdfReader(io.BytesIO(_filed(files, "page-bill_shock", "pdf")))
    assert "Keeper 1" in "\n".join(one.extract_text() for one in paper.pages)


def test_the_account_page_names_the_owner_and_its_statement_does_not(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page("account", account="a07")
    assert not page.exception and "Owner: **Keeper 3**" in said(page)
    paper = PdfReader(io.BytesIO(_filed(files, "statement-a07", "pdf")))
    printed = "\n".join(one.extract_text() for one in paper.pages)
    assert "Account 7" in printed and "Keeper" not in printed and "Owner" not in printed
    assert "Owner:" not in said(open_page("account", account="a04"))


def test_a_viewer_learns_that_there_is_an_owner_but_not_who(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "person", lambda: access.Person("guest", "viewer"))
    page = open_page("account", account="a07")
    assert b"Keeper" not in sent(page) and f"Owner: **{access.HIDDEN}**" in said(page)
    asked = "select distinct account_owner from marts.dim_accounts order by 1"
    found = rows(current().answer(asked))
    assert [row["account_owner"] for row in found] == [access.HIDDEN, None]


def test_a_viewer_reads_a_snapshot_that_was_published_before_owners_were_carried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def earlier(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        connection.execute("alter table marts.dim_accounts drop column account_owner")

    sample.publish(tmp_path, earlier)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    monkeypatch.setattr(access, "person", lambda: access.Person("guest", "viewer"))
    asked = "select account_name from marts.dim_accounts order by account_id limit 1"
    assert rows(current().answer(asked)) == [{"account_name": "a01"}]
