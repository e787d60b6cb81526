"""Charts by their specification: fields, units, order, message, and both themes."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from dashboards.charts import (
    account,
    cohorts,
    decision,
    economics,
    health,
    lab,
    seats,
    shadow,
    shock,
    timing,
    triggers,
)
from dashboards.charts.cached import on_screen
from dashboards.charts.theme import DARK, LIGHT, TITLE, Palette, every_month, palette
from dashboards.charts.waterfall import steps, waterfall

MONTHS = pd.DataFrame(
    {
        "month": ["2026-09", "2026-10"],
        "value": [0.7, 0.65],
        "low": [0.6, 0.6],
        "high": [0.8, 0.7],
        "accounts": [5, 5],
        "is_provisional": [False, True],
        "billable_seats": [10.0, 10.0],
        "active_seats": [7.0, 6.5],
        "utilization": [0.7, 0.65],
        "actor_type": ["human", "automation"],
        "quantity": [1.0, 2.0],
        "jump_rate": [0.1, 0.2],
        "shock_rate": [0.0, 0.1],
        "jumps": [1, 2],
        "shocks": [0, 1],
        "baseline_bills": [10, 10],
        "current_amount": [1.0, 1.0],
        "proposed_amount": [2.0, 2.0],
        "status": ["free", "locked"],
        "is_best": [True, False],
        "mrr": [1.0, 2.0],
    }
)
AT_RATES = pd.DataFrame(
    {
        "month": ["2026-09", "2026-10"],
        "value": [0.5, None],
        "as_it_was": [0.7, 0.6],
        "cost": [5.0, None],
        "cost_as_it_was": [3.0, 4.0],
        "accounts": [5, 5],
    }
)
GROUPS = pd.DataFrame(
    {
        "name": ["Heavy users (9)", "All others (2)"],
        "accounts": [9, 2],
        "current_margin_ratio": [-0.1, 0.9],
        "proposed_margin_ratio": [0.38, None],
        "is_small": [False, True],
    }
)
PROPOSALS = pd.DataFrame(
    {
        "name": ["Hybrid", "Outcome"],
        "current_reporting": [100.0, 100.0],
        "proposed_reporting": [104.2, 92.0],
        "label": ["+4.2 %", "−8.0 %"],
    }
)
POINTS = pd.DataFrame(
    {
        "account_id": ["a01", "a02"],
        "segment": ["smb", "smb"],
        "utilization": [0.6, 0.9],
        "automation_share": [0.75, 0.1],
        "billable_seats": [10.0, 12.0],
        "mrr": [390.0, None],
    }
)
SEGMENTS = pd.DataFrame(
    {
        "segment": ["smb"],
        "revenue_change": [0.04],
        "revenue_change_low": [0.01],
        "revenue_change_high": [0.07],
        "shock_share": [0.03],
        "shock_share_low": [0.01],
        "shock_share_high": [0.05],
        "accounts": [5],
        "idle_amount": [12.0],
        "idle_seats": [1.0],
    }
)
CELLS = pd.DataFrame(
    {
        "cohort": ["2026-09"],
        "age": [0],
        "nrr": [1.0],
        "accounts_start": [5],
        "accounts_retained": [5],
        "is_mature": [True],
        "is_small": [False],
        "mrr_retained": [1000.0],
    }
)
BANDS = pd.DataFrame(
    {
        "band": ["<=-50", "-2..2", ">50"],
        "position": [0, 4, 8],
        "accounts": [1, 2, 3],
        "current_amount": [1.0, 1.0, 1.0],
        "monthly_amount": [950.0, 41_240.0, 1_200_000.0],
        "tenth": [0, 1, 2],
        "idle_amount": [0.0, 1.0, 2.0],
    }
)
STATES = pd.DataFrame(
    {
        "month": ["2026-08", "2026-09", "2026-10"],
        "label": ["Seats idle"] * 3,
        "state": ["off", "waiting", "on"],
        "sentence": ["s"] * 3,
        "value": [0.71, 0.69, 0.68],
        "is_firing": [False, False, True],
    }
)
MOVES = pd.DataFrame(
    {
        "month": ["2026-11", "2027-02"],
        "segment": ["smb", "smb_ai"],
        "status": ["in_wave", "locked"],
        "accounts": [2, 1],
        "mrr": [100.0, 50.0],
        "monthly_change": [5.0, -2.0],
        "monthly_change_so_far": [5.0, 3.0],
    }
)
COSTS = pd.DataFrame(
    {"month": ["2026-10"], "meter": ["tokens"], "cost": [12.5], "quantity": [100.0]}
)
EXPORTS = pd.DataFrame(
    {
        "month": ["2026-09", "2026-10"],
        "label": ["Usage events"] * 2,
        "row_count": [3, 0],
        "text": ["3", "0"],
        "state": ["rows", "gap"],
    }
)
BRIDGE = steps(
    ("Current", Decimal(100)),
    [("Seats", Decimal(-60)), ("Usage", Decimal(70))],
    ("Proposed", Decimal(110)),
    "proposed",
)

LOAD = pd.DataFrame({"month": ["2027-01"], "freed": [9], "moved": [5]})
CASH = pd.DataFrame(
    {
        "model": ["current", "proposed"],
        "month": ["2027-01"] * 2,
        "cash_low": [9.0, 11.0],
        "cash": [10.0, 12.0],
        "cash_high": [11.0, 13.0],
    }
)
RELIEFS = pd.DataFrame(
    {
        "level": ["+10 %"],
        "shocked_before": [2],
        "shocked_after": [1],
        "shock_share_before": [0.2],
        "shock_share_after": [0.1],
        "capped_accounts": [3],
        "monthly_cost": [12.0],
    }
)
UNITS = pd.DataFrame(
    {"month": ["2026-10"], "unit_cost": [0.01], "cost": [1.0], "quantity": [100], "accounts": [2]}
)
EFFECTS = pd.DataFrame(
    {
        "assumption": ["churn", "churn"],
        "assumption_case": ["low", "high"],
        "effect": [5.0, -9.0],
        "effect_ratio": [0.05, -0.09],
    }
)
SINGLES = pd.DataFrame({"part": ["change", "all"], "change": ["a", "b"], "effect": [5.0, -9.0]})
OUTCOMES = pd.DataFrame(
    {"outcome": [1, 2], "revenue_change": [-0.01, 0.02], "is_gain": [False, True]}
)


def drawings(colors: Palette) -> dict[str, Any]:
    return {
        "revenue_ranges": decision.revenue_ranges(SEGMENTS, colors, "m", -0.01, 80),
        "renewal_calendar": decision.renewal_calendar(MONTHS, colors, "m", "what"),
        "utilization_line": seats.utilization_line(MONTHS, colors, "m", 0.7),
        "utilization_bands": seats.utilization_bands(BANDS, colors, "m"),
        "seats_against_work": seats.seats_against_work(MONTHS, MONTHS, colors, "m", "work"),
        "utilization_against_automation": seats.utilization_against_automation(
            POINTS, colors, "m", "Accounts", "USD", 0.7
        ),
        "idle_by_segment": seats.idle_by_segment(SEGMENTS, colors, "m", "USD"),
        "triangle": cohorts.triangle(CELLS, "nrr", colors, "m", "NRR"),
        "waterfall": waterfall(BRIDGE, colors, "m", "USD"),
        "shares": shock.shares(SEGMENTS, colors, "m", "share", 0.05, 0.1),
        "monthly_rates": shock.monthly_rates(MONTHS, colors, "m", 0.05),
        "totals": shadow.totals(MONTHS, colors, "m", "USD"),
        "beside": shadow.beside(PROPOSALS, colors, "m", "USD"),
        "bands": shadow.bands(BANDS, colors, "m", "USD"),
        "state_strip": triggers.state_strip(STATES, colors, "m"),
        "part_line": triggers.part_line(STATES, colors, "m", "fires at 70 %", "ratio", 0.7, 0.73),
        "move_calendar": timing.move_calendar(MOVES, colors, "m", "USD"),
        "bill_effect": timing.bill_effect(MOVES, colors, "m", "USD"),
        "load": timing.load(LOAD, colors, "m", 5),
        "cash": timing.cash(CASH, colors, "m", "USD"),
        "relief_effects": shock.relief_effects(RELIEFS, colors, "m", "share", 0.05),
        "unit_cost_line": economics.unit_cost_line(UNITS, colors, "m", "a unit"),
        "tornado": lab.tornado(EFFECTS, colors, "m", "USD"),
        "outcome_dots": lab.outcome_dots(OUTCOMES, colors, "m"),
        "single_effects": lab.single_effects(SINGLES, colors, "m", "USD", 12),
        "export_months": health.export_months(EXPORTS, colors, "m"),
        "rate_line": economics.rate_line(MONTHS, colors, "m", "margin", 0.06),
        "two_margins": economics.two_margins(AT_RATES, colors, "m", "margin"),
        "group_margins": economics.group_margins(GROUPS, colors, "m", "margin"),
        "tickets": economics.tickets(MONTHS, colors, "m"),
        "costs": economics.costs(COSTS, colors, "m", "USD"),
        "seats_timeline": account.seats_timeline(MONTHS, colors, "m"),
        "usage_timeline": account.usage_timeline(MONTHS, colors, "m", "Resolutions"),
    }


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_every_chart_says_its_message_and_its_measure(colors: Palette) -> None:
    for name, chart in drawings(colors).items():
        spec = chart.to_dict()
        assert spec["title"]["text"] == "m", name
        assert spec["title"]["subtitle"], name
        assert spec["config"]["title"]["color"] == colors.ink, name


def test_bars_start_at_zero() -> None:
    for name in ("waterfall", "totals", "bands", "idle_by_segment", "shares"):
        assert '"zero": false' not in drawings(LIGHT)[name].to_json(), name


def test_current_is_solid_and_proposed_is_outlined() -> None:
    spec = shadow.totals(MONTHS, LIGHT, "m", "USD").to_dict()
    fill = spec["encoding"]["fill"]["scale"]
    assert fill["domain"] == ["current_amount", "proposed_amount"]
    assert fill["range"] == [LIGHT.current, LIGHT.proposed_fill]
    assert spec["encoding"]["stroke"]["scale"]["range"] == [LIGHT.current, LIGHT.proposed]


def test_margins_of_groups_start_at_zero_and_a_handful_is_faint() -> None:
    bars, right, left = economics.group_margins(GROUPS, LIGHT, "m", "margin").to_dict()["layer"]
    assert "scale" not in bars["encoding"]["x"]
    assert bars["encoding"]["fill"]["scale"]["range"] == [LIGHT.current, LIGHT.proposed_fill]
    assert bars["encoding"]["opacity"]["scale"]["range"] == [1, 0.4]
    assert [layer["transform"][-2]["filter"] for layer in (right, left)] == [
        "datum.margin >= 0",
        "datum.margin < 0",
    ]


def test_margins_at_other_rates_are_dashed_beside_what_was() -> None:
    line = economics.two_margins(AT_RATES, LIGHT, "m", "margin").to_dict()["layer"][0]
    assert line["encoding"]["color"]["scale"] == {
        "domain": ["as it was", "at these rates"],
        "range": [LIGHT.current, LIGHT.proposed],
    }
    assert line["encoding"]["strokeDash"]["condition"]["test"] == "datum.costs === 'as it was'"


def test_proposals_side_by_side_start_at_zero_and_keep_their_order() -> None:
    bars, labels = shadow.beside(PROPOSALS, LIGHT, "m", "USD").to_dict()["layer"]
    assert bars["encoding"]["y"]["sort"] is None
    assert "scale" not in bars["encoding"]["x"]
    assert bars["encoding"]["fill"]["scale"]["range"] == [LIGHT.current, LIGHT.proposed_fill]
    assert labels["encoding"]["text"]["field"] == "label"


def test_use_against_automation_starts_at_nothing_and_ends_at_all() -> None:
    spec = seats.utilization_against_automation(
        POINTS, LIGHT, "m", "Accounts", "USD", None
    ).to_dict()
    assert len(spec["layer"]) == 1
    encoding = spec["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == encoding["y"]["scale"]["domain"] == [0, 1]
    assert (encoding["size"]["field"], encoding["tooltip"][0]["field"]) == ("mrr", "account_id")


def test_triangle_is_coloured_around_a_hundred_per_cent() -> None:
    spec = cohorts.triangle(CELLS, "nrr", LIGHT, "m", "NRR").to_dict()
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == [0.5, 1, 1.5]
    assert scale["range"] == [LIGHT.below, LIGHT.middle, LIGHT.above]
    assert spec["layer"][0]["transform"] == [{"filter": "datum.is_mature && !datum.is_small"}]


def test_the_average_stands_under_the_triangle_and_cells_can_show_money() -> None:
    cells = pd.concat([CELLS, CELLS.assign(cohort="average")])
    spec = cohorts.triangle(
        cells, "nrr", LIGHT, "m", "NRR", unit="quarters", shown="mrr_retained"
    ).to_dict()
    layer = spec["layer"][3]["encoding"]
    assert layer["y"]["sort"] == ["2026-09", "average"]
    assert layer["text"]["field"] == "mrr_retained"
    assert layer["x"]["title"] == "Quarters since the cohort started"


def test_a_calendar_leaves_no_month_out() -> None:
    assert every_month(["2027-02", "2026-11"]) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert every_month(["2026-11"], 3) == ["2026-11", "2026-12", "2027-01"]
    assert every_month([], 3) == []
    spec = timing.move_calendar(MOVES, LIGHT, "m", "USD").to_dict()
    assert len(spec["encoding"]["x"]["scale"]["domain"]) == 6


def test_what_a_contract_locks_is_outlined() -> None:
    spec = timing.move_calendar(MOVES, LIGHT, "m", "USD").to_dict()
    opacity = spec["encoding"]["fillOpacity"]
    assert opacity["condition"]["test"] == "datum.status === 'in_wave'"
    assert (opacity["condition"]["value"], opacity["value"]) == (1, 0)


def test_states_have_a_symbol_too() -> None:
    spec = triggers.state_strip(STATES, LIGHT, "m").to_dict()
    marks = next(iter(spec["datasets"].values()))
    assert [row["mark"] for row in marks] == ["○", "◐", "●"]


def test_figures_close_to_their_line_get_finer_ticks() -> None:
    near = triggers.part_line(STATES, LIGHT, "m", "s", "ratio", 0.7, 0.73).to_dict()
    far = triggers.part_line(STATES, LIGHT, "m", "s", "ratio", 0.2, None).to_dict()
    labels = [spec["layer"][0]["encoding"]["y"]["axis"]["labelExpr"] for spec in (near, far)]
    assert [".1%" in label for label in labels] == [False, False]
    close = triggers.part_line(STATES, LIGHT, "m", "s", "ratio", 0.7, None).to_dict()
    assert ".1%" in close["layer"][0]["encoding"]["y"]["axis"]["labelExpr"]


def test_bands_keep_their_fixed_order() -> None:
    spec = shadow.bands(BANDS, LIGHT, "m", "USD").to_dict()
    assert spec["layer"][0]["encoding"]["y"]["sort"] is None
    rows = next(iter(spec["datasets"].values()))
    assert [row["side"] for row in rows] == ["less", "same", "more"]


def test_bands_print_accounts_and_what_they_pay() -> None:
    spec = shadow.bands(BANDS, LIGHT, "m", "USD").to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [row["summary"] for row in rows] == ["1 acc. · 950", "2 acc. · 41.2k", "3 acc. · 1.20M"]
    words = spec["layer"][1]
    assert words["encoding"]["text"]["field"] == "summary"
    # room for the words beside the longest bar
    assert words["encoding"]["x"]["scale"]["domain"][1] >= 1.5 * 3


def test_waterfall_leads_from_opening_to_closing() -> None:
    assert list(BRIDGE["start"]) == [0, 100, 40, 0]
    assert list(BRIDGE["end"]) == [100, 40, 110, 110]
    assert list(BRIDGE["kind"]) == ["total", "down", "up", "proposed"]
    assert list(BRIDGE["label"]) == ["100", "−60", "+70", "110"]


def test_waterfall_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="lead to 101, not to 102"):
        steps(("a", Decimal(100)), [("b", Decimal(1))], ("c", Decimal(102)))


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_marks_and_texts_stand_out_from_the_ground(colors: Palette) -> None:
    for mark in (colors.current, colors.proposed, colors.good, colors.bad, colors.caution):
        assert contrast(mark, colors.ground) >= 3
    for text in (colors.ink, colors.muted):
        assert contrast(text, colors.ground) >= 4.5


def test_palette_follows_the_mode() -> None:
    assert palette("dark") is DARK
    assert palette("light") is palette(None) is LIGHT


def test_a_chart_of_the_same_figures_is_drawn_once() -> None:
    first = cohorts.triangle(CELLS.copy(), "nrr", LIGHT, "m", "NRR")
    assert cohorts.triangle(CELLS.copy(), "nrr", LIGHT, "m", measure="NRR") is not None
    assert cohorts.triangle(CELLS.copy(), "nrr", LIGHT, "m", "NRR") is first
    others = (
        cohorts.triangle(CELLS.assign(nrr=0.9), "nrr", LIGHT, "m", "NRR"),
        cohorts.triangle(CELLS.assign(cohort=["2026-08"]), "nrr", LIGHT, "m", "NRR"),
        cohorts.triangle(CELLS, "nrr", DARK, "m", "NRR"),
        cohorts.triangle(CELLS, "nrr", LIGHT, "another", "NRR"),
    )
    assert all(other is not first for other in others)


@pytest.mark.parametrize("name", drawings(LIGHT))
def test_the_screen_gets_the_chart_with_its_figures_and_without_its_title(name: str) -> None:
    chart = drawings(LIGHT)[name]
    whole, shown = chart.to_dict(), on_screen(chart)
    assert "title" not in shown
    assert shown is on_screen(chart)
    german = on_screen(chart, (".", ","))
    assert german["config"]["locale"]["number"]["decimal"] == ","
    english = on_screen(chart)["config"]["locale"]["number"]
    assert (english["decimal"], english["percent"]) == (".", " %")
    assert german["config"]["locale"]["number"]["percent"] == " %"
    assert shown["config"]["axis"] == whole["config"]["axis"]
    if "height" in whole:
        assert shown["height"] == whole["height"] - TITLE
    figures = [pa.ipc.open_stream(data).read_all() for data in shown["datasets"].values()]
    assert sorted(table.num_rows for table in figures) == sorted(
        len(rows) for rows in whole["datasets"].values()
    )


def test_tooltips_say_months_as_sentences_do() -> None:
    raw = {"month", "cohort"}
    seen = 0
    for name, chart in drawings(LIGHT).items():
        for part in parts(on_screen(chart)):
            shown = [entry["field"] for entry in part.get("encoding", {}).get("tooltip", [])]
            assert not raw & set(shown), name
            said = {str(step.get("as")) for step in part.get("transform", [])}
            assert {field for field in shown if field.endswith(" said")} <= said
            seen += "month said" in shown
    assert seen > 10


def parts(chart: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [one for name in ("layer", "vconcat", "hconcat") for one in chart.get(name, [])]
    if isinstance(chart.get("spec"), dict):
        inner.append(chart["spec"])
    return [chart, *(part for one in inner for part in parts(one))]
