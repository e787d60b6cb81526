"""The style of the SQL, read by sqlfluff; a file found clean is not read again until it changes.

`python -m tests.dbt.sql_style` reads every SQL file of the models and pages that is not known to be
clean, prints what sqlfluff finds and ends with 1 where it finds anything. What counts for a file is
its path, its content, the configuration and the version of sqlfluff: macros are rendered as
placeholders, so that no file depends on another. `.sqlfluff_cache/` can be deleted.
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWN_CLEAN = ROOT / ".sqlfluff_cache" / "clean.txt"
# dbt's macros are templates, of which models show placeholders; they are not read
PROJECT = ("dbt_project/models", "dbt_project/tests")
# parameters of the pages' queries are DuckDB's own, not Jinja
QUERIES = "dashboards/queries"


def sql_files() -> list[Path]:
    """The SQL of the dbt project and of the pages."""
    return sorted(path for folder in (*PROJECT, QUERIES) for path in (ROOT / folder).rglob("*.sql"))


def states(files: Iterable[Path]) -> dict[Path, str]:
    """What a file's findings hang on, by file."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    common = json.dumps([version("sqlfluff"), settings["sqlfluff"]], sort_keys=True)
    return {
        path: hashlib.sha256(
            b"\0".join([common.encode(), _name(path).encode(), path.read_bytes()])
        ).hexdigest()
        for path in files
    }


def clean_states() -> set[str]:
    """The states that were found clean before; none where that cannot be read."""
    try:
        return set(KNOWN_CLEAN.read_text(encoding="utf-8").split())
    except OSError:
        return set()


def write_clean(found: Iterable[str]) -> None:
    """Note what is clean, at once or not at all."""
    KNOWN_CLEAN.parent.mkdir(exist_ok=True)
    added = KNOWN_CLEAN.with_suffix(f".{os.getpid()}")
    added.write_text("".join(f"{state}\n" for state in sorted(found)), encoding="utf-8")
    added.replace(KNOWN_CLEAN)


def findings(files: Iterable[Path]) -> dict[Path, list[str]]:
    """What sqlfluff says of files that it finds anything in: a line for each, with its place."""
    names = [_name(path) for path in files]
    queries = [name for name in names if name.startswith(f"{QUERIES}/")]
    models = [name for name in names if name not in queries]
    return _lint(models) | _lint(queries, "--templater", "placeholder")


def _lint(names: list[str], *options: str) -> dict[Path, list[str]]:
    if not names:
        return {}
    command = [
        *(sys.executable, "-m", "sqlfluff", "lint", "-p", "2", "--disable-progress-bar"),
        *("--format", "json", *options, *names),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"sqlfluff ended with {done.returncode}: {done.stderr.strip()}")
    return {
        ROOT / file["filepath"]: list(_sentences(file))
        for file in json.loads(done.stdout)
        if file["violations"]
    }


def main() -> int:
    """Read what changed; 0 where all of it is clean."""
    current = states(sql_files())
    known = clean_states()
    unknown = [path for path, state in current.items() if state not in known]
    found = findings(unknown) if unknown else {}
    write_clean(state for path, state in current.items() if path not in found)
    for path in sorted(found):
        print("\n".join(found[path]))
    return 1 if found else 0


def _sentences(file: dict[str, object]) -> Iterator[str]:
    violations = file["violations"]
    assert isinstance(violations, list)
    for one in violations:
        place = f"{file['filepath']}:{one['start_line_no']}:{one['start_line_pos']}"
        yield f"{place}: {one['code']} {one['description']}"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
