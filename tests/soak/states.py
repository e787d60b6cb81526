"""A home in its state before each step of a refresh, made once and restored before each fault.

A build names the Parquet files that it reads by their whole path, so a state is always put back
where it was made.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.soak import companies
from tests.soak.forks import ForkServer

# step -> the state that it begins from; what a state is named after is done in it
BEGINS = {
    "land": "grown",
    "inputs": "landed",
    "arrival": "presented",
    "models": "arrived",
    "audit": "built",
    "publish": "audited",
    "finish": "pointed",
    "refresh": "grown",
}


@dataclass(frozen=True)
class States:
    """The home at work, and copies of it; a, b and c are the published generations 1, 2 and 3."""

    home: Path
    folder: Path

    @staticmethod
    def below(folder: Path) -> "States":
        return States(folder / "home", folder / "states")

    def path(self, name: str) -> Path:
        return self.folder / name

    def take(self, name: str) -> None:
        # the SQL that dbt leaves for people: a thousand files that nothing reads
        for scratch in ("compiled", "run"):
            shutil.rmtree(self.home / "var" / "dbt" / "target" / scratch, ignore_errors=True)
        _copied(self.home, self.path(name))

    def put(self, name: str, *, linked: bool = True) -> Path:
        """The home as it was; linked, closed DuckDB files are shared with the state.

        The product replaces these and never writes into them: proofs compare their sha256. Who
        damages files takes copies of its own.
        """
        shutil.rmtree(self.home, ignore_errors=True)
        _copied(self.path(name), self.home, linked=linked)
        return self.home


def make_states(server: ForkServer, folder: Path) -> States:
    """Refresh the company in its three states, the second time step by step."""
    states = States.below(folder)
    states.folder.mkdir(parents=True)
    home = companies.first(states.home)
    server.command(home, "refresh").must()
    states.take("a")
    companies.grown(home)
    states.take("grown")
    for step, state in (
        ("land", "landed"),
        ("inputs", "presented"),
        ("arrival", "arrived"),
        ("models", "built"),
        ("audit", "audited"),
        ("point", "pointed"),
        ("finish", "b"),
    ):
        server.call(step, home).must()
        states.take(state)
    companies.dearer(home)
    server.command(home, "refresh").must()
    states.take("c")
    return states


def _copied(source: Path, target: Path, *, linked: bool = False) -> None:
    """A copy with times and permissions; `cp` is many times faster than Python."""
    target.parent.mkdir(parents=True, exist_ok=True)
    flags = "-al" if linked else "-a"
    subprocess.run(["cp", flags, str(source), str(target)], check=True)
    if not linked:
        return
    for path in target.rglob("*"):
        if path.is_file() and not path.is_symlink() and not _is_closed(path):
            own = path.with_name(f"{path.name}.own")
            shutil.copy2(path, own)
            own.replace(path)


def _is_closed(path: Path) -> bool:
    return path.suffix == ".duckdb" and path.name != "building.duckdb"
