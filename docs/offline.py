"""Whether a built site can be read without a network."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

# what a browser fetches on its own; an <a> is followed by a person
LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
}
# kinds of <link> that are fetched; canonical, prev and next are not
LINKED = {"stylesheet", "icon", "shortcut", "preload", "prefetch", "preconnect", "manifest"}
IN_STYLE = re.compile(r"""(?:@import\s+|url\()\s*['"]?((?:https?:)?//[^'")\s]+)""")


class _Resources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in LOADED:
            self.found.append(values.get(LOADED[tag], ""))
        if tag == "link" and LINKED & set(values.get("rel", "").split()):
            self.found.append(values.get("href", ""))
        self.found += IN_STYLE.findall(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self.get_starttag_text() == "<style>":
            self.found += IN_STYLE.findall(data)


def outside_resources(site: Path) -> list[str]:
    """Every resource that a page or a style sheet of the site takes from another host."""
    return [f"{path.relative_to(site)} loads {url}" for path, url in _resources(site)]


def _resources(site: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(site.rglob("*.html")):
        parser = _Resources()
        parser.feed(path.read_text(encoding="utf-8"))
        yield from ((path, url) for url in parser.found if re.match(r"(?:https?:)?//", url))
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        yield from ((path, url) for url in IN_STYLE.findall(text))
