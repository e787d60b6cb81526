"""Reference files: defaults, shipped thresholds, and one sentence for each thing that is wrong."""

from pathlib import Path

import pytest

from orchestration.ingest.currencies import minor_units
from orchestration.ingest.reference import load_reference
from orchestration.platform.errors import InputError
from tests.ingest.homes import make_home

PLANS = "plan_id,plan_name,family,currency\nteam,Team,per_seat,EUR\n"
CHARGES = (
    "charge_id,plan_id,valid_from,valid_to,charge_name,meter,pricing,unit_amount,package_size,"
    "aggregation\n"
)
TIERS = "charge_id,valid_from,tier,up_to,unit_amount,flat_amount\n"
GRADUATED = CHARGES + "use,team,2020-01-01,,Use,resolutions,graduated,,,\n"


def test_empty_cells_take_the_default_of_their_column(tmp_path: Path) -> None:
    reference = load_reference(make_home(tmp_path))
    (plan,) = reference.tables["plans"]
    assert plan.values["billing_interval"] == "month"
    assert plan.values["credit_on_removal"] == "true"
    assert plan.values["minimum_amount"] is None


def test_missing_files_are_empty_and_thresholds_are_shipped(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        reference__thresholds_csv="name,fires_at,clears_at,direction,unit\nutilization,0.6,0.65,below,ratio\n",
    )
    reference = load_reference(settings)
    assert reference.tables["scenarios"] == []
    values = {row.text("name"): row.text("fires_at") for row in reference.tables["thresholds"]}
    assert values["utilization"] == "0.6"
    assert values["shock_increase_ratio"] == "0.30"


def test_the_price_version_follows_the_prices_and_nothing_else(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    first = load_reference(settings).price_version
    plans = settings.reference / "plans.csv"
    plans.write_text("﻿currency,family,plan_name,plan_id\r\nEUR,per_seat, Team ,team\r\n", "utf-8")
    assert load_reference(settings).price_version == first
    plans.write_text(PLANS.replace("EUR", "USD"))
    assert load_reference(settings).price_version != first


def test_minor_units_follow_iso_4217() -> None:
    units = minor_units()
    assert (units["USD"], units["JPY"], units["KWD"]) == (2, 0, 3)


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        (
            "charges",
            CHARGES + "seat,teem,2020-01-01,,Seats,seats,per_unit,39.00,,\n",
            "reference/charges.csv, row 2, column plan_id: plan_id is 'teem', "
            "which is not in plans.csv; add the plan there or correct the id.",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-01-01,,Seats,seats,per_unit,-39.00,,\n",
            "reference/charges.csv, row 2, column unit_amount: unit_amount is -39.00; "
            "it must not be negative.",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-01-01,,Seats,seats,per_unit,39.1234567891,,\n",
            "at most 9 digits before and 9 after the decimal point are allowed",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-01-01,,Seats,seats,per_unit,39€,,\n",
            "column unit_amount: unit_amount is '39€'; use a plain number such as 39.00.",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-02-30,,Seats,seats,per_unit,39,,\n",
            "column valid_from: valid_from is '2020-02-30'; use a date such as 2026-01-31.",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-01-01,,Seats,seats,per_seat,39,,\n",
            "column pricing: pricing is 'per_seat'; use one of flat, per_unit,",
        ),
        (
            "charges",
            CHARGES + "seat,team,2020-01-01,,Seats,seats,per_unit,,,\n",
            "column unit_amount: unit_amount is empty; pricing per_unit needs it.",
        ),
        (
            "charges",
            CHARGES
            + "seat,team,2020-01-01,,Seats,seats,per_unit,39,,\n"
            + "seat,team,2021-01-01,,Seats,seats,per_unit,49,,\n",
            "row 3, column valid_from: valid_from is 2021-01-01, while row 2 of the charge 'seat' "
            "is valid without an end; set its valid_to.",
        ),
        (
            "charges",
            CHARGES
            + "seat,team,2020-01-01,2021-01-01,Seats,seats,per_unit,39,,\n"
            + "seat,team,2021-02-01,,Seats,seats,per_unit,49,,\n",
            "ends at 2021-01-01; the days in between have no price.",
        ),
        (
            "charges",
            CHARGES + "use,team,2020-01-01,,Use,payments,percentage,250,,\n",
            "column unit_amount: unit_amount is 250; a percentage is at most 100 (2.5 is 2.5 %).",
        ),
        (
            "charges",
            CHARGES + "use,team,2020-01-01,,Use,payments,percentage,,,\n",
            "column unit_amount: unit_amount is empty; pricing percentage needs it.",
        ),
        (
            "charges",
            CHARGES + "use,team,2020-01-01,,Use,seats,per_unit,0.1,,max\n",
            "aggregation is max, which does not apply to seats; clear it and set the plan's "
            "seat_basis.",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "aggregation,outcomes_only").replace(",,\n", ",,,\n")
            + "use,team,2020-01-01,,Use,resolutions,per_unit,0.1,,max,true\n",
            "column aggregation: aggregation is max, but outcomes are counted; clear it (sum).",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "tiers_by")
            + "use,team,2020-01-01,,Use,seats,per_unit,0.1,,change\n",
            "column tiers_by: tiers_by is change, but pricing per_unit of seats has no seats in "
            "tiers; clear it.",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "divide_by")
            + "use,team,2020-01-01,,Use,seats,per_unit,0.1,,60\n",
            "column divide_by: divide_by is 60, but seats are not metered; clear it.",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "divide_by")
            + "use,team,2020-01-01,,Use,tokens,per_unit,0.1,,0\n",
            "column divide_by: divide_by is 0; a quantity cannot be divided by it.",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "quantity_rounding,outcomes_only").replace(
                ",,\n", ",,,\n"
            )
            + "use,team,2020-01-01,,Use,resolutions,per_unit,0.1,,up,true\n",
            "quantity_rounding is up, but outcomes are counted; clear it.",
        ),
        (
            "charges",
            CHARGES.replace("aggregation", "tiers_by")
            + "use,team,2020-01-01,,Use,seats,volume,,,day\n",
            "column tiers_by",
        ),
        (
            "plans",
            "plan_id,plan_name,family\nteam,Team,per_seat\n",
            "reference/plans.csv, row 1, column currency: currency is missing from the header;",
        ),
        (
            "plans",
            PLANS.replace("plan_name", "plan_nmae"),
            "plan_nmae is not a column of plans.csv; the closest column is `plan_name`.",
        ),
        (
            "plans",
            PLANS + "team,Again,per_seat,USD\n",
            "row 3, column plan_id: plan_id repeats row 2 (plan_id team).",
        ),
        (
            "plans",
            PLANS.replace("EUR", "EURO"),
            "column currency: currency is 'EURO', which is not an ISO 4217 code such as EUR.",
        ),
        ("plans", PLANS + "x,X,per_seat\n", "row 3: the file has 3 cells; the header has 4."),
        ("plans", PLANS + 'x,"X,per_seat,EUR\n', "cannot be read as UTF-8 CSV"),
        (
            "scenarios",
            "scenario_id,scenario_name,plan_id\nh,Hybrid,nope\n",
            "reference/scenarios.csv, row 2, column plan_id: plan_id is 'nope'",
        ),
        (
            "discounts",
            "discount_id,scope,scope_id,ratio\nd,account,a1,1.2\n",
            "column ratio: ratio is 1.2; a ratio is at most 1 (0.10 is 10 %).",
        ),
        (
            "contract_prices",
            "account_id,charge_id,valid_from,unit_amount\na1,nope,2020-01-01,1\n",
            "charge_id is 'nope', which is not in charges.csv.",
        ),
        (
            "scenarios",
            "scenario_id,scenario_name,plan_id,uptake\nx,X,team,new_only\n",
            "column starts_on: starts_on is empty; uptake new_only needs a start date.",
        ),
        (
            "scenarios",
            "scenario_id,scenario_name,plan_id,max_increase_periods\nx,X,team,6\n",
            "max_increase_ratio is empty; max_increase_periods needs a ratio.",
        ),
    ],
)
def test_a_wrong_book_is_refused_naming_file_row_and_column(
    tmp_path: Path, file: str, content: str, sentence: str
) -> None:
    settings = make_home(tmp_path, **{f"reference__{file}_csv": content})
    with pytest.raises(InputError) as caught:
        load_reference(settings)
    assert sentence in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("tiers", "sentence"),
    [
        ("", "column pricing: pricing is graduated, but tiers.csv has no tier for it."),
        (
            "use,2020-01-01,1,100,1.00,\nuse,2020-01-01,3,,0.50,\n",
            "tier is 3, but 2 must come next",
        ),
        ("use,2020-01-01,1,100,1.00,\nuse,2020-01-01,2,100,0.50,\n", "not above 100"),
        ("use,2020-01-01,1,100,1.00,\n", "so larger quantities have no tier; clear it"),
        ("use,2020-01-01,1,,1.00,\nuse,2020-01-01,2,,0.50,\n", "the later tiers overlap"),
        ("use,2020-01-01,1,,,\n", "unit_amount is empty, and so is flat_amount"),
        ("other,2020-01-01,1,,1,\nuse,2020-01-01,1,,1,\n", "charge_id is 'other' from 2020-01-01"),
    ],
)
def test_gaps_and_overlaps_of_tiers_are_refused(tmp_path: Path, tiers: str, sentence: str) -> None:
    settings = make_home(
        tmp_path, reference__charges_csv=GRADUATED, reference__tiers_csv=TIERS + tiers
    )
    with pytest.raises(InputError) as caught:
        load_reference(settings)
    assert sentence in str(caught.value)


def test_a_block_of_nothing_is_refused(tmp_path: Path) -> None:
    tiers = TIERS.replace("flat_amount", "block_size") + "use,2020-01-01,1,,1.00,0\n"
    settings = make_home(tmp_path, reference__charges_csv=GRADUATED, reference__tiers_csv=tiers)
    with pytest.raises(InputError) as caught:
        load_reference(settings)
    sentence = "column block_size: block_size is 0; a block must contain something."
    assert sentence in str(caught.value)


def test_a_ladder_of_tiers_without_a_fault_is_taken(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        reference__charges_csv=GRADUATED,
        reference__tiers_csv=TIERS + "use,2020-01-01,1,100,1.00,\nuse,2020-01-01,2,,0.50,10.00\n",
    )
    assert len(load_reference(settings).tables["tiers"]) == 2
