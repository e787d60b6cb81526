"""Runs a suite in SQL on all rows of one build file and reports one finding per rule."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from orchestration.platform.failures import explained_text
from orchestration.validation import dialect
from orchestration.validation.rules import CRITICAL, Rule

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read once, at import

import great_expectations as gx
from great_expectations.data_context.types.base import DataContextConfig

OFFENDERS_KEPT = 20
VALIDATIONS = "uncommitted/validations"
SITE = "uncommitted/data_docs/local_site"


@dataclass(frozen=True)
class Finding:
    """The result of one rule; `offenders` are the first failing rows or values, as text."""

    rule: str
    relation: str
    severity: str
    passed: bool
    sentence: str
    observed: str
    offenders: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        return not self.passed and self.severity == CRITICAL


class Suite:
    """One named suite for one build file, with Data Docs in the build's own folder."""

    def __init__(self, *, name: str, warehouse: Path, folder: Path, rules: list[Rule]) -> None:
        if not rules:
            raise ValueError(f"the suite {name} is empty and would pass for any data")
        schemas = {rule.schema for rule in rules}
        if len(schemas) != 1:
            raise ValueError(f"the suite {name} spans the schemas {', '.join(sorted(schemas))}")
        self._name = name
        self._schema = schemas.pop()
        self._rules = sorted(rules, key=lambda rule: rule.table)
        with _quiet():
            self._context = _context(folder)
            self._checkpoint = self._prepare(warehouse)

    def run(self) -> list[Finding]:
        """One finding per rule; raises if Great Expectations leaves out a rule."""
        with _quiet():
            try:
                outcome = self._checkpoint.run()
            finally:
                dialect.close_all()  # dbt attaches the file for writing next
        found = [
            result for validation in outcome.run_results.values() for result in validation.results
        ]
        if len(found) != len(self._rules):
            raise RuntimeError(
                f"the suite {self._name} has {len(self._rules)} rules and gave {len(found)} results"
            )
        by_name = {result.expectation_config.meta["rule"]: result for result in found}
        return [_finding(rule, by_name[rule.name]) for rule in self._rules]

    def _prepare(self, warehouse: Path) -> Any:
        dialect.register()
        source = self._context.data_sources.add_or_update_sql(
            name=self._name,
            connection_string=dialect.URL,
            create_temp_table=False,
            kwargs={"connect_args": {"warehouse": str(warehouse), "schema": self._schema}},
        )
        definitions = []
        for table, rules in groupby(self._rules, key=lambda rule: rule.table):
            asset = source.add_table_asset(table, table_name=table, schema_name=self._schema)
            suite = gx.ExpectationSuite(name=f"{self._name}: {table}")
            for rule in rules:
                expectation = rule.expectation.copy()
                expectation.severity = rule.severity
                expectation.meta = {"rule": rule.name, "sentence": rule.sentence}
                suite.add_expectation(expectation)
            self._context.suites.add_or_update(suite)
            definitions.append(
                self._context.validation_definitions.add_or_update(
                    gx.ValidationDefinition(
                        name=f"{self._name}: {table}",
                        data=asset.add_batch_definition_whole_table("all rows"),
                        suite=suite,
                    )
                )
            )
        return self._context.checkpoints.add_or_update(
            gx.Checkpoint(
                name=self._name,
                validation_definitions=definitions,
                result_format={"result_format": "SUMMARY", "partial_unexpected_count": 20},
            )
        )


def write_docs(folder: Path) -> None:
    """Write the Data Docs of every suite in the folder; call once, as it takes seconds."""
    with _quiet():
        _context(folder).build_data_docs()


def docs_index(folder: Path) -> Path:
    """The start page of the Data Docs."""
    return folder / "gx" / SITE / "index.html"


def _context(folder: Path) -> Any:
    """A context whose suites, results and pages lie under the folder; the rest is in memory.

    Great Expectations reads and compares the files of a wholly file-based context thousands of
    times in a run, and nothing but the pages is needed afterwards.
    """
    root = folder / "gx"

    def store(kind: str, below: str | None = None) -> dict[str, Any]:
        backend: dict[str, Any] = {"class_name": "InMemoryStoreBackend"}
        if below is not None:
            backend = _files(root / below)
        return {"class_name": kind, "store_backend": backend}

    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            stores={
                "expectations_store": store("ExpectationsStore", "expectations"),
                "validation_results_store": store("ValidationResultsStore", VALIDATIONS),
                "checkpoint_store": store("CheckpointStore"),
                "validation_definition_store": store("ValidationDefinitionStore"),
            },
            expectations_store_name="expectations_store",
            validation_results_store_name="validation_results_store",
            checkpoint_store_name="checkpoint_store",
            data_docs_sites={
                "local_site": {
                    "class_name": "SiteBuilder",
                    "show_how_to_buttons": False,
                    "store_backend": _files(root / SITE),
                    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                }
            },
            progress_bars={"globally": False},
            analytics_enabled=False,
        ),
    )


def _files(folder: Path) -> dict[str, Any]:
    return {
        "class_name": "TupleFilesystemStoreBackend",
        "base_directory": str(folder),
    }


def _finding(rule: Rule, result: Any) -> Finding:
    details = result.result or {}
    error = _error(result.exception_info or {})
    if error and explained_text(error, None) is not None:
        raise RuntimeError(error)  # the machine failed, which says nothing about the data
    offenders = details.get("partial_unexpected_list") or (details.get("details") or {}).get(
        "unexpected_rows", []
    )
    observed = details.get("observed_value", details.get("unexpected_count", ""))
    return Finding(
        rule=rule.name,
        relation=rule.relation,
        severity=rule.severity,
        passed=bool(result.success),
        sentence=rule.sentence,
        observed=str(error or observed),
        offenders=tuple(str(offender) for offender in list(offenders)[:OFFENDERS_KEPT]),
    )


def _error(info: dict[str, Any]) -> str:
    """Why a rule could not be evaluated; may be nested by metric."""
    if "exception_message" in info:
        return info["exception_message"] or ""
    return next((entry["exception_message"] for entry in info.values() if entry), "")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Great Expectations' warnings about its own internals."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
