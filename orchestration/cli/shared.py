"""What all commands share: consoles, common options and progress output."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.platform.home import HOME_VARIABLE, home_from_environment
from orchestration.platform.private import close_to_others, write_privately
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings, load_settings


class _Errors(Console):
    """Standard error; if its reader is gone, the command continues and only sets its exit code."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


out = Console(highlight=False)
err = _Errors(stderr=True, highlight=False)

Home = Annotated[
    Path | None,
    typer.Option("--home", help=f"The company's home; default: ${HOME_VARIABLE} or seeds."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def settings_of(home: Path | None) -> Settings:
    """Load the home's settings; everything written from then on is private to its owner."""
    settings = load_settings(home or home_from_environment())
    write_privately(settings.home)
    return settings


def close(settings: Settings) -> None:
    """Close to others what earlier versions left open, and report it if there was anything."""
    closed = close_to_others(settings.home, settings.var)
    if closed:
        err.print(closed, markup=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[None]:
    started = time.monotonic()

    def show(message: str) -> None:
        # progress that cannot be written (its log's disk is full) does not stop a refresh
        with suppress(OSError):
            err.print(
                f"{time.monotonic() - started:6.1f} s  {message}", markup=False, soft_wrap=True
            )

    with listening(show):
        yield


def counted(number: int, one: str, many: str | None = None) -> str:
    """The number with its noun, singular for one."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=str))
