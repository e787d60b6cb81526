"""The demo home as its files tell it, and the warehouse that the product made of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from orchestration.platform.warehouse import open_warehouse
from tests.conftest import PublishedHome
from tests.metrics.activity import Activity
from tests.metrics.bills import Bills
from tests.metrics.exports import Company
from tests.metrics.rated import Rated
from tests.metrics.revenue import Mrr
from tests.metrics.seats import Seats
from tests.metrics.segments import Segments

Told = Callable[[str], list[tuple[Any, ...]]]
Query = Told


@pytest.fixture(scope="session")
def company(demo: PublishedHome) -> Company:
    as_of = datetime.fromisoformat(str(demo.pointer.as_of)).replace(tzinfo=None)
    return Company(demo.home, as_of)


@pytest.fixture(scope="session")
def mrr(company: Company) -> Mrr:
    return Mrr(company)


@pytest.fixture(scope="session")
def seats(company: Company) -> Seats:
    return Seats(company)


@pytest.fixture(scope="session")
def bills(company: Company) -> Bills:
    return Bills(company)


@pytest.fixture(scope="session")
def rated(company: Company, bills: Bills) -> Rated:
    return Rated(company, bills)


@pytest.fixture(scope="session")
def told(demo: PublishedHome) -> Told:
    """Rows of a query over the build that was published."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(demo.settings, demo.warehouse, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return rows


@pytest.fixture(scope="session")
def query(told: Told) -> Told:
    return told


@pytest.fixture(scope="session")
def segments(company: Company, mrr: Mrr, seats: Seats, bills: Bills) -> Segments:
    return Segments(company, mrr, seats, bills)


@pytest.fixture(scope="session")
def activity(company: Company, seats: Seats, bills: Bills) -> Activity:
    return Activity(company, seats, bills)
