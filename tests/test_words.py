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
    "anew": 34,
    "desk": 0,
    "told": 981,
    "twin": 0,
    "twins": 0,
    "whoever": 42,
    "wish": 31,
    "wishes": 44,
    "as it stands": 4,
    "goes on": 17,
    "held back": 40,
    "of now": 1,
}

# Folders and documents that are rewritten: add yours when its last private phrase is gone.
REWRITTEN = (
    "docs/decisions/",
    "orchestration/cli/",
    "orchestration/explain/",
    "orchestration/generate/",
    "orchestration/homes/",
    "orchestration/ingest/",
    "orchestration/pipeline/",
    "orchestration/platform/",
    "orchestration/validation/",
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
