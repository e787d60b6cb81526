"""Whether a move left every cell of every public mart as it was.

    python -m benchmarks.compare_marts record before
    ... move things about, commit ...
    python -m benchmarks.compare_marts record after
    python -m benchmarks.compare_marts compare before after

`record` makes three homes (the demo, the golden company in Berlin, a generated company) and keeps
the rows of their marts; `--home NAME=PATH` takes the published snapshot of another home instead.
`compare` names what differs: tables, columns, types, rows and cells with their key, before and
after; it ends with 1 where anything does. Clocks and ids of builds (`IGNORED`) do not count.
Tables and columns that were renamed are compared where a file says so (`--renames`), a line each:

    fct_old=fct_new
    fct_old.column=other_column
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.mart_recordings import (
    IGNORED,
    TABLES,
    Company,
    Table,
    berlin,
    demo,
    generated,
    published,
    read_tables,
    record,
)
from orchestration.platform.warehouse import quoted

SHOWN = 5
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE")


@dataclass(frozen=True)
class Renames:
    """New names by old ones: of tables, and of columns by old table and old column."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)


def read_renames(path: Path) -> Renames:
    """The renames that a file lists; SystemExit, one sentence, where a line is none."""
    renames = Renames()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        said = line.partition("#")[0].strip()
        old, sign, new = (part.strip() for part in said.partition("="))
        if not said:
            continue
        if not (sign and old and new) or "." in new:
            raise SystemExit(
                f"{path}, line {number}: write `old_table=new_table` or "
                f"`old_table.old_column=new_column`, not {said!r}."
            )
        table, dot, column = old.partition(".")
        if dot:
            renames.columns[table, column] = new
        else:
            renames.tables[table] = new
    return renames


def compare(
    before: Path, after: Path, *, renames: Renames | None = None, shown: int = SHOWN
) -> Iterator[str]:
    """Every difference between two recordings, a line each; of rows and cells the first few."""
    homes, now = (_homes(folder) for folder in (before, after))
    yield from _unmatched("home", homes, now)
    with duckdb.connect() as connection:
        for home in sorted(set(homes) & set(now)):
            sides = (before / home, after / home)
            for line in _home_differences(connection, *sides, renames or Renames(), shown):
                yield f"{home}.{line}"


@dataclass(frozen=True)
class _Pair:
    """One mart in both recordings; `columns` are those in both, by old name, with their new one."""

    name: str
    before: Table
    after: Table
    columns: dict[str, str]

    def differences(self) -> Iterator[str]:
        """Columns that are in one of the two, or of another type."""
        after = [column for column in self.after.columns if column not in self.columns.values()]
        gone = [column for column in self.before.columns if column not in self.columns]
        yield from (f"{self.name}: the column {column} is gone" for column in gone)
        yield from (f"{self.name}: the column {column} is new" for column in after)
        for old, new in self.columns.items():
            was, now = self.before.columns[old], self.after.columns[new]
            if was != now:
                yield f"{self.name}.{old}: the type is {now} and was {was}"

    def select(self, path: Path, *, is_after: bool) -> str:
        """The columns that are compared, by their old names; unlike types as text."""
        listed = []
        for old, new in self.columns.items():
            was, now = self.before.columns[old], self.after.columns[new]
            name = f'"{new if is_after else old}"'
            if was != now and not (was.startswith(NUMBERS) and now.startswith(NUMBERS)):
                name = f"cast({name} as varchar)"
            if old not in IGNORED:
                listed.append(f'{name} as "{old}"')
        return f"select {', '.join(listed)} from read_parquet({quoted(str(path))})"


def _home_differences(
    connection: duckdb.DuckDBPyConnection,
    before: Path,
    after: Path,
    renames: Renames,
    shown: int,
) -> Iterator[str]:
    (version, was), (version_now, now) = read_tables(before), read_tables(after)
    names = {name: renames.tables.get(name, name) for name in was}
    yield from _unmatched("table", list(names.values()), list(now))
    for old, new in names.items():
        if new not in now:
            continue
        columns = {
            column: renamed
            for column in was[old].columns
            if (renamed := renames.columns.get((old, column), column)) in now[new].columns
        }
        pair = _Pair(new, was[old], now[new], columns)
        yield from pair.differences()
        is_same = (version, pair.before) == (version_now, pair.after)
        if is_same and all(old == new for old, new in columns.items()):
            continue
        for side, path, is_after in (
            ("before", before / f"{old}.parquet", False),
            ("after", after / f"{new}.parquet", True),
        ):
            select = pair.select(path, is_after=is_after)
            connection.execute(f"create or replace view {side} as {select}")
        yield from _row_differences(connection, pair, shown)


def _row_differences(
    connection: duckdb.DuckDBPyConnection, pair: _Pair, shown: int
) -> Iterator[str]:
    compared = [column for column in pair.columns if column not in IGNORED]
    grain = [column for column in pair.before.grain if column in compared]
    if grain and grain == pair.before.grain and _is_unique(connection, grain):
        yield from _cells(connection, pair.name, grain, compared, shown)
    else:
        # nothing names a row: whole rows are there as often, or they are not
        for what, one, other in (("missing", "before", "after"), ("surplus", "after", "before")):
            lacking = f"from (from {one} except all from {other})"
            yield from _some(connection, f"{pair.name}: {{}} {what}", lacking, compared, shown)


def _cells(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    grain: Sequence[str],
    compared: Sequence[str],
    shown: int,
) -> Iterator[str]:
    met = " and ".join(f'before."{key}" is not distinct from after."{key}"' for key in grain)
    for what, one, other in (("missing", "before", "after"), ("surplus", "after", "before")):
        lacking = f"from {one} where not exists (from {other} where {met})"
        yield from _some(connection, f"{name}: {{}} {what}", lacking, grain, shown)
    values = [column for column in compared if column not in grain]
    if not values:
        return
    differing = ", ".join(
        f'count(*) filter (where before."{value}" is distinct from after."{value}")'
        for value in values
    )
    joined = f"from before inner join after on {met}"
    counts = connection.execute(f"select {differing} {joined}").fetchone() or ()
    for value, count in zip(values, counts, strict=True):
        if not count:
            continue
        yield f"{name}.{value}: {count} {'cell differs' if count == 1 else 'cells differ'}"
        keys = ", ".join(f'before."{key}"' for key in grain)
        rows = connection.execute(
            f'select {keys}, before."{value}", after."{value}" {joined} '
            f'where before."{value}" is distinct from after."{value}" order by all limit {shown}'
        ).fetchall()
        for *key, was, now in rows:
            yield f"{name}.{value}: {_named(grain, key)}: {_text(was)} became {_text(now)}"


def _some(
    connection: duckdb.DuckDBPyConnection,
    sentence: str,
    rows: str,
    columns: Sequence[str],
    shown: int,
) -> Iterator[str]:
    """How many rows there are, in the place of the braces, and the first few by these columns."""
    counted = connection.execute(f"select count(*) {rows}").fetchone()
    count = int(counted[0]) if counted else 0
    if count:
        yield sentence.format(f"{count} {'row is' if count == 1 else 'rows are'}")
        listed = ", ".join(f'"{column}"' for column in columns)
        found = connection.execute(f"select {listed} {rows} order by all limit {shown}").fetchall()
        place = sentence.partition(":")[0]
        yield from (f"{place}: {_named(columns, row)}" for row in found)


def _is_unique(connection: duckdb.DuckDBPyConnection, grain: Sequence[str]) -> bool:
    keys = ", ".join(f'"{key}"' for key in grain)
    return not any(
        connection.execute(
            f"select 1 from {side} group by {keys} having count(*) > 1 limit 1"
        ).fetchone()
        for side in ("before", "after")
    )


def _unmatched(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"the {what} {name} is gone" for name in sorted(set(before) - set(after)))
    yield from (f"the {what} {name} is new" for name in sorted(set(after) - set(before)))


def _homes(recording: Path) -> list[str]:
    found = [path.parent.name for path in recording.glob(f"*/{TABLES}")]
    if not found:
        raise SystemExit(f"{recording} holds no recording: make one with `record {recording}`.")
    return found


def _named(columns: Sequence[str], values: Sequence[object]) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in zip(columns, values, strict=True))


def _text(value: object) -> str:
    return "null" if value is None else str(value)


def _makers(arguments: argparse.Namespace) -> dict[str, Callable[[Path], Path]]:
    if arguments.home:
        named = (home.partition("=") for home in arguments.home)
        return {name: partial(_published, Path(path)) for name, _, path in named}
    company = Company(arguments.accounts, arguments.months, arguments.events)
    makers: dict[str, Callable[[Path], Path]]
    makers = {"demo": demo, "berlin": berlin, "generated": partial(generated, company=company)}
    return {name: makers[name] for name in arguments.only or makers}


def _published(home: Path, scratch: Path) -> Path:
    return published(home)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 1 where two recordings differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    recorder = commands.add_parser("record", help="Make the homes and keep their marts.")
    recorder.add_argument("folder", type=Path)
    recorder.add_argument("--only", action="append", choices=("demo", "berlin", "generated"))
    recorder.add_argument("--home", action="append", metavar="NAME=PATH")
    recorder.add_argument("--accounts", type=int, default=2000)
    recorder.add_argument("--months", type=int, default=12)
    recorder.add_argument("--events", type=int, default=200_000)
    comparer = commands.add_parser("compare", help="Name every cell that differs.")
    comparer.add_argument("before", type=Path)
    comparer.add_argument("after", type=Path)
    comparer.add_argument("--renames", type=Path, metavar="FILE")
    comparer.add_argument("--rows", type=int, default=SHOWN, help="Rows shown of each difference.")
    arguments = parser.parse_args(words)
    if arguments.command == "record":
        record(arguments.folder, _makers(arguments), lambda text: print(text, flush=True))
        return 0
    renames = read_renames(arguments.renames) if arguments.renames else Renames()
    found = 0
    for line in compare(arguments.before, arguments.after, renames=renames, shown=arguments.rows):
        found += 1
        print(line)
    print("Something differs." if found else "Every cell of every mart is the same.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
