"""Figures and texts as they are written."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dashboards import formatting as f


@pytest.mark.parametrize(
    ("value", "digits", "sign", "text"),
    [
        (None, 0, False, "–"),
        (0, 2, False, "0.00"),
        (0, 0, True, "0"),
        (Decimal("1234.5"), 1, False, "1,234.5"),
        (Decimal("-1234"), 2, False, "−1,234.00"),
        (Decimal("2.5"), 0, False, "3"),
        (Decimal("-2.5"), 0, False, "−3"),
        (Decimal("-0.004"), 2, False, "0.00"),
        (5, 0, True, "+5"),
    ],
)
def test_numbers_round_half_away_from_zero(
    value: Decimal | int | None, digits: int, sign: bool, text: str
) -> None:
    assert f.number(value, digits, sign=sign) == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (None, "−1,234,567.50"),
        ("en-US", "−1,234,567.50"),
        ("de-DE", "−1.234.567,50"),
        ("fr", "−1\u202f234\u202f567,50"),
        ("de-CH", "−1’234’567.50"),
        ("en-IN", "−12,34,567.50"),
        ("ar-EG", "−1,234,567.50"),
        ("no such locale", "−1,234,567.50"),
    ],
)
def test_thousands_and_decimals_are_parted_as_the_reader_does_it(
    locale: str | None, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f, "_reader", lambda: locale)
    assert f.number(Decimal("-1234567.5"), 2) == text
    with f.in_file():
        assert f.number(Decimal("-1234567.5"), 2) == "−1,234,567.50"


def test_money_and_shares_follow_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f, "_reader", lambda: "de-DE")
    assert f.money(Decimal("1234.5"), "EUR") == "1.234,50 EUR"
    assert f.headline(Decimal("1240000")) == "1,24M"
    assert f.percent(Decimal("0.0421")) == "4,2 %"
    assert f.signs() == (".", ",")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0 USD"),
        (Decimal("39.5"), "39.5 USD"),
        (999, "999 USD"),
        (Decimal("1170"), "1.17k USD"),
        (Decimal("158234"), "158k USD"),
        (Decimal("999600"), "1.00M USD"),
        (Decimal("1240000"), "1.24M USD"),
        (Decimal("-45600"), "−45.6k USD"),
    ],
)
def test_headlines_have_three_digits(value: Decimal | int | None, text: str) -> None:
    assert f.headline(value, "USD") == text


@pytest.mark.parametrize(
    ("currency", "text"), [("USD", "1,234.50"), ("JPY", "1,235"), ("KWD", "1,234.500")]
)
def test_amounts_have_the_currency_s_decimals(currency: str, text: str) -> None:
    assert f.amount(Decimal("1234.5"), currency) == text


def test_ratios_are_per_cent_and_points() -> None:
    assert f.percent(Decimal("0.0421")) == "4.2 %"
    assert f.percent(None) == "–"
    assert f.points(Decimal("0.052")) == "+5.2 pts"
    assert f.span(Decimal("-0.011"), Decimal("0.068")) == "−1.1 … +6.8 %"
    assert f.span(None, Decimal(1)) == ""


def test_small_counts_are_not_shown() -> None:
    assert f.count(4, 5) == "<5"
    assert f.count(5, 5) == "5"
    assert f.count(0, 5) == "0"
    assert f.count(None) == "–"


def test_months_and_ages_are_short() -> None:
    assert f.month(date(2026, 10, 1)) == f.month("2026-10") == "Oct 2026"
    assert f.month(None) == "–"
    assert f.age(timedelta(minutes=59)) == "59 min"
    assert f.age(timedelta(hours=47)) == "47 h"
    assert f.age(timedelta(days=11, hours=3)) == "11 d"
    assert f.age(timedelta(seconds=-5)) == "0 min"


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "![x](http://e.example)", ":red[x]", "**b**", "$x$", "`c`", "a | b"],
)
def test_markdown_of_the_exports_is_escaped(text: str) -> None:
    escaped = f.plain(text)
    assert escaped.replace("\\", "") == text
    for position, letter in enumerate(escaped):
        if letter in "<>![]():*$`|":
            assert escaped[position - 1] == "\\"


def test_plain_text_has_one_line() -> None:
    assert f.plain("a\n# b") == "a \\# b"
    assert f.plain(None) == "–"


def test_days_have_no_leading_zero() -> None:
    assert f.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert f.day(None) == "–"


@pytest.mark.parametrize(
    ("name", "text"), [("2026-10", "Oct 2026"), ("2026-Q4", "Q4 2026"), ("none", "none")]
)
def test_a_period_is_named_as_sentences_write_it(name: str, text: str) -> None:
    assert f.period_name(name) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2027-01", "2027-01", "Jan 2027"),
        ("2027-01", "2027-03", "Jan–Mar 2027"),
        ("2026-11", "2027-01", "Nov 2026–Jan 2027"),
    ],
)
def test_several_months_say_their_year_once(first: str, last: str, text: str) -> None:
    assert f.months(first, last) == text
