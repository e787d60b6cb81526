"""Rates, grants and charges on credits: a sound book is taken, each fault of one is named."""

from pathlib import Path

import pytest

from orchestration.ingest.reference import load_reference, read_reference
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from tests.ingest.homes import make_home

PLANS = (
    "plan_id,plan_name,family,currency\nteam,Team,per_seat,EUR\ncredit,Credits,credit,EUR\n"
    "tiered,Tiered,credit,EUR\n"
)
RATES = "plan_id,meter,dimension,valid_from,credits_per_unit\n"
SOUND_RATES = RATES + "credit,tokens,,2025-01-01,1\ncredit,tokens,large,2025-01-01,15\n"
GRANTS = (
    "plan_id,valid_from,credits,priority,is_free,grant_interval,term_months,rollover_ratio,"
    "expires_after_months,overage_unit_amount,at_zero,grace_ratio,topup_credits,topup_amount\n"
)
SOUND_GRANTS = GRANTS + "credit,2025-01-01,1000,1,,,,0.5,,0.05,overage,,,\n"
CHARGES = (
    "charge_id,plan_id,valid_from,valid_to,charge_name,meter,pricing,unit_amount,dimension,"
    "actor_type,outcomes_only,aggregation\n"
)
SEAT = "seat,team,2020-01-01,,Seats,seats,per_unit,39,,,,\n"


def home_of(folder: Path, *, rates: str, grants: str, charges: str) -> Settings:
    return make_home(
        folder,
        reference__plans_csv=PLANS,
        reference__rate_tables_csv=rates,
        reference__credit_grants_csv=grants,
        reference__charges_csv=CHARGES + SEAT + charges,
    )


def load(folder: Path, *, rates: str, grants: str, charges: str) -> None:
    load_reference(home_of(folder, rates=rates, grants=grants, charges=charges))


def problems_of(folder: Path, *, grants: str = GRANTS, charges: str = "") -> list[str]:
    home = home_of(folder, rates=SOUND_RATES, grants=grants, charges=charges)
    return [problem.sentence for problem in read_reference(home)[1]]


@pytest.mark.parametrize(
    ("grants", "charges"),
    [
        (SOUND_GRANTS, ""),
        # free and paid ones of one priority, a term beside a period, and a later version of each
        (
            GRANTS + "credit,2025-01-01,100,1,true,,,,,,,,,\n"
            "credit,2025-01-01,1000,1,false,,,0.5,3,,block,0.1,,\n"
            "credit,2025-01-01,5000,1,false,term,12,,,,,,,\n"
            "credit,2026-01-01,0,1,true,,,,,,,,,\n"
            "credit,2026-01-01,9000,1,false,term,12,,,,,,,\n",
            "",
        ),
        (GRANTS + "credit,2025-01-01,100,,,,,,,,block,,50,5.00\n", ""),
        (
            GRANTS + "credit,2025-01-01,100,,,,,,,,overage,,,\n",
            "c,credit,2025-01-01,,Credits,credits,per_unit,0.05,,,,\n",
        ),
        # no grant at all: the charge bills every credit; a second one may follow the first
        (
            GRANTS,
            "c,credit,2025-01-01,2026-01-01,Credits,credits,per_unit,0.05,,,,\n"
            "d,credit,2026-01-01,,Credits,credits,per_unit,0.06,,,,\n",
        ),
    ],
)
def test_a_sound_book_of_credits_is_taken(tmp_path: Path, grants: str, charges: str) -> None:
    load(tmp_path, rates=SOUND_RATES, grants=grants, charges=charges)


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ("x,tokens,,2025-01-01,1\n", "row 4, column plan_id: plan_id is 'x', which is not in"),
        ("credit,seats,,2025-01-01,1\n", "row 4, column meter: meter is seats, which is not work"),
        (
            "credit,calls,,2025-01-01,-1\n",
            "row 4, column credits_per_unit: credits_per_unit is -1; it must not be negative",
        ),
        (
            "tiered,tokens,,2025-01-01,1\n",
            "row 4, column plan_id: plan_id is 'tiered', which neither grants credits",
        ),
        ("credit,tokens,,2025-01-01,2\n", "row 4, column plan_id: plan_id repeats row 2"),
    ],
)
def test_a_wrong_rate_is_refused(tmp_path: Path, rates: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, rates=SOUND_RATES + rates, grants=SOUND_GRANTS, charges="")
    assert f"reference/rate_tables.csv, {sentence}" in str(caught.value)


@pytest.mark.parametrize(
    ("grant", "sentence"),
    [
        ("x,2025-01-01,9,,,,,,,,,,,", "plan_id is 'x', which is not in plans.csv"),
        ("tiered,2025-01-01,9,,,,,,,,,,,", "plan_id is 'tiered', which has no row in rate_tables"),
        ("credit,2025-01-01,-9,,,,,,,,,,,", "credits is -9; it must not be negative"),
        ("credit,2025-01-01,9,,,,,1.2,,,,,,", "rollover_ratio is 1.2; a ratio is at most 1"),
        ("credit,2025-01-01,9,,,,,,,,,1.2,,", "grace_ratio is 1.2; a ratio is at most 1"),
        ("credit,2025-01-01,9,,,term,,,,,,,,", "term_months is empty; a grant per term needs"),
        ("credit,2025-01-01,9,,,term,0,,,,,,,", "term_months is 0; it must be from 1 to 1200"),
        ("credit,2025-01-01,9,,,,12,,,,,,,", "term_months is 12, but the grant is per period"),
        ("credit,2025-01-01,9,,,,,,0,,,,,", "expires_after_months is 0; it must be from 1 to"),
        ("credit,2025-01-01,9,,,,,,,,overage,,,", "overage_unit_amount is empty; at_zero overage"),
        ("credit,2025-01-01,9,,,,,,,0.1,block,,,", "overage_unit_amount is 0.1, but at_zero is bl"),
        ("credit,2025-01-01,9,,,,,,,,,,50,", "topup_amount is empty; topup_credits and topup_am"),
        ("credit,2025-01-01,9,,,,,,,,,,,5", "topup_credits is empty; topup_credits and topup_am"),
        ("credit,2025-01-01,9,,,,,,,,,,0,5", "topup_credits is 0; a pack must contain something"),
        ("credit,2025-01-01,9,,,,,,,,unlimited,,50,5", "at_zero is unlimited, so no pack would"),
        ("credit,2025-01-01,9,,,,,,,0.1,,,50,5", "overage_unit_amount is 0.1, but packs"),
    ],
)
def test_a_wrong_grant_is_refused(tmp_path: Path, grant: str, sentence: str) -> None:
    problems = problems_of(tmp_path, grants=f"{GRANTS}{grant}\n")
    column = sentence.split()[0]
    expected = f"reference/credit_grants.csv, row 2, column {column}: {sentence}"
    assert any(expected in problem for problem in problems), problems


def test_versions_of_a_grant_keep_its_term(tmp_path: Path) -> None:
    grants = (
        GRANTS + "credit,2025-01-01,9,1,,term,12,,,,,,,\ncredit,2026-01-01,9,1,,term,6,,,,,,,\n"
    )
    with pytest.raises(InputError, match="row 3, column term_months: term_months is 6, but row 2"):
        load(tmp_path, rates=SOUND_RATES, grants=grants, charges="")


@pytest.mark.parametrize(
    "second", ["credit,2025-01-01,9,2,,,,,,,block,,,", "credit,2025-06-01,9,2,,,,,,,block,,,"]
)
def test_grants_in_force_together_have_one_answer_at_zero(tmp_path: Path, second: str) -> None:
    grants = f"{GRANTS}credit,2025-01-01,9,1,,,,,,,throttle,,,\n{second}\n"
    with pytest.raises(InputError, match="row 3, column at_zero: at_zero is block, but row 2 of"):
        load(tmp_path, rates=SOUND_RATES, grants=grants, charges="")


def test_a_grant_may_answer_otherwise_once_the_first_has_been_replaced(tmp_path: Path) -> None:
    grants = (
        f"{GRANTS}credit,2025-01-01,9,1,,,,,,,throttle,,,\n"
        "credit,2025-06-01,9,1,,,,,,,,,,\ncredit,2025-06-01,9,2,,,,,,,block,,,\n"
    )
    load(tmp_path, rates=SOUND_RATES, grants=grants, charges="")


@pytest.mark.parametrize(
    ("charge", "sentence"),
    [
        ("tiered,2025-01-01,,C,credits,per_unit,1,,,,", "meter is credits, but rate_tables.csv"),
        ("credit,2025-01-01,,C,credits,per_unit,1,large,,,", "dimension is large, but all work"),
        ("credit,2025-01-01,,C,credits,per_unit,1,,human,,", "actor_type is human, but all work"),
        ("credit,2025-01-01,,C,credits,per_unit,1,,,true,", "outcomes_only is true, but all work"),
        ("credit,2025-01-01,,C,credits,percentage,1,,,,", "pricing is percentage, but credits"),
        (
            "credit,2025-01-01,,C,credits,flat,1,,,,",
            "pricing is flat, which does not count",
        ),
        ("credit,2025-01-01,,C,credits,per_unit,1,,,,max", "aggregation is max, but credits are"),
    ],
)
def test_a_charge_on_credits_counts_all_of_them(tmp_path: Path, charge: str, sentence: str) -> None:
    problems = problems_of(tmp_path, charges=f"c,{charge}\n")
    column = sentence.split()[0]
    expected = f"reference/charges.csv, row 3, column {column}: {sentence}"
    assert any(expected in problem for problem in problems), problems


@pytest.mark.parametrize("price", ["0.1", ""])
def test_credits_have_one_price_at_a_time(tmp_path: Path, price: str) -> None:
    charge = "c,credit,2025-01-01,,Credits,credits,per_unit,0.05,,,,\n"
    second = "" if price else "d,credit,2026-01-01,,Credits,credits,per_unit,0.06,,,,\n"
    grant = f"{GRANTS}credit,2025-01-01,9,,,,,,,{price},,,,\n" if price else GRANTS
    expected = "a charge on meter credits prices" if price else "only one charge may price a plan"
    with pytest.raises(InputError, match=expected):
        load(tmp_path, rates=SOUND_RATES, grants=grant, charges=charge + second)
