"""The command line: `seatshift`. Imports are made where they are used, so that help is quick."""

import json
import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.errors import EXIT_FAULT, EXIT_INPUT, EXIT_USAGE, SeatshiftError
from orchestration.home import DEFAULT_HOME, HOME_VARIABLE, home_from_environment
from orchestration.pointer_moves import consequence
from orchestration.private import OWNER_ALONE, close_to_others, write_privately
from orchestration.progress import listening
from orchestration.settings import Settings, load_settings
from orchestration.supervise import supervised

if TYPE_CHECKING:
    from orchestration.published import Pointer

app = typer.Typer(
    name="seatshift",
    help="Whether, where and when to move from per-seat to other pricing, from your exports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class _Errors(Console):
    """Standard error; where nobody reads it any more, the command goes on and its code tells."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


out = Console(highlight=False)
err = _Errors(stderr=True, highlight=False)
# what the dashboard is called on its own machine
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")

# these see to signals themselves
SERVERS = (["dagster"], ["dashboard"])
EXIT_INTERRUPTED = 130

Home = Annotated[
    Path | None,
    typer.Option("--home", help=f"The company's home; default ${HOME_VARIABLE}, else seeds."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def main() -> None:
    """Run a command; every failure is a sentence and an exit code, never a traceback."""
    os.umask(OWNER_ALONE)
    # a line that a full disk keeps out of a log would be told as a traceback
    logging.raiseExceptions = False
    try:
        if sys.argv[1:2] in SERVERS:
            app()
        else:
            supervised(app)
    except SeatshiftError as error:
        _say_last(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say_last(f"Stopped; {consequence()}.")
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:
        # after the command, not before it: imports take a second
        from orchestration.failures import explained

        reason = explained(error, _settings_if_any())
        if reason is None:
            reason = "Unexpected error"
            details = f" Details: {_write_fault(traceback.format_exc())}"
        else:
            details = ""
        _say_last(f"{reason[0].upper()}{reason[1:]}; {consequence()}.{details}")
        sys.exit(EXIT_FAULT)


@app.command()
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
    settings = _settings(home)
    moment = _moment(settings, as_of)
    from orchestration.lock import refresh_lock
    from orchestration.space import need_addresses

    with _progress(), refresh_lock(settings):
        _close(settings)
        need_addresses()
        # checked before the slow imports: a second refresh is told so at once
        from orchestration.refresh import refresh as run

        outcome = run(settings, as_of=moment, full_refresh=full_refresh)
        from orchestration.ingest.vanished import vanished

        lost = [one.sentence for one in vanished(settings)]
    if as_json:
        told = {"is_new": outcome.is_new, "vanished": lost}
        _print_json(_published(settings, outcome.pointer) | told)
        return
    out.print(
        f"Published generation {outcome.pointer.generation}."
        if outcome.is_new
        else f"Nothing new; generation {outcome.pointer.generation} stays."
    )
    _verdict_table(settings, outcome.pointer)
    how = (
        "make dashboard"
        if settings.home == DEFAULT_HOME
        else f"seatshift dashboard --home {settings.home}"
    )
    out.print(f"Open the dashboard with: {how}", markup=False, soft_wrap=True)


@app.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """What is published, from when it is, and the verdicts it tells."""
    from orchestration.published import generations, read_pointer

    settings = _settings(home)
    pointer = read_pointer(settings)
    if pointer is None:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet: run `seatshift refresh` first."
        )
    kept = [entry.generation for entry in generations(settings)]
    # read before a line is printed: a snapshot that is lost shows here
    published = _published(settings, pointer)
    if as_json:
        _print_json(published | {"generations": kept})
        return
    out.print(f"Generation {pointer.generation}, published {pointer.published_at} UTC")
    out.print(f"Data as of {pointer.as_of} UTC, build {pointer.build_id}")
    if pointer.rolled_back_from:
        out.print(f"Rolled back from build {pointer.rolled_back_from}")
    out.print(f"Kept generations: {', '.join(str(number) for number in kept)}")
    out.print(f"Audit: {pointer.audit['verdict']}, {settings.var / pointer.audit['docs']}")
    _verdict_table(settings, pointer)


@app.command()
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
    settings = _settings(home)
    from orchestration.backfill import backfill as run
    from orchestration.backfill import undo

    if takes_back:
        taken = undo(settings, months)
        if as_json:
            _print_json({"taken_back": taken})
            return
        out.print(f"Took back the backfilled verdicts of {_months(len(taken))}.")
        if taken:
            out.print("The next `seatshift refresh` shows them no longer.")
        return
    with _progress():
        outcome = run(settings, months)
    if as_json:
        _print_json({"found": outcome.found, "kept": outcome.kept})
        return
    found, kept = len(outcome.found), len(outcome.kept)
    out.print(f"Found the verdicts of {_months(found)}; {_months(kept)} had theirs already.")
    if found:
        out.print("The next `seatshift refresh` publishes them; `seatshift history` shows them.")


@app.command()
def history(
    segment: Annotated[
        str, typer.Option("--segment", help="One segment; default all accounts together.")
    ] = "all",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Every month's verdict as it was told, beside what is known now."""
    from orchestration.reported import verdict_history
    from orchestration.verdict_table import history_table

    months = verdict_history(_settings(home), segment)
    if as_json:
        _print_json(months)
    else:
        out.print(history_table(segment, months))


@app.command()
def rollback(
    generation: Annotated[
        int | None, typer.Argument(help="Generation to show again; default the one before.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show readers an older generation again; nothing is rebuilt."""
    from orchestration.lock import refresh_lock
    from orchestration.publish import rollback as run

    settings = _settings(home)
    with refresh_lock(settings):
        pointer = run(settings, generation)
    if as_json:
        _print_json(_published(settings, pointer))
        return
    out.print(f"Readers see generation {pointer.generation} (as of {pointer.as_of} UTC) again.")


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="account_id, event_id, invoice_id or INVOICE/LINE")],
    period: Annotated[
        str | None, typer.Option("--period", help="Month (YYYY-MM); default the last closed one.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="One proposal; default every one.")
    ] = None,
    line: Annotated[
        int | None,
        typer.Option("--line", help="A line's number: the events behind it (default: current)."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--as", help="account, invoice or event, where an id is several of them."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """An account's bills line by line, the events behind a line, or the lines of an event."""
    from orchestration import lookup
    from orchestration.explain import CURRENT, explain_bills, print_bills

    settings = _settings(home)
    if kind is not None and kind not in lookup.KINDS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(lookup.KINDS)}.")
    found = lookup.kind_of(settings, name, kind)
    show = {"invoice": lookup.print_invoice, "event": lookup.print_event}.get(found, print_bills)
    if found == "invoice":
        explained = lookup.invoice_events(settings, name)
    elif found == "event":
        explained = lookup.event_lines(settings, name)
    else:
        explained = explain_bills(settings, account=name, period=period, scenario=scenario)
        if line is not None:
            explained = lookup.line_events(
                settings,
                account=name,
                month=explained["month"],
                scenario=scenario or CURRENT,
                line=line,
            )
            show = lookup.print_line
    if as_json:
        _print_json(explained)
    else:
        show(out, explained)


@app.command()
def whatif(
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="table.key.column=value, such as charges.seat.unit_amount=29."),
    ] = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            help="A tier or a charge more, such as 'tiers.messages: up_to=5000, unit_amount=0.02'.",
        ),
    ] = None,
    removed: Annotated[
        list[str] | None,
        typer.Option("--remove", help="A tier or a charge less, such as tiers.messages.2."),
    ] = None,
    scenarios: Annotated[
        list[str] | None, typer.Option("--scenario", help="Only this proposal; may be repeated.")
    ] = None,
    accounts: Annotated[
        list[str] | None,
        typer.Option("--account", help="Show this account's bills too; may be repeated."),
    ] = None,
    keep_basis: Annotated[
        bool,
        typer.Option(
            "--keep-basis",
            help="Keep re-rated current bills where they no longer meet their invoices.",
        ),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What other prices would have billed, to the cent; writes nothing."""
    from orchestration.book_rows import ADD, REMOVE
    from orchestration.whatif import what_if
    from orchestration.whatif_table import print_what_if, what_if_dict

    rows = [*(f"{REMOVE}{row}" for row in removed or []), *(f"{ADD}{row}" for row in added or [])]
    outcome = what_if(
        _settings(home),
        [*(changes or []), *rows],
        scenarios=scenarios or [],
        accounts=accounts or [],
        keeps_basis=keep_basis,
    )
    if as_json:
        _print_json(what_if_dict(outcome))
    else:
        print_what_if(out, outcome)


@app.command()
def solve(
    scenario: Annotated[str, typer.Argument(help="The proposal whose prices are wanted.")],
    prices: Annotated[
        list[str],
        typer.Option("--price", help="table.key.column=LOW..HIGH; one to three of them."),
    ],
    segment: Annotated[str, typer.Option("--segment", help="Judge this segment.")] = "all",
    revenue: Annotated[
        str | None, typer.Option("--revenue", help="Revenue change of at least this, such as -1%.")
    ] = None,
    shock: Annotated[
        str | None, typer.Option("--shock", help="At most this share of accounts shocked.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", help="Margin change of at least this.")
    ] = None,
    above: Annotated[
        str | None,
        typer.Option("--above", help="RISE:SHARE: at most SHARE of accounts rise by over RISE."),
    ] = None,
    gently: Annotated[
        bool, typer.Option("--gently", help="Prefer few shocked accounts to much revenue.")
    ] = False,
    this_currency_only: Annotated[
        bool,
        typer.Option(
            "--this-currency-only",
            help="Do not change the matching prices in other currencies.",
        ),
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the best as draft files into this folder.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Prices that keep the limits, or the limit that no price can keep; publishes nothing."""
    from orchestration.draft_book import save_draft
    from orchestration.solve import solve as run
    from orchestration.solve_request import question
    from orchestration.solve_table import answer_dict, print_answer

    settings = _settings(home)
    asked = question(
        scenario,
        prices,
        segment=segment,
        revenue=revenue,
        shock=shock,
        margin=margin,
        above=above,
        gently=gently,
        with_currency_variants=not this_currency_only,
    )
    with _progress():
        answer = run(settings, asked)
    written = save_draft(settings, answer.best.wishes, save) if save else []
    if as_json:
        _print_json(answer_dict(answer) | {"saved": [str(path) for path in written]})
        return
    print_answer(out, answer)
    for path in written:
        out.print(f"Written: {path}", soft_wrap=True)


@app.command()
def check(home: Home = None, as_json: Json = False) -> None:
    """What would load and what would be quarantined; writes nothing."""
    from orchestration.check_table import check_dict, print_check
    from orchestration.ingest.check import check_home

    report = check_home(_settings(home))
    if as_json:
        _print_json(check_dict(report))
    else:
        print_check(out, report)
    if not report.is_usable:
        raise typer.Exit(EXIT_INPUT)


@app.command()
def dashboard(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 8501,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            envvar="SEATSHIFT_HOSTS",
            help="A name by which a reverse proxy on this machine passes requests on; may be "
            "repeated. Other names than this machine's own are refused.",
        ),
    ] = None,
) -> None:
    """Open the dashboard over the published snapshot (this machine only)."""
    from orchestration.versions import ROOT

    names = [*LOCAL_NAMES, *(_host_name(name) for name in hosts or [])]
    settings = _settings(home)
    _close(settings)
    app_file = ROOT / "dashboards" / "server.py"
    out.print(f"Dashboard: http://127.0.0.1:{port}   (Ctrl-C ends it)")
    _become(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(app_file),
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(port),
            "--server.headless",
            "true",
            "--browser.gatherUsageStats",
            "false",
            *(part for name in names for part in ("--server.allowedHosts", name)),
        ],
        settings,
    )


@app.command()
def dagster(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Run Dagster with its schedule and sensor for this home (this machine only)."""
    from orchestration.run_dagster import run_dagster

    def show(sentence: str) -> None:
        err.print(sentence, markup=False, soft_wrap=True)

    raise typer.Exit(run_dagster(_settings(home), port, show))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Make a new home: settings, reference files with headers, and a README that explains."""
    from orchestration.new_home import make_home

    made = make_home(folder)
    out.print(f"Made {made}: put your exports into {made / 'exports'}, then run", markup=False)
    out.print(f"  seatshift check --home {made}\n  seatshift refresh --home {made}", markup=False)


@app.command()
def generate(
    target: Annotated[Path, typer.Argument(help="Folder to write the company to.")],
    accounts: Annotated[int, typer.Option("--accounts")] = 180,
    months: Annotated[int, typer.Option("--months")] = 26,
    events: Annotated[
        int | None, typer.Option("--events", help="About how many usage rows; default the demo's.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed")] = 7,
    story: Annotated[str, typer.Option("--story")] = "shift",
) -> None:
    """Write an invented company's exports: the demo, or one of any size."""
    from orchestration.generate.company import generate as run

    with _progress():
        run(target, accounts=accounts, months=months, events=events, seed=seed, story=story)
    out.print(f"Wrote {target}", markup=False)


@app.command()
def doctor(home: Home = None, as_json: Json = False) -> None:
    """Whether this machine and this home are fit for a refresh."""
    from orchestration.doctor import examine

    findings = examine(home or home_from_environment())
    if as_json:
        _print_json(findings)
    else:
        for finding in findings:
            mark = "ok  " if finding["ok"] else "BAD "
            out.print(f"{mark} {finding['what']}: {finding['found']}", markup=False)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(EXIT_FAULT)


@app.command()
def recover_decisions(home: Home = None, as_json: Json = False) -> None:
    """Begin decisions.sqlite anew with what can be read of a damaged one, which is kept."""
    from orchestration.decisions import NAME, recover

    done = recover(_settings(home).home / NAME)
    if as_json:
        _print_json(
            {"entries": done.entries, "changes": done.changes, "set_aside": str(done.set_aside)}
        )
        return
    out.print(
        f"{NAME} begins anew with {done.entries} decisions and notes and {done.changes} changes of "
        f"lines; the damaged file is kept as {done.set_aside}.",
        markup=False,
        soft_wrap=True,
    )


def _settings(home: Path | None) -> Settings:
    """The home's settings; from here on the command writes for the home's readers alone."""
    settings = load_settings(home or home_from_environment())
    write_privately(settings.home)
    return settings


def _close(settings: Settings) -> None:
    """Close to others what earlier versions wrote, and say so where there was any."""
    closed = close_to_others(settings.home, settings.var)
    if closed:
        err.print(closed, markup=False, soft_wrap=True)


def _host_name(text: str) -> str:
    """A name as it stands in an address: no scheme, port, path or wildcard."""
    name = text.strip().lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise typer.BadParameter(
            f"--host is {text!r}; write the name alone, such as pricing.example.com."
        )
    return name


def _moment(settings: Settings, text: str | None) -> datetime | None:
    from orchestration.moments import end_of_day

    if text is None:
        return None
    try:
        return end_of_day(text, settings.time_zone)
    except ValueError:
        err.print(f"--as-of is {text!r}; write a day such as 2026-09-30.", markup=False)
        raise typer.Exit(EXIT_USAGE) from None


@contextmanager
def _progress() -> Iterator[None]:
    started = time.monotonic()

    def show(message: str) -> None:
        # a refresh that cannot say how far it is (its log's disk is full) still is a refresh
        with suppress(OSError):
            err.print(
                f"{time.monotonic() - started:6.1f} s  {message}", markup=False, soft_wrap=True
            )

    with listening(show):
        yield


def _published(settings: Settings, pointer: "Pointer") -> dict[str, Any]:
    from dataclasses import asdict

    from orchestration.reported import latest_verdicts

    return asdict(pointer) | {"verdicts": latest_verdicts(settings, pointer)}


def _verdict_table(settings: Settings, pointer: "Pointer") -> None:
    from orchestration.reported import latest_verdicts
    from orchestration.verdict_table import verdict_table

    verdicts = latest_verdicts(settings, pointer)
    if not verdicts:
        out.print("No month is closed yet at the as-of: there is no verdict so far.")
        return
    out.print(verdict_table(verdicts))


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=str))


def _become(command: list[str], settings: Settings) -> None:
    os.environ[HOME_VARIABLE] = str(settings.home)
    sys.stdout.flush()
    os.execv(command[0], command)


def _say_last(sentence: str) -> None:
    # where even that cannot be written, the exit code tells
    with suppress(OSError):
        err.print(sentence, markup=False, soft_wrap=True)


def _settings_if_any() -> Settings | None:
    try:
        return load_settings(_home_from_arguments())
    except SeatshiftError:
        return None


def _write_fault(text: str) -> str:
    """Keep the traceback for us: in the home where there is one, else in the temporary folder."""
    import tempfile

    name = f"fault-{time.strftime('%Y%m%d-%H%M%S')}.log"
    for folder in (_home_from_arguments() / "var" / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        except OSError as error:
            reason = error.strerror
        else:
            return str(folder / name)
    return f"no log could be written ({reason})"


def _home_from_arguments() -> Path:
    for place, argument in enumerate(sys.argv):
        if argument == "--home" and place + 1 < len(sys.argv):
            return Path(sys.argv[place + 1])
        if argument.startswith("--home="):
            return Path(argument.removeprefix("--home="))
    return home_from_environment()


if __name__ == "__main__":
    main()
