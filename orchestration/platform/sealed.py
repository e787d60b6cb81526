"""JSON objects that carry a checksum over themselves, so that a changed bit in one is noticed."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

CHECKSUM = "checksum"


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """The object as JSON holds it (what JSON does not know becomes text), with its checksum."""
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))
    return {**plain, CHECKSUM: _checksum(plain)}


def unsealed(content: bytes, *, older: Collection[str] = ()) -> dict[str, Any] | None:
    """The object without its checksum; None where the content is no object or was changed.

    Earlier versions wrote no checksum: such an object counts as whole where `older` holds each of
    its names.
    """
    value = plain_object(content)
    if value is None:
        return None
    found = value.pop(CHECKSUM, None)
    if found is None:
        return value if value and set(value) <= set(older) else None
    return value if found == _checksum(value) else None


def plain_object(content: bytes) -> dict[str, Any] | None:
    """The JSON object that the content is, whole or not; None where it is none."""
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):  # brackets without end are nested too deep
        return None
    return value if isinstance(value, dict) else None


def _checksum(value: dict[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
