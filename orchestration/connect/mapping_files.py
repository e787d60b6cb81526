"""Writes proposed mappings into a home, and removes them."""

from pathlib import Path
from typing import Any

import yaml

from orchestration.connect.plan import Proposal
from orchestration.platform.settings import Settings

MARK = "# Written by `seatshift connect`"


def write_mapping(settings: Settings, proposal: Proposal) -> Path:
    """Write the mapping under a name that is free; return its path."""
    settings.mappings.mkdir(parents=True, exist_ok=True)
    path = free_path(settings, proposal)
    text = (
        f"{MARK} for {_patterns(proposal.raw)}, taken for {proposal.name}.\n"
        "# Change it as you like. To take the files out again, delete this file, or run\n"
        "# `seatshift connect --undo`.\n"
    )
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text + _as_yaml(proposal.raw))
    return path


def free_path(settings: Settings, proposal: Proposal) -> Path:
    """The path under which the mapping would be written."""
    number = 1
    while True:
        suffix = f"_{number}" if number > 1 else ""
        path = settings.mappings / f"connect_{proposal.slug}{suffix}.yml"
        if not path.exists():
            return path
        number += 1


def written(settings: Settings) -> list[Path]:
    """The mappings that `connect` wrote."""
    return [
        path
        for path in sorted(settings.mappings.glob("connect_*.yml"))
        if path.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    ]


def _patterns(raw: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(str(source["pattern"]) for source in raw["sources"].values()))


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _as_yaml(raw: dict[str, Any]) -> str:
    return str(yaml.dump(raw, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000))
