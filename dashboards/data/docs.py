"""Where the audit's Data Docs are on disk, and the address at which they are served."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from dashboards import access
from dashboards.data.warehouse import Snapshot, home

DOCS_ROUTE = "/data-docs"
FIGURE = re.compile(r"[-+.,%\d\s]*")
SITE = Path("gx") / "uncommitted" / "data_docs" / "local_site"


def docs_folder(build_id: str) -> Path:
    """The folder of a build's Data Docs; None unless the name is a build id."""
    name = build_id if re.fullmatch(r"[0-9a-f]{8,64}", build_id) else "none"
    return home() / "var" / "gx" / name / SITE


def docs_link(snapshot: Snapshot) -> str | None:
    """The address of the snapshot's Data Docs on this server; None if there are none to open."""
    return link_of(snapshot.build_id)


def link_of(build_id: str) -> str | None:
    """The address of a build's Data Docs; None if deleted or not for this person.

    They quote rows of the exports, with account names.
    """
    if not access.sees_names() or not (docs_folder(build_id) / "index.html").is_file():
        return None
    return f"{DOCS_ROUTE}/{build_id}/index.html"


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


def found(observed: str) -> str:
    """What a rule found: a figure, or a quotation from the exports."""
    return observed if FIGURE.fullmatch(observed) else access.words(observed) or ""


def audited_rules(snapshot: Snapshot) -> list[Rule]:
    """The rules of the snapshot's audit; empty if the evidence was deleted.

    Quotations from the exports are shown only to people who may see account names.
    """
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
                found(str(rule["observed"])),
                relation=str(rule.get("relation", "")),
                sentence=str(rule.get("sentence", "")),
                offenders=tuple(
                    access.words(str(offender)) or "" for offender in rule.get("offenders", [])
                ),
            )
            for rule in evidence
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
