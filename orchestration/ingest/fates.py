"""Decides the fate of an export's rows in the light of other rows, as set operations over landing.

Only the keys of new files, and rows whose context changed, are looked up in earlier landed files;
every other row keeps its fate. If nothing was landed before, all files are new, with the same
result.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingest.horizon import EVENT_EXPORTS, row_time
from orchestration.ingest.specs import SQL_TYPES, ExportSpec
from orchestration.platform.warehouse import quoted


@dataclass(frozen=True)
class Ground:
    """The files of an export and what was decided about them before.

    `before` is the Parquet file of earlier fates, `asked_again` the reasons whose rows may be
    released, `late_parts` the old files that contain rows later than the horizon.
    """

    old: list[Path]
    new: list[Path]
    before: Path | None
    asked_again: tuple[str, ...]
    late_parts: list[Path]
    horizon: datetime | None
    has_accounts: bool


def scan(spec: ExportSpec, parts: list[Path], options: str = "") -> str:
    """A scan of landed Parquet files; columns that a file lacks are null."""
    files = f"read_parquet([{_listed(parts)}], hive_partitioning = false{options}"
    if not spec.later:
        return f"{files})"
    # union_by_name reads every file's footer first, so it is used only if necessary
    kinds = {column.name: SQL_TYPES[column.kind] for column in spec.columns}
    nulls = ", ".join(f"cast(null as {kinds[name]}) as {name}" for name in spec.later)
    return (
        f"(select * from {files}, union_by_name = true) "
        f"union all by name select {nulls} where false)"
    )


def row_key(spec: ExportSpec, alias: str) -> str:
    """The key of a row as one text: its columns joined by U+001F."""
    parts = [f"coalesce(cast({alias}.{name} as varchar), '')" for name in spec.key]
    return parts[0] if len(parts) == 1 else f"concat_ws(chr(31), {', '.join(parts)})"


def settle_export(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, ground: Ground) -> None:
    """Write the rows with a fate other than loaded to table `settled`."""
    _find_suspects(connection, spec, ground)
    connection.execute(_JUDGED)
    _hold(connection, spec, ground)
    _hold_orphans(connection, spec, ground)
    connection.execute(_FATES)
    _settle(connection, spec, ground)


def note_accounts(
    connection: duckdb.DuckDBPyConnection, landing: str, before: Path | None
) -> tuple[bool, bool]:
    """Create table `known_accounts`; return whether accounts were added and whether any is gone."""
    connection.execute(
        f"""
        create or replace temp table known_accounts as
        select distinct account_id from {landing} as landed
        where not exists (
            select 1 from settled
            where settled.file_id = landed._file and settled.row_number = landed._row
                and settled.fate <> 'revision'
        )
        """
    )
    if before is None:
        return False, True
    row = connection.execute(
        f"""
        with earlier as (select account_id from read_parquet({quoted(str(before))}))
        select
            exists (from known_accounts anti join earlier using (account_id)),
            exists (from earlier anti join known_accounts using (account_id))
        """
    ).fetchone()
    return (bool(row[0]), bool(row[1])) if row else (True, True)


def _listed(parts: list[Path]) -> str:
    return ", ".join(quoted(str(path)) for path in parts)


def _placed_scan(spec: ExportSpec, parts: list[Path]) -> str:
    """A scan that also gives each row's file and its number in the file."""
    return scan(spec, parts, ", filename = true, file_row_number = true")


def _find_suspects(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, ground: Ground) -> None:
    """Create table `suspects`: complete rows whose fate may depend on other rows."""
    key_hash = f"hash({row_key(spec, 'landed')})"
    places = "(filename varchar, file_row_number bigint, key_hash ubigint)"
    connection.execute(f"create or replace temp table places {places}")
    connection.execute("create or replace temp table touched (key_hash ubigint)")
    if ground.new:
        connection.execute(
            f"""
            insert into touched
            select {key_hash} as key_hash from {scan(spec, ground.new)} as landed
            group by key_hash having count(*) > 1
            """
        )
    if ground.old:
        _look_up(connection, spec, ground, key_hash, _is_odd(spec, ground))
    if ground.new:
        connection.execute(
            f"""
            insert into places
            select landed.filename, landed.file_row_number, {key_hash}
            from {_placed_scan(spec, ground.new)} as landed
            where {key_hash} in (select key_hash from touched) or {_is_odd(spec, ground)}
            """
        )
    files = [
        Path(row[0])
        for row in connection.execute("select distinct filename from places").fetchall()
    ]
    source = _placed_scan(spec, files or [*ground.new, *ground.old][:1])
    connection.execute(
        f"""
        create or replace temp table suspects as
        select
            landed.* exclude (filename, file_row_number),
            {row_key(spec, "landed")} as row_key,
            hash({", ".join(f"landed.{column.name}" for column in spec.columns)},
                landed.recorded_at) as content
        from {source} as landed
        semi join places
            on landed.filename = places.filename
            and landed.file_row_number = places.file_row_number
        """
    )


def _look_up(
    connection: duckdb.DuckDBPyConnection,
    spec: ExportSpec,
    ground: Ground,
    key_hash: str,
    is_odd: str,
) -> None:
    """Find the old rows whose keys were sent again or whose fate may have changed."""
    wanted = []
    if ground.new:
        wanted.append(f"select {key_hash} as key_hash from {scan(spec, ground.new)} as landed")
    if ground.before is not None and ground.asked_again:
        reasons = ", ".join(quoted(reason) for reason in ground.asked_again)
        wanted.append(
            f"select hash(row_key) from read_parquet({quoted(str(ground.before))}) "
            f"where reason in ({reasons})"
        )
    if ground.late_parts:
        wanted.append(
            f"select {key_hash} from {scan(spec, ground.late_parts)} as landed where {is_odd}"
        )
    if not wanted:
        return
    connection.execute(
        f"""
        insert into places
        select landed.filename, landed.file_row_number, {key_hash}
        from {_placed_scan(spec, ground.old)} as landed
        where {key_hash} in ({" union all ".join(wanted)})
        """
    )
    connection.execute("insert into touched select distinct key_hash from places")


def _is_odd(spec: ExportSpec, ground: Ground) -> str:
    """SQL: whether a row may be quarantined regardless of other rows with its key."""
    conditions = [condition for _, condition in _conditions(spec, ground, "landed")]
    if spec.name == "seat_events":
        conditions.append("landed.corrects_event_id is not null")
    return " or ".join(conditions) or "false"


def _conditions(spec: ExportSpec, ground: Ground, alias: str) -> list[tuple[str, str]]:
    """(reason code, SQL) for which a row is quarantined; the first match counts."""
    conditions: list[tuple[str, str]] = []
    if spec.name in EVENT_EXPORTS and ground.horizon is not None:
        limit = f"timestamp '{ground.horizon.isoformat(sep=' ')}'"
        conditions.append(("bad_time", f"{row_time(spec, alias)} > {limit}"))
    names = {column.name for column in spec.columns}
    if ground.has_accounts and spec.name != "accounts" and "account_id" in names:
        known = "select account_id from known_accounts"
        conditions.append(("unknown_account", f"{alias}.account_id not in ({known})"))
    return conditions


# One row per suspect. Of equal contents one copy is chosen: the first if the key has a single
# content, the last if it has several, because content that is exported again counts as later.
# Different contents with the same latest time conflict.
_JUDGED = """
    create or replace temp table judged as
    with
    ranked as (
        select
            _file,
            _row,
            row_key,
            recorded_at,
            exported_at,
            content,
            row_number() over (
                partition by row_key, content order by exported_at, _file, _row
            ) as first_rank,
            row_number() over (
                partition by row_key, content order by exported_at desc, _file, _row
            ) as last_rank,
            min(content) over (partition by row_key)
                <> max(content) over (partition by row_key) as has_versions
        from suspects
    ),
    chosen as (
        select
            *,
            case when has_versions then last_rank else first_rank end = 1 as is_chosen
        from ranked
    )
    select
        _file,
        _row,
        row_key,
        recorded_at,
        exported_at,
        is_chosen,
        is_chosen and count(*) filter (where is_chosen) over (
            partition by row_key, recorded_at, case when is_chosen then exported_at end
        ) > 1 as is_conflicting
    from chosen
"""

# One row per suspect with a fate other than loaded.
_FATES = """
    create or replace temp table fates as
    with
    usable as (
        select
            judged.*,
            row_number() over (
                partition by row_key order by recorded_at, exported_at, _file, _row
            ) as version
        from judged
        where
            is_chosen and not is_conflicting
            and not exists (
                select 1 from held
                where held._file = judged._file and held._row = judged._row
            )
    )
    select
        _file as file_id, _row as row_number, 'duplicate' as fate,
        null as reason, null as sentence
    from judged where not is_chosen
    union all
    select
        _file, _row, 'quarantined', 'conflicting_duplicate',
        'The key ' || replace(row_key, chr(31), ' / ') || ' occurs more than once with different '
            || 'content, and none is later; keep the correct row and load the file again.'
    from judged where is_conflicting
    union all
    select _file, _row, 'quarantined', reason, sentence from held
    union all
    select _file, _row, 'revision', null, null from usable where version > 1
"""

# a copy that was dropped or conflicts with another already has its fate
_NOT_SETTLED = """not exists (
                select 1 from judged
                where
                    judged._file = suspects._file and judged._row = suspects._row
                    and (not judged.is_chosen or judged.is_conflicting)
            )"""

_SENTENCES = {
    "unknown_account": (
        "'account_id is «' || suspects.account_id || '», which is not in the accounts export; "
        "add the account there or correct the id.'"
    ),
}


def _hold(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, ground: Ground) -> None:
    """Create table `held`: rows dated after the end of the exports, or of unknown accounts."""
    connection.execute(
        "create or replace temp table held "
        "(_file varchar, _row bigint, reason varchar, sentence varchar)"
    )
    conditions = _conditions(spec, ground, "suspects")
    if not conditions:
        return
    reason = " ".join(f"when {condition} then {quoted(code)}" for code, condition in conditions)
    sentence = " ".join(
        f"when {condition} then {_sentence(spec, ground, code)}" for code, condition in conditions
    )
    connection.execute(
        f"""
        insert into held
        select _file, _row, case {reason} end as reason, case {sentence} end
        from suspects
        where reason is not null and {_NOT_SETTLED}
        """
    )


def _sentence(spec: ExportSpec, ground: Ground, code: str) -> str:
    if code == "unknown_account":
        return _SENTENCES[code]
    return (
        f"'its time ' || {row_time(spec, 'suspects')} || ' is more than a day after the end of the "
        f"exports ({ground.horizon:%Y-%m-%d %H:%M}); correct it, or give the last day of the "
        "exports with --as-of.'"
    )


def _hold_orphans(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, ground: Ground) -> None:
    """Add to `held` corrections that do not lead to a known event, directly or through others."""
    if spec.name != "seat_events":
        return
    connection.execute(
        f"""
        insert into held
        with recursive
        unusable as (
            select _file, _row from judged where not is_chosen or is_conflicting
            union
            select _file, _row from held
        ),
        usable as (
            select landed._file, landed._row, landed.event_id, landed.corrects_event_id
            from {scan(spec, [*ground.old, *ground.new])} as landed
            anti join unusable
                on landed._file = unusable._file and landed._row = unusable._row
        ),
        grounded as (
            select event_id from usable where corrects_event_id is null
            union
            select usable.event_id
            from usable
            inner join grounded on usable.corrects_event_id = grounded.event_id
        )
        select
            _file, _row, 'orphan_correction',
            'corrects_event_id is «' || corrects_event_id || '», which is not a known event; '
                || 'load the export that contains that event.'
        from usable
        where
            corrects_event_id is not null
            and corrects_event_id not in (select event_id from grounded)
        """
    )


def _settle(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, ground: Ground) -> None:
    """Create table `settled`: the new fates with their rows, and earlier fates that stay."""
    columns = ", ".join(f"{column.name} := suspects.{column.name}" for column in spec.columns)
    sums = ", ".join(
        f"suspects.{name} as {name}" if name in spec.sums else f"null::decimal(19, 6) as {name}"
        for name in ("quantity", "amount")
    )
    connection.execute(
        f"""
        create or replace temp table settled as
        select
            fates.file_id,
            fates.row_number,
            suspects.row_key,
            fates.fate,
            fates.reason,
            fates.sentence,
            suspects.recorded_at,
            {sums},
            case
                when fates.fate = 'quarantined'
                    then cast(to_json(struct_pack({columns})) as varchar)
            end as raw
        from fates
        inner join suspects
            on fates.file_id = suspects._file and fates.row_number = suspects._row
        """
    )
    if ground.before is not None and ground.old:
        connection.execute(
            f"""
            insert into settled by name
            select * from read_parquet({quoted(str(ground.before))}) as earlier
            where earlier.row_key not in (select row_key from suspects)
            """
        )
