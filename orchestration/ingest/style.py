"""The cell formats of a source, declared by a mapping and never detected."""

from dataclasses import dataclass

DATE_ORDERS = ("ymd", "dmy", "mdy")
MONEY_UNITS = ("major", "minor")


@dataclass(frozen=True)
class CellStyle:
    """How a source formats numbers, dates and money; the default is the canonical format.

    `time_zone` applies to times without an offset. With `money` minor, amounts are in cents, fils
    or yen. `nulls` are texts that mean null.
    """

    time_zone: str
    decimal: str = "."
    thousands: str = ""
    date_order: str = "ymd"
    money: str = "major"
    nulls: tuple[str, ...] = ()
