"""A home's settings.toml and its folders."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.platform.errors import InputError

# how messages call a type
A = {str: "a text in quotes", int: "a whole number"}

# section -> key -> (type, default); all settings are optional
KNOWN: dict[str, dict[str, tuple[type, Any]]] = {
    "company": {
        "name": (str, "Unnamed company"),
        "time_zone": (str, "UTC"),
        "reporting_currency": (str, "USD"),
        "value_meter": (str, ""),
    },
    "windows": {
        "outcome_reopen_hours": (int, 72),
    },
    "refresh": {
        "hour": (int, 6),
        "interval_hours": (int, 24),
        "grace_hours": (int, 6),
        "snapshots_kept": (int, 7),
    },
    "limits": {
        "max_file_mb": (int, 20480),
        "memory_limit_mb": (int, 8192),
        "threads": (int, 2),
        "stall_minutes": (int, 10),
    },
}


@dataclass(frozen=True)
class Settings:
    """One home: its settings and its folders."""

    home: Path
    company_name: str
    time_zone: str
    reporting_currency: str
    value_meter: str
    outcome_reopen_hours: int
    refresh_hour: int
    interval_hours: int
    grace_hours: int
    snapshots_kept: int
    max_file_bytes: int
    memory_limit_mb: int
    threads: int
    stall_minutes: int
    # folder for derived state instead of HOME/var, for runs that must not change the home
    state: Path | None = None

    @property
    def exports(self) -> Path:
        return self.home / "exports"

    @property
    def reference(self) -> Path:
        return self.home / "reference"

    @property
    def mappings(self) -> Path:
        return self.home / "mappings"

    @property
    def var(self) -> Path:
        return self.state or self.home / "var"

    @property
    def landing(self) -> Path:
        return self.var / "landing"

    @property
    def builds(self) -> Path:
        return self.var / "builds"

    @property
    def snapshots(self) -> Path:
        return self.var / "snapshots"

    @property
    def pointer(self) -> Path:
        return self.var / "current.json"


def load_settings(home: Path) -> Settings:
    """Read HOME/settings.toml; an unknown or invalid entry raises InputError."""
    home = home.expanduser().resolve()
    if not home.is_dir():
        raise InputError(
            f"{home} is not a folder; give a home with --home, "
            "or create one with `seatshift init DIR`."
        )
    path = home / "settings.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{path} is missing; a home needs one, and `seatshift init DIR` writes it."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}.") from None
    values = _checked(path, raw)
    zone = values["company"]["time_zone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"{path}: company.time_zone is {zone!r}, which is not an IANA time zone; "
            "use one such as Europe/Berlin."
        ) from None
    return Settings(
        home=home,
        company_name=values["company"]["name"],
        time_zone=zone,
        reporting_currency=values["company"]["reporting_currency"],
        value_meter=values["company"]["value_meter"],
        outcome_reopen_hours=values["windows"]["outcome_reopen_hours"],
        refresh_hour=values["refresh"]["hour"],
        interval_hours=values["refresh"]["interval_hours"],
        grace_hours=values["refresh"]["grace_hours"],
        snapshots_kept=values["refresh"]["snapshots_kept"],
        max_file_bytes=values["limits"]["max_file_mb"] * 1024 * 1024,
        memory_limit_mb=values["limits"]["memory_limit_mb"],
        threads=values["limits"]["threads"],
        stall_minutes=values["limits"]["stall_minutes"],
    )


def _checked(path: Path, raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    for section, entries in raw.items():
        if section not in KNOWN or not isinstance(entries, dict):
            raise InputError(
                f"{path}: [{section}] is not a known section; "
                f"use one of {', '.join(f'[{name}]' for name in KNOWN)}."
            )
        for key, value in entries.items():
            if key not in KNOWN[section]:
                raise InputError(
                    f"{path}: {section}.{key} is not a known setting; "
                    f"use one of {', '.join(KNOWN[section])}."
                )
            kind = KNOWN[section][key][0]
            if not isinstance(value, kind) or isinstance(value, bool):
                raise InputError(f"{path}: {section}.{key} is {value!r}; it must be {A[kind]}.")
            if isinstance(value, int) and value < 0:
                raise InputError(f"{path}: {section}.{key} is {value}; it must not be negative.")
    return {
        section: {key: raw.get(section, {}).get(key, default) for key, (_, default) in keys.items()}
        for section, keys in KNOWN.items()
    }
