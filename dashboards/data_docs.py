"""Great Expectations' Data Docs as served: their text, without anything that runs or is fetched.

On disk they load scripts and styles from five sites, and one of the scripts draws their list of
pages. They quote rows of the exports, so here they run nothing; our own style sheet and list
replace what is removed.
"""

import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

LOOKS = Path(__file__).with_name("data_docs.css")
INDEX = "index.html"
# a quoted row that looks like a script or a picture neither runs nor loads anything
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
STATUS = re.compile(r"Status:</span>.{0,200}?(Succeeded|Failed)", re.DOTALL)
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


def docs_page(site: Path, page: Path) -> str:
    """The HTML of a page of the site; for its first page, a list of the others."""
    if page == site / INDEX:
        return _list(site)
    page_text = _Harmless()
    page_text.feed(page.read_text(encoding="utf-8", errors="replace"))
    page_text.close()
    return "".join(page_text.parts)


def _looks() -> str:
    return f"<style>{LOOKS.read_text(encoding='utf-8')}</style>"


def _list(site: Path) -> str:
    """Every page of results with its status, failed ones first."""
    found = sorted(
        ((_status(page), page.relative_to(site)) for page in site.glob("validations/**/*.html")),
        key=lambda entry: (entry[0] == "Succeeded", entry[1]),
    )
    lines = [
        f'<tr><td>{said}</td><td><a href="{quote(page.as_posix())}">{escape(page.parts[1])}</a>'
        "</td></tr>"
        for said, page in found
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>'
        f"{_looks()}</head><body><h1>Data Docs</h1><p>What Great Expectations checked of this "
        "build: what arrived, then what was built.</p><table><tr><th>Result</th><th>Suite</th>"
        f"</tr>{''.join(lines)}</table></body></html>"
    )


def _status(page: Path) -> str:
    said = STATUS.search(page.read_text(encoding="utf-8", errors="replace"))
    return said[1] if said else "Unknown"


class _Harmless(HTMLParser):
    """Copies HTML without scripts, event handlers and resources on other sites."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = self.in_script or tag == "script"
        is_fetched = tag == "link" or any(
            name in ("src", "data") and ELSEWHERE.match(value or "") for name, value in attrs
        )
        if self.in_script or is_fetched:
            return
        if any(name.startswith("on") for name, _ in attrs):
            allowed = [(name, value) for name, value in attrs if not name.startswith("on")]
            said = "".join(f' {name}="{escape(value or "")}"' for name, value in allowed)
            self.parts.append(f"<{tag}{said}>")
        else:
            self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        was_in_script = self.in_script
        self.handle_starttag(tag, attrs)
        self.in_script = was_in_script

    def handle_endtag(self, tag: str) -> None:
        if not self.in_script:
            self.parts.append(f"{_looks() if tag == 'head' else ''}</{tag}>")
        elif tag == "script":
            self.in_script = False

    def handle_data(self, data: str) -> None:
        if not self.in_script:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")
