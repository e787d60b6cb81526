"""The README of a generated home."""

from pathlib import Path

_TEMPLATES = Path(__file__).parent / "templates"

STORIES = {
    "shift": (
        "From the fourteenth month on, automation takes over in `smb_ai`: its share of the work\n"
        "rises from 5 % to two thirds while the work keeps growing; then seats fall idle and are\n"
        "removed, and expansion stops. `midmarket` drifts slightly; `smb` and `enterprise` do not\n"
        "change."
    ),
    "steady": "Nothing turns: every segment grows at its pace and people do the work.",
}


def settings_text() -> str:
    return (_TEMPLATES / "settings.toml").read_text(encoding="utf-8")


def readme(accounts: int, months: int, events: int, seed: int, story: str) -> str:
    """The template, with the command that generates the same home."""
    return (
        (_TEMPLATES / "README.md")
        .read_text(encoding="utf-8")
        .format(
            accounts=accounts,
            months=months,
            events=events,
            seed=seed,
            story=story,
            story_text=STORIES[story],
        )
    )
