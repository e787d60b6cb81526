"""Who is looking, what they may see and what they may write; pages ask here and nowhere else.

Today: one local person, who may see and write everything. Sign-in is another `person()`: names of
accounts are then kept from whom they are not for by the reads themselves, on every page and in
every file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Who reads a page; names of accounts are shown only to those who may see them."""

    name: str
    role: str


LOCAL = Person(name="local", role="admin")
ROLES = ("viewer", "analyst", "finance", "product", "admin")
# the first role that is told whose row it is, the first that keeps notes, and that drafts prices
NAMES, NOTES, PRICES = "analyst", "analyst", "product"
# what stands in the place of what a role may not see
HIDDEN = "kept from your role"


class NotAllowed(Exception):
    """The person's role does not open this page."""


def person() -> Person:
    """The person behind this session: the dashboard listens on this machine alone.

    Files are made after the page has run, outside of its session: there, whoever is not known must
    be somebody who sees least.
    """
    return LOCAL


def require(role: str) -> Person:
    """The person, if their role reaches this one; every page asks before it reads anything."""
    if not may(role):
        raise NotAllowed
    return person()


def may(role: str) -> bool:
    """Whether the person's role reaches this one: what they may not use is not offered."""
    return ROLES.index(person().role) >= ROLES.index(role)


def sees_names() -> bool:
    """Whether accounts are shown by name; who may not see them is shown their ids."""
    return may(NAMES)


def words(written: str | None) -> str | None:
    """What people wrote, or an export said, in words of their own.

    An account can be named in many ways, so that no search for its name would make the words safe:
    who may not see names reads none of them.
    """
    return written if written is None or sees_names() else HIDDEN
