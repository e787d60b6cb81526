"""The docs site: it builds strictly, needs no network, and names only what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.offline import outside_resources
from docs.reference import SUBJECTS, pages, public_models
from orchestration.cli.main import COMMANDS
from orchestration.homes.new_home import REFERENCE_FILES
from orchestration.ingest.mapping import shipped_names
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import KNOWN
from tests.docs.examples import DOCS, blocks
from tests.shared import public_model_files

ROOT = DOCS.parent
# ours; what comes of decisions is tested in tests/dbt
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if "decisions" not in path.parts
)
FOLDERS = "benchmarks|dashboards|dbt_project|docs|orchestration|seeds|tests"
PATH = re.compile(rf"(?:^|[\s`])((?:{FOLDERS})/[\w./-]*\w/?|[A-Z]+\.md|Makefile)(?=[\s`.,;:)]|$)")
# derived state, there after a refresh
DERIVED = ("seeds/var/",)


@pytest.mark.slow
def test_the_site_builds_strictly_and_loads_nothing_from_outside(tmp_path: Path) -> None:
    done = subprocess.run(
        [*(sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"), "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "index.html").is_file()
    assert outside_resources(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<script src="https://cdn.example/a.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//fonts.example/css">'),
        ("a.html", '<link rel="preconnect" href="https://fonts.example">'),
        ("a.html", '<img src="http://pictures.example/a.png" alt="">'),
        ("a.html", "<style>@import 'https://fonts.example/css';</style>"),
        ("a.css", "p { background: url(https://pictures.example/a.png) }"),
    ],
)
def test_a_resource_from_outside_is_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(outside_resources(tmp_path)) == 1


def test_a_link_that_a_person_follows_is_no_resource(tmp_path: Path) -> None:
    page = '<a href="https://example.com">more</a><link rel="canonical" href="https://a.example/">'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert outside_resources(tmp_path) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = {path for path in PATH.findall(text) if not path.startswith(DERIVED)}
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_the_menu_names_every_page_of_ours_once() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in [*PAGES, *pages(), "decisions/README.md"]:
        assert len(re.findall(rf"\s{re.escape(page)}$", menu, re.MULTILINE)) == 1, page


def test_the_reference_names_everything_that_the_code_has() -> None:
    made = pages()

    def sections(page: str) -> list[str]:
        return re.findall(r"^## (.+)$", made[f"reference/{page}.md"], re.MULTILINE)

    assert sections("exports") == list(EXPORTS)
    assert sections("price-book") == [f"{name}.csv" for name in REFERENCE_FILES]
    assert sections("mappings") == shipped_names()
    assert sections("command-line") == [
        f"seatshift {command.__name__.replace('_', '-')}" for command, _ in COMMANDS
    ]
    public = {
        model["name"]
        for path in public_model_files()
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }
    assert {model["name"] for folder in SUBJECTS for model in public_models(folder)} == public
    for setting in (key for keys in KNOWN.values() for key in keys):
        assert re.search(rf"^\| `{setting}` \| \w", made["reference/settings.md"], re.MULTILINE), (
            setting
        )
    for code in range(6):
        assert f"\n| {code} | " in made["reference/exit-codes.md"]


def test_every_option_of_the_command_line_says_what_it_does() -> None:
    text = pages()["reference/command-line.md"]
    assert re.findall(r"^\| (`[^`]+`)(?: \(required\))? \|  \|", text, re.MULTILINE) == []


def test_pages_quote_code_as_it_is() -> None:
    """Blocks of Python in recipes are lines of the files that they speak of."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("orchestration", "dashboards")
        for path in (ROOT / folder).rglob("*.py")
    )
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        for quoted in re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
            lines = [line.strip() for line in quoted.splitlines() if line.strip()]
            assert [line for line in lines if line not in code] == [], page


def test_every_query_has_its_result() -> None:
    for page in PAGES:
        kinds = [block.kind for block in blocks(page)]
        for place, kind in enumerate(kinds):
            assert kind != "sql" or kinds[place + 1 : place + 2] == ["text"], page
