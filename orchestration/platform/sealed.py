"""JSON objects with a checksum of themselves, so that a changed bit is noticed."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

CHECKSUM = "checksum"


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """The object with its checksum; values that JSON cannot represent become text."""
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))
    return {**plain, CHECKSUM: _checksum(plain)}


def unsealed(content: bytes, *, older: Collection[str] = ()) -> dict[str, Any] | None:
    """The object without its checksum; None if the content is not an object or was changed.

    Earlier versions wrote no checksum: such an object is accepted if all its keys are in `older`.
    """
    value = plain_object(content)
    if value is None:
        return None
    found = value.pop(CHECKSUM, None)
    if found is None:
        return value if value and set(value) <= set(older) else None
    return value if found == _checksum(value) else None


def plain_object(content: bytes) -> dict[str, Any] | None:
    """The content as a JSON object, without a check of its checksum; None if it is not one."""
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):  # brackets without end are nested too deep
        return None
    return value if isinstance(value, dict) else None


def _checksum(value: dict[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
