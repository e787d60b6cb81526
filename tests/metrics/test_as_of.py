"""Every public model as known at a date, and on however many threads."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.metrics.builds import cut, differences, marts, warehouse
from tests.platform.small_home import make_small_home, write_csv
from tests.shared import copy_demo

ROOT = Path(__file__).parents[2]
AT = datetime.fromisoformat("2026-04-20T12:00:00")
LATE = {
    "accounts.csv": [
        # known under another segment later, and an account that comes later
        "acme,Acme,midmarket,USD,2026-01-01T00:00:00Z,1,,2026-05-02T00:00:00Z",
        "cyan,Cyan,smb,USD,2026-05-10T00:00:00Z,10,,",
    ],
    "subscriptions.csv": ["sub_cyan,cyan,team,2026-05-10T00:00:00Z,month,,"],
    "usage_events.csv": [
        "late1,acme,2026-02-10T12:00:00Z,resolutions,7,,automation,2026-04-19T00:00:00Z",
        "late2,acme,2026-03-10T12:00:00Z,resolutions,9,,automation,2026-04-21T00:00:00Z",
        "acme_2026-01-01_3,acme,2026-01-04T12:00:00Z,resolutions,2,,human,2026-05-05T00:00:00Z",
    ],
    "seat_events.csv": [
        "known,blue,add,1,2026-02-15T00:00:00Z,blue_u98,member,sub_blue,2026-04-10T00:00:00Z",
        "later,blue,add,1,2026-03-15T00:00:00Z,blue_u99,member,sub_blue,2026-05-10T00:00:00Z",
        "cyan,cyan,add,3,2026-05-10T00:00:00Z,,member,sub_cyan,",
    ],
    "invoice_lines.csv": [
        "in_blue_2026-02-01,1,blue,2026-02-01T00:00:00Z,2026-02-01,2026-03-01,390.00,USD,seat,10,"
        "39.00,team,sub_blue,void,2026-04-25T00:00:00Z",
        "in_acme_2026-03-01,1,acme,2026-03-01T00:00:00Z,2026-03-01,2026-04-01,410.00,USD,seat,10,"
        "41.00,team,sub_acme,paid,2026-04-15T00:00:00Z",
    ],
}


def told_late(home: Path) -> Path:
    """The small company with rows that became known late, an end ahead, tickets and answers."""
    make_small_home(home)
    for name, rows in LATE.items():
        path = home / "exports" / name
        header, *old = path.read_text("utf-8").splitlines()
        ends = {"accounts.csv": ",churned_at", "subscriptions.csv": ",ended_at"}.get(name, "")
        filled = []
        for row in old:
            end = "2026-06-15T00:00:00Z" if ends and "blue" in row else ""
            filled.append(f"{row},{end}," if ends else f"{row},")
        path.write_text("\n".join([f"{header}{ends},recorded_at", *filled, *rows]) + "\n", "utf-8")
    write_csv(
        home / "exports/support_tickets.csv",
        ["ticket_id", "account_id", "created_at", "topic"],
        [
            ("t1", "acme", "2026-04-03T00:00:00Z", "billing"),
            ("t2", "acme", "2026-04-28T00:00:00Z", "billing"),
        ],
    )
    write_csv(
        home / "exports/survey_responses.csv",
        ["response_id", "account_id", "responded_at", "kind", "score"],
        [
            ("r1", "acme", "2026-04-04T00:00:00Z", "nps", 9),
            ("r2", "blue", "2026-05-04T00:00:00Z", "nps", 2),
        ],
    )
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_late(tmp_path_factory.mktemp("as_of") / "home")


# what was paid, held, done, asked and answered: every export that a cut shortens
SOME = "+fct_mrr_movements +fct_seat_utilization +fct_support_load +fct_survey_scores"


@pytest.mark.builds
def test_what_is_known_at_a_date_is_what_exports_cut_at_it_tell(home: Path) -> None:
    """On one thread and on four, so that the rows depend on neither."""
    target = cut(home, home.with_name("cut_some"), AT)
    reported = marts(warehouse(home, "some", as_of=AT, threads=1, select=SOME))
    cut_told = marts(warehouse(target, "some", as_of=AT, threads=4, select=SOME))
    assert differences(reported, cut_told) == {}
    assert {row[0] for row in reported["fct_mrr_movements"]} == {"acme", "blue"}
    assert all(reported[name.removeprefix("+")] for name in SOME.split())


@pytest.mark.soak
def test_every_model_as_of_a_date_is_that_of_exports_cut_at_it(home: Path) -> None:
    target = cut(home, home.with_name("cut"), AT)
    reported = marts(warehouse(home, "single", as_of=AT, threads=1))
    assert differences(reported, marts(warehouse(target, "cut", as_of=AT, threads=4))) == {}
    assert len([name for name, rows in reported.items() if rows]) > 30


@pytest.fixture(scope="module")
def demo_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("demo_as_of") / "home"
    copy_demo(home)
    yield home
    shutil.rmtree(home)


@pytest.mark.soak
@pytest.mark.parametrize(
    "at", ["2025-06-30T22:00:00", "2026-02-14T09:30:00", "2026-08-01T00:00:00"]
)
def test_the_demo_as_of_a_date_is_the_demo_cut_at_it(demo_copy: Path, at: str) -> None:
    moment = datetime.fromisoformat(at)
    target = cut(demo_copy, demo_copy.with_name(f"cut_{moment:%Y%m%d}"), moment)
    whole = marts(warehouse(demo_copy, f"whole_{moment:%Y%m%d}", as_of=moment, threads=2))
    assert differences(whole, marts(warehouse(target, "cut", as_of=moment, threads=2))) == {}


@pytest.mark.soak
def test_the_demo_on_four_threads_is_the_demo_on_one(demo_copy: Path) -> None:
    one = marts(warehouse(demo_copy, "one", as_of=None, threads=1))
    assert differences(one, marts(warehouse(demo_copy, "four", as_of=None, threads=4))) == {}
