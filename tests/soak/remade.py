"""What a build shows that was rebuilt after its files had landed again.

Its figures are those of the build before, but for two tables. The history counts one build more:
it must say what was reported, by whom and how often. And of two files that land together with the
same row, the other one may have it: the ledger must end as many rows of each export in each way.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from tests.soak import proof

HISTORY, LEDGER = "marts.fct_verdict_history", "marts.load_ledger"
# the half of the history that follows from the exports alone
RECOMPUTED = f"""
    select segment, month, columns('recomputed_.*') from {HISTORY} order by segment, month
"""
COUNTED = (
    *("size_bytes", "rows_read", "loaded", "revisions", "duplicates", "quarantined", "skipped"),
    *("quantity_sum", "amount_sum"),
)
ENDS = f"""
    select export, count(*), {", ".join(f"sum({column})" for column in COUNTED)}
    from {LEDGER} group by export order by export
"""
WORDS = ("verdict", "scenario_id", "confidence", "weakest_link", "sentence", "flips")
SAID = f"""
    select segment, month::varchar, {", ".join(WORDS)}, told_build_id, telling_count, last_verdict
    from {HISTORY} where source = 'published' order by segment, month
"""
NOW = f"""
    select segment, month::varchar, {", ".join(WORDS)} from marts.fct_verdicts
    where month = (select max(month) from marts.fct_verdicts)
"""

Row = tuple[Any, ...]


def unlike(file: Path, other: Path) -> list[str]:
    """Tables that differ where they must not."""
    bad = [one for one in proof.differing(file, other) if one not in (HISTORY, LEDGER)]
    bad += [
        name
        for name, query in ((HISTORY, RECOMPUTED), (LEDGER, ENDS))
        if _rows(file, query) != _rows(other, query)
    ]
    return [f"mixed: {table} is another than before" for table in bad]


def unsaid(file: Path, reported: Path | None) -> list[str]:
    """Whether the history says what was reported; `reported` was written before the build."""
    own = proof.own_build_id(file)
    tellings: dict[tuple[str, str], list[tuple[str, Row]]] = defaultdict(list)
    for line in reported.read_text(encoding="utf-8").splitlines() if reported else []:
        entry = json.loads(line)
        for row in entry["verdicts"]:
            words = tuple(row[word] for word in WORDS)
            tellings[row["segment"], row["month"]].append((entry["build_id"], words))
    for segment, month, *judged in _rows(file, NOW):
        tellings[segment, month].append((own, tuple(judged)))
    expected = [
        (*key, *said[0][1], said[0][0], len({build for build, _ in said}), said[-1][1][0])
        for key, said in sorted(tellings.items())
    ]
    is_said = expected == _rows(file, SAID)
    return [] if is_said else ["lost: the history does not say what was reported"]


def _rows(file: Path, query: str) -> list[Row]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()
