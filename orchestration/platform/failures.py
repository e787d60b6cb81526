"""Distinguishes failures of the machine from bugs and describes each in one sentence.

A full disk can surface as an OSError, as DuckDB's IOException, as text in a dbt result or as an
observation of Great Expectations; a failed allocation has as many shapes. The sentences have no
full stop, because the caller adds what the failure means for readers.
"""

import re
import resource
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.platform.published import damage
from orchestration.platform.settings import Settings
from orchestration.platform.space import GIB, disk_free, disk_needed

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
# for these, the system's own message is clear enough
PLAIN = re.compile(
    r"permission denied|operation not permitted|read-only file system|input/output error"
    r"|too many open files|stale (nfs )?file handle",
    re.IGNORECASE,
)
FOLDER = re.compile(r"is a directory", re.IGNORECASE)
PATH = re.compile(r'"(/[^"\n]+)"')


def explained(error: BaseException, settings: Settings | None) -> str | None:
    """What failed (the machine, or a damaged file) and what to do; None for a bug."""
    sentence = of_machine(error, settings)
    if sentence is not None or settings is None:
        return sentence
    if not any(isinstance(one, duckdb.Error) for one in _chain(error)):
        return None
    # checked only after a failure: hashing a large snapshot takes seconds
    return damage(settings) or _of_corruption(str(error))


def of_machine(error: BaseException, settings: Settings | None) -> str | None:
    """What failed and what to do, if it was disk, memory or permissions; otherwise None."""
    sentences = (_of_error(one, settings) for one in _chain(error))
    return next((sentence for sentence in sentences if sentence is not None), None)


def explained_text(text: str, settings: Settings | None) -> str | None:
    """The same for a library's error text."""
    path = PATH.search(text)
    place = Path(path.group(1)) if path else None
    if FULL.search(text):
        return _disk(place, settings)
    if QUOTA.search(text):
        return (
            f"the disk quota is used up at {_named(place, settings)}: free some space or raise the "
            "quota"
        )
    if TOO_LARGE.search(text):
        return _file_size(place, settings)
    if REFUSED_MEMORY.search(text):
        return (
            "the system refused this process more memory or threads (see `ulimit -a` or the "
            "container's limits): raise the limit, or lower limits.memory_limit_mb and "
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
        "run `seatshift refresh --full-refresh` to rebuild it"
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
    return f"{_named(place, settings)} reached the maximum file size{bound}: raise the limit"


def _named(place: Path | None, settings: Settings | None) -> str:
    return str(place or (settings.var if settings is not None else Path.cwd()))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
