"""The gate: what a what-if reports of each kind of change is what a dbt build has, cell by cell.

Of every account, without a tolerance. Each case is tried as the command line does (bills, lines,
effects, movers) and as the dashboard does (with measures, one after the other in a place that stays
open).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.reference import write_table
from orchestration.pipeline import transform
from orchestration.platform.errors import RequestError
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import WAREHOUSE, open_warehouse, quoted
from orchestration.whatif.change import parse_changes
from orchestration.whatif.changed_book import changed_book, read_book
from orchestration.whatif.currencies import followed
from orchestration.whatif.report import WhatIf, what_if
from orchestration.whatif.session import Session
from tests.builds import builds
from tests.shared import once
from tests.whatif.gate_builds import COMPARED, GateHome, has_changed, publish_gate_home
from tests.whatif.gate_cases import CASES, KINDS, REFUSED, Case
from tests.whatif.gate_checks import (
    Marts,
    bill_differences,
    effect_differences,
    line_differences,
    measure_differences,
    moved,
)
from tests.whatif.gate_home import ACCOUNTS


@dataclass(frozen=True)
class Tried:
    """A case tried as the command line does, and as the dashboard does; and the build with it."""

    case: Case
    outcome: WhatIf
    marts: Marts
    measured: WhatIf
    measured_marts: Marts
    build: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
@builds
def home(tmp_path_factory: pytest.TempPathFactory) -> GateHome:
    """The published home, made once."""
    folder = once(tmp_path_factory, "gate", publish_gate_home)
    return GateHome(load_settings(folder / "home"))


@pytest.fixture(scope="module")
def session(home: GateHome) -> Iterator[Session]:
    """Where the dashboard works out one what-if after the other."""
    with Session(home.settings) as opened:
        yield opened


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name in KINDS else [pytest.mark.soak]) for name in CASES
    ],
)
def tried(request: pytest.FixtureRequest, home: GateHome, session: Session) -> Iterator[Tried]:
    """One case after the other, and its build."""
    case = CASES[request.param]
    marts, measured_marts = Marts(), Marts()
    outcome = what_if(
        home.settings,
        parse_changes(case.changes),
        accounts=[account.name for account in ACCOUNTS],
        keeps_basis=case.keeps_basis,
        currency_variants=case.currency_variants,
        also=marts.read,
    )
    # the dashboard tries the proposal that it shows
    shown = tuple(case.moves) if len(case.moves) == 1 and "current" not in case.moves else ()
    measured = what_if(
        home.settings,
        parse_changes(case.changes),
        scenarios=shown,
        keeps_basis=case.keeps_basis,
        with_measures=True,
        currency_variants=case.currency_variants,
        session=session,
        also=measured_marts.read,
    )
    with open_warehouse(home.settings, home.warehouse, read_only=True) as connection:
        book = read_book(connection, WAREHOUSE)
    changes = parse_changes(case.changes)
    if case.currency_variants:
        changes = followed(book, changes)
    book, changed = changed_book(book, changes)
    with home.built(
        book,
        sorted({change.table for change in changed}),
        leave=("int_account_accuracy", "fct_account_accuracy") if case.keeps_basis else (),
    ) as build:
        yield Tried(case, outcome, marts, measured, measured_marts, build)


def test_a_case_moves_the_bills_that_it_is_there_for(tried: Tried) -> None:
    assert moved(tried.build) == tried.case.moves


def test_bills_and_shocks_are_those_of_a_build(tried: Tried) -> None:
    assert tried.outcome.first_month is not None
    assert bill_differences(tried.build, tried.marts, tried.outcome.first_month) == []


def test_lines_of_every_account_are_those_of_a_build(tried: Tried) -> None:
    assert line_differences(tried.build, tried.outcome) == []


def test_effects_are_those_of_a_build(tried: Tried) -> None:
    assert effect_differences(tried.build, tried.outcome) == []


def test_what_the_dashboard_shows_is_that_of_a_build(tried: Tried) -> None:
    assert tried.measured.first_month is not None
    assert bill_differences(tried.build, tried.measured_marts, tried.measured.first_month) == []
    assert measure_differences(tried.build, tried.measured) == []


@pytest.mark.parametrize("change", REFUSED)
def test_a_change_without_a_case_is_refused(home: GateHome, change: str) -> None:
    with pytest.raises(RequestError, match="cannot be tried"):
        what_if(home.settings, parse_changes([change]))


def test_models_that_run_again_give_what_dbt_built(home: GateHome) -> None:
    """So that a build for a case may be made of the compiled models."""
    with home.built({}, ()) as build:
        assert [
            name
            for schema, name in home.needed
            if not (model := home.models[schema, name]).is_view and has_changed(build, model)
        ] == []


@pytest.mark.soak  # a run of dbt each
@pytest.mark.parametrize(
    "kind",
    ["seat price of today", "credits of a wallet", "plan of a scenario", "discount of an account"],
)
def test_a_build_of_compiled_models_is_one_by_dbt(
    home: GateHome, tmp_path: Path, kind: str
) -> None:
    settings = replace(home.settings, state=tmp_path)
    by_dbt = tmp_path / "build.duckdb"
    shutil.copyfile(home.warehouse, by_dbt)
    with open_warehouse(settings, by_dbt) as connection:
        book, changed = changed_book(
            read_book(connection, WAREHOUSE), parse_changes(KINDS[kind].changes)
        )
        tables = sorted({change.table for change in changed})
        for table in tables:
            write_table(connection, REFERENCE[table], book[table])
    results = transform.run_selected(settings, by_dbt, ("source:reference+",))
    assert all(result.is_good for result in results)
    with home.built(book, tables) as build:
        build.execute(f"attach {quoted(str(by_dbt))} as by_dbt (read_only)")
        for mart in COMPARED:
            pair = (f"from marts.{mart}", f"from by_dbt.marts.{mart}")
            for one, other in (pair, reversed(pair)):
                lacking = build.execute(f"{one} except all {other} limit 1").fetchall()
                assert lacking == [], mart
