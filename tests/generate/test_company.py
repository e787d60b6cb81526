"""A home of any size: the same bytes again, the rows asked for, every plant where it is listed."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from orchestration.generate.company import Manifest, generate
from orchestration.generate.files import content_hash
from orchestration.platform.errors import RequestError, SeatshiftError
from tests.generate.conftest import EVENTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"

KINDS = {
    "bad_row",
    "conflicting_duplicate",
    "correction_not_billed",
    "identical_duplicate",
    "invoice_turned_void",
    "late_seat_event",
    "late_usage",
    "missing_invoice",
    "missing_proration",
    "orphan_correction",
    "outcome_reopened",
    "resent_file",
    "resent_rows",
    "service_credit",
    "unapproved_discount",
    "void_invoice",
    "wrong_price",
    "wrong_proration",
    "wrong_quantity",
}


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def usage_of(folder: Path) -> str:
    """All usage that was made, before what was planted, as one relation of text."""
    packed, typed = folder / "usage_2*.csv.gz", folder / "usage_2*.parquet"
    columns = (
        "event_id, account_id, user_id, meter, actor_type, dimension, outcome_status, "
        "cast(quantity as bigint) as quantity, "
        "cast(cast(occurred_at as timestamptz) as timestamp) as occurred_at, "
        "cast(cast(reopened_at as timestamptz) as timestamp) as reopened_at"
    )
    return (
        f"(select {columns} from read_csv('{packed}', all_varchar = true) "
        f"union all select {columns} from read_parquet('{typed}'))"
    )


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, accounts=24, months=6, events=4_000, seed=3, story="shift")
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    for seed in (3, 4):
        generate(tmp_path / str(seed), accounts=8, months=4, events=500, seed=seed, story="steady")
    accounts = [(tmp_path / seed / "exports/accounts.csv").read_text() for seed in ("3", "4")]
    assert accounts[0] != accounts[1]


def test_usage_has_exactly_the_events_asked_for(small: tuple[Path, Manifest]) -> None:
    relation = usage_of(small[0] / "exports/usage_events")
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select count(*), count(distinct event_id), min(quantity) from {relation}"
        ).fetchone()
    assert found == (EVENTS, EVENTS, 1)


def test_usage_keeps_to_its_meters_actors_and_window(small: tuple[Path, Manifest]) -> None:
    relation = usage_of(small[0] / "exports/usage_events")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        kinds = connection.execute(
            f"select distinct meter, actor_type from {relation} order by 1, 2"
        ).fetchall()
        strays = connection.execute(
            f"""
            select count(*) from {relation}
            where occurred_at < '2025-04-30 22:00:00' or occurred_at >= '2026-10-31 23:00:00'
                or (actor_type = 'human') <> (user_id is not null)
                or (meter = 'tokens') <> (dimension is not null)
                or (meter = 'resolutions') <> (outcome_status is not null)
                or reopened_at <= occurred_at
            """
        ).fetchone()
        reopened = connection.execute(
            f"""
            select
                count(*) filter (reopened_at <= occurred_at + interval 72 hours) > 0,
                count(*) filter (reopened_at > occurred_at + interval 72 hours) > 0
            from {relation}
            """
        ).fetchone()
    assert kinds == [
        ("messages", "automation"),
        ("messages", "human"),
        ("resolutions", "automation"),
        ("resolutions", "human"),
        ("tokens", "automation"),
    ]
    assert strays == (0,)
    assert reopened == (True, True)


def test_only_holders_of_a_seat_work(small: tuple[Path, Manifest]) -> None:
    relation = usage_of(small[0] / "exports/usage_events")
    seats = small[0] / "exports/seat_events.csv"
    with duckdb.connect() as connection:
        strangers = connection.execute(
            f"""
            select count(*) from {relation} as usage
            where user_id is not null and user_id not in (
                select user_id from read_csv('{seats}', all_varchar = true)
                where role = 'member' and user_id is not null
            )
            """
        ).fetchone()
    assert strangers == (0,)


def test_the_manifest_has_rows_and_content_of_each_file(small: tuple[Path, Manifest]) -> None:
    out, _ = small
    reported = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["path"]: file for file in reported["files"]}
    data = {name for name in files_below(out) if name.startswith(("exports/", "reference/"))}
    assert set(listed) == data
    for name, file in listed.items():
        assert content_hash(out / name) == file["content_sha256"]
        if name.endswith(".csv"):
            with (out / name).open(encoding="utf-8", newline="") as rows:
                assert sum(1 for _ in csv.DictReader(rows)) == file["rows"]


def test_every_kind_of_fault_is_planted_where_the_manifest_says(
    small: tuple[Path, Manifest],
) -> None:
    out, manifest = small
    assert {fault.kind for fault in manifest.faults} == KINDS
    for fault in manifest.faults:
        text = (out / fault.file).read_text(encoding="utf-8")
        for row_id in fault.ids:
            found = text.count("\n" + row_id.replace("/", ",") + ",")
            if fault.export == "seat_events" and fault.kind == "identical_duplicate":
                assert found == 2
            elif fault.fate == "absent":
                assert found == 0
            elif fault.fate in ("duplicate", "revision") and fault.kind != "resent_rows":
                assert found == 2, fault
            elif fault.kind == "conflicting_duplicate":
                assert found == 2
            else:
                assert found == 1, fault


def test_a_money_fault_has_its_account_for_itself(small: tuple[Path, Manifest]) -> None:
    money = [
        fault.account_id
        for fault in small[1].faults
        if fault.export in ("seat_events", "invoice_lines")
        and fault.kind not in ("bad_row", "orphan_correction")
        and fault.ids != ("se-0001-0001",)
    ]
    assert len(money) == 13
    assert max(Counter(money).values()) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"accounts": 3}, "--accounts is 3"),
        ({"months": 2}, "--months is 2"),
        ({"months": 121}, "--months is 121"),
        ({"events": 0}, "--events is 0"),
        ({"story": "boom"}, "use one of shift, steady"),
    ],
)
def test_an_impossible_request_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    request: dict[str, object] = {"accounts": 8, "months": 6, "events": 10, "seed": 1}
    request |= {"story": "shift"} | change
    with pytest.raises(RequestError, match=sentence):
        generate(tmp_path / "home", **request)  # type: ignore[arg-type]
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(SeatshiftError, match=r"home.* cannot be written"):
        generate(tmp_path / "home", accounts=8, months=3, events=10, seed=1, story="shift")


def test_a_file_that_is_there_is_replaced_and_no_partial_one_stays(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/accounts.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("kept")
    generate(tmp_path, accounts=8, months=3, events=200, seed=1, story="steady")
    assert (tmp_path / "exports/accounts.csv").read_text().startswith("account_id,")
    assert (tmp_path / "notes.txt").read_text() == "kept"
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".partial")]


def test_a_million_events_stay_within_512_mib(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; "
        "from tests.memory import peak_mib; "
        "from orchestration.generate.company import generate; "
        "made = generate(Path(sys.argv[1]), accounts=300, months=12, events=1_000_000, seed=5, "
        "story='shift'); "
        "print(sum(rows for name, rows in made.rows.items() if '/usage_2' in name), "
        "peak_mib())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    rows, mebibytes = map(int, done.stdout.split())
    assert rows == 1_000_000
    assert mebibytes < 512


def test_the_committed_demo_is_what_its_manifest_says_would_be_made(tmp_path: Path) -> None:
    reported = json.loads((SEEDS / "manifest.json").read_text(encoding="utf-8"))
    made = generate(
        tmp_path,
        accounts=reported["accounts"],
        months=reported["months"],
        events=None,
        seed=reported["seed"],
        story=reported["story"],
    )
    assert made.text() == (SEEDS / "manifest.json").read_text(encoding="utf-8")
    for name in ("README.md", "settings.toml"):
        assert (tmp_path / name).read_bytes() == (SEEDS / name).read_bytes()
    for file in reported["files"]:
        assert content_hash(SEEDS / file["path"]) == file["content_sha256"], file["path"]


def test_the_committed_demo_is_small() -> None:
    reported = json.loads((SEEDS / "manifest.json").read_text(encoding="utf-8"))
    size = sum((SEEDS / file["path"]).stat().st_size for file in reported["files"])
    assert size < 12 * 1024 * 1024
    assert sum(file["rows"] for file in reported["files"] if "usage" in file["path"]) < 700_000
