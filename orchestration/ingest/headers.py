"""How headers are compared: without regard to case, spaces and punctuation."""

import re

from orchestration.ingest.files import Refused


def normalised(header: str) -> str:
    """The header as a column name: `Account ID` is `account_id`."""
    return re.sub(r"[\W_]+", "_", header.casefold()).strip("_")


def by_column(headers: list[str], columns: tuple[str, ...], file_name: str) -> dict[str, str]:
    """Column -> the header that stands for it.

    Raises Refused if two headers stand for one column.
    """
    found: dict[str, str] = {}
    for header in headers:
        column = normalised(header)
        if column not in columns:
            continue
        if column in found:
            raise Refused(
                f"{file_name} has two columns for {column}, `{found[column]}` and `{header}`; "
                "rename or remove one."
            )
        found[column] = header
    return found
