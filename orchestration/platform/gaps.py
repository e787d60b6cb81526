"""The published work list: why accounts are not re-rated, and the rows that fix it."""

from typing import Any

import duckdb

from orchestration.platform.published import Pointer, rows
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse

GAPS = """
    select
        gap_rank, cause, segment, plan_id, accounts, mrr_unlocked, is_previewed, fix, file_name,
        header, row_text
    from marts.fct_data_gaps
    order by gap_rank
"""
ACCOUNT_GAP = """
    select
        cause, sentence, accuracy, accuracy_after, is_previewed, file_name, header, row_text
    from marts.fct_account_gaps
    where account_id = $account
"""


def data_gaps(settings: Settings, pointer: Pointer) -> list[dict[str, Any]]:
    """One row per cause, segment and plan, ranked by the MRR that the fix unlocks.

    Empty if the snapshot was published before there was such a table.
    """
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        try:
            return rows(connection, GAPS)
        except duckdb.CatalogException:
            return []


def account_gap(connection: duckdb.DuckDBPyConnection, account: str) -> dict[str, Any] | None:
    """Why an account is not re-rated or not complete; None if it is, or in an earlier snapshot."""
    try:
        found = rows(connection, ACCOUNT_GAP, {"account": account})
    except duckdb.CatalogException:
        return None
    return found[0] if found else None
