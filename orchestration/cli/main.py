"""The command line: `seatshift`. Imports are made where they are used, so that help is quick."""

import logging
import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import typer

from orchestration.cli import bills, homes, prices, refreshes, servers
from orchestration.cli.shared import err
from orchestration.platform.errors import EXIT_FAULT, SeatshiftError
from orchestration.platform.home import home_from_environment
from orchestration.platform.pointer_moves import consequence
from orchestration.platform.private import OWNER_ALONE
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.supervise import supervised

app = typer.Typer(
    name="seatshift",
    help="Whether, where and when to move from per-seat to other pricing, from your exports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# in the order of the help: from a new home to its servers, then what is rarely needed
COMMANDS = (
    homes.init,
    homes.check,
    refreshes.refresh,
    refreshes.status,
    servers.dashboard,
    servers.dagster,
    bills.explain,
    prices.whatif,
    prices.solve,
    refreshes.history,
    refreshes.backfill,
    refreshes.rollback,
    homes.doctor,
    homes.recover_decisions,
    homes.generate,
)
for command in COMMANDS:
    app.command()(command)

# these see to signals themselves
SERVERS = (["dagster"], ["dashboard"])
EXIT_INTERRUPTED = 130


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
