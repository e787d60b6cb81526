"""The command line: what it prints, its exit codes, and that no traceback gets out."""

import json
from pathlib import Path

import pytest

from orchestration.platform.settings import Settings
from tests.cli_runs import run, spawn
from tests.conftest import PublishedHome
from tests.platform.small_home import make_small_home


def test_a_second_refresh_says_that_nothing_is_new_and_prints_the_verdicts(
    small: PublishedHome,
) -> None:
    done = spawn("refresh", "--home", small.home)
    assert done.returncode == 0, done.stderr
    assert "Nothing new" in done.stdout
    # our own progress and no warning, such as Dagster's of checks that have no result
    assert [line for line in done.stderr.splitlines() if " s  " not in line] == []
    assert "Confidence" in done.stdout
    assert "seatshift dashboard" in done.stdout


def test_status_as_json_names_generation_and_verdicts(small: PublishedHome) -> None:
    done = run("status", "--home", small.home, "--json")
    shown = json.loads(done.stdout)
    assert shown["generation"] == 1
    assert {row["segment"] for row in shown["verdicts"]} == {"all", "smb"}


def test_explain_shows_both_bills_line_by_line(small: PublishedHome) -> None:
    done = run("explain", "acme", "--home", small.home, "--period", "2026-03", "--json")
    bills = {bill["scenario_id"]: bill for bill in json.loads(done.stdout)["bills"]}
    # 10 seats x 39.00 today; 28 days x 5 resolutions x 2.50 under the proposal
    assert float(bills["current"]["amount"]) == 390
    assert float(bills["outcome"]["amount"]) == 350
    assert all(bill["lines"] for bill in bills.values())
    assert "acme" in run("explain", "acme", "--home", small.home).stdout


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("nobody",), "no bill in the published snapshot"),
        (("acme", "--period", "2031-01"), "no bill for 2031-01"),
        (("acme", "--scenario", "nothing"), "no bill under 'nothing'"),
        (("acme", "--period", "2026-03", "--line", "9"), "no line 9 under 'current' in 2026-03"),
        (("acme", "--as", "invoice"), "There is no invoice 'acme'"),
        (("nobody", "--as", "event"), "There is no event 'nobody'"),
    ],
)
def test_explain_says_what_it_cannot_find(
    small: PublishedHome, args: tuple[str, ...], sentence: str
) -> None:
    done = run("explain", *args, "--home", small.home)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_explain_leads_from_a_seat_line_to_its_events_and_back(small: PublishedHome) -> None:
    line = run("explain", "acme", "--period", "2026-01", "--line", "1", "--home", small.home)
    assert line.returncode == 0, line.stderr
    assert "acme · current · 2026-01 · line 1 · Seats · 390.00 USD" in line.stdout
    assert "acme_3" in line.stdout and "acme_u3" in line.stdout
    assert "earlier seat event" not in line.stdout
    later = run("explain", "acme", "--period", "2026-02", "--line", "1", "--home", small.home)
    assert "It opens with the balance of 10 earlier seat events" in later.stdout
    event = run("explain", "acme_3", "--home", small.home, "--json")
    stated = json.loads(event.stdout)
    # January's line of the current model opens with it, and so does January's invoice line
    assert {(row["scenario_id"], row["month"], row["invoice_id"]) for row in stated["lines"]} == {
        ("current", "2026-01", None),
        ("invoiced", "2026-01", "in_acme_2026-01-01"),
    }
    assert stated["carried_by"] >= 5
    shown = run("explain", "acme_3", "--home", small.home).stdout
    assert "acme · acme_3 · add · +1 member · 2026-01-01 00:00:00 UTC" in shown
    assert "later seat lines open with it" in shown


def test_explain_leads_from_metered_work_to_its_lines_and_back(small: PublishedHome) -> None:
    args = ("--period", "2026-03", "--scenario", "outcome", "--line", "1", "--home", small.home)
    line = run("explain", "acme", *args)
    assert "28 usage events, 140 resolutions, from 2026-03-01 to 2026-04-01." in line.stdout
    assert "acme_2026-03-01_0" in line.stdout
    assert "The first 20 are shown." in line.stdout
    event = json.loads(run("explain", "acme_2026-03-01_27", "--home", small.home, "--json").stdout)
    assert [(row["scenario_id"], row["month"]) for row in event["lines"]] == [
        ("outcome", "2026-03")
    ]


@pytest.mark.parametrize("name", ["in_acme_2026-02-01", "in_acme_2026-02-01/1"])
def test_explain_reads_an_invoice_line_by_line(small: PublishedHome, name: str) -> None:
    done = run("explain", name, "--home", small.home)
    assert "in_acme_2026-02-01, line 1 · seat · 2026-02-01 to 2026-03-01" in done.stdout
    assert "Invoiced and expected 390.00." in done.stdout
    assert "It opens with the balance of 10 earlier seat events" in done.stdout


def test_other_prices_are_printed_as_a_table_and_as_json(small: PublishedHome) -> None:
    change = ("whatif", "--home", small.home, "--set", "charges.work.unit_amount=5")
    done = run(*change, "--account", "acme")
    assert done.returncode == 0, done.stderr
    assert "charges.work.unit_amount: 2.5 → 5" in done.stdout
    assert "+100.00 %" in done.stdout and "140 resolutions" in done.stdout
    shown = json.loads(run(*change, "--json").stdout)
    assert shown["effects"][0]["revenue_after"] == "8400.0000"
    fee = "charges.fee: plan_id=outcome, charge_name=Fee, meter=flat, pricing=flat, unit_amount=9"
    more = run("whatif", "--home", small.home, "--add", fee, "--remove", "charges.work", "--json")
    # two accounts have six closed months each, which the fee alone bills
    assert json.loads(more.stdout)["effects"][0]["revenue_after"] == "108.0000"
    refused = run("whatif", "--home", small.home, "--set", "charges.wrok.unit_amount=5")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1


def test_history_lists_each_month_and_which_were_never_reported(small: PublishedHome) -> None:
    months = json.loads(run("history", "--home", small.home, "--json").stdout)
    assert [row["month"] for row in months[:2]] == ["2026-06-01", "2026-05-01"]
    assert [row["source"] for row in months[:2]] == ["published", "not_told"]
    assert "never reported" in run("history", "--home", small.home).stdout
    unknown = run("history", "--home", small.home, "--segment", "nobody")
    assert unknown.returncode == 2
    assert "choose one of all, smb" in unknown.stderr


def test_a_backfill_that_cannot_be_is_exit_2(small: PublishedHome) -> None:
    done = run("backfill", "--home", small.home, "--months", "0")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_where_nothing_was_backfilled_nothing_is_taken_back(small: PublishedHome) -> None:
    done = run("backfill", "--home", small.home, "--months", "2", "--undo")
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "Removed the backfilled verdicts of 0 months.",
    )
    done = run("backfill", "--home", small.home, "--months", "2", "--undo", "--json")
    assert json.loads(done.stdout) == {"taken_back": []}


def test_an_unreadable_home_is_one_sentence_and_exit_4(tmp_path: Path) -> None:
    done = spawn("refresh", "--home", tmp_path / "nowhere")
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_wrong_day_is_exit_2(small: PublishedHome) -> None:
    assert run("refresh", "--home", small.home, "--as-of", "yesterday").returncode == 2
    assert run("refresh", "--no-such-option").returncode == 2


@pytest.fixture
def unpublished(tmp_path: Path) -> Path:
    """A home before its first refresh."""
    return make_small_home(tmp_path / "home")


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("exports/seat_events.csv", "effective_at", "when_it_was", "effective_at"),
        ("exports/invoice_lines.csv", "390.00", "many", "invoice_lines"),
        ("reference/charges.csv", ",team,", ",taem,", "taem"),
        ("settings.toml", "UTC", "Mars/Base", "Mars/Base"),
    ],
)
def test_unusable_inputs_are_one_sentence_and_exit_4(
    unpublished: Path, file: str, old: str, new: str, named: str
) -> None:
    path = unpublished / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = run("refresh", "--home", unpublished)
    assert done.returncode == 4, done.stderr
    assert named in done.stderr.strip().splitlines()[-1]
    assert not (unpublished / "var" / "current.json").exists()


def test_a_mapping_that_leaves_the_home_is_one_sentence_and_exit_4(unpublished: Path) -> None:
    (unpublished / "mappings").mkdir(exist_ok=True)
    (unpublished / "mappings" / "spy.yml").write_text(
        "sources: {talks: {pattern: talks.csv}}\n"
        "targets: {support_tickets: {select: from read_text('/etc/passwd')}}\n",
        encoding="utf-8",
    )
    done = run("refresh", "--home", unpublished)
    assert done.returncode == 4, done.stderr
    assert done.stderr.strip().splitlines()[-1] == (
        "mappings/spy.yml, targets.support_tickets: the select reads from the function "
        "«read_text»; it may read talks, its own with-queries and generate_series, json_each, "
        "json_tree, range, unnest."
    )
    assert not (unpublished / "var" / "current.json").exists()


def test_a_missing_required_export_is_exit_4(unpublished: Path) -> None:
    (unpublished / "exports" / "usage_events.csv").unlink()
    done = run("refresh", "--home", unpublished)
    assert done.returncode == 4
    assert "usage_events" in done.stderr


def test_a_fault_of_ours_is_one_sentence_with_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_small_home(tmp_path / "home")

    def fault(settings: Settings) -> None:
        raise KeyError(settings)

    monkeypatch.setattr("orchestration.platform.published.read_pointer", fault)
    done = run("status", "--home", home)
    assert done.returncode == 1
    said = "Unexpected error; what was published before is unchanged. Details: "
    assert done.stderr.startswith(said)
    assert len(done.stderr.strip().splitlines()) == 1
    log = Path(done.stderr.strip().removeprefix(said))
    assert log.parent == home / "var" / "logs"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_init_makes_a_home_that_explains_itself(tmp_path: Path) -> None:
    assert run("init", tmp_path / "ours").returncode == 0
    readme = (tmp_path / "ours" / "README.md").read_text(encoding="utf-8")
    assert "seat_events" in readme and "effective_at" in readme
    assert "\nplan_id," in (tmp_path / "ours" / "reference" / "plans.csv").read_text()
    again = run("init", tmp_path / "ours")
    assert again.returncode == 4
    assert "not empty" in again.stderr


def test_doctor_finds_a_damaged_snapshot(small_copy: Settings) -> None:
    assert run("doctor", "--home", small_copy.home).returncode == 0
    snapshot = next(small_copy.snapshots.glob("*.duckdb"))
    snapshot.chmod(0o644)
    with snapshot.open("r+b") as file:
        file.seek(5000)
        file.write(b"xx")
    done = run("doctor", "--home", small_copy.home)
    assert done.returncode == 1
    assert "rollback" in done.stdout
