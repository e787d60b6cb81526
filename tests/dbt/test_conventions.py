"""The layers, promises and proofs that every model keeps, read from dbt's manifest."""

import re
from datetime import date
from typing import Any

# in the order in which data flows: a model reads its own layer and those before it
LAYERS = ("staging", "intermediate", "marts", "decision")
INEXACT = ("double", "float", "real")
# who answers for what a figure means
OWNERS = ("Product", "Revenue", "Finance", "Data")

# up to a hundred million rows: landing settles their keys, and a test would read them all again
TOO_MANY_ROWS = {"stg_usage_events", "stg_late_usage_events"}

# private models of the decision layer
STEPS = "decision/steps/"

# The longest way from an export to a published figure, in models. Lower it when a change makes the
# way shorter; a change that makes it longer needs a reason that its reviewer accepts.
MAXIMUM_DEPTH = 45

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


def test_every_grain_is_tested(manifest: dict[str, Any]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in ("unique", "unique_grain")
    }
    untested = {node["name"] for node in models(manifest) if node["unique_id"] not in tested}
    assert untested == TOO_MANY_ROWS


def is_published(node: Node) -> bool:
    """Whether a model is one that readers get: a mart, or what the decision layer concludes."""
    return layer(node) in ("marts", "decision") and not node["path"].startswith(STEPS)


def test_published_models_are_public_under_an_enforced_contract(manifest: dict[str, Any]) -> None:
    published = [node["name"] for node in models(manifest) if is_published(node)]
    assert published == [node["name"] for node in public(manifest)]
    assert [
        node["name"] for node in public(manifest) if not node["config"]["contract"]["enforced"]
    ] == []


def test_every_public_column_is_described(manifest: dict[str, Any]) -> None:
    assert [
        f"{node['name']}.{column['name']}"
        for node in public(manifest)
        for column in node["columns"].values()
        if not column["description"].strip()
    ] == []


def test_public_descriptions_read_as_sentences(manifest: dict[str, Any]) -> None:
    """Pages show them to people who know no SQL: names of files, exports and commands may stand."""
    code = re.compile(r"\bnulls?\b|\b(?:fct|dim|int|stg)_|\w_\w|`| / | = |<\w", re.IGNORECASE)
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
