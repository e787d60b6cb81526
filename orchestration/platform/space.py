"""Disk and address space: what a refresh needs and what is available."""

import resource
import shutil
from pathlib import Path

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import Settings

GIB = 1024**3
# what Python, its libraries and their thread stacks reserve besides DuckDB; below about 2 GiB the
# C library ends the process without a message
ADDRESSES_NEEDED = 3 * GIB
ADDRESSES_BESIDE_DUCKDB = 2 * GIB
LEAST_FOR_DUCKDB = GIB // 2


def disk_needed(settings: Settings) -> int:
    """Bytes that a refresh may need: three times the largest build, plus 1 GiB."""
    sizes = [path.stat().st_size for path in settings.builds.glob("*.duckdb")]
    return 3 * max(sizes, default=0) + GIB


def disk_free(path: Path) -> int:
    """Bytes free on the path's disk; the path need not exist."""
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


def need_disk(settings: Settings) -> None:
    """Raise SeatshiftError if there is too little disk space for a refresh."""
    needed, free = disk_needed(settings), disk_free(settings.var)
    if free < needed:
        raise SeatshiftError(
            f"{settings.var} has {free / GIB:.1f} GiB free, but a refresh needs "
            f"{needed / GIB:.1f} GiB; free some space, then refresh again (the published snapshot "
            "is unchanged)."
        )


def need_addresses() -> None:
    """Raise SeatshiftError if this process may use too little address space for a build."""
    limit = address_limit()
    if limit is not None and limit < ADDRESSES_NEEDED:
        raise SeatshiftError(
            f"This process may use {limit / GIB:.1f} GiB of address space (`ulimit -v`), but a "
            f"refresh needs at least {ADDRESSES_NEEDED / GIB:.0f} GiB; raise the limit, and cap "
            "memory with limits.memory_limit_mb in settings.toml instead (the published snapshot "
            "is unchanged)."
        )


def duckdb_memory_mb(settings: Settings) -> int:
    """limits.memory_limit_mb, or what this process's own limit leaves if that is less."""
    limit = address_limit()
    if limit is None:
        return settings.memory_limit_mb
    left = max(limit - ADDRESSES_BESIDE_DUCKDB, LEAST_FOR_DUCKDB) // 1024**2
    return min(settings.memory_limit_mb, left)


def address_limit() -> int | None:
    """Bytes of address space that this process may use; None without a limit."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit
