"""The layers, promises and proofs that every model keeps, read from dbt's manifest."""

import re
from datetime import date
from pathlib import Path
from typing import Any

# in the order in which data flows: a model reads its own layer and those before it
LAYERS = ("staging", "intermediate", "marts", "decision")
INEXACT = ("double", "float", "real")
# who answers for what a figure means
OWNERS = ("Product", "Revenue", "Finance", "Data")

# up to a hundred million rows: landing settles their keys, and a test would read them all again
TOO_MANY_ROWS = {"stg_usage_events", "stg_new_usage_events", "stg_late_usage_events"}

# stored rows were tested by the build that computed them; the models that add new months to these
# have disjoint months
STORED = {
    "int_usage_daily",
    "int_user_activity",
    "stg_stored_feature_users",
    "stg_stored_reopenings",
    "stg_stored_usage_daily",
    "stg_stored_user_days",
    "stg_stored_user_usage",
}

# all rows of these stand as they are, and under the same key, in a model that tests it
TESTED_BY_READER = {
    "int_account_accuracy": "fct_account_accuracy",
    "int_credit_quantities": "int_line_quantities",
    "int_invoice_reconciliation": "fct_invoice_reconciliation",
    "int_seat_quantities": "int_line_quantities",
    "int_thresholds": "dim_thresholds",
    "int_usage_quantities": "int_line_quantities",
    "stg_export_status": "export_status",
    "stg_load_ledger": "load_ledger",
    "stg_quarantine": "quarantine",
}

# private models of the decision layer
STEPS = "decision/steps/"

# The longest way from an export to a published figure, in models. Lower it when a change makes the
# way shorter; a change that makes it longer needs a reason that its reviewer accepts: a verdict is
# judged by projected bills, too, so that it comes after the rollout and the projection.
MAXIMUM_DEPTH = 49

ROOT = Path(__file__).resolve().parents[2]

# Published models that no page, export or command reads yet, each with the reason. Take a name out
# when something reads it, and put none in: what nobody is going to read goes instead.
UNREAD = {
    "fct_account_accuracy": "the audits of a build read it; the page on how bills match invoices",
    "fct_churn_before_after": "the page on accounts that moved to another kind of plan",
    "fct_cohort_retention": "the audits of a build read it; the cohort page reads slices instead",
    "fct_feature_adoption": "the page on features",
    "fct_idle_seats": "fct_slice_metrics sums it up; the list of idle seats by account",
    "fct_invoice_variance": "fct_scorecard sums it up; the page on bills that vary",
    "fct_invoice_variance_summary": "the page on bills that vary",
    "fct_scorecard": "the scorecard of models that have been piloted",
    "fct_segment_ranking": "fct_scorecard sums it up; the ranking of segments",
    "fct_survey_scores": "the page on surveys and support",
    "fct_time_to_upgrade": "fct_upgrade_curve sums it up; the page on trials and upgrades",
    "fct_trial_funnel": "the page on trials and upgrades",
    "fct_trials": "fct_trial_funnel sums it up; the page on trials and upgrades",
    "fct_upgrade_curve": "fct_upgrade_times sums it up; the page on trials and upgrades",
    "fct_upgrade_times": "the page on trials and upgrades",
    "fct_user_exposure": "the page on what single users cost",
    "fct_value_fit": "the page Triggers shows fct_seat_value_fit; ranks by region and plan",
    "fct_winners_losers": "the page on who pays more and who pays less",
}

Node = dict[str, Any]


def models(manifest: dict[str, Any]) -> list[Node]:
    """Every model of the project, by name."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(nodes, key=lambda node: str(node["name"]))


def layer(node: Node) -> str:
    """The folder below models/ that a model lies in."""
    return str(node["path"]).split("/")[0]


def public(manifest: dict[str, Any]) -> list[Node]:
    """The models that readers may rely on."""
    return [node for node in models(manifest) if node["config"]["access"] == "public"]


def parents(node: Node, kind: str) -> list[str]:
    """Ids of the nodes of one kind that a model reads."""
    return [name for name in node["depends_on"]["nodes"] if name.startswith(f"{kind}.")]


def test_every_model_lies_in_a_known_layer(manifest: dict[str, Any]) -> None:
    assert [node["name"] for node in models(manifest) if layer(node) not in LAYERS] == []


def test_staging_reads_only_sources(manifest: dict[str, Any]) -> None:
    assert {
        node["name"]: parents(node, "model")
        for node in models(manifest)
        if layer(node) == "staging" and parents(node, "model")
    } == {}


def test_only_staging_reads_sources(manifest: dict[str, Any]) -> None:
    assert {
        node["name"]: parents(node, "source")
        for node in models(manifest)
        if layer(node) != "staging" and parents(node, "source")
    } == {}


def test_nothing_reads_up_a_layer(manifest: dict[str, Any]) -> None:
    nodes = {node["unique_id"]: node for node in models(manifest)}
    assert [
        (node["name"], name)
        for node in models(manifest)
        for name in parents(node, "model")
        if LAYERS.index(layer(nodes[name])) > LAYERS.index(layer(node))
    ] == []


def test_the_way_from_an_export_to_a_figure_is_no_longer_than_stated(
    manifest: dict[str, Any],
) -> None:
    nodes = {node["unique_id"]: node for node in models(manifest)}
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            read = [depth(parent) for parent in parents(nodes[name], "model")]
            depths[name] = 1 + max(read, default=0)
        return depths[name]

    assert max(depth(name) for name in nodes) == MAXIMUM_DEPTH


def test_every_model_says_its_grain(manifest: dict[str, Any]) -> None:
    assert [
        node["name"]
        for node in models(manifest)
        if not node["description"].strip().startswith("One row per")
    ] == []


def grain_tested(manifest: dict[str, Any]) -> set[str]:
    """The models of which a test holds that a row is what the description says."""
    attached = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in ("unique", "unique_grain")
    }
    return {node["name"] for node in models(manifest) if node["unique_id"] in attached}


def test_every_grain_is_tested(manifest: dict[str, Any]) -> None:
    names = {node["name"] for node in models(manifest)}
    assert names - grain_tested(manifest) == TOO_MANY_ROWS | STORED | set(TESTED_BY_READER)


def test_a_grain_is_tested_by_a_reader_where_it_is_not_tested_itself(
    manifest: dict[str, Any],
) -> None:
    read = {
        node["name"]: {name.split(".")[-1] for name in parents(node, "model")}
        for node in models(manifest)
    }
    assert set(TESTED_BY_READER.values()) <= grain_tested(manifest)
    assert [name for name, reader in TESTED_BY_READER.items() if name not in read[reader]] == []


def is_published(node: Node) -> bool:
    """Whether a model is one that readers get: a mart, or what the decision layer concludes."""
    return layer(node) in ("marts", "decision") and not node["path"].startswith(STEPS)


def test_published_models_are_public_under_an_enforced_contract(manifest: dict[str, Any]) -> None:
    published = [node["name"] for node in models(manifest) if is_published(node)]
    assert published == [node["name"] for node in public(manifest)]
    assert [
        node["name"] for node in public(manifest) if not node["config"]["contract"]["enforced"]
    ] == []


def test_every_published_model_is_read_or_listed_with_a_reason(manifest: dict[str, Any]) -> None:
    """By a page, a function of the snapshot, an export or a command, or by a dbt exposure.

    All but the last write `marts.` or `{marts}.` before its name.
    """
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("dashboards", "orchestration", "dbt_project/macros/functions")
        for path in sorted((ROOT / room).rglob("*"))
        # what audits a build is no reader
        if path.suffix in (".py", ".sql") and path.parent.name != "validation"
    )
    read = set(re.findall(r"\bmarts\}?\.(\w+)", code))
    read |= {
        name.split(".")[-1]
        for exposure in manifest["exposures"].values()
        for name in exposure["depends_on"]["nodes"]
    }
    assert {node["name"] for node in public(manifest)} - read == set(UNREAD)


def test_every_public_column_is_described(manifest: dict[str, Any]) -> None:
    assert [
        f"{node['name']}.{column['name']}"
        for node in public(manifest)
        for column in node["columns"].values()
        if not column["description"].strip()
    ] == []


def test_public_descriptions_read_as_sentences(manifest: dict[str, Any]) -> None:
    """Pages show them to people who know no SQL.

    The only word of SQL is "null if", for when there is no figure; names of files, exports and
    commands are allowed.
    """
    code = re.compile(r"\b(?:fct|dim|int|stg)_|\w_\w|`| / | = |<\w", re.IGNORECASE)
    allowed = re.compile(r"\w+\.(?:csv|toml)\b|\w+ export\b|`seatshift \w+`")
    assert [
        f"{node['name']}.{name}: {text}"
        for node in public(manifest)
        for name, text in [
            ("", node["description"]),
            *((column["name"], column["description"]) for column in node["columns"].values()),
        ]
        # the names of metrics, each with what it is
        if name != "metric" and code.search(allowed.sub("", text))
    ] == []


def test_every_public_model_has_an_owner(manifest: dict[str, Any]) -> None:
    assert [
        node["name"]
        for node in public(manifest)
        if node["config"]["meta"].get("owner") not in OWNERS
    ] == []


def test_versions_of_a_definition_rise_by_one_and_their_days_rise(manifest: dict[str, Any]) -> None:
    """Each says since when it holds and, from the second on, what changed in a short sentence."""
    for node in public(manifest):
        meta = node["config"]["meta"]
        changes = meta["changes"]
        numbers = [change["version"] for change in changes]
        assert numbers == list(range(1, meta["version"] + 1)), node["name"]
        days = [date.fromisoformat(change["since"]) for change in changes]
        assert days == sorted(set(days)), node["name"]
        assert "what" not in changes[0], node["name"]
        for change in changes[1:]:
            words = change["what"].split()
            assert change["what"].endswith(".") and len(words) <= 20, node["name"]


def test_no_public_column_is_inexact(manifest: dict[str, Any]) -> None:
    assert [
        f"{node['name']}.{column['name']} is {column['data_type']}"
        for node in public(manifest)
        for column in node["columns"].values()
        if str(column["data_type"]).lower().startswith(INEXACT)
    ] == []


def test_a_model_and_its_promises_have_one_name(manifest: dict[str, Any]) -> None:
    assert [
        node["name"]
        for node in models(manifest)
        if node["patch_path"] != f"seatshift://models/{node['path'].removesuffix('.sql')}.yml"
    ] == []


def test_no_model_reads_the_clock_or_chance(manifest: dict[str, Any]) -> None:
    forbidden = ("current_date", "current_timestamp", "now(", "random(", "today(", "uuid(")
    assert {
        node["name"]: word
        for node in models(manifest)
        for word in forbidden
        if word in node["raw_code"].lower()
    } == {}
