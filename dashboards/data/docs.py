"""Where the audit's Data Docs lie on disk, and under which address they are served."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from dashboards.data.warehouse import Snapshot, home

DOCS_ROUTE = "/data-docs"
SITE = Path("gx") / "uncommitted" / "data_docs" / "local_site"


def docs_folder(build_id: str) -> Path:
    """The folder of a build's Data Docs; a name that is no build id leads nowhere."""
    name = build_id if re.fullmatch(r"[0-9a-f]{8,64}", build_id) else "none"
    return home() / "var" / "gx" / name / SITE


def docs_link(snapshot: Snapshot) -> str | None:
    """The address of the snapshot's Data Docs on this server; null where none were kept."""
    if not (docs_folder(snapshot.build_id) / "index.html").is_file():
        return None
    return f"{DOCS_ROUTE}/{snapshot.build_id}/index.html"


@dataclass(frozen=True)
class Rule:
    """One rule of the audit and what it found."""

    name: str
    severity: str
    passed: bool
    observed: str
    relation: str = ""
    sentence: str = ""
    offenders: tuple[str, ...] = ()


def audited_rules(snapshot: Snapshot) -> list[Rule]:
    """The rules that the snapshot was judged by; empty where the evidence was cleaned up."""
    if not re.fullmatch(r"[0-9a-f]{8,64}", snapshot.build_id):
        return []
    path = home() / "var" / "builds" / f"{snapshot.build_id}.audit.json"
    try:
        evidence = json.loads(path.read_text(encoding="utf-8"))["evidence"]
        return [
            Rule(
                rule["rule"],
                rule["severity"],
                rule["passed"],
                str(rule["observed"]),
                relation=str(rule.get("relation", "")),
                sentence=str(rule.get("sentence", "")),
                offenders=tuple(str(offender) for offender in rule.get("offenders", [])),
            )
            for rule in evidence
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
