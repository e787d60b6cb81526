"""The nodes of the dbt project: models and data tests, and the results of running them."""

from dataclasses import dataclass

UNCHANGED = "unchanged"


@dataclass(frozen=True)
class NodeResult:
    """The result of one model or test; its message is UNCHANGED if it was taken over."""

    unique_id: str
    name: str
    kind: str
    status: str
    message: str
    failures: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status in ("success", "pass", "warn")


@dataclass(frozen=True)
class CompiledModel:
    """A model as dbt compiled it; `reads` lists relations and sources as schema and name."""

    schema: str
    name: str
    reads: tuple[tuple[str, str], ...]
    is_view: bool
    sql: str
