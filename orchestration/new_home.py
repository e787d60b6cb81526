"""A new home: a settings file, reference files that hold their headers, and a README."""

from pathlib import Path

from orchestration.errors import InputError
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.specs import EXPORTS, Column

SETTINGS = """\
[company]
name = "Your company"
time_zone = "UTC"            # IANA name; months and billing periods are cut in it
reporting_currency = "USD"   # amounts of several currencies are converted to it
value_meter = ""             # the meter of usage_events that measures the work customers pay for

[windows]
outcome_reopen_hours = 72    # an outcome reopened within these hours does not count

[refresh]
hour = 6                     # of the daily refresh, in the time zone above
interval_hours = 24
grace_hours = 6              # data older than interval plus grace is shown as stale
snapshots_kept = 7
"""


def make_home(folder: Path) -> Path:
    """Write the home; InputError where the folder already holds anything."""
    home = folder.expanduser().resolve()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise InputError(f"{home} is not empty: name a new folder.")
    for name in ("exports", "reference", "mappings"):
        (home / name).mkdir(parents=True)
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    for name, spec in REFERENCE.items():
        if name != "thresholds":  # those that are shipped hold until a home names its own
            header = ",".join(column.name for column in spec.columns)
            (home / "reference" / f"{name}.csv").write_text(f"{header}\n", encoding="utf-8")
    (home / "README.md").write_text(_readme(), encoding="utf-8")
    return home


def _readme() -> str:
    parts = [
        "# A home of seatshift",
        "",
        "Put your exports into `exports/<name>.csv` (or .parquet, .jsonl, .gz, or a folder of",
        "them), your price book into `reference/`, then run `seatshift check` and",
        "`seatshift refresh`. Times are ISO 8601; one without an offset is read in the company's",
        "time zone. Required: seats (one of two shapes), usage and invoices.",
        "",
        "## Exports",
    ]
    for spec in EXPORTS.values():
        needed = " (required, or its other shape)" if spec.alternative else ""
        needed = " (required)" if spec.is_required and not spec.alternative else needed
        parts += ["", f"### {spec.name}{needed}", "", *_table(spec.columns)]
    parts += ["", "## Reference files"]
    for reference in REFERENCE.values():
        parts += ["", f"### {reference.name}.csv", "", *_table(reference.columns)]
    return "\n".join([*parts, ""])


def _table(columns: tuple[Column, ...]) -> list[str]:
    return [
        "| column | kind | required | values |",
        "|---|---|---|---|",
        *(
            f"| {column.name} | {column.kind} | {'yes' if column.required else ''} | "
            f"{', '.join(column.allowed)}"
            f"{f' (default {column.default})' if column.default else ''} |"
            for column in columns
        ),
    ]
