"""The stored audit of one build: checks of its inputs and its models before publishing."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.platform.errors import AuditRefused
from orchestration.platform.files import read_json, write_json
from orchestration.platform.progress import say
from orchestration.platform.published import rows
from orchestration.platform.settings import Settings
from orchestration.platform.versions import code_version, library_versions
from orchestration.platform.warehouse import open_warehouse
from orchestration.validation.arrival import arrival_rules
from orchestration.validation.built import built_rules
from orchestration.validation.rules import Rule
from orchestration.validation.run import Finding, Suite, docs_index, write_docs

PASS = "PASS"
FAIL = "FAIL"
OPEN = "OPEN"  # the inputs passed, the models are not checked yet


def audit_arrival(settings: Settings, *, build_id: str, warehouse: Path) -> list[Finding]:
    """Check the exports in the build file; the verdict stays open until `audit_built`.

    The findings are stored in any case; the caller stops the refresh with `refuse_blocked`.
    """
    with open_warehouse(settings, warehouse, read_only=True) as connection:
        present = rows(connection, "select export from raw.export_status where is_present")
    found = _run(
        settings, build_id, warehouse, "arrival", arrival_rules([row["export"] for row in present])
    )
    verdict = FAIL if any(finding.blocks for finding in found) else OPEN
    if verdict == FAIL:
        write_docs(_folder(settings, build_id))
    _store(settings, build_id, verdict, found)
    return found


def audit_built(settings: Settings, *, build_id: str, warehouse: Path) -> list[Finding]:
    """Check the public models and decide: PASS requires both suites for this build id."""
    before = read_json(audit_path(settings, build_id)) or {}
    found = _run(settings, build_id, warehouse, "built", built_rules())
    write_docs(_folder(settings, build_id))
    has_arrived = before.get("build_id") == build_id and before.get("verdict") == OPEN
    passed = has_arrived and not any(finding.blocks for finding in found)
    earlier = [_finding(entry) for entry in before.get("evidence", [])]
    _store(settings, build_id, PASS if passed else FAIL, [*earlier, *found])
    return found


def refuse_blocked(found: list[Finding], docs: Path) -> None:
    """Raise AuditRefused with one sentence per critical rule that failed."""
    blocked = [finding for finding in found if finding.blocks]
    if blocked:
        lines = [f"- {_sentence(finding)}" for finding in blocked]
        raise AuditRefused(
            "\n".join(["Nothing is published, because the audit failed:", *lines, f"Open {docs}"])
        )


def audit_path(settings: Settings, build_id: str) -> Path:
    """The file that stores the audit."""
    return settings.builds / f"{build_id}.audit.json"


def docs_path(settings: Settings, build_id: str) -> Path:
    """The Data Docs of this build, for people to open."""
    return docs_index(_folder(settings, build_id))


def _run(
    settings: Settings, build_id: str, warehouse: Path, name: str, rules: list[Rule]
) -> list[Finding]:
    say(f"Great Expectations: {len(rules)} rules of the {name} suite")
    folder = _folder(settings, build_id)
    folder.mkdir(parents=True, exist_ok=True)
    found = Suite(name=name, warehouse=warehouse, folder=folder, rules=rules).run()
    for finding in found:
        if not finding.passed and not finding.blocks:
            say(f"Warning: {_sentence(finding)}")
    return found


def _sentence(finding: Finding) -> str:
    shown = "; ".join(finding.offenders[:3])
    detail = shown or finding.observed
    return f"{finding.sentence}{f' (found: {detail[:300]})' if detail else ''}."


def _store(settings: Settings, build_id: str, verdict: str, evidence: list[Finding]) -> None:
    write_json(
        audit_path(settings, build_id),
        {
            "build_id": build_id,
            "verdict": verdict,
            "evidence": [asdict(finding) for finding in evidence],
            "inputs": {"code": code_version()},
            "versions": library_versions(),
            "docs": docs_path(settings, build_id).relative_to(settings.var).as_posix(),
            "judged_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        },
    )


def _finding(entry: dict[str, Any]) -> Finding:
    return Finding(**{**entry, "offenders": tuple(entry["offenders"])})


def _folder(settings: Settings, build_id: str) -> Path:
    return settings.var / "gx" / build_id
