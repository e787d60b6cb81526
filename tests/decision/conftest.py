"""The company decided once as it is, and again where its own verdict says that it flips."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.builds import builds
from tests.decision.company import Assumptions, decide
from tests.shared import once


@dataclass(frozen=True)
class Verdict:
    """The last verdict of a segment."""

    verdict: str
    sentence: str
    flips: str

    def figure(self, before: str) -> Decimal:
        """The percentage, as a ratio, that the flips print after some words."""
        found = re.search(re.escape(before) + r" ([+−]?[0-9.]+) %", self.flips)
        assert found, f"no {before!r} in {self.flips!r}"
        return Decimal(found.group(1).replace("−", "-")) / 100


def last_verdicts(path: Path) -> dict[str, Verdict]:
    """Verdicts of the last month by segment."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select segment, verdict, sentence, flips from marts.fct_verdicts"
            " where month = (select max(month) from marts.fct_verdicts)"
        ).fetchall()
    return {segment: Verdict(*rest) for segment, *rest in rows}


@pytest.fixture(scope="session")
@builds
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's warehouse under the shipped thresholds."""

    def make(folder: Path) -> None:
        decide(folder, Assumptions())

    return once(tmp_path_factory, "decided", make) / "warehouse.duckdb"
