"""What every command shares: where it prints, its home and how far it is."""

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
    """Standard error; where nobody reads it any more, the command goes on and its code tells."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


out = Console(highlight=False)
err = _Errors(stderr=True, highlight=False)

Home = Annotated[
    Path | None,
    typer.Option("--home", help=f"The company's home; default ${HOME_VARIABLE}, else seeds."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def settings_of(home: Path | None) -> Settings:
    """The home's settings; from here on the command writes for the home's readers alone."""
    settings = load_settings(home or home_from_environment())
    write_privately(settings.home)
    return settings


def close(settings: Settings) -> None:
    """Close to others what earlier versions wrote, and say so where there was any."""
    closed = close_to_others(settings.home, settings.var)
    if closed:
        err.print(closed, markup=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[None]:
    started = time.monotonic()

    def show(message: str) -> None:
        # a refresh that cannot say how far it is (its log's disk is full) still is a refresh
        with suppress(OSError):
            err.print(
                f"{time.monotonic() - started:6.1f} s  {message}", markup=False, soft_wrap=True
            )

    with listening(show):
        yield


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=str))
