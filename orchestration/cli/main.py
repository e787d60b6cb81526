"""The command line, `seatshift`. Commands import what they need when they run: help stays fast."""

import logging
import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import typer

from orchestration.cli import bills, connect, homes, prices, refreshes, servers
from orchestration.cli.shared import err
from orchestration.platform.errors import EXIT_FAULT, SeatshiftError
from orchestration.platform.home import home_from_environment
from orchestration.platform.pointer_moves import consequence
from orchestration.platform.private import OWNER_ALONE
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.supervise import supervised

app = typer.Typer(
    name="seatshift",
    help="Decide from your own exports whether, where and when to move from per-seat pricing to "
    "usage, credit, outcome or hybrid pricing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# each command with its example, in the order of the help: everyday commands first
COMMANDS = (
    (homes.init, "init my-company"),
    (connect.connect, "connect --home my-company"),
    (homes.check, "check --home my-company"),
    (refreshes.refresh, "refresh --home my-company"),
    (refreshes.status, "status --home my-company"),
    (servers.dashboard, "dashboard --home my-company --port 8600"),
    (servers.dagster, "dagster --home my-company"),
    (refreshes.gaps, "gaps --rows reference/contract_prices.csv --home my-company"),
    (bills.explain, "explain acme --period 2026-09 --home my-company"),
    (prices.whatif, "whatif --set charges.seat.unit_amount=29 --home my-company"),
    (prices.solve, "solve hybrid --price charges.hybrid_seat.unit_amount=20..35"),
    (refreshes.history, "history --segment smb --home my-company"),
    (refreshes.backfill, "backfill --months 12 --home my-company"),
    (refreshes.rollback, "rollback 7 --home my-company"),
    (homes.doctor, "doctor --home my-company"),
    (homes.recover_decisions, "recover-decisions --home my-company"),
    (homes.generate, "generate invented --accounts 1000 --months 24"),
)
for command, example in COMMANDS:
    # \b keeps the help from wrapping the line
    app.command(epilog=f"\b\nExample:\n  seatshift {example}")(command)

# these handle signals themselves
SERVERS = (["dagster"], ["dashboard"])
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run a command; a failure prints one sentence and sets the exit code, never a traceback."""
    os.umask(OWNER_ALONE)
    # otherwise a log line that does not fit on a full disk would print a traceback
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
        from orchestration.platform.failures import explained

        reason = explained(error, _settings_if_any())
        if reason is None:
            reason = "Unexpected error"
            details = f" Details: {_write_fault(traceback.format_exc())}"
        else:
            details = ""
        _say_last(f"{reason[0].upper()}{reason[1:]}; {consequence()}.{details}")
        sys.exit(EXIT_FAULT)


def _say_last(sentence: str) -> None:
    # if even this cannot be written, the exit code still reports the failure
    with suppress(OSError):
        err.print(sentence, markup=False, soft_wrap=True)


def _settings_if_any() -> Settings | None:
    try:
        return load_settings(_home_from_arguments())
    except SeatshiftError:
        return None


def _write_fault(text: str) -> str:
    """Write the traceback to the home's logs, or to the temporary folder; return its path."""
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
