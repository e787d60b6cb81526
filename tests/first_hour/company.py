"""What the invented companies share: customers, months, people with seats, and their work."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

CUSTOMERS = 40
MONTHS = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(3, 17)]
SEGMENTS = ("smb", "midmarket", "enterprise")
WORDS = ("Käfer", "Lumen", "Orchard", "Pico", "Quarry", "Rökkur", "Sable", "Tundra")
# this customer leaves at the end of the tenth month
LEAVES = 5
LAST_MONTH = 9
KINDS = ("Labs", "Works", "Foods", "Cargo", "Clinics")


@dataclass(frozen=True)
class Customer:
    """One customer; `seats` are those of each month, 0 after it has left."""

    number: int
    name: str
    segment: str
    seats: tuple[int, ...]

    def people(self, month: int) -> list[str]:
        """Who has a seat in the month: those who came last leave first."""
        return [f"person-{self.number}-{place}" for place in range(self.seats[month])]


def customers() -> list[Customer]:
    """Forty customers; most grow by a seat now and then, some lose one, one leaves."""
    return [
        Customer(
            number=number,
            name=f"{WORDS[number % len(WORDS)]} {KINDS[number // len(WORDS)]}",
            segment=SEGMENTS[number % len(SEGMENTS)],
            seats=tuple(
                0 if number == LEAVES and month > LAST_MONTH else _seats(number, month)
                for month in range(len(MONTHS))
            ),
        )
        for number in range(CUSTOMERS)
    ]


def _seats(number: int, month: int) -> int:
    return 3 + number % 7 + (month // (2 + number % 5) if number % 4 else -(month // 7))


def months_of(known: list[Customer]) -> Iterator[tuple[Customer, int, date]]:
    """(customer, number of the month, its first day) of every month with seats."""
    for place, month in enumerate(MONTHS):
        yield from ((one, place, month) for one in known if one.seats[place])


def after(day: date) -> date:
    """The first day of the next month."""
    return (day + timedelta(days=32)).replace(day=1)


def work(customer: Customer, month: int) -> Iterator[tuple[date, str, int]]:
    """(day, person, amount) of the month's work: two days of each person."""
    for place, person in enumerate(customer.people(month)):
        for part in range(2):
            day = MONTHS[month] + timedelta(days=2 + part * 13 + (customer.number + place) % 7)
            yield day, person, 40 + (customer.number * 13 + place * 7 + month * 5 + part * 3) % 60


def table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    """A delimited text file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))


def by_hand(home: Path, **lines: str) -> int:
    """Write the lines that a person writes into reference files; return how many there are."""
    count = 0
    for name, text in lines.items():
        rows = text.strip().splitlines()
        count += len(rows) - 1
        (home / "reference" / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return count
