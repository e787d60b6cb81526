"""Who is looking, and what they may see. Today: one local person, who may see everything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Who reads a page; names of accounts are shown only to those who may see them."""

    name: str
    role: str


LOCAL = Person(name="local", role="admin")
ROLES = ("viewer", "analyst", "finance", "product", "admin")


class NotAllowed(Exception):
    """The person's role does not open this page."""


def person() -> Person:
    """The person behind this session: the dashboard listens on this machine alone."""
    return LOCAL


def require(role: str) -> Person:
    """The person, if their role reaches this one; every page asks before it reads anything."""
    if not may(role):
        raise NotAllowed
    return person()


def may(role: str) -> bool:
    """Whether the person's role reaches this one: what they may not use is not offered."""
    return ROLES.index(person().role) >= ROLES.index(role)
