"""Seven ways to damage a file, and which files a home has, a few of each kind."""

import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path


def truncated(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    _rewrite(path, content[: rng.randrange(1, max(len(content), 2))])


def empty(path: Path, rng: random.Random) -> None:
    _rewrite(path, b"")


def garbage(path: Path, rng: random.Random) -> None:
    _rewrite(path, rng.randbytes(max(path.stat().st_size, 64)))


def one_bit(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    if content:
        place = rng.randrange(len(content))
        content[place] ^= 1 << rng.randrange(8)
    _rewrite(path, bytes(content))


def deleted(path: Path, rng: random.Random) -> None:
    path.unlink()


def a_folder(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.mkdir()


def unreadable(path: Path, rng: random.Random) -> None:
    path.chmod(0)


DAMAGES: dict[str, Callable[[Path, random.Random], None]] = {
    damage.__name__: damage
    for damage in (truncated, empty, garbage, one_bit, deleted, a_folder, unreadable)
}


def kinds(home: Path) -> dict[str, list[str]]:
    """Every file below HOME/var, decisions.sqlite and verdicts.jsonl, by what kind of file it is.

    Pictures and fonts of the audit's pages are left out.
    """
    found: dict[str, list[str]] = defaultdict(list)
    files = [path for path in (home / "var").rglob("*") if path.is_file()]
    for path in sorted([*files, *home.glob("decisions.sqlite*"), *home.glob("verdicts.jsonl")]):
        name = path.relative_to(home).as_posix()
        if "/data_docs/" in name and path.suffix != ".html":
            continue
        found[_kind(name)].append(name)
    return dict(found)


def _kind(name: str) -> str:
    """The name without what tells apart files of the same kind."""
    name = re.sub(r"[0-9a-f]{32,64}|[0-9a-f]{16}", "*", name)
    if name.startswith("var/gx/"):
        return f"var/gx/*{Path(name).suffix}"
    name = re.sub(r"month=\d{4}-\d{2}", "month=*", name)
    name = re.sub(r"v\d{6}", "v*", name)
    return re.sub(r"landing/[a-z_]+/", "landing/<export>/", name)


def unlinked(path: Path) -> None:
    """Make a file that is shared with a prepared state the home's own."""
    own = path.with_name(f"{path.name}.own")
    shutil.copy2(path, own)
    own.replace(path)


def _rewrite(path: Path, content: bytes) -> None:
    """Other content in place, permissions as they were."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)
