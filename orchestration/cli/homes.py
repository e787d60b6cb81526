"""The commands that create, check and repair a home."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import Home, Json, counted, out, print_json, progress, settings_of
from orchestration.platform.errors import EXIT_FAULT, EXIT_INPUT
from orchestration.platform.home import home_from_environment


def check(home: Home = None, as_json: Json = False) -> None:
    """Check which rows would load and what a refresh would show, without writing anything.

    Prints counts for each file, the reason for each quarantined row, how a sample of accounts
    compares with its invoices, and what is missing for each page and verdict.
    """
    from orchestration.cli.check_table import check_dict, print_check, print_outlook
    from orchestration.ingest.check import check_home
    from orchestration.pipeline.trial import Outlook, look_ahead

    found: list[Outlook] = []
    report = check_home(settings_of(home), lambda trial: found.append(look_ahead(trial)))
    if as_json:
        print_json(check_dict(report) | {"outlook": asdict(found[0]) if found else None})
    else:
        print_check(out, report)
        for outlook in found:
            print_outlook(out, outlook)
    if not report.is_usable:
        raise typer.Exit(EXIT_INPUT)


def init(folder: Annotated[Path, typer.Argument(help="Folder to create.")]) -> None:
    """Create a home: settings, reference files and a README.

    The reference files contain only their headers; the README explains each column.
    """
    from orchestration.homes.new_home import make_home

    made = make_home(folder)
    out.print(
        f"Created {made}. Put your exports into {made / 'exports'}, then run\n"
        f"  seatshift check --home {made}\n  seatshift refresh --home {made}",
        markup=False,
        soft_wrap=True,
    )


def generate(
    target: Annotated[Path, typer.Argument(help="Folder to write the company to.")],
    accounts: Annotated[int, typer.Option("--accounts", help="Number of accounts.")] = 180,
    months: Annotated[int, typer.Option("--months", help="Number of months.")] = 26,
    events: Annotated[
        int | None,
        typer.Option("--events", help="Approximate number of usage rows; default: as in the demo."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the random draws.")] = 7,
    story: Annotated[
        str,
        typer.Option("--story", help="shift (automation takes over in one segment) or steady."),
    ] = "shift",
) -> None:
    """Generate the exports of an invented company.

    Without options, writes the demo company. The same options always write the same files.
    """
    from orchestration.generate.company import generate as run

    with progress():
        run(target, accounts=accounts, months=months, events=events, seed=seed, story=story)
    out.print(f"Wrote {target}", markup=False)


def doctor(home: Home = None, as_json: Json = False) -> None:
    """Check that this machine and home can run a refresh."""
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
    """Rebuild a damaged decisions.sqlite.

    Copies everything that can still be read into a new file and keeps the damaged one under
    another name.
    """
    from orchestration.homes.decisions import NAME, recover

    done = recover(settings_of(home).home / NAME)
    if as_json:
        print_json(
            {"entries": done.entries, "changes": done.changes, "set_aside": str(done.set_aside)}
        )
        return
    out.print(
        f"Rebuilt {NAME} with {counted(done.entries, 'decision or note', 'decisions and notes')} "
        f"and {counted(done.changes, 'threshold change')}; the damaged file is now "
        f"{done.set_aside}.",
        markup=False,
        soft_wrap=True,
    )
