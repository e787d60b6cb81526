"""A snapshot that was published before a what-if asked for all that it asks for today."""

import duckdb

from orchestration.pipeline.nodes import CompiledModel
from orchestration.pipeline.rating_chain import Chain, read_chain, write_chain

LINES = CompiledModel("intermediate", "int_charge_lines", (("reference", "charges"),), False, "")


def test_a_chain_without_a_shape_that_is_needed_is_none() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_charge_lines (unit_id varchar)")
        write_chain(connection, Chain((LINES,), (("reference", "charges"),)))
        found = read_chain(connection, "memory")
        assert found is not None
        assert found.models == (LINES,)
        assert found.shapes == {"int_charge_lines": '"unit_id" VARCHAR'}
        connection.execute("delete from whatif.shapes")
        assert read_chain(connection, "memory") is None
