"""Homes: new, checked, invented, examined, rescued."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import Home, Json, out, print_json, progress, settings_of
from orchestration.platform.errors import EXIT_FAULT, EXIT_INPUT
from orchestration.platform.home import home_from_environment


def check(home: Home = None, as_json: Json = False) -> None:
    """What would load and what would be quarantined; writes nothing."""
    from orchestration.cli.check_table import check_dict, print_check
    from orchestration.ingest.check import check_home

    report = check_home(settings_of(home))
    if as_json:
        print_json(check_dict(report))
    else:
        print_check(out, report)
    if not report.is_usable:
        raise typer.Exit(EXIT_INPUT)


def init(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Make a new home: settings, reference files with headers, and a README that explains."""
    from orchestration.homes.new_home import make_home

    made = make_home(folder)
    out.print(
        f"Made {made}: put your exports into {made / 'exports'}, then run\n"
        f"  seatshift check --home {made}\n  seatshift refresh --home {made}",
        markup=False,
        soft_wrap=True,
    )


def generate(
    target: Annotated[Path, typer.Argument(help="Folder to write the company to.")],
    accounts: Annotated[int, typer.Option("--accounts", help="How many customers.")] = 180,
    months: Annotated[int, typer.Option("--months", help="How many months of history.")] = 26,
    events: Annotated[
        int | None, typer.Option("--events", help="About how many usage rows; default the demo's.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same company.")] = 7,
    story: Annotated[
        str, typer.Option("--story", help="What becomes of it: shift or steady.")
    ] = "shift",
) -> None:
    """Write an invented company's exports: the demo, or one of any size."""
    from orchestration.generate.company import generate as run

    with progress():
        run(target, accounts=accounts, months=months, events=events, seed=seed, story=story)
    out.print(f"Wrote {target}", markup=False)


def doctor(home: Home = None, as_json: Json = False) -> None:
    """Whether this machine and this home are fit for a refresh."""
    from orchestration.homes.doctor import examine

    findings = examine(home or home_from_environment())
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            mark = "ok  " if finding["ok"] else "BAD "
            out.print(f"{mark} {finding['what']}: {finding['found']}", markup=False)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(EXIT_FAULT)


def recover_decisions(home: Home = None, as_json: Json = False) -> None:
    """Begin decisions.sqlite anew with what can be read of a damaged one, which is kept."""
    from orchestration.homes.decisions import NAME, recover

    done = recover(settings_of(home).home / NAME)
    if as_json:
        print_json(
            {"entries": done.entries, "changes": done.changes, "set_aside": str(done.set_aside)}
        )
        return
    out.print(
        f"{NAME} begins anew with {done.entries} decisions and notes and {done.changes} changes of "
        f"lines; the damaged file is kept as {done.set_aside}.",
        markup=False,
        soft_wrap=True,
    )
