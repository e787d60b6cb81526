"""What a customer may be shown before a move: nothing of our cost or margin is in these models."""

from dashboards.data.tables import Row, rows
from dashboards.data.warehouse import Snapshot


def statement(snapshot: Snapshot, account_id: str, scenario_id: str) -> list[Row]:
    """The lines of the statement, in order; empty where the proposal does not cover the account."""
    return rows(
        snapshot.read(
            "statements/statement",
            account_id=account_id,
            scenario_id=scenario_id,
        )
    )
