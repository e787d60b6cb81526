"""What to do about a cell or header in another format, as part of a sentence.

Only formats that a mapping can declare are recognised; `seatshift connect` writes such mappings.
"""

from orchestration.ingest.specs import Column
from orchestration.ingest.style import CellStyle
from orchestration.platform.warehouse import quoted

AGAIN = "correct it and load the file again."
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAY = "in a mapping of this file, which `seatshift connect` writes."


def advice_on_cell(text: str, column: Column, style: CellStyle) -> str:
    """SQL: what to do about the cell, by the format that it seems to have."""
    cases = [
        f"when regexp_full_match({text}, {quoted(pattern)}) then {quoted(advice)}"
        for pattern, advice in _advice(column, style)
    ]
    return f"case {' '.join(cases)} else {quoted(AGAIN)} end" if cases else quoted(AGAIN)


def advice_on_header(headers: list[str], delimiter: str) -> str | None:
    """What to do about a header in a single cell that contains another delimiter."""
    if len(headers) != 1:
        return None
    found = next((mark for mark in DELIMITERS if mark != delimiter and mark in headers[0]), None)
    if found is None:
        return None
    shown = r"\t" if found == "\t" else found
    return f'its columns are separated by {DELIMITERS[found]}: set `delimiter: "{shown}"` {_SAY}'


def _advice(column: Column, style: CellStyle) -> list[tuple[str, str]]:
    """(pattern, advice) for formats other than the declared one."""
    if column.kind in ("time", "date"):
        return [
            (pattern, f"set `date_order: {order}` {_SAY}")
            for order, pattern in (
                ("dmy", r"(1[3-9]|[23]\d)[./-]\d{1,2}[./-]\d{4}.*"),
                ("mdy", r"\d{1,2}[./-](1[3-9]|[23]\d)[./-]\d{4}.*"),
                ("dmy` or `date_order: mdy", r"\d{1,2}[./-]\d{1,2}[./-]\d{4}.*"),
            )
            if style.date_order == "ymd"
        ]
    if style.decimal == "." and not style.thousands:
        return [
            (r"[+-]?\d{1,3}(\.\d{3})+,\d+", f'set `decimal: ","` and `thousands: "."` {_SAY}'),
            (r"[+-]?\d{1,3}(,\d{3})+\.\d+", f'set `thousands: ","` {_SAY}'),
            (r"[+-]?\d{1,3}(,\d{3}){2,}", f'set `thousands: ","` {_SAY}'),
            (r"[+-]?\d{1,3}( \d{3})+,\d+", f'set `decimal: ","` and `thousands: " "` {_SAY}'),
            (r"[+-]?\d+,\d+", f'set `decimal: ","` {_SAY}'),
        ]
    return []
