"""What `seatshift whatif` prints can be read in a terminal of 80 columns."""

from datetime import date
from decimal import Decimal

from rich.console import Console

from orchestration.cli.whatif_table import print_what_if
from orchestration.whatif.changed_book import ChangedCell
from orchestration.whatif.report import Effect, WhatIf

CHANGE = ChangedCell("charges", "seat", "unit_amount", "25", "29", {}, {})
EFFECT = Effect(
    "hybrid",
    "Seats and automated resolutions",
    *(1177, Decimal("1035015.2518"), Decimal("1108049.0063"), 1100, 3),
    *(127, 126, 46, 47, 173, 1, 6),
)
WHAT_IF = WhatIf(
    *(1, "2026-11-01T00:00:00", "USD", date(2025, 11, 1), date(2026, 10, 1), 12),
    *((CHANGE,), (EFFECT,), (), 0, (), ()),
)


def test_no_figure_is_cut_off_at_80_columns() -> None:
    console = Console(record=True, width=80)
    print_what_if(console, WHAT_IF)
    text = console.export_text()
    for figure in ("1,035,015.25", "1,108,049.01", "+7.06 %", "1,100", "127 → 126", "46 → 47"):
        assert figure in text
    assert "0.6 → 3.5 %" in text
    assert "…" not in text
