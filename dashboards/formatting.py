"""How figures and texts are written. Amounts come as Decimal, ratios as fractions of one.

The screen uses the separators of the reader's browser; files are the same for everybody: 1,234.50.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError

NOTHING = "–"
MINUS = "−"
# control characters of Unicode's bidirectional algorithm
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# ISO 4217: currencies that do not have two decimals
WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
MINOR_UNITS = {
    **dict.fromkeys(WITHOUT_DECIMALS.split(" "), 0),
    **dict.fromkeys(WITH_THREE.split(" "), 3),
}

Number = Decimal | int | float

_reader: Callable[[], str | None] = lambda: None  # noqa: E731
_in_file: ContextVar[bool] = ContextVar("in_file", default=False)


def set_locale(locale: Callable[[], str | None]) -> None:
    """Set how to look up the reader's locale, such as de-DE; None means the format of files."""
    global _reader
    _reader = locale


@contextmanager
def in_file() -> Iterator[None]:
    """Inside this block, figures are written as in files, whatever the reader's locale."""
    token = _in_file.set(True)
    try:
        yield
    finally:
        _in_file.reset(token)


@cache
def _known(name: str) -> Locale | None:
    """The locale for a browser's name of it; None if figures are written as in files."""
    try:
        found = Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    return None if (found.language, found.territory) in (("en", "US"), ("en", "GB")) else found


def signs() -> tuple[str, str] | None:
    """The reader's separators for thousands and decimals; None if as in files."""
    name = _reader()
    locale = _known(name) if name else None
    if locale is None:
        return None
    known = locale.number_symbols["latn"]
    return str(known["group"]), str(known["decimal"])


def minor_units(currency: str | None) -> int:
    """Decimals of the currency; two if it is not known."""
    return MINOR_UNITS.get(currency or "", 2)


def number(value: Number | None, digits: int = 0, *, sign: bool = False) -> str:
    """1234.5 → "1,234.5", or as the reader's locale has it; half rounds away from zero."""
    if value is None or value != value:  # NaN: a null from a table made for charts
        return NOTHING
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    name = None if _in_file.get() else _reader()
    locale = _known(name) if name else None
    if locale is None:
        text = f"{abs(rounded):,.{digits}f}"
    else:
        pattern = locale.decimal_formats[None]
        text = pattern.apply(abs(rounded), locale, force_frac=(digits, digits))
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def amount(value: Number | None, currency: str | None, *, sign: bool = False) -> str:
    """To the minor unit, without the currency: "1,234.00"."""
    return number(value, minor_units(currency), sign=sign)


def money(value: Number | None, currency: str | None, *, sign: bool = False) -> str:
    """To the minor unit, with the currency: "1,234.00 USD"."""
    return NOTHING if value is None else f"{amount(value, currency, sign=sign)} {currency or ''}"


def headline(value: Number | None, currency: str | None = None, *, sign: bool = False) -> str:
    """Rounded to three significant digits: 158234 → "158k USD"."""
    if value is None or value != value:
        return NOTHING
    exact = Decimal(str(value))
    size = abs(exact)
    for scale, letter in ((Decimal(10**9), "bn"), (Decimal(10**6), "M"), (Decimal(10**3), "k")):
        # 999.6 thousand rounds to a million at three digits
        if size >= scale * Decimal("0.9995") and size >= 1000:
            scaled = exact / scale
            text = number(scaled, _digits(abs(scaled)), sign=sign) + letter
            break
    else:
        text = number(exact, 0 if size >= 100 or exact == exact.to_integral() else 1, sign=sign)
    return f"{text} {currency}" if currency else text


def _digits(size: Decimal) -> int:
    return 0 if size >= Decimal("99.95") else 1 if size >= Decimal("9.995") else 2


def percent(value: Number | None, digits: int = 1, *, sign: bool = False) -> str:
    """0.0421 → "4.2 %"."""
    if value is None or value != value:
        return NOTHING
    return f"{number(Decimal(str(value)) * 100, digits, sign=sign)} %"


def round_percent(value: Decimal) -> str:
    """A share that was set by hand, without a needless decimal: "5 %", "2.5 %"."""
    return percent(value, 0 if value == round(value, 2) else 1)


def points(value: Number | None, digits: int = 1) -> str:
    """0.052 → "+5.2 pts"."""
    if value is None or value != value:
        return NOTHING
    return f"{number(Decimal(str(value)) * 100, digits, sign=True)} pts"


def span(low: Number | None, high: Number | None) -> str:
    """An interval of ratios: "+1.1 … +6.8 %"; empty if it was not computed."""
    if low is None or high is None:
        return ""
    ends = (number(Decimal(str(end)) * 100, 1, sign=True) for end in (low, high))
    return f"{' … '.join(ends)} %"


def measure(value: Number | None, unit: str, currency: str | None = None) -> str:
    """A figure in the unit given by the mart."""
    if unit == "ratio":
        return percent(value)
    if unit == "points":
        return points(value)
    if unit == "correlation":
        return number(value, 2)
    if unit == "money":
        return headline(value, currency)
    return headline(value)


def count(value: int | None, least: int = 0) -> str:
    """A whole number; "<5" if below `least`, because small cells are not shown."""
    if value is None:
        return NOTHING
    return f"<{least}" if 0 < value < least else number(value)


def unit_price(value: Number | None, currency: str | None = None) -> str:
    """Three significant digits, however small: 0.0093 → "0.00930 USD"."""
    if value is None or value != value:
        return NOTHING
    exact = Decimal(str(value))
    if not exact or abs(exact) >= 100:
        text = number(exact, 2)
    else:
        text = number(exact, max(2 - exact.adjusted(), 2))
    return f"{text} {currency}" if currency else text


def plural(value: int, one: str, many: str | None = None) -> str:
    """1 → "1 account", 2 → "2 accounts"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def month(day: date | str | None) -> str:
    """2026-10-01, or the text 2026-10 → "Oct 2026"."""
    if day is None or day != day:  # NaT: a null from a table made for charts
        return NOTHING
    first = date.fromisoformat(f"{day}-01") if isinstance(day, str) else day
    return f"{first:%b %Y}"


def months(first: str, last: str) -> str:
    """2027-01 and 2027-03 → "Jan–Mar 2027"; the year appears once if it is the same."""
    if first == last:
        return month(first)
    start = month(first)[:3] if first[:4] == last[:4] else month(first)
    return f"{start}–{month(last)}"


def first_day(name: str | None) -> date | None:
    """The text 2026-10 → its first day, so that a grid can sort months."""
    return None if name is None else date.fromisoformat(f"{name}-01")


def period_name(name: str) -> str:
    """2026-10 → "Oct 2026", 2026-Q4 → "Q4 2026"; any other word is unchanged."""
    if re.fullmatch(r"\d{4}-\d{2}", name):
        return month(name)
    quarter = re.fullmatch(r"(\d{4})-(Q[1-4])", name)
    return f"{quarter[2]} {quarter[1]}" if quarter else name


def day(value: date | None) -> str:
    """ "20 Nov 2026"."""
    return NOTHING if value is None or value != value else f"{value.day} {value:%b %Y}"


def moment(time: datetime | None) -> str:
    """ "20 Nov 2026 23:59", in the value's own time zone."""
    return NOTHING if time is None or time != time else f"{time.day} {time:%b %Y %H:%M}"


def age(span_of_time: timedelta) -> str:
    """ "5 h", "3 d": in the largest unit that fits."""
    minutes = max(int(span_of_time.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def undirected(text: str) -> str:
    """Without direction control characters, which would also turn the text around it.

    Letters of every script stay; each has its own direction.
    """
    return DIRECTIONS.sub("", text)


def plain(text: str | None) -> str:
    """Text from exports, escaped for Markdown: no link, image, HTML or maths is interpreted."""
    if text is None:
        return NOTHING
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(undirected(text).split()))


def words(name: str) -> str:
    """A snake_case id as a label: "seat_growth" → "Seat growth"."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
