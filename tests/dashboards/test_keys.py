"""The row of keys on every page: help, filters, files, the link, and the other pages."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.dashboards import sample
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.offered import view_of


def test_every_page_and_action_has_a_key_of_its_own(open_page: OpenPage) -> None:
    page = open_page("decision", "none")
    keys = {
        button.label: button.proto.shortcut
        for button in page.button
        if button.key and button.key.startswith("key_")
    }
    assert {
        name: keys[name] for name in ("Help", "Filters", "Export", "Copy link", "Find account")
    } == {
        "Help": "h",
        "Filters": "f",
        "Export": "e",
        "Copy link": "l",
        "Find account": "s",
    }
    assert (keys["Decision"], keys["Seat utilization"], keys["Account"]) == ("1", "3", "7")
    assert len(keys) == 5 + len(PAGES)
    assert len(set(keys.values())) == len(keys)
    page.button(key="key_page_3").click().run()
    assert not page.exception
    assert page.header[0].value == "Nothing published yet"


def test_the_search_for_an_account_opens_its_page(open_page: OpenPage) -> None:
    page = open_page("economics")
    page.button(key="key_search").click().run()
    assert not page.exception
    assert page.selectbox(key="account_pick").value is None
    assert "Choose an account" in page.subheader[0].value


def test_filters_are_shown_and_cleared(open_page: OpenPage) -> None:
    page = open_page("shadow_billing", segment="smb")
    page.button(key="key_filters").click().run()
    assert "smb" in str(page.table[-1].value)
    page.button(key="clear_filters").click().run()
    assert not page.exception
    assert page.selectbox(key="segment").value == "all"


def test_an_empty_state_behind_filters_clears_them(open_page: OpenPage) -> None:
    page = open_page("cohorts", segment="smb", **{"from": "2026-10", "to": "2026-10"})
    assert any("No cohort began in this period" in entry.value for entry in page.info)
    page.button(key="clear_narrow_filters").click().run()
    assert not page.exception
    assert not page.info
    assert page.selectbox(key="segment").value == "all"
    assert "clear_narrow_filters" not in [button.key for button in page.button]
    assert dict(page.query_params) == {}


def test_help_files_and_the_link_open(open_page: OpenPage) -> None:
    page = open_page("account", account="a07")
    page.button(key="key_help").click().run()
    assert "Streamlit's own" in str(page.table[-1].value).replace("\\", "")
    page.button(key="key_link").click().run()
    assert "account=a07" in page.code[0].value
    assert "Account" not in page.code[0].value
    page.button(key="key_export").click().run()
    assert not page.exception
    offered = [button.key for button in page.get("download_button")]
    for ending in ("csv", "xlsx"):
        assert f"download_all_seatshift-bill-lines-20261110-v000001.{ending}" in offered


def test_the_headers_link_and_files_are_those_of_the_keys(open_page: OpenPage) -> None:
    page = open_page("account", account="a07")
    for key in ("header_link", "header_export"):
        assert not page.button(key=key).proto.shortcut
    page.button(key="header_link").click().run()
    assert "account=a07" in page.code[0].value
    page.button(key="header_export").click().run()
    assert not page.exception
    assert not page.code  # it opens once
    offered = {button.proto.label for button in page.get("download_button") if "all_" in button.key}
    assert offered == {"This page as PDF", "Statement as PDF", "CSV", "XLSX"}


def test_a_link_says_what_the_data_chose_and_of_which_generation_it_is(open_page: OpenPage) -> None:
    """Without a choice pages show what the data name; the next generation may name another."""
    page = open_page("shadow_billing")
    page.button(key="key_link").click().run()
    asked = dict(parse_qsl(urlsplit(page.code[0].value).query))
    assert asked == {
        "scenario": "hybrid",
        "segment": "All segments",
        "currency": "All currencies",
        "from": "2025-11",
        "to": "2026-10",
        "generation": "1",
    }
    again = open_page("shadow_billing", **asked)
    assert not again.toast
    assert again.subheader[0].value == page.subheader[0].value


def test_a_link_opens_the_generation_it_names_read_only(
    open_page: OpenPage, homes: dict[str, Path]
) -> None:
    home = homes["two_generations"]
    sample.point_at(home, home / "var/snapshots/v000002.duckdb", generation=2)
    page = open_page("memo", "two_generations", generation="1")
    assert not page.exception
    assert not page.toast
    assert view_of(page).snapshot.generation == 1
    assert "Pilot Hybrid seat" in page.subheader[0].value
    assert [one for one in page.markdown if "Generation 1, read-only" in one.value]
    page.button(key="decide_approve").click().run()
    page.text_input(key="decision_name").set_value("Ada Park")
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decide_approve").click()
    page.button(key="FormSubmitter:record_decision-Record decision").click().run()
    assert "generation 1 is shown read" in page.error[0].value.replace("\\", "")
    page.button(key="show_published").click().run()
    assert view_of(page).snapshot.generation == 2
    assert not [one for one in page.markdown if "only" in one.value and "Generation 1" in one.value]


@pytest.mark.parametrize(
    ("made_with", "warns"), [("7", True), ("1", False), ("x", False), ("\u0667", False)]
)
def test_a_link_of_a_generation_that_is_gone_says_so(
    made_with: str, warns: bool, open_page: OpenPage
) -> None:
    page = open_page("memo", generation=made_with)
    assert not page.exception
    said = [one.value for one in page.toast if "Generation 7 of the link is no longer" in one.value]
    assert bool(said) == warns
