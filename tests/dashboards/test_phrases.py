"""What pages and papers no longer say, each with what they say instead."""

import ast
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "dashboards"
# a whole label or part of a sentence, as a pattern: what to write
OLD = {
    r"\bBy then\?": "Next 12 months",
    r"What would change it\?": "What would reverse this?",
    r"^Acc\.$": "Customers",
    r"^Fires$": "Alert at",
    r"\bon \d+ mo\b|^● on ": "Active for 12 months",
    r"◐ waiting": "Over the line",
    r"Seats off value|Seats and value diverge": "Seats no longer track value",
    r"^Sure$|^How sure$": "Confidence",
    r"outcomes? gain": "Revenue rises in all 20 simulations",
    r"Tol[d] before|never tol[d]": "Past recommendations: none",
    r"Keeps limits|Breaks none|^Breaks$": "Within limits",
    r"[Aa]nswers? of usage": "Usage response",
    r"^Beside it$": "Compare with",
    r"Lost to discounts": "Discount leakage",
    r"Cost more than (?:they )?pay": "Unprofitable customers",
    r"Really invoiced": "Actually invoiced",
    r"^Doubled$": "Duplicate",
    r"^Held$": "Quarantined",
    r"^There$": "Received",
    r"Reviewed on|What is expected of it": "Review on, Expected outcome",
}


def _said() -> dict[str, list[str]]:
    """Every text in the code of the pages but docstrings, by file."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        described = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found[path.relative_to(FOLDER).as_posix()] = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in described
        ]
    return found


SAID = _said()


@pytest.mark.parametrize("phrase", OLD)
def test_no_page_says_an_old_phrase(phrase: str) -> None:
    found = [
        f"{file}: {text}"
        for file, texts in SAID.items()
        for text in texts
        if re.search(phrase, text)
    ]
    assert found == [], f"write: {OLD[phrase]}"
