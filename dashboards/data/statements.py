"""What a customer may be shown before a move: nothing of our cost or margin is in these models."""

from dashboards.data.tables import Row, rows
from dashboards.data.warehouse import Snapshot


def statement(snapshot: Snapshot, account_id: str, scenario_id: str) -> list[Row]:
    """The lines of the statement, in order; empty where the proposal does not cover the account."""
    return rows(
        snapshot.read(
            """
            select
                reading, topic, unit, currency, current_value, proposed_value, current_text,
                proposed_text, sentence, reason
            from marts.fct_account_statements
            where account_id = $account_id and scenario_id = $scenario_id
            order by line_number
            """,
            account_id=account_id,
            scenario_id=scenario_id,
        )
    )
