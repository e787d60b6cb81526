"""Other tools read the published generation under paths that stay the same."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.pipeline.readable import write_readable
from orchestration.platform.files import sha256_of
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings, load_settings
from tests.conftest import PublishedHome


def count(source: str) -> int:
    found = duckdb.sql(f"select count(*) from {source}").fetchone()
    assert found is not None
    return int(found[0])


def test_a_publication_leaves_the_snapshot_and_a_file_for_each_mart(small: PublishedHome) -> None:
    folder = small.settings.var / "published"
    snapshot = small.pointer.path(small.settings)
    # a second name for the same file costs no space
    assert (folder / "current.duckdb").stat().st_ino == snapshot.stat().st_ino
    with duckdb.connect(str(folder / "current.duckdb"), read_only=True) as connection:
        marts = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
        counted = {
            name: connection.execute(f"select count(*) from marts.{name}").fetchall()
            for (name,) in marts
        }
    files = sorted(path.stem for path in (folder / "marts").glob("*.parquet"))
    assert files == [name for (name,) in marts]
    for name in ("fct_shadow_bills", "fct_account_gaps", "load_ledger"):
        assert [(count(f"'{folder}/marts/{name}.parquet'"),)] == counted[name]


def test_a_reader_of_the_old_files_goes_on_while_they_are_replaced(small_copy: Settings) -> None:
    pointer = read_pointer(small_copy)
    assert pointer is not None
    folder = small_copy.var / "published"
    write_readable(small_copy, pointer)
    before = (folder / "marts").resolve()
    with duckdb.connect(str(folder / "current.duckdb"), read_only=True) as reader:
        old = reader.execute("select count(*) from marts.fct_shadow_bills").fetchone()
        # the next generation: other content, under another name
        following = small_copy.snapshots / "v000002.duckdb"
        shutil.copyfile(pointer.path(small_copy), following)
        with duckdb.connect(str(following)) as connection:
            connection.execute("delete from marts.fct_shadow_bills")
        write_readable(
            small_copy,
            replace(
                pointer,
                generation=2,
                file="snapshots/v000002.duckdb",
                sha256=sha256_of(following),
            ),
        )
        assert reader.execute("select count(*) from marts.fct_shadow_bills").fetchone() == old
    assert count(f"'{before}/fct_shadow_bills.parquet'") == (old or (0,))[0]
    assert count(f"'{folder}/marts/fct_shadow_bills.parquet'") == 0
    with duckdb.connect(str(folder / "current.duckdb"), read_only=True) as reader:
        assert reader.execute("select count(*) from marts.fct_shadow_bills").fetchone() == (0,)
    # back to the first, as after a rollback; only the files of the generation before stay
    write_readable(small_copy, pointer)
    assert count(f"'{folder}/marts/fct_shadow_bills.parquet'") == (old or (0,))[0]
    assert {path.name for path in folder.glob("marts-*")} == {"marts-v000001", "marts-v000002"}
    assert not list(folder.glob(".*"))


def test_a_home_that_was_copied_with_its_links_followed_is_published_again(
    small: PublishedHome, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(small.home, home)
    assert not (home / "var" / "published" / "marts").is_symlink()
    settings = load_settings(home)
    (settings.var / "published" / "generation.json").unlink()
    write_readable(settings, small.pointer)
    assert (home / "var" / "published" / "marts").is_symlink()
    assert count(f"'{home}/var/published/marts/fct_shadow_bills.parquet'") > 0
