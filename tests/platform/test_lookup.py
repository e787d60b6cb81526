"""What an id on the command line is taken for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.explain import lookup
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import Settings, load_settings
from tests.platform.small_home import SETTINGS


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A snapshot in which `both` is an account and a seat event, `inv` an invoice with one line."""

    @contextmanager
    def snapshot(_: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(":memory:") as connection:
            connection.execute("create schema marts")
            connection.execute("create table marts.fct_shadow_bills as select 'both' as account_id")
            connection.execute("create table marts.fct_seat_ledger as select 'both' as event_id")
            connection.execute(
                "create table marts.fct_invoice_reconciliation as"
                " select 'inv' as invoice_id, '1' as line_id"
            )
            yield connection

    monkeypatch.setattr(lookup, "open_current", snapshot)
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return load_settings(tmp_path)


def test_an_id_of_several_things_is_asked_about(settings: Settings) -> None:
    with pytest.raises(SeatshiftError, match="an account and of an event; choose with --as"):
        lookup.kind_of(settings, "both", None)
    assert lookup.kind_of(settings, "both", "event") == "event"
    assert lookup.kind_of(settings, "both", "account") == "account"


@pytest.mark.parametrize("name", ["inv", "inv/1"])
def test_an_invoice_is_named_whole_or_by_its_line(settings: Settings, name: str) -> None:
    assert lookup.kind_of(settings, name, None) == "invoice"


def test_an_unknown_id_is_reported(settings: Settings) -> None:
    with pytest.raises(SeatshiftError, match="no invoice or event has that id"):
        lookup.kind_of(settings, "inv/2", None)
