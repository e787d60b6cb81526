"""Refreshing a home, what is published, and going back."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.shared import (
    Home,
    Json,
    close,
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
        bool, typer.Option("--full-refresh", help="Build anew even where nothing is new.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Judge as known at the end of this day (YYYY-MM-DD)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Load what is new, build, audit, publish; end with the verdict per segment."""
    settings = settings_of(home)
    moment = _moment(settings, as_of)
    from orchestration.platform.lock import refresh_lock
    from orchestration.platform.space import need_addresses

    with progress(), refresh_lock(settings):
        close(settings)
        need_addresses()
        # checked before the slow imports: a second refresh is told so at once
        from orchestration.runs.refresh import refresh as run

        outcome = run(settings, as_of=moment, full_refresh=full_refresh)
        from orchestration.ingest.vanished import vanished

        lost = [one.sentence for one in vanished(settings)]
    if as_json:
        told = {"is_new": outcome.is_new, "vanished": lost}
        print_json(published_dict(settings, outcome.pointer) | told)
        return
    out.print(
        f"Published generation {outcome.pointer.generation}."
        if outcome.is_new
        else f"Nothing new; generation {outcome.pointer.generation} stays."
    )
    show_verdicts(settings, outcome.pointer)
    how = (
        "make dashboard"
        if settings.home == DEFAULT_HOME
        else f"seatshift dashboard --home {settings.home}"
    )
    out.print(f"Open the dashboard with: {how}", markup=False, soft_wrap=True)


def status(home: Home = None, as_json: Json = False) -> None:
    """What is published, from when it is, and the verdicts it tells."""
    from orchestration.platform.published import generations, read_pointer

    settings = settings_of(home)
    pointer = read_pointer(settings)
    if pointer is None:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet: run `seatshift refresh` first."
        )
    kept = [entry.generation for entry in generations(settings)]
    # read before a line is printed: a snapshot that is lost shows here
    published = published_dict(settings, pointer)
    if as_json:
        print_json(published | {"generations": kept})
        return
    out.print(f"Generation {pointer.generation}, published {pointer.published_at} UTC")
    out.print(f"Data as of {pointer.as_of} UTC, build {pointer.build_id}")
    if pointer.rolled_back_from:
        out.print(f"Rolled back from build {pointer.rolled_back_from}")
    out.print(f"Kept generations: {', '.join(str(number) for number in kept)}")
    out.print(f"Audit: {pointer.audit['verdict']}, {settings.var / pointer.audit['docs']}")
    show_verdicts(settings, pointer)


def backfill(
    months: Annotated[
        int, typer.Option("--months", help="How many months before the latest published one.")
    ],
    takes_back: Annotated[
        bool, typer.Option("--undo", help="Take back what was found of these months.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find the verdicts of past months as they would have been told; publishes nothing.

    One build a month, as of its end; a month that has a verdict stays as it was told, so that a
    run that was stopped goes on where it was. What was published cannot be taken back.
    """
    settings = settings_of(home)
    from orchestration.pipeline.backfill import backfill as run
    from orchestration.pipeline.backfill import undo

    if takes_back:
        taken = undo(settings, months)
        if as_json:
            print_json({"taken_back": taken})
            return
        out.print(f"Took back the backfilled verdicts of {_months(len(taken))}.")
        if taken:
            out.print("The next `seatshift refresh` shows them no longer.")
        return
    with progress():
        outcome = run(settings, months)
    if as_json:
        print_json({"found": outcome.found, "kept": outcome.kept})
        return
    found, kept = len(outcome.found), len(outcome.kept)
    out.print(f"Found the verdicts of {_months(found)}; {_months(kept)} had theirs already.")
    if found:
        out.print("The next `seatshift refresh` publishes them; `seatshift history` shows them.")


def history(
    segment: Annotated[
        str, typer.Option("--segment", help="One segment; default all accounts together.")
    ] = "all",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Every month's verdict as it was told, beside what is known now."""
    from orchestration.cli.verdict_table import history_table
    from orchestration.platform.reported import verdict_history

    months = verdict_history(settings_of(home), segment)
    if as_json:
        print_json(months)
    else:
        out.print(history_table(segment, months))


def rollback(
    generation: Annotated[
        int | None, typer.Argument(help="Generation to show again; default the one before.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show readers an older generation again; nothing is rebuilt."""
    from orchestration.pipeline.publish import rollback as run
    from orchestration.platform.lock import refresh_lock

    settings = settings_of(home)
    with refresh_lock(settings):
        pointer = run(settings, generation)
    if as_json:
        print_json(published_dict(settings, pointer))
        return
    out.print(f"Readers see generation {pointer.generation} (as of {pointer.as_of} UTC) again.")


def _moment(settings: Settings, text: str | None) -> datetime | None:
    from orchestration.platform.moments import end_of_day

    if text is None:
        return None
    try:
        return end_of_day(text, settings.time_zone)
    except ValueError:
        err.print(f"--as-of is {text!r}; write a day such as 2026-09-30.", markup=False)
        raise typer.Exit(EXIT_USAGE) from None


def published_dict(settings: Settings, pointer: "Pointer") -> dict[str, Any]:
    from dataclasses import asdict

    from orchestration.platform.reported import latest_verdicts

    return asdict(pointer) | {"verdicts": latest_verdicts(settings, pointer)}


def show_verdicts(settings: Settings, pointer: "Pointer") -> None:
    from orchestration.cli.verdict_table import verdict_table
    from orchestration.platform.reported import latest_verdicts

    verdicts = latest_verdicts(settings, pointer)
    if not verdicts:
        out.print("No month is closed yet at the as-of: there is no verdict so far.")
        return
    out.print(verdict_table(verdicts))


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"
