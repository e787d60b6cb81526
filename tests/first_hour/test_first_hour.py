"""From the files that vendors write, answers and at most ten lines by hand, to a verdict.

Every customer but the one on a price that no price book has is re-rated, so at least 97 % of MRR.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.homes.new_home import make_home
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings
from tests.builds import builds
from tests.cli_runs import Done, run
from tests.first_hour import lumina, orchard, tundra
from tests.ingest.homes import Built

COMPANIES = {"lumina": lumina, "orchard": orchard, "tundra": tundra}
# a company takes a minute, so `make test` walks the one whose files need most, `make soak` all
PARAMS = [
    "lumina",
    pytest.param("orchard", marks=pytest.mark.soak),
    pytest.param("tundra", marks=pytest.mark.soak),
]
MOST_BY_HAND = 10
MOST_INVOICED = Decimal("0.03")


@dataclass(frozen=True)
class FirstHour:
    """One company's way: the home, the lines written by hand, and what each command did."""

    home: Path
    answers: tuple[str, ...]
    by_hand: int
    unanswered: Done
    connected: Done
    again: Done
    refreshed: Done

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        settings = load_settings(self.home)
        pointer = read_pointer(settings)
        assert pointer is not None
        return Built(settings, pointer.path(settings)).rows(sql)


def connect(home: Path, answers: tuple[str, ...]) -> Done:
    options = [word for answer in answers for word in ("--answer", answer)]
    return run("connect", "--home", home, "--yes", *options)


@pytest.fixture(scope="module", params=PARAMS)
@builds
def hour(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FirstHour:
    company = COMPANIES[request.param]
    write: Callable[[Path], int] = company.write
    home = make_home(tmp_path_factory.mktemp(request.param) / "home")
    by_hand = write(home)
    return FirstHour(
        home,
        company.ANSWERS,
        by_hand,
        connect(home, ()),
        connect(home, company.ANSWERS),
        connect(home, ()),
        run("refresh", "--home", home),
    )


def test_a_price_book_is_a_few_lines(hour: FirstHour) -> None:
    assert hour.by_hand <= MOST_BY_HAND


def test_what_a_file_does_not_say_is_asked_with_the_option_that_answers_it(
    hour: FirstHour,
) -> None:
    assert hour.unanswered.returncode == 4
    for answer in hour.answers:
        start = answer.partition("=")[0]
        first = next(
            one for one in hour.answers if one.partition(":")[0] == start.partition(":")[0]
        )
        # what a file counts is asked once it is clear what the file is
        if answer == first or not first.partition(":")[2].startswith("as="):
            assert f"{start}=" in hour.unanswered.stdout


def test_every_file_is_connected_and_every_id_matched(hour: FirstHour) -> None:
    assert hour.connected.returncode == 0, hour.connected.stdout
    assert "Left out" not in hour.connected.stdout
    assert hour.rows("select * from marts.quarantine") == []


def test_a_second_run_finds_nothing_to_do(hour: FirstHour) -> None:
    assert hour.again.stdout == "Nothing to do: every file in exports/ is read.\n"
    assert hour.again.returncode == 0


def test_it_ends_in_a_verdict(hour: FirstHour) -> None:
    assert hour.refreshed.returncode == 0, hour.refreshed.stderr
    latest = "qualify month = max(month) over ()"
    verdicts = hour.rows(f"select segment, verdict from marts.fct_verdicts {latest}")
    assert {segment for segment, _ in verdicts} == {"all", "smb", "midmarket", "enterprise"}
    assert "hold_data" not in {verdict for _, verdict in verdicts}


def test_mrr_is_re_rated(hour: FirstHour) -> None:
    ((invoiced, mrr),) = hour.rows(
        "select invoiced_share, mrr_reporting from marts.fct_verdicts "
        "where segment = 'all' qualify month = max(month) over ()"
    )
    assert isinstance(mrr, Decimal)
    assert mrr > 10_000
    assert isinstance(invoiced, Decimal)
    assert invoiced <= MOST_INVOICED
    invoiced_accounts = hour.rows(
        "select account_id from marts.fct_account_accuracy where current_basis <> 'rated'"
    )
    due = [("90000036",)] if hour.home.parent.name.startswith("lumina") else []
    assert invoiced_accounts == due
