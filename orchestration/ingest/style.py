"""How the cells of a source are written; declared by a mapping, never detected."""

from dataclasses import dataclass

DATE_ORDERS = ("ymd", "dmy", "mdy")
MONEY_UNITS = ("major", "minor")


@dataclass(frozen=True)
class CellStyle:
    """Numbers, dates and money as a source writes them; the default is the canonical shape.

    `time_zone` reads times without an offset. `money` minor: amounts are cents, fils, yen.
    `nulls` are texts that stand for nothing.
    """

    time_zone: str
    decimal: str = "."
    thousands: str = ""
    date_order: str = "ymd"
    money: str = "major"
    nulls: tuple[str, ...] = ()
