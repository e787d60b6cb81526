"""dbt's descriptions, stored as comments in the snapshot and shown next to the figures."""

from collections.abc import Mapping

import streamlit as st

from dashboards.data.tables import Row, rows
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import day


def definition(snapshot: Snapshot, model: str, column: str) -> str | None:
    """The column's description in its model; None if it has none."""
    return _columns(snapshot).get((model, column))


def model_definitions(snapshot: Snapshot, models: tuple[str, ...]) -> list[Row]:
    """The grain sentence of each model, in the order of the arguments."""
    found = model_comments(snapshot)
    return [{"model": model, "definition": found.get(model)} for model in models]


def column_definitions(
    snapshot: Snapshot, models: tuple[str, ...], columns: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Each column's description, from the first model that has it; other columns are left out."""
    known = _columns(snapshot)
    found = []
    for column in columns:
        texts = (known.get((model, column)) for model in (*models, "dim_accounts"))
        text = next((text for text in texts if text), None)
        if text:
            found.append((column, text))
    return found


def model_comments(snapshot: Snapshot) -> Mapping[str, str | None]:
    """The description of each published model, by name."""
    found: Mapping[str, str | None] = _comments(snapshot.sha256, snapshot)
    return found


def definition_versions(snapshot: Snapshot) -> Mapping[str, list[Row]]:
    """The versions of each published model's definition, newest first, by the model's name.

    Empty for a snapshot older than this table.
    """
    found: Mapping[str, list[Row]] = _versions(snapshot.sha256, snapshot)
    return found


def version_in_force(snapshot: Snapshot, model: str) -> str | None:
    """Version, day and owner of a model's definition: "v2 since 22 Nov 2026, Finance"."""
    known = definition_versions(snapshot).get(model)
    if not known:
        return None
    latest = known[0]
    return f"v{latest['version']} since {day(latest['changed_on'])}, {latest['owner']}"


def _columns(snapshot: Snapshot) -> Mapping[tuple[str, str], str | None]:
    found: Mapping[tuple[str, str], str | None] = _column_comments(snapshot.sha256, snapshot)
    return found


# a page reads dozens of them, so they are cached once per generation for all sessions; nothing may
# change the cached value
@st.cache_resource(max_entries=4, show_spinner=False)  # type: ignore[untyped-decorator]
def _comments(sha256: str, _snapshot: Snapshot) -> Mapping[str, str | None]:
    found = _snapshot.read("definitions/model_comments")
    return {row["table_name"]: row["comment"] for row in rows(found)}


@st.cache_resource(max_entries=4, show_spinner=False)  # type: ignore[untyped-decorator]
def _column_comments(sha256: str, _snapshot: Snapshot) -> Mapping[tuple[str, str], str | None]:
    found = _snapshot.read("definitions/column_comments")
    return {(row["table_name"], row["column_name"]): row["comment"] for row in rows(found)}


@st.cache_resource(max_entries=4, show_spinner=False)  # type: ignore[untyped-decorator]
def _versions(sha256: str, _snapshot: Snapshot) -> Mapping[str, list[Row]]:
    if "dim_definition_versions" not in model_comments(_snapshot):
        return {}
    found: dict[str, list[Row]] = {}
    for row in rows(_snapshot.read("definitions/definition_versions")):
        found.setdefault(row["model"], []).append(row)
    return found
