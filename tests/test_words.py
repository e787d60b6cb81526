"""Private words and phrases leave the project (CONTRIBUTING, Words).

Their number may only fall, and where a pass over the English is done none may come back.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READ = ("*.py", "*.sql", "*.yml", "*.md", "*.csv", "*.toml")
# history, the glossary and this list; cases and exports are data
LEFT_OUT = ("CHANGELOG.md", "CONTRIBUTING.md", "tests/test_words.py", "seeds/exports/", "var/")

# Ratchet: how often each may occur in the whole project. Lower a number when you replace some.
MOST = {
    "anew": 10,
    "desk": 0,
    "told": 186,
    "twin": 0,
    "twins": 0,
    "whoever": 7,
    "wish": 0,
    "wishes": 0,
    "as it stands": 0,
    "goes on": 6,
    "held back": 2,
    "of now": 1,
}

# Folders and documents that are rewritten: add yours when its last private phrase is gone.
REWRITTEN = (
    "dashboards/access.py",
    "dashboards/bounds.py",
    "dashboards/app_pages/account.py",
    "dashboards/app_pages/bill_shock.py",
    "dashboards/app_pages/cohorts.py",
    "dashboards/app_pages/data_health.py",
    "dashboards/app_pages/decision.py",
    "dashboards/app_pages/definitions.py",
    "dashboards/app_pages/economics.py",
    "dashboards/app_pages/memo.py",
    "dashboards/app_pages/scenario_lab.py",
    "dashboards/app_pages/seat_utilization.py",
    "dashboards/app_pages/shadow_billing.py",
    "dashboards/app_pages/timing.py",
    "dashboards/app_pages/triggers.py",
    "dashboards/exports/comparison.py",
    "dashboards/exports/csv.py",
    "dashboards/exports/evidence.py",
    "dashboards/exports/glossary.py",
    "dashboards/exports/page_paper.py",
    "dashboards/exports/pdf.py",
    "dashboards/exports/pdf_drawings.py",
    "dashboards/exports/png.py",
    "dashboards/exports/statement.py",
    "dashboards/exports/xlsx.py",
    "dashboards/panels/account.py",
    "dashboards/panels/bill_shock.py",
    "dashboards/panels/cohorts.py",
    "dashboards/panels/customers.py",
    "dashboards/panels/data_health.py",
    "dashboards/panels/economics.py",
    "dashboards/panels/memo.py",
    "dashboards/panels/recorder.py",
    "dashboards/panels/scenario_lab.py",
    "dashboards/panels/seat_utilization.py",
    "dashboards/panels/shadow_billing.py",
    "dashboards/panels/timing.py",
    "dashboards/panels/triggers.py",
    "dashboards/columns.py",
    "dashboards/data_docs.py",
    "dashboards/filters.py",
    "dashboards/formatting.py",
    "dashboards/guard.py",
    "dashboards/keys.py",
    "dashboards/labels.py",
    "dashboards/line_sources.py",
    "dashboards/memo.py",
    "dashboards/server.py",
    "dashboards/single_changes.py",
    "dashboards/streamlit_app.py",
    "dashboards/takeaways.py",
    "dashboards/usage_answer.py",
    "dashboards/view.py",
    "docs/decisions/",
    "dashboards/charts/",
    "dashboards/data/",
    "dashboards/shell/",
    "dbt_project/macros/",
    "dbt_project/models/intermediate/contracts/",
    "dbt_project/models/intermediate/quarantine/",
    "dbt_project/models/intermediate/reconciliation/",
    "dbt_project/models/intermediate/revenue/",
    "dbt_project/models/intermediate/seats/",
    "dbt_project/models/intermediate/usage/",
    "dbt_project/models/marts/",
    "dbt_project/models/staging/",
    "dbt_project/tests/",
    "docs/how-to/",
    "orchestration/cli/",
    "orchestration/defs/",
    "orchestration/explain/",
    "orchestration/generate/",
    "orchestration/homes/",
    "orchestration/ingest/",
    "orchestration/pipeline/",
    "orchestration/platform/",
    "orchestration/runs/",
    "orchestration/validation/",
    "tests/dashboards/",
    "tests/dbt/",
    "tests/docs/",
    "tests/external/",
    "tests/fault/",
    "tests/generate/",
    "tests/golden/",
    "tests/ingest/",
    "tests/metrics/",
    "tests/platform/",
    "tests/rating/",
    "tests/soak/",
    "benchmarks/",
    "KNOWN_LIMITS.md",
    "README.md",
)
# Phrases that no longer occur there, each with what to write instead.
GONE = {
    "anew": "again, or: rebuild, recreate",
    "as it stands": "unchanged, or: current",
    "be told apart": "distinguish",
    "begins anew": "start over",
    "by itself": "on its own, or: separately",
    "for ever": "forever",
    "goes on": "continue",
    "held back": "quarantined",
    "hold back": "quarantine",
    "is none of": "is not one of",
    "let go": "release",
    "like this": "say what it is",
    "makes whole": "complete",
    "mend": "correct, fix, repair",
    "mended": "corrected, fixed, repaired",
    "no longer meet": "no longer match",
    "nothing of": "none of",
    "of now": "current",
    "passed over": "skipped",
    "passes over": "skips",
    "put right": "repair",
    "stands beside": "is shown next to",
    "stand beside": "are shown next to",
    "takes up": "uses",
    "told": "reported, published, printed, stated",
    "where nobody": "if nobody",
    "where there is none": "if there is none",
    "where it is none": "if it is not one",
    "whoever": "the person who, or: anyone who",
    "wish": "change",
    "write one of": "use one of",
}
# a folder of a vendor, not our word for a session; a link's target is a file name
NOT_OURS = re.compile(r"zendesk|Harbordesk|['\"/ ]desk(?:/|\.yml|['\"])|\]\([^)]*\)", re.IGNORECASE)


def _texts() -> Iterator[tuple[str, str]]:
    """Every file that people write, with its words on one line."""
    listed = subprocess.run(
        ["git", "ls-files", *READ], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if not name.startswith(LEFT_OUT) and path.is_file():
            text = NOT_OURS.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
            # a comment that runs over two lines is one sentence
            yield name, re.sub(r"\s+(?:#|--)?\s*", " ", text)


def _found(phrase: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){phrase}(?!\w)", text, re.IGNORECASE))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return dict(_texts())


@pytest.mark.parametrize("phrase", MOST)
def test_a_private_phrase_is_no_more_frequent_than_before(
    phrase: str, texts: dict[str, str]
) -> None:
    counts = Counter({name: _found(phrase, text) for name, text in texts.items()})
    assert counts.total() <= MOST[phrase], counts.most_common(5)


@pytest.mark.parametrize("phrase", GONE)
def test_what_is_rewritten_stays_free_of_private_phrases(
    phrase: str, texts: dict[str, str]
) -> None:
    found = [
        name for name, text in texts.items() if name.startswith(REWRITTEN) and _found(phrase, text)
    ]
    assert found == [], f"write: {GONE[phrase]}"
