"""What other prices would have billed; the only way from a page to the rating models."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from orchestration.errors import SeatshiftError
from orchestration.settings import load_settings
from orchestration.whatif import WhatIf, what_if

from dashboards.data.warehouse import Snapshot, another, home


class CannotTry(Exception):
    """The change cannot be tried; the text is one sentence for the reader."""


def try_prices(
    snapshot: Snapshot,
    changes: Sequence[str],
    *,
    scenarios: Sequence[str] = (),
    accounts: Sequence[str] = (),
) -> WhatIf:
    """What the changes, each `table.key.column=value`, would do to the published bills."""
    published = another(snapshot)
    if published is not None:
        raise CannotTry(
            f"Generation {published.generation} is published now and prices are tried on it alone: "
            "show it first."
        )
    outcome: WhatIf = _tried(
        str(home()), snapshot.sha256, tuple(changes), tuple(scenarios), tuple(accounts)
    )
    return outcome


@st.cache_data(max_entries=32, show_spinner=False)  # type: ignore[untyped-decorator]
def _tried(
    folder: str,
    sha256: str,  # another generation is another answer
    changes: tuple[str, ...],
    scenarios: tuple[str, ...],
    accounts: tuple[str, ...],
) -> WhatIf:
    try:
        return what_if(load_settings(Path(folder)), changes, scenarios=scenarios, accounts=accounts)
    except SeatshiftError as error:
        raise CannotTry(str(error)) from None
