"""A mapping reads its sources and nothing else: what leaves the home is refused, twice over.

Every select of HOSTILE would read a canary outside the home, or write beside it. Each is put to
the check of the parse tree with the connection unlocked, and to the locked connection with the
check taken away, so that either of them is shown to hold alone.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingest import landing, mapping
from orchestration.ingest.check import check_home
from orchestration.ingest.land import land_export
from orchestration.ingest.mapping import load_targets
from orchestration.ingest.select_check import ALLOWED, TABLE_FUNCTIONS, checked_sources
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory
from tests.ingest.homes import make_home, write

CANARY = "canary7f3a"
ROOT = Path(__file__).parents[2]

MAPPING = """
sources:
  talks: {pattern: "talks*.csv"}
  tags: {pattern: "tags.csv"}
values:
  account_id: a1
targets:
  support_tickets:
    rows_of: talks
    select: |
"""
TALKS = "id,day,topics\n01,2025-01-02,a;b\n02,2025-01-03,b\n"
TAGS = "id,tag\n01,x\n01,y\n"

# what is put in place of OUT is the folder of the canary
COLUMNS = "1 as _row, 'x' as ticket_id, 'a1' as account_id, '2025-01-02' as created_at"
TICKET = f"select {COLUMNS}, {{}} as topic"
READ = "select content from read_text('OUT/secret.csv')"
OUTSIDE = {
    "read_text": f"{TICKET.format('content')} from read_text('OUT/secret.csv')",
    "read_blob": f"{TICKET.format('content::varchar')} from read_blob('OUT/secret.csv')",
    "read_csv": f"{TICKET.format('word')} from read_csv('OUT/secret.csv')",
    "read_csv of a list": f"{TICKET.format('word')} from read_csv_auto(['OUT/secret.csv'])",
    "read_json": f"{TICKET.format('word')} from read_json('OUT/secret.json')",
    "read_parquet": f"{TICKET.format('word')} from read_parquet('OUT/*.parquet')",
    "parquet_scan": f"{TICKET.format('word')} from parquet_scan('OUT/secret.parquet')",
    "read_duckdb": f"{TICKET.format('word')} from read_duckdb('OUT/secret.db', table_name = 'w')",
    "glob": f"{TICKET.format('file')} from glob('OUT/*')",
    "parquet_schema": f"{TICKET.format('name')} from parquet_schema('OUT/secret.parquet')",
    "parquet_metadata": (
        f"{TICKET.format('stats_max_value')} from parquet_metadata('OUT/secret.parquet')"
    ),
    "parquet_file_metadata": (
        f"{TICKET.format('file_name')} from parquet_file_metadata('OUT/secret.parquet')"
    ),
    "parquet_kv_metadata": (
        f"{TICKET.format('value::varchar')} from parquet_kv_metadata('OUT/secret.parquet')"
    ),
    "sniff_csv": f"{TICKET.format('columns::varchar')} from sniff_csv('OUT/secret.csv')",
    "a path as a table": f"{TICKET.format('word')} from 'OUT/secret.csv'",
    "a quoted path as a table": f'{TICKET.format("word")} from "OUT/secret.parquet"',
    "from first": f"from 'OUT/secret.csv' {TICKET.format('word')}",
    "table statement": f"{TICKET.format('word')} from (table 'OUT/secret.csv')",
    "query": f"{TICKET.format('content')} from query('from read_text(''OUT/secret.csv'')')",
    "query_table": f"{TICKET.format('word')} from query_table(['OUT/secret.csv'])",
    "serialized sql": (
        f"{TICKET.format('content')} from json_execute_serialized_sql(json_serialize_sql("
        "'from read_text(''OUT/secret.csv'')'))"
    ),
    "plan of a query": (
        f"{TICKET.format('p::varchar')} "
        "from (select json_serialize_plan('from read_csv(''OUT/secret.csv'')') as p)"
    ),
    "scalar sub-select": f"{TICKET.format(f'({READ})')} from talks",
    "sub-select in limit": (
        f"{TICKET.format('id')} from talks limit (select length(content) from read_text('OUT/x'))"
    ),
    "sub-select in order": f"{TICKET.format('id')} from talks order by ({READ})",
    "sub-select in where": f"{TICKET.format('id')} from talks where id in ({READ})",
    "sub-select in a window": (
        f"{TICKET.format(f'max(id) over (partition by ({READ}))')} from talks"
    ),
    "sub-select in having": f"{TICKET.format('1')} from talks having exists ({READ})",
    "sub-select in values": f"{TICKET.format('word')} from (values (({READ}))) as v(word)",
    "sub-select in a lambda": (
        f"{TICKET.format(f'list_transform([1], lambda x: ({READ}))[1]')} from talks"
    ),
    "sub-select in unnest": f"{TICKET.format('w')} from unnest([({READ})]) as u(w)",
    "with-query": f"with w as ({READ}) {TICKET.format('content')} from w",
    "with-query out of sight": (
        'with seen as (with "OUT/secret.csv" as (select 1) select 1) '
        f'{TICKET.format("word")} from "OUT/secret.csv"'
    ),
    "with-query that names itself": (
        'with "OUT/secret.csv" as (select * from "OUT/secret.csv") '
        f'{TICKET.format("word")} from "OUT/secret.csv"'
    ),
    "recursive with-query": (
        f"with recursive w(t, n) as ({READ.replace('content', 'content, 1')} union all "
        f"select t, n + 1 from w where n < 2) {TICKET.format('t')} from w"
    ),
    "lateral": f"{TICKET.format('s.content')} from talks, lateral ({READ}) as s",
    "positional join": f"{TICKET.format('s.content')} from talks positional join ({READ}) as s",
    "union": f"{TICKET.format('id')} from talks union all {TICKET.format('x')} from ({READ}) s(x)",
    "pivot": (
        f"{TICKET.format('y::varchar')} from "
        "(select content, 1 as n, 'y' as k from read_text('OUT/secret.csv')) "
        "pivot (max(content) for k in ('y'))"
    ),
    "unpivot": f"{TICKET.format('v')} from (unpivot ({READ}) on content into name n value v)",
    "summarize": f"{TICKET.format('max::varchar')} from (summarize from 'OUT/secret.csv')",
    "describe": f"{TICKET.format('column_name')} from (describe from 'OUT/secret.parquet')",
    "capitals and comments": (
        f"{TICKET.format('content')} from/**/READ_TEXT/* a */('OUT/secret.csv') -- b"
    ),
    "a quoted function": f"{TICKET.format('content')} from \"read_text\"('OUT/secret.csv')",
    "a qualified function": (
        f"{TICKET.format('content')} from system.main.read_text('OUT/secret.csv')"
    ),
    "wide spaces": f"{TICKET.format('content')} from\u00a0read_text(\u3000'OUT/secret.csv')",
    "a file address": f"{TICKET.format('content')} from read_text('file://OUT/secret.csv')",
    "the way up": f"{TICKET.format('content')} from read_text('OUT/../outside/secret.csv')",
    "a link in exports": f"{TICKET.format('content')} from read_text('HOME/exports/link.csv')",
    "the web": f"{TICKET.format('content')} from read_text('http://127.0.0.1:9/{CANARY}')",
    "brackets that close early": f"select 1) as made, ({TICKET.format('w')} from ({READ}) s(w)",
    # what writes
    "copy": f"copy (select '{CANARY}') to 'OUT/written.csv'",
    "two statements": f"select 1; copy (select '{CANARY}') to 'OUT/written.csv'",
    "brackets and two statements": (
        f"select 1) as made; copy (select '{CANARY}') to 'OUT/written.csv'; select * from (select 1"
    ),
    "attach": "attach 'OUT/written.db' as w; create table w.t as select 1 as a",
    "export database": "export database 'OUT/written'",
    "settings": f"set enable_external_access = true; {READ}",
    "unlocking": f"reset lock_configuration; set allowed_directories = ['OUT']; {READ}",
    "a macro": f"create macro t() as table ({READ}); {TICKET.format('content')} from t()",
    "an extension": "install 'OUT/secret.csv'; load httpfs",
    "pragma": "pragma profiling_output = 'OUT/written.json'; pragma enable_profiling; select 1",
    "temporary files": "set temp_directory = 'OUT/written'; select 1",
    "a secret": "create persistent secret s (type s3); select 1",
    "enable_profiling": (
        f"{TICKET.format('1')} from enable_profiling(save_location = 'OUT/written.txt')"
    ),
}
# DuckDB ends the process where these meet the lock
FATAL = {
    "enable_logging": (
        f"{TICKET.format('1')} from enable_logging('QueryLog', storage = 'file', "
        "storage_config = {'path': 'OUT/written'})"
    ),
    "enable_logging by path": (
        f"{TICKET.format('1')} from enable_logging(storage_path = 'OUT/written')"
    ),
}
HOSTILE = OUTSIDE | FATAL
# what stays inside, and yet is not a mapping's business or makes other rows another time
NOT_ALLOWED = {
    "the catalog": ("from duckdb_settings()", "the function «duckdb_settings»"),
    "a view of the catalog": ("from duckdb_tables", "reads «duckdb_tables»"),
    "sqlite_master": ("from sqlite_master", "reads «sqlite_master»"),
    "information_schema": ("from information_schema.tables", "reads «information_schema.tables»"),
    "pragma function": ("from pragma_version()", "the function «pragma_version»"),
    "a table of the loader": ("from currencies", "reads «currencies»"),
    "a qualified source": ("from main.talks", "reads «main.talks»"),
    "another catalog": ("from temp.main.talks", "reads «temp.main.talks»"),
    "an older state": ("from talks at (version => 1)", "reads «talks»"),
    "show": ("from (show tables)", "a describe, show or summarize"),
    "describe": ("describe talks", "a describe, show or summarize"),
    "summarize": ("from (summarize talks)", "a describe, show or summarize"),
    "tests of DuckDB": ("from test_all_types()", "the function «test_all_types»"),
    "auto complete": ("from sql_auto_complete('from ')", "the function «sql_auto_complete»"),
    "substrait": ("from from_substrait('x'::blob)", "the function «from_substrait»"),
    "repeat_row": ("from repeat_row(1, num_rows = 2)", "the function «repeat_row»"),
    "force checkpoint": ("from force_checkpoint()", "the function «force_checkpoint»"),
    "environment": ("select getenv('HOME')", "calls «getenv»"),
    "setting": ("select current_setting('temp_directory')", "calls «current_setting»"),
    "log": ("select write_log('x')", "calls «write_log»"),
    "sequence": ("select nextval('s')", "calls «nextval»"),
    "clock": ("select now()", "calls «now»"),
    "age until now": ("select age(timestamp '2025-01-01')", "calls «age»"),
    "clock without brackets": (
        "select current_date from talks",
        "reads current_date from the clock",
    ),
    "chance": ("select random()", "calls «random»"),
    "chance in a window": ("select pg_sleep(1) from talks", "calls «pg_sleep»"),
    "sample": ("from talks using sample 1", "takes a sample"),
    "sample of a table": ("from talks tablesample 10%", "takes a sample"),
    "parameter": ("select $1", "a parameter"),
    "named parameter": ("select $account_id", "a parameter"),
    "another value": ("select getvariable('other')", "use one of 'reporting_currency'"),
    "a computed value": ("select getvariable('account' || '_id')", "calls getvariable with a name"),
    "a type of a schema": ("select id::main.mood from talks", "the type «mood»"),
    "no select": ("force checkpoint", "not a SELECT statement"),
    "insert": ("insert into talks values (1)", "not a SELECT statement"),
    "call": ("call pragma_version()", "not a SELECT statement"),
    "explain": ("explain analyze select 1", "not a SELECT statement"),
    "nothing": ("-- only a comment", "0 statements"),
    "two selects": ("select 1; select 2", "2 statements"),
    "no SQL": ("selekt 1", "not valid DuckDB SQL"),
    "a deep one": ("select " + "+".join(["1"] * 3000), "not valid DuckDB SQL"),
}
GOOD = {
    "with-queries": "with a as (from talks), b as (select * from a) select {} from b",
    "a shadow": "with talks as (select * from talks where id <> '03') select {} from talks",
    "recursive": (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) "
        "select {} from talks where _row in (select i from n)"
    ),
    "window": "select {} from talks qualify row_number() over (partition by id order by day) = 1",
    "unnest": "select {} from (select *, unnest(split(topics, ';')) as t from talks) where t = 'b'",
    "unnest in from": "select {} from talks, unnest(split(topics, ';')) as u(t) where t = 'b'",
    "lateral": (
        "select {} from talks, lateral (select count(*) as c from tags where tags.id = talks.id)"
    ),
    "set operations": (
        "select {} from talks where id = '01' union all by name select {} from talks "
        "except select {} from talks where id not in ('01', '02')"
    ),
    "joins": (
        "select {} from talks asof left join (select '2025-01-01' as d) on day >= d "
        "positional join (from range(2)) cross join (values (1)) v(one) "
        "semi join talks s using (id)"
    ),
    "json": (
        "select {} from talks where id in (select '0' || value::varchar from json_each('[1, 2]')) "
        "and json_extract('[1]', '$[0]')::json = '1'"
    ),
    "pivot": (
        "select {} from talks where '01' in "
        "(select id from tags pivot (count(*) for tag in ('x', 'y') group by id) where x = 1)"
    ),
    "unpivot": (
        "select {} from "
        "(unpivot (select * exclude (_file) from talks) on topics into name n value v)"
    ),
    "from first": "from TALKS select {} order by all limit (select 2) offset 0",
    "columns": "select {} from (select coalesce(columns(lambda c: c like 'i%')), * from talks)",
    "lists": (
        "select {} from talks where len([t for t in split(topics, ';') if t <> '']) > 0 "
        "and list_reduce([1, 2], lambda a, b: a + b) = 3 and {{'a': 1}}.a = 1 and id.lower() = id"
    ),
    "grouping sets": (
        "select {} from talks where 3 <= (select count(*) from "
        "(select id, tag, grouping(id) from tags group by cube (id, tag)))"
    ),
    "values": "select {} from talks where getvariable('account_id') = 'a1'",
    "a semicolon": "select {} from talks;",
    "a comment at the end": "select {} from talks -- that is all",
    "own functions": "select {} from talks where minus('2', '1') <> negative('1')",
}
SHOWN = "_row, id as ticket_id, 'a1' as account_id, day as created_at"


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside every home whose files and names hold the canary."""
    folder = tmp_path_factory.mktemp("beside") / "outside"
    write(folder / "secret.csv", f"word\n{CANARY}\n")
    write(folder / "secret.json", f'{{"word": "{CANARY}"}}\n')
    write(folder / f"{CANARY}.txt", CANARY)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select '{CANARY}' as word, 1 as {CANARY}) to '{folder}/secret.parquet' "
            f"(format parquet, kv_metadata {{'k': '{CANARY}'}})"
        )
        connection.execute(f"attach '{folder}/secret.db' as s")
        connection.execute(f"create table s.w as select '{CANARY}' as word")
    return folder


def home_with(folder: Path, select: str) -> Settings:
    settings = make_home(folder / "home")
    indented = "".join(f"      {line}\n" for line in select.splitlines())
    write(settings.mappings / "hostile.yml", MAPPING + indented)
    write(settings.exports / "talks.csv", TALKS)
    write(settings.exports / "tags.csv", TAGS)
    return settings


def hostile_home(folder: Path, outside: Path, name: str) -> Settings:
    select = HOSTILE[name].replace("OUT", str(outside)).replace("HOME", str(folder / "home"))
    settings = home_with(folder, select)
    (settings.exports / "link.csv").symlink_to(outside / "secret.csv")
    return settings


def listed(folder: Path) -> list[tuple[Path, int]]:
    return sorted((path, path.stat().st_size) for path in folder.rglob("*"))


def assert_nothing_leaked(settings: Settings, said: str, name: str) -> None:
    """The canary is in no file that landing wrote and in nothing that was said."""
    given = name in ("the web", "copy", "two statements", "brackets and two statements")
    assert given or CANARY not in said
    for path in settings.var.rglob("*"):
        assert CANARY not in path.name
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
    landed = list((settings.landing / "support_tickets").glob("month=*/*.parquet"))
    with duckdb.connect() as connection:
        for path in landed:
            assert CANARY not in str(connection.execute(f"from '{path}'").fetchall())


@pytest.mark.parametrize("name", HOSTILE)
def test_the_check_of_the_tree_holds_alone(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    @contextmanager
    def unlocked(settings: Settings, *_: Any) -> Iterator[duckdb.DuckDBPyConnection]:
        with open_memory(settings) as connection:
            yield connection

    monkeypatch.setattr(landing, "open_locked", unlocked)
    settings = hostile_home(tmp_path, outside, name)
    before = listed(outside)
    with pytest.raises(InputError) as caught:
        land_export(settings, "support_tickets")
    assert_a_sentence(str(caught.value))
    assert listed(outside) == before
    assert not settings.landing.exists()


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_locked_connection_holds_alone(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(mapping, "checked_sources", lambda *args: frozenset(args[2]))
    settings = hostile_home(tmp_path, outside, name)
    before = listed(outside)
    try:
        report = land_export(settings, "support_tickets")
        said = str(report)
    except (duckdb.Error, InputError) as error:
        said = str(error)
    assert listed(outside) == before
    assert_nothing_leaked(settings, said, name)


@pytest.mark.parametrize("name", FATAL)
def test_the_locked_connection_writes_no_log(tmp_path: Path, outside: Path, name: str) -> None:
    settings = hostile_home(tmp_path, outside, name)
    before = listed(outside)
    code = (
        "from pathlib import Path\n"
        "from orchestration.ingest import mapping\n"
        "from orchestration.ingest.land import land_export\n"
        "from orchestration.platform.settings import load_settings\n"
        "mapping.checked_sources = lambda *args: frozenset(args[2])\n"
        f"land_export(load_settings(Path({str(settings.home)!r})), 'support_tickets')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0, done.stdout
    assert "disabled by configuration" in done.stderr
    assert listed(outside) == before
    assert_nothing_leaked(settings, done.stdout + done.stderr, name)


def test_the_canary_would_be_read_if_nothing_held(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both layers away the first select does what it wants, so the tests above can fail."""

    @contextmanager
    def unlocked(settings: Settings, *_: Any) -> Iterator[duckdb.DuckDBPyConnection]:
        with open_memory(settings) as connection:
            yield connection

    monkeypatch.setattr(landing, "open_locked", unlocked)
    monkeypatch.setattr(mapping, "checked_sources", lambda *args: frozenset(args[2]))
    settings = hostile_home(tmp_path, outside, "read_text")
    assert land_export(settings, "support_tickets").rows_landed == 1
    with pytest.raises(AssertionError):
        assert_nothing_leaked(settings, "", "read_text")


def assert_a_sentence(said: str) -> None:
    assert said.startswith("mappings/hostile.yml, targets.support_tickets: the select ")
    assert said.endswith(".")
    assert "\n" not in said and "\x1b" not in said


@pytest.mark.parametrize("name", NOT_ALLOWED)
def test_what_no_mapping_may_say_is_refused_with_a_sentence(name: str) -> None:
    select, found = NOT_ALLOWED[name]
    with pytest.raises(InputError) as caught:
        checked_sources(
            "mappings/hostile.yml, targets.support_tickets",
            select,
            ("talks", "tags"),
            ("reporting_currency", "account_id"),
        )
    assert_a_sentence(str(caught.value))
    assert found in str(caught.value)


def test_a_name_that_would_steer_a_terminal_is_written_out() -> None:
    with pytest.raises(InputError) as caught:
        checked_sources("mappings/x.yml", 'from "a\nb\x1b[31m"', ("talks",), ())
    assert "the select reads «a\\nb\\x1b[31m», which is not one" in str(caught.value)


def test_a_sentence_names_the_file_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    settings = home_with(tmp_path, "from read_text('/etc/passwd')")
    sentence = (
        "mappings/hostile.yml, targets.support_tickets: the select reads from the function "
        "«read_text»; it may read talks, tags, its own with-queries and generate_series, "
        "json_each, json_tree, range, unnest."
    )
    assert sentence in check_home(settings).problems


@pytest.mark.parametrize("name", GOOD)
def test_a_select_over_its_sources_lands(tmp_path: Path, name: str) -> None:
    report = land_export(
        home_with(tmp_path, GOOD[name].format(SHOWN, SHOWN, SHOWN)), "support_tickets"
    )
    assert [record.refused_reason for record in report.files] == [None]
    assert report.rows_landed == 2


def test_a_select_reads_the_sources_that_it_names_and_no_others(tmp_path: Path) -> None:
    select = f"with tags as (select 1) select {SHOWN} from TALKS, tags"
    (target,) = load_targets(home_with(tmp_path, select))
    assert target.reads == {"talks"}


def test_every_listed_function_is_one_of_duckdb_that_gives_the_same_again() -> None:
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("# ") for word in line.split()}
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select function_name, bool_and(coalesce(stability, 'CONSISTENT') = 'CONSISTENT') "
            "from duckdb_functions() group by function_name"
        ).fetchall()
    steady = {name for name, is_steady in rows if is_steady}
    assert words - steady - {"unnest"} == set()
    assert set(TABLE_FUNCTIONS) <= {name for name, _ in rows}
    assert not any(word.startswith(("read_", "pg_", "duckdb_", "current_")) for word in words)
