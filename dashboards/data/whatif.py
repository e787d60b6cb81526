"""What other prices would have billed: the only way from a page to the rating models."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import streamlit as st
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.change import CellChange, Change, parse_change, parse_changes
from orchestration.whatif.changed_book import read_book
from orchestration.whatif.currencies import followed
from orchestration.whatif.draft_book import proposal_files, save_draft
from orchestration.whatif.marts import tried_marts
from orchestration.whatif.report import WhatIf, what_if
from orchestration.whatif.session import Session, opened_place

from dashboards import access
from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot, Tried, another, home

# drafts are in the home, separate from the price book in force
DRAFTS = "drafts"
# cached answers, for all sessions together
CACHED = 32
# cached answers that include every account's bills
FEW = 8
TRIED = "whatifs_of_this_session"
__all__ = [
    "DRAFTS",
    "CannotTry",
    "WhatIf",
    "cell_of",
    "is_number",
    "keep_draft",
    "price_book",
    "try_bills",
    "try_prices",
    "was_tried",
]


class CannotTry(Exception):
    """The change cannot be tried; the message is one sentence for the reader."""


def try_prices(
    snapshot: Snapshot, changes: Sequence[str], scenario_id: str, *, currency_variants: bool
) -> WhatIf:
    """The effect of changes, each `table.key.column=value`, on a proposal's published bills.

    With `currency_variants`, the matching prices in other currencies change in proportion.
    Raises CannotTry, with one sentence, if a change is invalid or the page's generation is no
    longer the published one.
    """
    _refuse_older(snapshot)
    outcome: WhatIf = _tried(
        str(home()), snapshot.sha256, tuple(changes), scenario_id, currency_variants
    )
    known = st.session_state.setdefault(TRIED, [])
    known.append(_key(snapshot, changes, scenario_id, currency_variants))
    del known[:-CACHED]
    if access.sees_names():
        return outcome
    movers = tuple(replace(mover, account_name=mover.account_id) for mover in outcome.movers)
    return replace(outcome, movers=movers)


def try_bills(snapshot: Snapshot, changes: Sequence[str], scenario_id: str) -> tuple[WhatIf, Tried]:
    """The same with other currencies in proportion, and the resulting snapshot.

    That has the accounts and bills of this proposal only.
    """
    _refuse_older(snapshot)
    outcome, marts = _tried_bills(str(home()), snapshot.sha256, tuple(changes), scenario_id)
    return outcome, Tried(snapshot, marts)


def was_tried(
    snapshot: Snapshot, changes: Sequence[str], scenario_id: str, *, currency_variants: bool
) -> bool:
    """Whether this session already has the answer."""
    return _key(snapshot, changes, scenario_id, currency_variants) in st.session_state.get(
        TRIED, ()
    )


def _refuse_older(snapshot: Snapshot) -> None:
    published = another(snapshot)
    if published is not None:
        raise CannotTry(
            f"Generation {published.generation} is published now, and prices can only be tried on "
            "it: show it first."
        )


def _key(
    snapshot: Snapshot, changes: Sequence[str], scenario_id: str, currency_variants: bool
) -> Any:
    return (snapshot.sha256, tuple(changes), scenario_id, currency_variants)


def keep_draft(changes: Sequence[str], name: str, *, currency_variants: bool) -> list[Path]:
    """Write the changed price book files to the home's drafts/NAME and return their paths.

    Raises CannotTry, with one sentence, if the name is taken or invalid, or writing fails.
    """
    if not name or not all(letter.isalnum() or letter in "-_" for letter in name):
        raise CannotTry("Name the draft with letters, digits, - and _ only, such as autumn-prices.")
    try:
        settings = load_settings(home())
        parsed = parse_changes(changes)
        drafted = _followed(home(), parsed) if currency_variants else parsed
        return save_draft(settings, drafted, home() / DRAFTS / name)
    except SeatshiftError as error:
        raise CannotTry(str(error)) from None
    except OSError as error:
        raise CannotTry(
            f"The draft was not saved: {DRAFTS} in the home cannot be written ({error.strerror})."
        ) from None


def price_book(scenario_id: str, folder: str) -> bytes:
    """A ZIP file with the published price book's files of one proposal.

    Raises CannotTry, with one sentence, if the price book cannot be read.
    """
    try:
        files = proposal_files(load_settings(home()), scenario_id)
    except SeatshiftError as error:
        raise CannotTry(str(error)) from None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            # without a timestamp, so that the same price book gives the same file
            packed.writestr(zipfile.ZipInfo(f"{folder}/{name}"), content)
    return buffer.getvalue()


@st.cache_data(max_entries=CACHED, show_spinner=False)  # type: ignore[untyped-decorator]
def _tried(
    folder: str,
    sha256: str,  # the generation is part of the key
    changes: tuple[str, ...],
    scenario_id: str,
    currency_variants: bool,
) -> WhatIf:
    try:
        return what_if(
            load_settings(Path(folder)),
            parse_changes(changes),
            scenarios=(scenario_id,),
            with_measures=True,
            currency_variants=currency_variants,
            session=_session(folder, sha256),
        )
    except SeatshiftError as error:
        raise CannotTry(str(error)) from None


# a few megabytes each for ten thousand accounts
@st.cache_data(max_entries=FEW, show_spinner=False)  # type: ignore[untyped-decorator]
def _tried_bills(
    folder: str,
    sha256: str,  # the generation is part of the key
    changes: tuple[str, ...],
    scenario_id: str,
) -> tuple[WhatIf, Mapping[str, Table]]:
    try:
        return tried_marts(
            load_settings(Path(folder)),
            parse_changes(changes),
            scenario_id,
            currency_variants=True,
            session=_session(folder, sha256),
        )
    except SeatshiftError as error:
        raise CannotTry(str(error)) from None


# dropping it closes the snapshot's file
@st.cache_resource(max_entries=1, show_spinner=False, on_release=Session.close)  # type: ignore[untyped-decorator]
def _session(
    folder: str,
    sha256: str,  # each generation has its own session
) -> Session:
    """The what-if session that all browser sessions share, one after the other."""
    return Session(load_settings(Path(folder)))


def _followed(folder: Path, changes: Sequence[Change]) -> list[Change]:
    with opened_place(load_settings(folder)) as place:
        return followed(read_book(place.connection, PUBLISHED), changes)


def cell_of(change: str) -> str | None:
    """The cell that a change sets, as `table.key.column`; None for a change of a row."""
    parsed = parse_change(change)
    return parsed.target if isinstance(parsed, CellChange) else None


def is_number(text: str) -> bool:
    """Whether a text is a plain number, as the price book has them."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
