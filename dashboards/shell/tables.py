"""Tables on the screen, with their columns explained and the exact rows as files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboards.columns import Columns, dated, explained, rounded, scrolled, spoken
from dashboards.data.definitions import column_definitions
from dashboards.data.tables import Table, framed, worded
from dashboards.formatting import NOTHING, number, plain
from dashboards.formatting import words as spelt
from dashboards.shell import breadcrumb, downloads
from dashboards.view import Listed, View

# the most rows that a grid scrolls smoothly
MOST_ON_SCREEN = 50_000
# the most rows that Streamlit sends at once: longer tables are sent as they are scrolled
MOST_SAID = 1_000


def table(
    view: View,
    listed: Table,
    columns: Columns,
    *,
    alt: str,
    models: tuple[str, ...] = (),
    words: Mapping[str, Callable[[Any], Any]] | None = None,
    file: tuple[str, str] | None = None,
    placeholder: str = NOTHING,
    height: int | None = None,
    row_height: int | None = 29,
) -> None:
    """A table whose columns are explained by the models they come from.

    words: by column, how the screen writes ids and months; files have them unchanged.
    file: name and label under which the exact rows can be downloaded.
    A long table is sent a thousand rows at a time, as the reader scrolls or sorts. In a shorter one
    of accounts, choosing a row opens the account.
    """
    meanings = dict(column_definitions(view.snapshot, models, tuple(columns))) if models else {}
    seen = listed.slice(0, MOST_ON_SCREEN)
    if seen.num_rows < listed.num_rows:
        st.caption(
            f"The first {number(seen.num_rows)} of {number(listed.num_rows)} rows"
            f"{'; the file below has all of them' if file is not None else ''}."
        )
    is_door = "account_id" in columns and 0 < seen.num_rows <= MOST_SAID
    chosen = grid(
        view,
        worded(seen, words or {}),
        hide_index=True,
        placeholder=placeholder,
        height=height or table_height(listed),
        row_height=row_height,
        column_config=explained(columns, meanings),
        rows=listed.num_rows,
        alt=alt,
        **(_door(view, alt) if is_door else {}),
    )
    if file is not None:
        downloads.download(view, listed, *file)
    if is_door and chosen.selection.rows:
        account_id = str(seen.column("account_id")[chosen.selection.rows[0]])
        named = spelt(view.page)
        breadcrumb.to_account(
            account_id, view.links.get("scenario"), view.page, named, st.query_params.to_dict()
        )


def _door(view: View, alt: str) -> dict[str, Any]:
    """What makes the rows of a table open their accounts."""
    return {
        "on_select": "rerun",
        "selection_mode": "single-row",
        "key": f"accounts_{view.page}_{alt}",
    }


def upright(
    view: View,
    listed: Table,
    columns: Columns,
    lines: Mapping[str, Sequence[str]],
    *,
    heads: Sequence[str],
    alt: str,
    words: Mapping[str, Callable[[Any], Any]] | None = None,
    file: tuple[str, str] | None = None,
) -> None:
    """A table of a few rows turned on its side: a line for each figure, which fits a narrow screen.

    heads: what each row is about; lines: by figure, its text for each row. Paper and files have the
    rows with all of their columns.
    """
    view.shows(
        f"{alt} {tuple(columns)}",
        Listed(alt, worded(listed, words or {}), columns, None, listed.num_rows),
    )
    drawn = {figure: [plain(text) for text in texts] for figure, texts in lines.items()}
    st.table(pd.DataFrame(drawn, index=list(heads)).T, border="horizontal")
    if file is not None:
        downloads.download(view, listed, *file)


def grid(
    view: View,
    data: Any,
    *,
    column_config: Columns | None = None,
    rows: int | None = None,
    **options: Any,
) -> Any:
    """Streamlit's grid with figures written as in sentences and months as sortable dates.

    A long table uses the grid's own formats, because it is sent as it is scrolled.
    rows: how many there are, if not all of them are in the data.
    """
    columns = column_config or {}
    order, title = options.get("column_order"), str(options.get("alt") or "")
    view.shows(
        f"{title} {tuple(columns)}",
        Listed(
            title,
            data,
            columns,
            tuple(order) if order else None,
            len(data) if rows is None else rows,
        ),
    )
    shown = rounded(dated(data, columns), columns)
    if isinstance(shown, pa.Table) and shown.num_rows > MOST_SAID:
        shown, columns = scrolled(shown, columns)
        return st.dataframe(shown, column_config=columns, lazy=True, **options)
    shown, columns = spoken(framed(shown), columns)
    return st.dataframe(shown, column_config=columns, **{"placeholder": NOTHING, **options})


def table_height(table: Table) -> int | Literal["content"]:
    """Full height for a short table, a fixed height for a long one."""
    return "content" if table.num_rows <= 8 else 320
