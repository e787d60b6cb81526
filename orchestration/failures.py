"""Failures of the machine, told from faults of ours: one sentence for each, whoever raised it.

A full disk arrives as an OSError, as DuckDB's IOException, as text in a result of dbt or as what
Great Expectations observed; a refused allocation in as many shapes. Sentences have no full stop:
whoever shows them adds what the failure means for readers.
"""

import re
import resource
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.published import damage
from orchestration.settings import Settings
from orchestration.space import GIB, disk_free, disk_needed

FULL = re.compile(
    r"no space left on device|database or disk is full|max_temp_directory_size", re.IGNORECASE
)
QUOTA = re.compile(r"disk quota exceeded", re.IGNORECASE)
TOO_LARGE = re.compile(r"file too large", re.IGNORECASE)
REFUSED_MEMORY = re.compile(
    r"can't start new thread|cannot allocate memory|bad_alloc|allocation failure"
    r"|resource temporarily unavailable",
    re.IGNORECASE,
)
DUCKDB_MEMORY = re.compile(r"out of memory error", re.IGNORECASE)
CORRUPT = re.compile(
    r"not a valid duckdb database file|corrupt database file|checksum", re.IGNORECASE
)
# of these the system's own words say enough
PLAIN = re.compile(
    r"permission denied|operation not permitted|read-only file system|input/output error"
    r"|too many open files|stale (nfs )?file handle",
    re.IGNORECASE,
)
FOLDER = re.compile(r"is a directory", re.IGNORECASE)
PATH = re.compile(r'"(/[^"\n]+)"')


def explained(error: BaseException, settings: Settings | None) -> str | None:
    """What failed and what to do: the machine, or a damaged file; None for a fault of ours."""
    sentence = of_machine(error, settings)
    if sentence is not None or settings is None:
        return sentence
    if not any(isinstance(one, duckdb.Error) for one in _chain(error)):
        return None
    # looked at only now: checking a large snapshot before every command would take seconds
    return damage(settings) or _of_corruption(str(error))


def of_machine(error: BaseException, settings: Settings | None) -> str | None:
    """What failed and what to do, where disk, memory or permissions did; else None."""
    sentences = (_of_error(one, settings) for one in _chain(error))
    return next((sentence for sentence in sentences if sentence is not None), None)


def explained_text(text: str, settings: Settings | None) -> str | None:
    """The same for what a library has put in words already."""
    path = PATH.search(text)
    place = Path(path.group(1)) if path else None
    if FULL.search(text):
        return _disk(place, settings)
    if QUOTA.search(text):
        return (
            f"the disk quota is used up at {_named(place, settings)}: free some space or raise it"
        )
    if TOO_LARGE.search(text):
        return _file_size(place, settings)
    if REFUSED_MEMORY.search(text):
        return (
            "the system gave this process no more memory or threads (see `ulimit -a`, or the limit "
            "of the container): raise its limit, or lower limits.memory_limit_mb and "
            "limits.threads in settings.toml"
        )
    if DUCKDB_MEMORY.search(text):
        allowed = f" of {settings.memory_limit_mb} MB" if settings is not None else ""
        return (
            f"DuckDB needed more memory than limits.memory_limit_mb{allowed} allows: raise it in "
            "settings.toml if the machine has more, or set limits.threads to 1"
        )
    plain = PLAIN.search(text)
    if plain is not None:
        return (
            f"{_named(place, settings)} cannot be used ({plain.group().capitalize()}): "
            "see to that, then run the command again"
        )
    if FOLDER.search(text):
        return (
            f"{_named(place, settings)} is a folder where a file belongs: "
            "move it away, then run the command again"
        )
    return None


def _of_error(error: BaseException, settings: Settings | None) -> str | None:
    if isinstance(error, MemoryError):
        return explained_text("cannot allocate memory", settings)
    if isinstance(error, duckdb.OutOfMemoryException):
        return explained_text(f"Out of Memory Error: {error}", settings)
    if not isinstance(error, OSError):
        return explained_text(str(error), settings)
    # a rename names both ends, and the folder is the second
    path = error.filename2 or error.filename
    name = f'"{Path(str(path)).absolute()}"' if path else ""
    return explained_text(f"{error.strerror or error} {name}", settings)


def _of_corruption(text: str) -> str | None:
    if CORRUPT.search(text) is None:
        return None
    path = PATH.search(text)
    return (
        f"{path.group(1) if path else 'a database file of the home'} is damaged: "
        "run `seatshift refresh --full-refresh`, which builds it anew"
    )


def _disk(place: Path | None, settings: Settings | None) -> str:
    named = _named(place, settings)
    free = f"{disk_free(Path(named)) / GIB:.2f} GiB free"
    needed = f", a refresh needs about {disk_needed(settings) / GIB:.1f}" if settings else ""
    return (
        f"the disk is full at {named} ({free}{needed}): free some space, then run the command again"
    )


def _file_size(place: Path | None, settings: Settings | None) -> str:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    bound = (
        "" if limit == resource.RLIM_INFINITY else f" of {limit / 1024**2:,.0f} MiB (`ulimit -f`)"
    )
    return (
        f"{_named(place, settings)} reached the largest size{bound} that a file may have: raise it"
    )


def _named(place: Path | None, settings: Settings | None) -> str:
    return str(place or (settings.var if settings is not None else Path.cwd()))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, the outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
