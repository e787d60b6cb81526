"""What a customer may be shown before a move: these models contain none of our costs or margins."""

from dashboards.data.tables import Row, rows
from dashboards.data.warehouse import Snapshot


def statement(snapshot: Snapshot, account_id: str, scenario_id: str) -> list[Row]:
    """The lines of the statement, in order; empty if the proposal does not cover the account."""
    return rows(
        snapshot.read(
            "statements/statement",
            account_id=account_id,
            scenario_id=scenario_id,
        )
    )
