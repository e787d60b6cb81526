"""Every published figure with its description in dbt, and the thresholds and versions in force."""

import re
from collections.abc import Mapping

import pyarrow as pa

from dashboards.data.definitions import definition, definition_versions, model_comments
from dashboards.data.tables import Row, Table, rows, table_of
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import day, words
from dashboards.labels import METRICS as NAMES

METRICS, FIGURES, TABLES = "Metrics", "Figures", "Tables"
KINDS = (METRICS, FIGURES, TABLES)

# well-known terms and the column that defines each
TERMS = (
    ("Net revenue retention (NRR)", "fct_trailing_retention", "nrr"),
    ("Gross revenue retention (GRR)", "fct_trailing_retention", "grr"),
    ("Logo retention", "fct_trailing_retention", "logo_retention"),
    ("Seat utilization of an account", "fct_seat_utilization", "utilization"),
    ("Idle seats", "fct_seat_utilization", "idle_seats"),
    ("Never active seats", "fct_seat_utilization", "never_active_seats"),
    ("Money paid for idle seats", "fct_seat_utilization", "idle_amount_reporting"),
    ("Bill shock", "fct_bill_shock", "is_shock"),
    ("Bill shock rate", "fct_bill_shock_rates", "shock_rate"),
    ("Migration shock", "fct_migration_shock", "is_shock"),
    ("Migration shock share", "fct_segment_scenarios", "shock_share"),
    ("Revenue change of a proposal", "fct_segment_scenarios", "revenue_change"),
    ("Extra churn of a proposal", "fct_segment_scenarios", "extra_churn"),
    ("Margin change of a proposal", "fct_segment_scenarios", "margin_change"),
    ("Difference between two models", "fct_shadow_bills", "difference"),
    ("Accuracy of re-rating", "fct_segment_quality", "accuracy"),
    ("Coverage of exports", "fct_segment_quality", "coverage"),
    ("Verdict", "fct_verdicts", "verdict"),
    ("Confidence", "fct_verdicts", "confidence"),
    ("Migration trigger", "fct_verdicts", "is_trigger"),
    ("Signal that is on", "fct_signals", "is_firing"),
    ("Nearness of a signal", "fct_signal_parts", "moves_away"),
    ("Wave of a rollout", "fct_rollout_waves", "wave"),
    ("Account locked by contract", "fct_rollout_waves", "reason"),
    ("Restatement", "fct_restatements", "difference"),
)
# ratios with established names
RATIOS = ("nrr", "grr", "logo_retention", "utilization", "accuracy", "coverage")
SHORT = re.compile(r"\b(?:mrr|nrr|grr|arpu|id)\b", re.IGNORECASE)
TYPES = {
    "boolean": "yes or no",
    "varchar": "text",
    "date": "day",
    "timestamp": "moment, UTC",
    "bigint": "count",
    "integer": "count",
    "decimal": "number",
}
# "`name`: what it is." in the description of a column of metric names
NAMED = re.compile(r"`(\w+)`:\s*(.+?)(?=\s*`\w+`:|$)", re.DOTALL)
EMPTY_WHEN = re.compile(r"(?:^|[;,.]\s+)((?:empty|null|zero|0|below zero)\b[^.;]*)", re.IGNORECASE)


def glossary(snapshot: Snapshot) -> list[Row]:
    """One row per term: definition, when it is empty, where it is published, owner.

    Owner, version, changed_on and change are the model's; None in an older snapshot.
    """
    grains = model_comments(snapshot)
    columns = rows(snapshot.read("glossary/columns"))
    known = {(row["table_name"], row["column_name"]): row for row in columns}
    found = [
        *_metrics(snapshot, known, grains),
        *(
            _term(METRICS, term, known[model, column], grains)
            for term, model, column in TERMS
            if (model, column) in known
        ),
    ]
    found.sort(key=lambda row: row["term"].lower())
    found += [_term(FIGURES, _named(row["column_name"]), row, grains) for row in columns]
    found += [
        _row(TABLES, table_name(name), comment, None, comment, name)
        for name, comment in sorted(grains.items())
    ]
    versions = definition_versions(snapshot)
    for row in found:
        latest = next(iter(versions.get(_model(row["where"]), ())), {})
        row |= {name: latest.get(name) for name in ("owner", "version", "changed_on", "change")}
    return found


def _model(where: str) -> str:
    """The model of a term that is published as, for example, fct_verdicts.verdict."""
    return re.split("[.,]", where)[0]


def changes(snapshot: Snapshot, terms: list[Row]) -> list[Row]:
    """One row per changed definition among the models of some terms, the newest first.

    Columns: name (the model's label), model, version, changed_on, change, owner.
    """
    models = {_model(row["where"]) for row in terms}
    found = [
        row | {"name": table_name(model)}
        for model, known in definition_versions(snapshot).items()
        for row in known
        if model in models and row["change"]
    ]
    return sorted(found, key=lambda row: (-row["changed_on"].toordinal(), row["name"]))


def table_name(model: str) -> str:
    """A model's label: "fct_mrr_movements" → "MRR movements"."""
    return _named(re.sub("^(fct|dim)_", "", model))


def changes_table(listed: list[Row]) -> Table:
    """The changes as a table, for the screen and for files."""
    kinds = {"version": pa.int64(), "changed_on": pa.date32()}
    names = ("name", "version", "changed_on", "change", "owner", "model")
    return table_of(
        [{name: row[name] for name in names} for row in listed],
        [(name, kinds.get(name, pa.string())) for name in names],
    )


def metric(snapshot: Snapshot, name: str) -> str | None:
    """The definition of a metric in fct_segment_metrics, with its formula."""
    description = definition(snapshot, "fct_segment_metrics", "metric")
    text = dict(NAMED.findall(description or "")).get(name)
    return text[:1].upper() + text[1:] if text else None


def _metrics(
    snapshot: Snapshot, known: dict[tuple[str, str], Row], grains: Mapping[str, str | None]
) -> list[Row]:
    """The metrics in a column's description, each with its formula."""
    model = "fct_segment_metrics"
    if (model, "metric") not in known:
        return []
    units = {row["metric"]: row["unit"] for row in rows(snapshot.read("glossary/metric_units"))}
    return [
        _row(
            METRICS,
            NAMES.get(name, words(name)),
            text[:1].upper() + text[1:],
            units.get(name),
            grains.get(model),
            f"{model}, metric {name}",
            empty=known[model, "value"]["comment"],
        )
        for name, text in NAMED.findall(known[model, "metric"]["comment"])
    ]


def _term(kind: str, term: str, column: Row, grains: Mapping[str, str | None]) -> Row:
    model = column["table_name"]
    return _row(
        kind,
        term,
        column["comment"],
        _unit(column["column_name"], column["data_type"]),
        grains.get(model),
        f"{model}.{column['column_name']}",
    )


def _named(name: str) -> str:
    """A table's or column's label: "mrr_start" → "MRR start"."""
    return SHORT.sub(lambda found: found[0].upper(), words(name))


def _grain(description: str | None) -> str | None:
    """The grain of a model: "One row per account: what it is" → "account"."""
    text = " ".join((description or "").replace("`", "").split()).removeprefix("One row per ")
    return text.split(": ")[0] or None


def _unit(name: str, data_type: str) -> str:
    """The unit or type of a column, from its name and type in the contract."""
    if name.endswith("_reporting"):
        return "money, reporting currency"
    if name in RATIOS or name.endswith(("_ratio", "_share", "_rate")):
        return "ratio"
    return TYPES.get(data_type.split("(")[0], data_type)


def _row(
    kind: str,
    term: str,
    definition: str | None,
    unit: str | None,
    grain: str | None,
    where: str,
    *,
    empty: str | None = None,
) -> Row:
    text = " ".join((definition or "").replace("`", "").split())
    clause = EMPTY_WHEN.search(empty or text)
    return {
        "kind": kind,
        "term": term,
        "definition": text or None,
        "unit": unit,
        "empty_when": clause.group(1).strip() if clause and kind != TABLES else None,
        "grain": _grain(grain),
        "where": where,
    }


def matching(terms: list[Row], kind: str | None, text: str) -> list[Row]:
    """The terms of a kind that contain every word of the text, matches in the name first."""
    asked = text.lower().split()
    found = [
        row
        for row in terms
        if (kind is None or row["kind"] == kind) and all(word in _searched(row) for word in asked)
    ]
    return sorted(found, key=lambda row: not all(word in row["term"].lower() for word in asked))


def _searched(row: Row) -> str:
    """All text of a term, with its version and day as pages write them."""
    said = [f"v{row['version']}", day(row["changed_on"])] if row.get("version") else []
    return " ".join([*(str(value) for value in row.values() if value), *said]).lower()


def as_table(terms: list[Row]) -> Table:
    """The terms as a table, for files."""
    names = ("kind", "term", "definition", "unit", "empty_when", "grain", "where", "owner")
    return table_of(
        terms,
        [
            *((name, pa.string()) for name in names),
            ("version", pa.int64()),
            ("changed_on", pa.date32()),
            ("change", pa.string()),
        ],
    )


def thresholds_in_force(snapshot: Snapshot, segment: str) -> Table:
    """One row per threshold: the value that holds for the segment, and the row it comes from."""
    return snapshot.read(
        "glossary/thresholds_in_force",
        segment=segment,
    )


def versions(snapshot: Snapshot, segment: str) -> Table:
    """One row: what this build was made and judged with."""
    return snapshot.read(
        "glossary/versions",
        segment=segment,
    )
