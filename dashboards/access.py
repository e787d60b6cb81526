"""Who is looking, what they may see and what they may write: every page asks this module.

Today: one local person, who may see and write everything. Sign-in is another `person()`: the reads
themselves then hide account names from people who may not see them, on every page and in every
file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Who reads a page; names of accounts are shown only to those who may see them."""

    name: str
    role: str


LOCAL = Person(name="local", role="admin")
ROLES = ("viewer", "analyst", "finance", "product", "admin")
# the first role that sees account names, that writes notes, and that drafts prices
NAMES, NOTES, PRICES = "analyst", "analyst", "product"
# shown in place of what a role may not see
HIDDEN = "hidden from your role"


class NotAllowed(Exception):
    """The person's role does not open this page."""


def person() -> Person:
    """The person using this session: the dashboard listens on this machine only.

    Files are made after the page has run, outside its session: an unknown person there must get the
    role that sees least.
    """
    return LOCAL


def require(role: str) -> Person:
    """The person, if their role includes this one; every page asks before it reads anything."""
    if not may(role):
        raise NotAllowed
    return person()


def may(role: str) -> bool:
    """Whether the person's role includes this one: what they may not use is not offered."""
    return ROLES.index(person().role) >= ROLES.index(role)


def sees_names() -> bool:
    """Whether accounts are shown by name; people who may not see names get ids."""
    return may(NAMES)


def words(written: str | None) -> str | None:
    """Free text that people wrote or an export contained.

    A text can name an account in many ways, so no search for the name would make it safe: people
    who may not see names do not see the text at all.
    """
    return written if written is None or sees_names() else HIDDEN
