"""Files are recognised by their headers: every vendor's as its own, nothing else as a vendor's."""

from pathlib import Path

import pytest

from orchestration.connect.looks import look_at
from orchestration.connect.questions import Answers
from orchestration.connect.recognise import known_sources, matches
from orchestration.ingest.mapping import shipped_asks, shipped_names, targets_of
from orchestration.ingest.unread import unread_files
from orchestration.platform.warehouse import open_memory
from tests.ingest.test_vendors import VENDORS, home_of

FILES = [
    (vendor.name, path.relative_to(vendor / "exports").as_posix())
    for vendor in sorted(VENDORS.iterdir())
    for path in sorted((vendor / "exports").rglob("*"))
    if path.is_file()
]
# another mapping's main file, which this one may read, too
SHARED = {("stripe_invoices", "stripe/subscriptions.csv"): "stripe_subscriptions"}
HEADERS = {
    "usage_events": ["Event ID", "Account ID", "Occurred at", "Meter", "Quantity", "Note"],
    "accounts": ["account_id", "account_name", "segment"],
    "invoice_lines": [
        *("Invoice ID", "Line ID", "Account ID", "Issued at", "Period start", "Period end"),
        *("Amount", "Currency"),
    ],
    "seat_events": ["event_id", "account_id", "event_type", "quantity", "effective_at"],
}


@pytest.mark.parametrize(("vendor", "file"), FILES)
def test_a_vendors_file_is_taken_for_its_own_mapping(
    vendor: str, file: str, tmp_path: Path
) -> None:
    settings, _ = home_of(vendor, tmp_path / "home")
    (settings.mappings / f"{vendor}.yml").unlink()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = next(one for one in unread_files(settings) if one.name == file)
    with open_memory(settings) as connection:
        look = look_at(connection, settings, found, False, scratch, Answers([]))
    best, *others = matches(settings, look.name, look.headers)
    assert best.name == SHARED.get((vendor, file), vendor)
    assert best.is_certain
    rivals = [one for one in others if one.is_mapping and len(one.headers) == len(best.headers)]
    assert rivals == []


def test_every_shipped_mapping_says_by_what_it_is_recognised(tmp_path: Path) -> None:
    settings, _ = home_of("zendesk", tmp_path / "home")
    for name in shipped_names():
        for source in known_sources(settings)[name].values():
            assert all(len(names) >= 2 for names in source.recognised_by), name
            assert source.recognised_by, f"{name}: {source.name}"


@pytest.mark.parametrize("export", HEADERS)
def test_an_export_is_recognised_under_any_name(export: str, tmp_path: Path) -> None:
    settings, _ = home_of("zendesk", tmp_path / "home")
    best = matches(settings, "dump.csv", HEADERS[export])[0]
    assert (best.name, best.is_certain) == (export, True)


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (["customer", "date", "count"], "usage_events"),
        (["Org", "Report date", "Login"], "seat_snapshots"),
        (["Name", "ID"], "accounts"),
    ],
)
def test_other_words_are_a_guess_that_is_asked(
    headers: list[str], name: str, tmp_path: Path
) -> None:
    settings, _ = home_of("zendesk", tmp_path / "home")
    found = matches(settings, "dump.csv", headers)
    assert name in [one.name for one in found]
    assert not any(one.is_certain for one in found)


@pytest.mark.parametrize("headers", [["a", "b"], ["meter", "quantity"], ["date", "amount"]])
def test_what_fits_nothing_is_nothing(headers: list[str], tmp_path: Path) -> None:
    settings, _ = home_of("zendesk", tmp_path / "home")
    assert matches(settings, "dump.csv", headers) == []


def test_a_mapping_asks_for_values_that_it_has(tmp_path: Path) -> None:
    settings, _ = home_of("zendesk", tmp_path / "home")
    asked = {name: shipped_asks(name) for name in shipped_names()}
    assert asked["stripe_invoices"]["line_type"].choices == ("seat", "flat", "usage")
    for name, asks in asked.items():
        for key, ask in asks.items():
            raw = {"use": name, "values": {key: (*ask.choices, "any")[0]}}
            assert targets_of(settings, f"{name}.yml", raw)
            assert ask.text.endswith(("?", "."))
