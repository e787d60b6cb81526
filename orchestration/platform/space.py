"""How much disk and address space a refresh needs, and how much there is."""

import resource
import shutil
from pathlib import Path

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import Settings

GIB = 1024**3
# what Python, its libraries and the stacks of their threads reserve beside DuckDB; below about
# 2 GiB the C library ends the process where it can no longer say why
ADDRESSES_NEEDED = 3 * GIB
ADDRESSES_BESIDE_DUCKDB = 2 * GIB
LEAST_FOR_DUCKDB = GIB // 2


def disk_needed(settings: Settings) -> int:
    """Bytes that a refresh may take: three times the largest build, and room to breathe."""
    sizes = [path.stat().st_size for path in settings.builds.glob("*.duckdb")]
    return 3 * max(sizes, default=0) + GIB


def disk_free(path: Path) -> int:
    """Bytes free where the path is or would be."""
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


def need_disk(settings: Settings) -> None:
    """Raise SeatshiftError where the disk is too small for a refresh."""
    needed, free = disk_needed(settings), disk_free(settings.var)
    if free < needed:
        raise SeatshiftError(
            f"{settings.var} has {free / GIB:.1f} GiB free and a refresh needs {needed / GIB:.1f}: "
            "free some space, then refresh again; the published snapshot is unchanged."
        )


def need_addresses() -> None:
    """Raise SeatshiftError where this process may address too little memory to build."""
    limit = address_limit()
    if limit is not None and limit < ADDRESSES_NEEDED:
        raise SeatshiftError(
            f"This process may use {limit / GIB:.1f} GiB of address space (`ulimit -v`) and a "
            f"refresh needs {ADDRESSES_NEEDED / GIB:.0f} GiB at least: raise the limit, or bound "
            "memory with limits.memory_limit_mb in settings.toml instead; "
            "the published snapshot is unchanged."
        )


def duckdb_memory_mb(settings: Settings) -> int:
    """limits.memory_limit_mb, or what the limit of this process leaves, where that is less."""
    limit = address_limit()
    if limit is None:
        return settings.memory_limit_mb
    left = max(limit - ADDRESSES_BESIDE_DUCKDB, LEAST_FOR_DUCKDB) // 1024**2
    return min(settings.memory_limit_mb, left)


def address_limit() -> int | None:
    """Bytes of address space that this process may use; None without a limit."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit
