"""What `seatshift connect` prints about a proposed mapping."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.connect.plan import Proposal
from orchestration.connect.trial import Trial


def print_proposal(console: Console, proposal: Proposal, trials: list[Trial]) -> None:
    """Print what the files are taken for, what was detected, and the first rows of each export."""
    console.print()
    console.print(", ".join(proposal.files), markup=False, soft_wrap=True, style="bold")
    console.print(f"  taken for {proposal.why}", markup=False, soft_wrap=True)
    console.print(f"  read as {'; '.join(proposal.words)}", markup=False, soft_wrap=True)
    shown: set[str] = set()
    for trial in trials:
        console.print(f"  {_counts(trial)}", markup=False, soft_wrap=True)
        if trial.problem is not None:
            console.print(f"  {trial.file} {trial.problem}", markup=False, soft_wrap=True)
        if trial.rows and trial.export not in shown:
            shown.add(trial.export)
            console.print(_table(trial))


def _counts(trial: Trial) -> str:
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (trial.loaded, "would load"),
            (trial.quarantined, "quarantined"),
            (trial.skipped, "skipped"),
        )
        if number or word == "would load"
    ]
    return f"{trial.export}: {', '.join(parts)}"


def _table(trial: Trial) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for column in trial.columns:
        table.add_column(column, overflow="fold")
    for row in trial.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
