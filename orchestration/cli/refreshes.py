"""The commands that refresh a home, show what is published and go back."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.shared import (
    Home,
    Json,
    close,
    counted,
    err,
    out,
    print_json,
    progress,
    settings_of,
)
from orchestration.platform.errors import EXIT_USAGE, SeatshiftError
from orchestration.platform.home import DEFAULT_HOME
from orchestration.platform.settings import Settings

if TYPE_CHECKING:
    from orchestration.platform.published import Pointer


def refresh(
    home: Home = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Rebuild even if no input has changed.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="Use only what was known at the end of this day (YYYY-MM-DD)."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Load new exports, build, audit and publish.

    Ends with the verdict for each segment. Publishes nothing if no input has changed.
    """
    settings = settings_of(home)
    moment = _moment(settings, as_of)
    from orchestration.platform.lock import refresh_lock
    from orchestration.platform.space import need_addresses

    with progress(), refresh_lock(settings):
        close(settings)
        need_addresses()
        # imported after taking the lock: a second refresh fails at once
        from orchestration.runs.refresh import refresh as run

        outcome = run(settings, as_of=moment, full_refresh=full_refresh)
        from orchestration.ingest.vanished import vanished

        lost = [one.sentence for one in vanished(settings)]
        from orchestration.ingest.unknown_accounts import faults_of_ids, unknown_accounts

        unknown = [one.sentence for one in unknown_accounts(settings)] + faults_of_ids(settings)
    if as_json:
        extra = {"is_new": outcome.is_new, "vanished": lost, "unknown_accounts": unknown}
        print_json(published_dict(settings, outcome.pointer) | extra)
        return
    out.print(
        f"Published generation {outcome.pointer.generation}."
        if outcome.is_new
        else f"Nothing new; generation {outcome.pointer.generation} stays published."
    )
    for sentence in unknown:
        out.print(sentence, markup=False, soft_wrap=True)
    show_verdicts(settings, outcome.pointer)
    how = (
        "make dashboard"
        if settings.home == DEFAULT_HOME
        else f"seatshift dashboard --home {settings.home}"
    )
    out.print(f"Open the dashboard with: {how}", markup=False, soft_wrap=True)


def status(home: Home = None, as_json: Json = False) -> None:
    """Show what is published, its date and its verdicts."""
    from orchestration.platform.published import generations, read_pointer

    settings = settings_of(home)
    pointer = read_pointer(settings)
    if pointer is None:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet; run `seatshift refresh` first."
        )
    available = [entry.generation for entry in generations(settings)]
    # read before anything is printed: a missing snapshot fails here
    published = published_dict(settings, pointer)
    if as_json:
        print_json(published | {"generations": available})
        return
    out.print(f"Generation {pointer.generation}, published {pointer.published_at} UTC")
    out.print(f"Data as of {pointer.as_of} UTC, build {pointer.build_id}")
    if pointer.rolled_back_from:
        out.print(f"Rolled back from build {pointer.rolled_back_from}")
    out.print(f"Available generations: {', '.join(str(number) for number in available)}")
    out.print(f"Audit: {pointer.audit['verdict']}, {settings.var / pointer.audit['docs']}")
    show_verdicts(settings, pointer)


def backfill(
    months: Annotated[
        int,
        typer.Option("--months", help="Number of months before the latest published one."),
    ],
    takes_back: Annotated[
        bool, typer.Option("--undo", help="Remove the backfilled verdicts of these months.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reconstruct the verdicts of past months.

    Builds each month as of its end and publishes nothing. Months that already have a verdict are
    skipped, so an interrupted backfill resumes where it stopped. Published verdicts cannot be
    removed.
    """
    settings = settings_of(home)
    from orchestration.pipeline.backfill import backfill as run
    from orchestration.pipeline.backfill import undo

    if takes_back:
        taken = undo(settings, months)
        if as_json:
            print_json({"taken_back": taken})
            return
        out.print(f"Removed the backfilled verdicts of {counted(len(taken), 'month')}.")
        if taken:
            out.print("They disappear with the next `seatshift refresh`.")
        return
    with progress():
        outcome = run(settings, months)
    if as_json:
        print_json({"found": outcome.found, "kept": outcome.kept})
        return
    found, skipped = len(outcome.found), len(outcome.kept)
    out.print(
        f"Backfilled the verdicts of {counted(found, 'month')}; {counted(skipped, 'month')} "
        "already had verdicts."
    )
    if found:
        out.print("The next `seatshift refresh` publishes them; `seatshift history` shows them.")


def history(
    segment: Annotated[
        str, typer.Option("--segment", help="Segment to show; all stands for every account.")
    ] = "all",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show each month's verdict, as reported and as of today."""
    from orchestration.cli.verdict_table import history_table
    from orchestration.platform.reported import verdict_history

    months = verdict_history(settings_of(home), segment)
    if as_json:
        print_json(months)
    else:
        out.print(history_table(segment, months))


def rollback(
    generation: Annotated[
        int | None, typer.Argument(help="Generation to publish again; default: the previous one.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Publish an earlier generation again.

    Nothing is rebuilt.
    """
    from orchestration.pipeline.publish import rollback as run
    from orchestration.platform.lock import refresh_lock

    settings = settings_of(home)
    with refresh_lock(settings):
        pointer = run(settings, generation)
    if as_json:
        print_json(published_dict(settings, pointer))
        return
    out.print(f"Generation {pointer.generation} (as of {pointer.as_of} UTC) is published again.")


def _moment(settings: Settings, text: str | None) -> datetime | None:
    from orchestration.platform.moments import end_of_day

    if text is None:
        return None
    try:
        return end_of_day(text, settings.time_zone)
    except ValueError:
        err.print(f"--as-of is {text!r}; give a day such as 2026-09-30.", markup=False)
        raise typer.Exit(EXIT_USAGE) from None


def published_dict(settings: Settings, pointer: "Pointer") -> dict[str, Any]:
    from dataclasses import asdict

    from orchestration.platform.reported import latest_verdicts, standing_still

    return asdict(pointer) | {
        "verdicts": latest_verdicts(settings, pointer),
        "standing_still": standing_still(settings, pointer),
    }


def gaps(
    rows_for: Annotated[
        str | None,
        typer.Option(
            "--rows", help="Print only the rows for this file, such as reference/discounts.csv."
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what keeps accounts from being re-rated, by the MRR that each fix would unlock.

    Where a fix could be tried on the published data, the list has the rows to write to a
    reference file.
    """
    from orchestration.cli.gap_table import files_with_rows, print_gaps, rows_of
    from orchestration.platform.errors import RequestError
    from orchestration.platform.gaps import data_gaps
    from orchestration.platform.published import read_pointer

    settings = settings_of(home)
    pointer = read_pointer(settings)
    if pointer is None:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet; run `seatshift refresh` first."
        )
    found = data_gaps(settings, pointer)
    if rows_for is not None:
        lines = rows_of(found, rows_for)
        if not lines:
            there = ", ".join(files_with_rows(found)) or "none"
            raise RequestError(f"There are no rows for {rows_for!r}; files with rows: {there}.")
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    elif as_json:
        print_json(found)
    elif found:
        print_gaps(out, found, command=f"{_gaps_command(settings)} --rows FILE")
    else:
        out.print("Every account with MRR is re-rated and complete.")


def _gaps_command(settings: Settings) -> str:
    return "seatshift gaps" + ("" if settings.home == DEFAULT_HOME else f" --home {settings.home}")


def show_verdicts(settings: Settings, pointer: "Pointer") -> None:
    from orchestration.cli.gap_table import FIRST, print_gaps
    from orchestration.cli.verdict_table import standing_still_table, verdict_table
    from orchestration.platform.gaps import data_gaps
    from orchestration.platform.reported import latest_verdicts, standing_still

    verdicts = latest_verdicts(settings, pointer)
    if not verdicts:
        out.print("No month is closed at the as-of date, so there is no verdict yet.")
        return
    out.print(verdict_table(verdicts))
    found = data_gaps(settings, pointer)
    if found and any(row["verdict"] == "hold_data" for row in verdicts):
        print_gaps(out, found, command=_gaps_command(settings), first=FIRST)
    standing = standing_still(settings, pointer)
    if standing:
        out.print(standing_still_table(standing))
