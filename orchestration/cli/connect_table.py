"""What `seatshift connect` prints about a proposed mapping."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.connect.plan import Proposal
from orchestration.connect.trial import Trial

MOST_NAMED = 3


def print_proposal(console: Console, proposal: Proposal, trials: list[Trial]) -> None:
    """Print what the files are taken for, what was detected, and the first rows of each export."""
    console.print()
    console.print(named(proposal.files), markup=False, soft_wrap=True, style="bold")
    console.print(f"  taken for {proposal.why}", markup=False, soft_wrap=True)
    console.print(f"  read as {'; '.join(proposal.words)}", markup=False, soft_wrap=True)
    for export in dict.fromkeys(trial.export for trial in trials):
        ours = [trial for trial in trials if trial.export == export]
        console.print(f"  {_counts(export, ours)}", markup=False, soft_wrap=True)
        for trial in ours:
            if trial.problem is not None:
                console.print(f"  {trial.problem}", markup=False, soft_wrap=True)
        shown = next((trial for trial in ours if trial.rows), None)
        if shown is not None:
            console.print(_table(shown))


def named(files: tuple[str, ...]) -> str:
    """The files, or the first and the last of many."""
    if len(files) <= MOST_NAMED:
        return ", ".join(files)
    return f"{files[0]} to {files[-1]} ({len(files)} files)"


def _counts(export: str, trials: list[Trial]) -> str:
    sums = (
        (sum(trial.loaded for trial in trials), "would load"),
        (sum(trial.quarantined for trial in trials), "quarantined"),
        (sum(trial.skipped for trial in trials), "skipped"),
    )
    parts = [f"{number:,} {word}" for number, word in sums if number or word == "would load"]
    return f"{export}: {', '.join(parts)}"


def _table(trial: Trial) -> Table:
    """The rows beside each other, because they are wide."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Column", no_wrap=True)
    for number in range(len(trial.rows)):
        table.add_column(f"Row {number + 1}", overflow="fold")
    for place, column in enumerate(trial.columns):
        table.add_row(column, *(Text(row[place]) for row in trial.rows))
    return table
