"""Known weaknesses of the pinned packages, where pip-audit and its data can be had."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from tests.soak.figures import note
from tests.soak.forks import ROOT

pytestmark = pytest.mark.soak

FAULT = "Known weaknesses of the pinned packages (pip-audit)"
EXPECTED = "none, or each explained in KNOWN_LIMITS.md"


def test_no_package_has_a_known_weakness(tmp_path: Path) -> None:
    audit, uv = shutil.which("pip-audit"), shutil.which("uv")
    if audit is None or uv is None:
        missing = "pip-audit" if audit is None else "uv"
        _skip(f"{missing} is not installed")
    pinned = tmp_path / "pinned.txt"
    exported = [uv, "export", "--frozen", "--no-emit-project", "--output-file", str(pinned)]
    subprocess.run(exported, cwd=ROOT, check=True, capture_output=True)
    done = subprocess.run(
        [audit, "--requirement", str(pinned), "--disable-pip", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        _skip(f"its data cannot be had: {(done.stderr.strip() or 'no answer').splitlines()[-1]}")
    weak = {
        entry["name"]: [one["id"] for one in entry["vulns"]]
        for entry in packages
        if entry.get("vulns")
    }
    note(
        FAULT,
        tried=len(packages),
        expected=EXPECTED,
        found=f"{len(weak)} packages",
        weak=weak,
    )
    limits = (ROOT / "KNOWN_LIMITS.md").read_text(encoding="utf-8")
    assert [one for ids in weak.values() for one in ids if one not in limits] == []


def _skip(reason: str) -> NoReturn:
    note(FAULT, tried=0, expected=EXPECTED, found=f"skipped: {reason}")
    pytest.skip(reason)
