"""What the demo's projections would have shown, month by month, beside a second reader's."""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.metrics.conftest import Reported
from tests.metrics.forecasts import (
    HORIZONS,
    Compared,
    compared,
    interval,
    miss,
    model_at,
    weight,
)

CENT = Decimal("0.01")
Key = tuple[str, str]


@pytest.fixture(scope="module")
def last(reported: Reported) -> int:
    ((month,),) = reported(
        "select max(month_index) from intermediate.int_calendar_months where not is_provisional"
    )
    return int(month)


@pytest.fixture(scope="module")
def published(reported: Reported) -> dict[Key, Compared]:
    """All models' projections, the curve's included, by segment and scenario."""
    found: dict[Key, Compared] = defaultdict(dict)
    for segment, scenario, origin, horizon, model, projected, billed in reported(
        "select segment, scenario_id, origin_index, horizon_months, model, projected, realised"
        " from intermediate.int_forecast_candidates"
    ):
        found[segment, scenario][origin, horizon, model] = (projected, billed)
    return found


def test_projections_from_past_months_are_what_a_second_reader_finds(
    reported: Reported, published: dict[Key, Compared], last: int
) -> None:
    bills: dict[Key, dict[str, dict[int, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    lags: dict[str, int] = defaultdict(int)
    for segment, scenario, account, month, first_day, amount in reported(
        "select bills.segment, bills.scenario_id, bills.account_id, months.month_index,"
        " extract(day from bills.period_start),"
        " cast(round((bills.amount - coalesce(capped.amount, 0)) * rates.rate, 4)"
        " as decimal(18, 4))"
        " from marts.fct_shadow_bills as bills"
        " inner join intermediate.int_calendar_months as months using (month)"
        " left join marts.fct_shadow_bill_lines as capped on"
        " bills.account_id = capped.account_id and bills.scenario_id = capped.scenario_id"
        " and bills.month = capped.month and capped.line_kind = 'grandfathering'"
        " inner join intermediate.int_month_rates as rates on bills.currency = rates.currency"
        " and rates.month = (select max(month) from intermediate.int_calendar_months"
        " where not is_provisional)"
        " where not bills.is_provisional and bills.is_available"
    ):
        bills[segment, scenario][account][month] = amount
        lags[account] = max(lags[account], int(first_day != 1))
    checked = 0
    for key, of_segment in bills.items():
        for place, (projected, billed) in compared(of_segment, lags, last).items():
            theirs = published[key][place]
            # each account's growth is rounded once, and a year adds up 75 steps of it
            assert abs(theirs[0] - projected) <= max(CENT, projected / 100000), (key, place)
            assert abs(theirs[1] - billed) <= CENT, (key, place)
            checked += 1
    curves = sum(place[2] == "logistic" for of_key in published.values() for place in of_key)
    assert checked == sum(map(len, published.values())) - curves
    assert checked > 1000


def test_models_and_intervals_follow_from_what_was_known_by_each_month(
    reported: Reported, published: dict[Key, Compared], last: int
) -> None:
    """Only segments: everybody's are sums of theirs."""
    shown = {
        (segment, scenario, origin, horizon): rest
        for segment, scenario, origin, horizon, *rest in reported(
            "select segment, scenario_id, origin_index, horizon_months, model, interval_ratio,"
            " is_inside from intermediate.int_forecast_intervals where segment <> 'all'"
        )
    }
    assert {month for _, _, month, _ in shown} == set(range(6, last + 1))
    chosen = {
        (key, month): model_at(month, found)
        for key, found in published.items()
        for month in range(6, last + 1)
    }
    assert len(set(chosen.values())) > 2

    def misses(key: Key, month: int, horizon: int) -> list[tuple[Decimal, Decimal]]:
        return [
            (miss(*both), weight(month - origin - horizon))
            for (origin, ahead, model), both in published[key].items()
            if ahead == horizon and model == chosen[key, month] and origin + horizon <= month
        ]

    for (segment, scenario, month, horizon), (model, ratio, is_inside) in shown.items():
        key = (segment, scenario)
        assert model == chosen[key, month], (key, month)
        known = misses(key, month, horizon)
        if len(known) < 8:
            known = [
                one
                for other in published
                if other[1] == scenario
                for one in misses(other, month, horizon)
            ]
        expected = interval(known, horizon)
        assert ratio == expected, (key, month, horizon)
        outcome = published[key].get((month, horizon, model))
        if outcome is None or expected is None:
            assert is_inside is None
        else:
            assert is_inside == (miss(*outcome) <= expected)


def test_accuracy_counts_what_was_shown(reported: Reported) -> None:
    shown: dict[tuple[str, str, int], list[tuple[Decimal, bool | None]]] = defaultdict(list)
    for segment, scenario, horizon, projected, billed, is_inside in reported(
        "select segment, scenario_id, horizon_months, projected, realised, is_inside"
        " from intermediate.int_forecast_intervals where realised is not null"
    ):
        shown[segment, scenario, horizon].append(((projected - billed) / billed, is_inside))
    rows = reported(
        "select segment, scenario_id, horizon_months, origins, median_error, bias, coverage_80,"
        " coverage_origins from marts.fct_forecast_accuracy"
    )
    assert {row[2] for row in rows} == set(HORIZONS)
    for segment, scenario, horizon, origins, median, bias, coverage, judged in rows:
        own = shown[segment, scenario, horizon]
        assert origins == len(own)
        sizes = sorted(abs(error) for error, _ in own)
        middle = (sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]) / 2
        assert abs(median - middle) <= Decimal("0.000001")
        assert abs(bias - sum(error for error, _ in own) / len(own)) <= Decimal("0.000001")
        inside = [is_inside for _, is_inside in own if is_inside is not None]
        if len(inside) < 8:
            inside = [
                one
                for (other, name, ahead), of_key in shown.items()
                if (name, ahead) == (scenario, horizon) and other != "all"
                for _, one in of_key
                if one is not None
            ]
        assert judged == len(inside)
        if inside:
            assert abs(coverage - Decimal(sum(inside)) / len(inside)) <= Decimal("0.000001")
        else:
            assert coverage is None
