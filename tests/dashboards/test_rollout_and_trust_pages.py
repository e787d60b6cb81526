"""Triggers, timing, data health and definitions: figures of the sample, filters, missing data."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import filters, formatting
from dashboards.data import freshness, glossary, triggers
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from dashboards.exports.csv import csv_bytes
from dashboards.exports.xlsx import xlsx_bytes
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage
from tests.dashboards.offered import view_of
from tests.dashboards.test_pages import metrics, said, texts


def table(page: AppTest, column: str) -> dict[str, list[object]]:
    """The first table that has the column, by column name; months as the grid says them."""
    shown = next(frame.value for frame in page.dataframe if column in frame.value.columns)
    return {
        name: [formatting.month(day) for day in shown[name]]
        if name in ("month", "since")
        else list(shown[name])
        for name in shown.columns
    }


def charts(page: AppTest) -> int:
    return len(page.get("vega_lite_chart"))


def test_triggers_show_every_signal_with_its_state_and_its_lines(open_page: OpenPage) -> None:
    page = open_page("triggers")
    now = table(page, "clears")
    assert now["signal"] == ["Automation rising *", "Seats idle *", "Price pressure"]
    assert now["state"] == ["on", "on", "off"]
    assert now["since"] == ["Jul 2026", "Jul 2026", "Nov 2025"]
    assert now["value"] == ["62.1 %", "66.1 %", "3.1 %"]
    assert now["fires"] == ["≥ 50.0 %", "< 70.0 %", "≥ 6.0 %"]
    assert now["clears"] == ["47.0 %", "73.0 %", "5.0 %"]
    assert "after 2 closed months in a row" in texts(page)
    # the strip, value fit, one chart for each of the three figures, and one of a line that is tried
    assert charts(page) == 6


def test_value_fit_shows_where_seats_go_against_the_work(open_page: OpenPage) -> None:
    fit = table(open_page("triggers", segment="smb_ai"), "follows")
    assert fit["segment"] == ["smb_ai", "enterprise", "smb", "All segments"]
    assert (fit["work"][0], fit["seats"][0], fit["automation"][0]) == (
        "+10.6 %",
        "−9.5 %",
        "67.0 %",
    )
    assert fit["follows"][1:] == ["0.98"] * 3
    missing = table(open_page("triggers", "nothing_available"), "follows")
    assert missing["note"] == ["no account has seats and usage in 12 months in a row"] * 4


def test_nearest_to_firing_counts_usual_moves_of_what_is_off(open_page: OpenPage) -> None:
    near = table(open_page("triggers"), "moves")
    assert near["metric"] == ["Discount leakage"]
    assert near["moves"] == [29.0]
    assert near["line"] == ["6.0 %"]


def test_triggers_follow_the_segment_and_the_months_in_the_url(open_page: OpenPage) -> None:
    page = open_page("triggers", segment="smb_ai", months="24")
    assert not page.exception
    assert page.selectbox(key="segment").value == "smb_ai"
    assert "on for smb\\_ai\\; the migration trigger holds" in page.subheader[0].value
    by_segment = table(page, "names")
    assert by_segment["segment"] == ["enterprise", "smb", "smb_ai", "All segments"]
    assert by_segment["on"] == ["2 of 3"] * 4
    assert by_segment["trigger"] == ["does not hold", "does not hold", "holds", "does not hold"]
    assert table(page, "to")["month"] == ["Jul 2026", "Jul 2026"]


def test_signals_without_their_export_say_so_and_draw_nothing_of_themselves(
    open_page: OpenPage,
) -> None:
    page = open_page("triggers", "nothing_available")
    assert page.subheader[0].value == formatting.plain(
        "No signal is available for All segments: no usage export."
    )
    assert charts(page) == 1
    assert "counts neither for nor against the trigger" in texts(page)


def test_the_months_of_the_strip_are_those_asked_for(open_page: OpenPage) -> None:
    open_page("triggers")
    listed = rows(triggers.states(current(), "all", 3))
    assert {row["month"] for row in listed} == {"2026-08", "2026-09", "2026-10"}


def test_timing_lists_the_waves_with_their_money(open_page: OpenPage) -> None:
    waves = table(open_page("timing"), "monthly_change_so_far")
    assert waves["wave"] == [1, 2]
    assert waves["month"] == ["Jan 2027", "Mar 2027"]
    assert waves["accounts"] == [6, 3]
    assert waves["mrr"] == [2280.0, 1150.0]
    assert waves["monthly_change"] == pytest.approx([98.28, 49.14])
    assert waves["monthly_change_so_far"] == pytest.approx([98.28, 147.42])
    assert waves["shocked"] == [1, 0]


def test_timing_says_who_is_locked_and_until_when(open_page: OpenPage) -> None:
    page = open_page("timing")
    behind = table(page, "first_unlocks_on")
    assert behind["status"] == ["locked", "locked", "left out"]
    assert behind["accounts"] == [1, 1, 1]
    assert str(behind["first_unlocks_on"][0])[:10] == "2028-02-01"
    accounts = table(page, "place_in_wave")
    assert len(accounts["account_id"]) == 12
    assert accounts["account_id"][:2] == ["a01", "a02"]
    assert sum(accounts["mrr"]) == pytest.approx(12 * 380)  # type: ignore[arg-type]
    # of two discounts one has ended
    assert table(page, "what")["what"] == ["seat_team", "d-1"]


def test_timing_follows_its_filters(open_page: OpenPage) -> None:
    page = open_page("timing", segment="smb")
    assert table(page, "monthly_change")["accounts"] == [3]
    page.selectbox(key="approach_pick").set_value("new_only").run()
    assert not page.exception
    assert page.query_params["approach"] == "new_only"
    assert "No account moves to Hybrid seat \\+ outcome this way" in page.subheader[0].value
    assert "at renewal" in texts(page)
    assert charts(page) == 0


@pytest.mark.parametrize(
    ("asked", "months", "accounts", "waited"),
    [
        # six renew in January and three in March
        ({"size": "4"}, ["Jan 2027", "Feb 2027", "Mar 2027"], [4, 2, 3], [0, 2, 0]),
        # January's fifth and sixth come before those of March
        (
            {"size": "2"},
            ["Jan 2027", "Feb 2027", "Mar 2027", "Apr 2027", "May 2027"],
            [2] * 4 + [1],
            [0, 2, 2, 2, 1],
        ),
        ({"start": "2027-02"}, ["Feb 2027", "Mar 2027"], [6, 3], [6, 0]),
        ({"start": "2027-03", "size": "5"}, ["Mar 2027", "Apr 2027"], [5, 4], [5, 4]),
        ({"without": "a01,a07"}, ["Jan 2027", "Mar 2027"], [5, 2], [0, 0]),
        ({"shocked": "stay"}, ["Jan 2027", "Mar 2027"], [5, 3], [0, 0]),
    ],
)
def test_the_rollout_follows_start_limit_and_exclusions(
    open_page: OpenPage,
    asked: dict[str, str],
    months: list[str],
    accounts: list[int],
    waited: list[int],
) -> None:
    page = open_page("timing", **asked)
    waves = table(page, "waited")
    assert (waves["month"], waves["accounts"], waves["waited"]) == (months, accounts, waited)
    assert not page.toast
    listed = table(page, "place_in_wave")
    moved = [state == "moves" for state in listed["status"]]
    assert sum(moved) == sum(accounts)
    assert [day for day, moves in zip(listed["month"], moved, strict=True) if moves] == [
        day for day, number in zip(months, accounts, strict=True) for _ in range(number)
    ]
    assert listed["status"].count("excluded") == 9 - sum(accounts)


def test_timing_draws_work_and_cash_and_refuses_nonsense_in_the_link(open_page: OpenPage) -> None:
    page = open_page("timing", size="-3", without="nobody")
    assert len(page.toast) == 2
    assert sum(table(page, "waited")["accounts"]) == 9  # type: ignore[arg-type]
    assert charts(page) == 4
    # twelve months at 406.38 against 390.00 for twelve accounts
    assert "58.5k USD cash in twelve months instead of 56.2k USD" in said(page)


@pytest.mark.parametrize(
    ("asked", "cash"),
    [
        # five move in January and three in March, each for 16.38 a month more than 390.00
        ({"without": "a01"}, 12 * 12 * 390 + Decimal("16.38") * (5 * 10 + 3 * 8)),
        ({"size": "4"}, 12 * 12 * 390 + Decimal("16.38") * (4 * 10 + 2 * 9 + 3 * 8)),
        ({"start": "2027-06", "shocked": "stay"}, 12 * 12 * 390 + Decimal("16.38") * 8 * 5),
    ],
)
def test_cash_follows_the_limits_of_the_page(
    open_page: OpenPage, asked: dict[str, str], cash: Decimal
) -> None:
    page = open_page("timing", **asked)
    assert f"{formatting.headline(cash)} USD cash in twelve months instead of 56.2k" in said(page)
    assert "With the first month, the limit and the exclusions above" in said(page)
    exports = view_of(page).exports
    months = next(export.table for export in exports if export.name == "cash").to_pylist()
    assert len(months) == 24
    assert months[-1]["cash_to_date"] == cash


def title_of_cash(page: AppTest) -> str:
    """What the page says of cash above its chart."""
    return next(text for text in said(page).split("**") if "cash in twelve months" in text)


@pytest.mark.parametrize(
    ("planned", "worked_out", "title", "caption"),
    [
        (
            "renewal",
            True,
            "USD cash in twelve months",
            "an account that has moved does not move back",
        ),
        (
            "renewal",
            False,
            "**Planned at renewal: 58.5k USD cash",
            "cash is not calculated for other approaches",
        ),
        ("opt_in", True, "**58.5k USD cash", "above change the waves, not this cash"),
    ],
)
def test_where_customers_choose_the_cash_is_that_of_their_waves_or_said_to_be_of_the_plan(
    planned: str,
    worked_out: bool,
    title: str,
    caption: str,
    open_page: OpenPage,
    homes: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def chosen(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        waves = "marts.fct_rollout_waves"
        connection.execute(f"delete from {waves} where approach = 'opt_in'")
        connection.execute(
            f"insert into {waves} select * replace ('opt_in' as approach) from {waves}"
            " where approach = 'renewal'"
        )
        connection.execute(f"update {waves} set is_proposed = approach = '{planned}'")
        if not worked_out:
            connection.execute("delete from marts.fct_move_cash")

    monkeypatch.setitem(homes, "chosen", tmp_path)
    sample.publish(tmp_path, chosen)
    page = open_page("timing", "chosen", approach="opt_in", without="a01")
    assert "**By choice**: accounts that would have paid less" in said(page)
    assert title in said(page)
    assert caption in said(page)
    follows = planned == "renewal" and worked_out
    assert ("With the first month" in said(page)) == follows
    if follows:
        # the exclusion changes the cash as it changes the waves
        assert title_of_cash(page) != title_of_cash(
            open_page("timing", "chosen", approach="opt_in")
        )


@pytest.mark.parametrize(
    ("typed", "excluded", "said"),
    [
        ("a07", ["a07"], None),
        ("account 4 ", ["a04"], None),
        ("Account 1 · a01", ["a01"], None),
        ("ccount", [], "9 names contain “ccount”"),
        ("nobody", [], "No name or id contains “nobody”"),
    ],
)
def test_an_excluded_account_is_typed_by_its_id_or_a_part_of_its_name(
    open_page: OpenPage, typed: str, excluded: list[str], said: str | None
) -> None:
    page = open_page("timing")
    page.multiselect(key="without_picks").set_value([typed]).run()
    assert not page.exception
    assert page.multiselect(key="without_picks").value == excluded
    assert page.query_params.get("without", "") == ",".join(excluded)
    assert len(page.toast) == (said is not None)
    assert said is None or said in page.toast[0].value
    assert sum(table(page, "waited")["accounts"]) == 9 - len(excluded)  # type: ignore[arg-type]


def test_of_many_names_a_bounded_list_is_sent(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "LISTED", 3)
    page = open_page("timing", without="a09")
    box = page.multiselect(key="without_picks")
    assert box.value == ["a09"]
    assert box.options == ["Account 9 · a09", *(f"Account {n} · a0{n}" for n in (1, 2, 3))]
    box.set_value(["a09", "a05"]).run()
    assert page.multiselect(key="without_picks").value == ["a09", "a05"]


def test_an_approach_in_the_url_is_shown_and_an_unknown_one_is_reported(
    open_page: OpenPage,
) -> None:
    page = open_page("timing", approach="opt_in")
    assert page.selectbox(key="approach_pick").value == "opt_in"
    assert not page.toast
    page = open_page("timing", approach="by carrier pigeon")
    assert page.selectbox(key="approach_pick").value == "renewal"
    assert "not available here" in page.toast[0].value


def test_timing_without_bills_says_why_nobody_moves(open_page: OpenPage) -> None:
    page = open_page("timing", "nothing_available")
    assert "12 left out" in page.subheader[0].value
    assert charts(page) == 0
    assert page.info


def test_data_health_counts_every_row(open_page: OpenPage) -> None:
    page = open_page("data_health")
    assert metrics(page) == {
        "Exports present": "1 of 2",
        "Rows read": "110",
        "Quarantined rows": "3",
        "Accuracy": "99.50 %",
        "Coverage": "91.0 %",
        "Checks": "–",
    }
    assert "Missing: support\\_tickets" in texts(page)
    sources = table(page, "hours_behind")
    assert sources["accepted_ratio"] == ["97.273 %", "–"]
    assert sources["gap_months"] == ["1 of 12", "–"]
    assert sources["reason"][1] == "no support_tickets export"
    assert table(page, "example")["row_count"] == [2, 1]
    assert table(page, "raw")["row_number"] == [7, 8, 9]


def test_data_health_reconciles_to_the_cent(open_page: OpenPage) -> None:
    page = open_page("data_health")
    totals = table(page, "invoiced")
    assert totals["reason"] == ["Matched", "Late event"]
    assert totals["lines"] == [12, 1]
    assert totals["expected"] == [4680.0, 390.0]
    assert totals["invoiced"] == [4680.0, 351.0]
    assert totals["difference"] == [0.0, -39.0]
    restated = table(page, "known_at_close")
    assert (restated["known_at_close"], restated["known_now"]) == ([10.0], [12.0])


def test_data_health_lists_the_generations_and_how_to_go_back(open_page: OpenPage) -> None:
    kept = table(open_page("data_health"), "command")
    assert kept["generation"] == [1]
    assert kept["shown"] == ["shown now"]
    assert kept["command"] == [None]


def test_data_health_follows_the_source(open_page: OpenPage) -> None:
    page = open_page("data_health", source="support_tickets")
    assert not page.exception
    assert any("No row or file of this source" in note.value for note in page.success)


def test_definitions_find_a_word_wherever_it_stands(open_page: OpenPage) -> None:
    page = open_page("definitions", q="nrr")
    assert page.text_input(key="q").value == "nrr"
    found = table(page, "definition")
    assert found["term"][0] == "Net revenue retention (NRR)"
    assert "**Net revenue retention \\(NRR\\)** —" in texts(page)
    assert "Published in: fct\\_trailing\\_retention\\.nrr" in texts(page)
    page.text_input(key="q").set_value("no such word").run()
    assert not page.exception
    assert "Nothing for “no such word” among the metrics" in page.subheader[0].value.replace(
        "\\", ""
    )
    assert "Try fewer words" in texts(page)


def test_definitions_show_the_thresholds_in_force_and_what_the_build_was_made_with(
    open_page: OpenPage,
) -> None:
    page = open_page("definitions")
    limits = table(page, "fires")
    assert dict(zip(limits["id"], limits["fires"], strict=True))["limit_shock_share"] == "5.0 %"
    assert set(limits["source"]) == {"general row"}
    assert any("thresholds-1" in str(made.value) for made in page.table)


def test_definitions_say_who_answers_for_them_and_what_changed(open_page: OpenPage) -> None:
    page = open_page("definitions", q="nrr")
    found = table(page, "definition")
    row = [found[name][0] for name in ("owner", "version", "change")]
    assert row == ["Revenue", 2, "Usage revenue included."]
    assert "Owner: Revenue · Version: v2 since 1 Oct 2026 · Changed: Usage revenue" in said(page)
    lately = next(
        one.value for one in page.dataframe if "name" in one.value and "model" in one.value
    )
    assert lately["name"].tolist() == ["Trailing retention"]
    # by owner, version and change as much as by the term
    for asked, least in (("revenue v2", 3), ("usage revenue included", 3), ("1 oct 2026", 3)):
        page = open_page("definitions", q=asked)
        assert len(table(page, "definition")["term"]) >= least
        assert "Trailing retention v2" in page.subheader[0].value
    page = open_page("definitions", q="bill shock rate")
    assert "price book" in page.subheader[0].value, "none of these has changed"


def test_hovers_and_feet_of_pages_say_the_version(open_page: OpenPage) -> None:
    page = open_page("economics")
    margin = next(one for one in page.metric if one.label == "Gross margin")
    assert margin.help.endswith(":small[v1 since 1 Jan 2026, Finance]")
    assert any(
        "`fct_margins`" in one.value and ":small[(v1 since 1 Jan 2026, Finance)]" in one.value
        for one in page.markdown
    )


def test_a_snapshot_without_versions_of_definitions_opens(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        connection.execute("drop table marts.dim_definition_versions")

    monkeypatch.setitem(homes, "older", tmp_path)
    sample.publish(tmp_path, older)
    page = open_page("definitions", "older", q="nrr")
    assert not page.exception and not page.error
    assert "price book prices-1" in said(page)
    assert "Owner: – · Version: –" in said(page)
    assert set(table(page, "definition")["owner"]) == {None}
    assert "is older than the versions of definitions" in said(page)
    assert not open_page("economics", "older").exception


def test_every_term_that_people_ask_for_is_published(open_page: OpenPage) -> None:
    open_page("definitions")
    terms = glossary.glossary(current())
    named = {row["where"] for row in terms if row["kind"] == glossary.METRICS}
    assert {f"{model}.{column}" for _, model, column in glossary.TERMS} <= named
    by_term = {row["term"]: row for row in terms if row["kind"] == glossary.METRICS}
    share = by_term["Automation share of work"]
    assert (
        share["definition"] == "Activity: work of automation ÷ work of known actors, value meter."
    )
    assert share["unit"] == "ratio"
    assert share["empty_when"] == "null if not available"
    assert share["grain"] == "segment (all included), calendar month and metric"
    assert by_term["Money paid for idle seats"]["unit"] == "money, reporting currency"
    assert by_term["Net revenue retention (NRR)"]["unit"] == "ratio"


def test_every_metric_is_a_balance_or_an_activity(open_page: OpenPage) -> None:
    open_page("definitions")
    unmarked = {
        row["term"]
        for row in glossary.glossary(current())
        if row["kind"] == glossary.METRICS
        and row["unit"] not in ("text", "yes or no")
        and not row["definition"].startswith(("Balance: ", "Activity: "))
    }
    # places in an order, which measure nothing
    assert unmarked == {"Nearness of a signal", "Wave of a rollout"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "triggers",
            "2 of 3 signals are on for All segments; the migration trigger cannot be judged; "
            "nearest to firing: Discount leakage, 3.1 % against 6.0 %.",
        ),
        ("timing", "Wave 1 moves 1 account in Jan 2027 (390 USD MRR)."),
    ],
)
def test_one_account_is_in_the_singular(name: str, said: str, open_page: OpenPage) -> None:
    assert open_page(name, "one_account").subheader[0].value == formatting.plain(said)


@pytest.mark.parametrize("name", ["triggers", "timing", "data_health", "definitions"])
def test_old_data_is_called_stale_on_every_page(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF + timedelta(hours=31))
    page = open_page(name)
    assert not page.exception
    assert "Stale" in texts(page)
    assert bool(page.warning) == (name == "data_health")


FILES = {
    "triggers": {
        "signal-states": 36,
        "signals": 3,
        "value-fit": 4,
        "triggers-by-segment": 4,
        "signal-changes": 2,
    },
    "timing": {
        "renewal-calendar": 4,
        "rollout-months": 2,
        "cash": 48,
        "waves": 2,
        "not-in-a-wave": 3,
        "rollout": 12,
        "exceptions": 2,
    },
    "data_health": {
        "sources": 2,
        "reconciliation": 2,
        "differing-lines": 1,
        "quarantine": 3,
        "load-ledger": 2,
        "restatements": 1,
    },
    "definitions": {"definitions": 42, "definition-changes": 1, "thresholds": 10},
}


@pytest.mark.parametrize("name", FILES)
def test_the_files_hold_the_rows_of_the_page(name: str, open_page: OpenPage) -> None:
    offered = {export.name: export.table for export in view_of(open_page(name)).exports}
    assert {file: table.num_rows for file, table in offered.items()} == FILES[name]
    for table in offered.values():
        text = csv_bytes(table).decode("utf-8-sig")
        listed = list(csv.reader(io.StringIO(text)))
        assert listed[0] == table.column_names
        assert len(listed) == table.num_rows + 1
        assert xlsx_bytes(table, {}).startswith(b"PK")


def test_the_file_of_the_waves_is_exact(open_page: OpenPage) -> None:
    exports = view_of(open_page("timing")).exports
    waves = next(export.table for export in exports if export.name == "waves")
    lines = csv_bytes(waves).decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "wave,month,accounts,waited,mrr,monthly_change,monthly_change_so_far,shocked,not_comparable"
    )
    assert lines[1:] == [
        "1,2027-01,6,0,2280.0000,98.2800,98.2800,1,0",
        "2,2027-03,3,0,1150.0000,49.1400,147.4200,0,0",
    ]


def test_held_rows_stay_inert_in_files(open_page: OpenPage) -> None:
    exports = view_of(open_page("data_health")).exports
    held = next(export.table for export in exports if export.name == "quarantine")
    assert "<b>x</b>" in csv_bytes(held).decode("utf-8-sig")
    assert "<b>x</b>" not in texts(open_page("data_health"))
