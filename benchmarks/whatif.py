"""How long a what-if takes at the design point, beside a bare DuckDB scan of the same snapshot.

Run it as `.venv/bin/python -m benchmarks.whatif`: it makes a company of 10,000 accounts with five
meters over 24 months in a temporary home, refreshes it once, and then tries one change after the
other in a process of its own: four times, of which the first also imports and opens everything
from scratch, and four times as the scenario lab asks, of one proposal with measures on a session
that stays open. For each it prints the seconds of the first call and the median of the others, and
how many times as long that is as DuckDB alone needs to add up the published bills and lines of the
same scenario. `--home` takes a home that was refreshed before, `--keep` leaves the one that it
makes in a folder.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb

from benchmarks.refresh import refresh
from orchestration.generate.company import generate
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.whatif.change import parse_changes
from orchestration.whatif.report import what_if
from orchestration.whatif.session import Session

FACTORS = {"usd": Decimal(1), "eur": Decimal("0.9"), "jpy": Decimal(150)}

# the proposal of the design point: seats and five meters, each priced in another way
METERS = """
    case
        when meter = 'tokens' and dimension = 'atlas-mini' then 'mini_tokens'
        when meter = 'tokens' then 'pro_tokens'
        when meter = 'resolutions' and actor_type = 'automation' then 'automated_resolutions'
        else meter
    end
"""
CHARGES: dict[str, dict[str, str]] = {
    "seat": {"meter": "seats", "role": "member", "pricing": "per_unit", "unit_amount": "20"},
    "messages": {"meter": "messages", "pricing": "volume"},
    "human": {
        "meter": "resolutions",
        "pricing": "per_unit",
        "unit_amount": "0.1",
        "included_quantity": "50",
        "outcomes_only": "true",
    },
    "automated": {
        "meter": "automated_resolutions",
        "pricing": "graduated",
        "outcomes_only": "true",
    },
    "mini": {
        "meter": "mini_tokens",
        "pricing": "per_unit",
        "unit_amount": "0.00005",
        "included_quantity": "100000",
        "included_per": "seat",
    },
    "pro": {
        "meter": "pro_tokens",
        "pricing": "package",
        "unit_amount": "120",
        "package_size": "1000000",
    },
}
TIERS = {
    "messages": (("5000", "0.02"), ("", "0.012")),
    "automated": (("500", "0.99"), ("2000", "0.89"), ("", "0.79")),
}

TIMES = 4
CHANGES = {
    "seat price": ["charges.seat_design_usd.unit_amount=22"],
    "seat price in every currency": [
        f"charges.seat_design_{currency}.unit_amount={22 * factor}"
        for currency, factor in FACTORS.items()
    ],
    "price of a tier": ["charges.automated_design_usd.tiers.2.unit_amount=0.85"],
    "included quantity": ["charges.human_design_usd.included_quantity=80"],
    "minimum": ["plans.design_usd.minimum_amount=500"],
    "grandfathering": ["scenarios.design.max_increase_ratio=0.2"],
    "plan of a proposal": ["scenarios.outcome.plan_id=design_usd"],
    "credits of a wallet": ["credit_grants.credits_usd.credits=6000"],
    "fee beside a wallet": ["charges.fee_credits_usd.unit_amount=399"],
    "price of a pack": ["credit_grants.prepaid_tokens_usd.topup_amount=50"],
    "seat price of today": ["charges.seat_team_monthly_usd.unit_amount=41"],
}


# the proposal that the lab tries a change on, where it is another than that of the design point
PROPOSALS = {
    "credits of a wallet": "credits",
    "fee beside a wallet": "credits",
    "price of a pack": "prepaid_tokens",
}


def make_home(home: Path, *, accounts: int, months: int, events: int) -> None:
    """The company, its work split over five meters, and a proposal that prices them all."""
    generate(home, accounts=accounts, months=months, events=events, seed=7, story="shift")
    with duckdb.connect() as connection:
        for path in sorted((home / "exports" / "usage_events").iterdir()):
            if path.suffix == ".parquet":
                reader, form = f"read_parquet('{path}')", "format parquet"
            else:
                packed = ", compression gzip" if path.suffix == ".gz" else ""
                reader = f"read_csv('{path}', all_varchar = true, header = true)"
                form = f"format csv, header{packed}"
            if (
                "meter"
                in connection.execute(f"describe from {reader}").fetchdf()["column_name"].values
            ):
                aside = path.with_name("aside")
                split = f"select * replace ({METERS} as meter) from {reader}"
                connection.execute(f"copy ({split}) to '{aside}' ({form})")
                aside.replace(path)
    _append(home / "reference" / "plans.csv", _plans())
    _append(home / "reference" / "charges.csv", _charges())
    _append(home / "reference" / "tiers.csv", _tiers())
    _append(
        home / "reference" / "scenarios.csv",
        [
            {
                "scenario_id": "design",
                "scenario_name": "Design point",
                "proposed_on": "2026-07-01",
                "plan_id": "design_usd",
                "uptake": "all",
                "starts_on": "2027-01-01",
            }
        ],
    )


def _plans() -> list[dict[str, str]]:
    return [
        {
            "plan_id": f"design_{currency}",
            "plan_name": "Design point",
            "family": "hybrid",
            "currency": currency.upper(),
            "billing_interval": "month",
            "proration": "by_day",
        }
        for currency in FACTORS
    ]


def _charges() -> list[dict[str, str]]:
    return [
        {
            **terms,
            "charge_id": f"{name}_design_{currency}",
            "plan_id": f"design_{currency}",
            "valid_from": "2024-01-01",
            "charge_name": name.title(),
            **(
                {"unit_amount": str(Decimal(terms["unit_amount"]) * factor)}
                if "unit_amount" in terms
                else {}
            ),
        }
        for currency, factor in FACTORS.items()
        for name, terms in CHARGES.items()
    ]


def _tiers() -> list[dict[str, str]]:
    return [
        {
            "charge_id": f"{name}_design_{currency}",
            "valid_from": "2024-01-01",
            "tier": str(number),
            "up_to": up_to,
            "unit_amount": str(Decimal(amount) * factor),
        }
        for currency, factor in FACTORS.items()
        for name, steps in TIERS.items()
        for number, (up_to, amount) in enumerate(steps, start=1)
    ]


def _append(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


def proposal(name: str) -> str:
    return PROPOSALS.get(name, "design")


def bare_scan(snapshot: Path, scenario_id: str) -> float:
    """Seconds in which DuckDB adds up a proposal's published lines and bills by the month."""
    started = time.perf_counter()
    with duckdb.connect(str(snapshot), read_only=True, config={"threads": 2}) as connection:
        for table in ("fct_shadow_bill_lines", "fct_shadow_bills"):
            connection.execute(
                "select count(*), sum(amount) from ("
                f"select account_id, month, sum(amount) as amount from marts.{table} "
                f"where scenario_id in ('{scenario_id}', 'current') group by all)"
            ).fetchall()
    return time.perf_counter() - started


def tried(home: Path, name: str) -> dict[str, float]:
    """What `try_here` finds, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.whatif", "--home", str(home), "--try", name],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def try_here(home: Path, name: str) -> dict[str, float]:
    settings = load_settings(home)
    pointer = read_pointer(settings)
    assert pointer is not None
    scan = bare_scan(pointer.path(settings), proposal(name))
    with Session(settings) as session:
        alone = [
            spent(lambda: what_if(settings, parse_changes(CHANGES[name]))) for _ in range(TIMES)
        ]
        in_lab = [spent(lambda: ask_as_the_lab(settings, name, session)) for _ in range(TIMES)]
    seconds = statistics.median(alone[1:])
    return {
        "first_seconds": round(alone[0], 2),
        "seconds": round(seconds, 2),
        "lab_first_seconds": round(in_lab[0], 2),
        "lab_seconds": round(statistics.median(in_lab[1:]), 2),
        "scan_seconds": round(scan, 3),
        "what_if_to_scan": round(seconds / scan, 1),
    }


def ask_as_the_lab(settings: Settings, name: str, session: Session) -> None:
    what_if(
        settings,
        parse_changes(CHANGES[name]),
        scenarios=[proposal(name)],
        with_measures=True,
        session=session,
    )


def spent(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--home", type=Path, help="a home made and refreshed by this before")
    parser.add_argument("--keep", type=Path, help="a new folder for the home that this makes")
    parser.add_argument("--try", dest="name", choices=CHANGES, help="try one change and print it")
    arguments = parser.parse_args()
    if arguments.name is not None:
        print(json.dumps(try_here(arguments.home, arguments.name)))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = arguments.home or arguments.keep or Path(folder) / "home"
        if arguments.home is None:
            make_home(
                home,
                accounts=arguments.accounts,
                months=arguments.months,
                events=arguments.events,
            )
            refresh(home)
        for name in CHANGES:
            print(json.dumps({"change": name, **tried(home, name)}), flush=True)


if __name__ == "__main__":
    main()
