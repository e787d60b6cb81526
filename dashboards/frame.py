"""What every page shares: who may see it, which data it shows, how old that is, its words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn
from zoneinfo import ZoneInfo

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import access, notes, view
from dashboards.charts.cached import on_screen
from dashboards.charts.theme import LIGHT, Palette, palette
from dashboards.columns import Columns, dated, explained, rounded, scrolled, spoken
from dashboards.data import refreshes
from dashboards.data.badge import (
    CAUTION,
    CRITERIA,
    DEGRADED,
    HEALTHY,
    UNKNOWN,
    Badge,
    badge,
    latest_verdict,
)
from dashboards.data.definitions import (
    column_definitions,
    definition,
    model_definitions,
    version_in_force,
)
from dashboards.data.docs import audited_rules, docs_link
from dashboards.data.facts import Facts, facts
from dashboards.data.freshness import Freshness, freshness, hour
from dashboards.data.tables import Table, framed, worded
from dashboards.data.warehouse import (
    BadSnapshot,
    NoSnapshot,
    Snapshot,
    another,
    current,
    home,
    release,
    shown,
)
from dashboards.exports.csv import csv_bytes
from dashboards.exports.page_paper import PagePaper, page_pdf
from dashboards.exports.pdf import MIME as PDF
from dashboards.exports.png import MIME as PNG
from dashboards.exports.png import png_bytes
from dashboards.exports.xlsx import MIME as XLSX
from dashboards.exports.xlsx import workbook_bytes, xlsx_bytes
from dashboards.formatting import NOTHING, age, moment, month, number, plain, signs
from dashboards.formatting import words as spelt
from dashboards.labels import VERDICT_COLORS, VERDICT_ICONS, VERDICTS
from dashboards.labels import segment as segment_name

# as many rows as a grid scrolls through without trouble
MOST_ON_SCREEN = 50_000
# as many rows as Streamlit sends at once: longer tables are sent as they are scrolled
MOST_SAID = 1_000
# how often an open page looks whether something newer was published
LOOK_EVERY_SECONDS = 60
DOCS_HELP = "Great Expectations' own pages, without scripts: nothing is fetched from the internet."
NO_DOCS = "Its Data Docs are no longer kept."
DOCS_HIDDEN = (
    "Its Data Docs quote rows as the exports have them, names of accounts included: they are kept "
    "from your role."
)
DATA_HEALTH = "app_pages/data_health.py"
TO_TAKE_ALONG = (
    (view.LINK, "Copy link", ":material/link:", "The address of this very view. Key: L"),
    (view.FILES, "Export", ":material/download:", "The files of this page. Key: E"),
)
BADGES: dict[str, tuple[Any, str]] = {
    HEALTHY: ("green", ":material/check_circle:"),
    CAUTION: ("orange", ":material/warning:"),
    DEGRADED: ("red", ":material/error:"),
    UNKNOWN: ("gray", ":material/help:"),
}


@dataclass(frozen=True)
class Page:
    """What a page begins with: its data, its colours, and the places in its head."""

    snapshot: Snapshot
    known: Facts
    colors: Palette
    state: Freshness
    filters: DeltaGenerator
    beside: DeltaGenerator


def begin(question: str, role: str = "viewer") -> Page:
    """The head of a page; without data it ends here with what to do."""
    snapshot, known = open_page(role)
    state, places, beside = header(snapshot, known, question)
    return Page(snapshot, known, palette(st.context.theme.type), state, places, beside)


def open_page(role: str = "viewer") -> tuple[Snapshot, Facts]:
    """The snapshot that the whole page reads; without one the page ends with what to do."""
    seen = view.begin()
    try:
        access.require(role)
    except access.NotAllowed:
        st.error("Your role does not open this page: ask whoever runs this dashboard.")
        stop()
    try:
        snapshot = shown()
        known = facts(snapshot)
        seen.snapshot = snapshot
    except NoSnapshot:
        st.header("Nothing published yet")
        _first_refresh()
        stop()
    except BadSnapshot as problem:
        release()
        _word(Badge(UNKNOWN, ("the snapshot cannot be read",)))
        st.error(plain(str(problem)), icon=":material/error:")
        stop()
    return snapshot, known


def stop() -> NoReturn:
    """End the page here, with its notes and what it was made with, where there is anything."""
    snapshot = view.this_run().snapshot
    if snapshot is not None:
        _made_with(snapshot)
    notes.panel()
    st.stop()
    raise AssertionError("st.stop() does not return")


def answer(takeaway: str) -> None:
    """The answer to the page's question, in one sentence."""
    view.this_run().takeaway = takeaway
    st.subheader(plain(takeaway), anchor=False)


def header(
    snapshot: Snapshot, known: Facts, question: str
) -> tuple[Freshness, DeltaGenerator, DeltaGenerator]:
    """As-of, age, generation and audit on the left above the page's question; filters right.

    The link and the files stand at the end of the question's line, which is short: there they make
    no page taller. Returns the freshness, the place for the filters, and that beside the question.
    """
    state = freshness(snapshot)
    view.this_run().question = question
    bar = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="small"
    )
    left = bar.container(gap="xsmall", width="content")
    line = left.container(horizontal=True, vertical_alignment="center", gap="small")
    below = left.container(horizontal=True, vertical_alignment="center", gap="small")
    filters = bar.container(
        horizontal=True, vertical_alignment="bottom", gap="small", width="content"
    )
    with line:
        judged = badge(snapshot, state)
        view.this_run().verdict_place = st.container(width="content")
        _word(judged)
        if state.is_stale:
            st.badge(
                "Stale – run seatshift refresh",
                icon=":material/schedule:",
                color="orange",
                help=f"Older than the refresh interval plus grace ({age(state.limit)}): "
                "run `seatshift refresh`. Verdicts are shown as they were told.",
            )
        st.caption(
            f"Data as of {moment(snapshot.as_of)} UTC ({_there(snapshot, known)}) · "
            f"{age(state.age)} old · checked {moment(snapshot.published_at)} UTC · "
            f"generation {snapshot.generation}",
            width="content",
        )
        _of_an_older_link(snapshot)
        with st.popover("Audit", type="tertiary", icon=":material/fact_check:"):
            _audit(snapshot, known, judged)
        st.page_link(
            DATA_HEALTH,
            label="Data health",
            icon=":material/health_and_safety:",
            width="content",
            help="The evidence behind the state: exports, held rows, checks, reconciliation.",
        )
        view.this_run().notes_place = st.container(width="content")
        _news(snapshot, st.context.theme.type)
    below.markdown(f"**{question}**", width="content")
    beside = below.container(
        horizontal=True, vertical_alignment="center", gap="small", width="content"
    )
    with below.container(horizontal=True, gap="small", width="content"):
        for asked, name, icon, says in TO_TAKE_ALONG:
            st.button(
                name,
                icon=icon,
                type="tertiary",
                key=f"header_{asked}",
                help=says,
                on_click=view.ask,
                args=(asked,),
            )
    return state, filters, beside


@st.fragment(run_every=LOOK_EVERY_SECONDS)  # type: ignore[untyped-decorator]
def _first_refresh() -> None:
    """What stands in the way of the first snapshot; the page goes on by itself when it is there."""
    if _is_published():
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.info(
            f"The first refresh is running since {hour(since)} UTC. This page looks again every "
            "minute and shows the figures when they are published.",
            icon=":material/hourglass_top:",
        )
        return
    _told_why(refreshes.unpublished())
    st.markdown("This home has no snapshot. Run the first refresh, then reload this page:")
    st.code(f"make run\n# or, for a home of your own\nseatshift refresh --home {home()}", "shell")


def _is_published() -> bool:
    try:
        current()
    except (NoSnapshot, BadSnapshot):
        return False
    return True


@st.fragment(run_every=LOOK_EVERY_SECONDS)  # type: ignore[untyped-decorator]
def _news(snapshot: Snapshot, theme: str | None) -> None:
    """Whether a refresh is running or was not published, and a way to what was published since.

    The page goes on with its own generation meanwhile; where the reader's system turned dark or
    light since, its charts are drawn in the other colours.
    """
    if st.context.theme.type != theme:
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.caption(
            f":blue[:material/hourglass_top: A refresh is running since {hour(since)} UTC; "
            f"these figures are of generation {snapshot.generation}]",
            width="content",
            help="Nothing on this page changes by it: what it publishes is offered here.",
        )
    else:
        ended = refreshes.unpublished()
        if ended is not None:
            name = "Refresh refused" if ended.was_refused else "Refresh not finished"
            with st.popover(name, type="tertiary", icon=":material/error:", key="unpublished"):
                _told_why(ended)
                st.caption(f"Shown here is generation {snapshot.generation}, as it was published.")
    _offer(snapshot)


def _told_why(ended: refreshes.Unpublished | None) -> None:
    """Why a build was not published, and what to do."""
    if ended is None:
        return
    if not ended.was_refused:
        st.warning(
            f"The refresh of {hour(ended.at)} UTC ended before it was published: run "
            "`seatshift refresh` and read what it says.",
            icon=":material/error:",
        )
        return
    st.error(
        f"The audit refused the refresh of {hour(ended.at)} UTC: mend what it names in the "
        "exports (`seatshift check` tells file and row), then run `seatshift refresh`.",
        icon=":material/error:",
    )
    st.markdown("\n".join(f"- {plain(reason)}" for reason in ended.reasons))
    if ended.docs:
        st.link_button(
            "Data Docs of the refused build",
            ended.docs,
            icon=":material/open_in_new:",
            type="tertiary",
        )


def _offer(snapshot: Snapshot) -> None:
    """A way to what was published since."""
    published = another(snapshot)
    if published is None:
        return
    said = "is ready" if published.generation > snapshot.generation else "is published again"
    if st.button(
        f"Generation {published.generation} {said} – show it",
        icon=":material/update:",
        type="primary",
        key="show_published",
        help=f"Data as of {moment(published.as_of)} UTC. This page stays with generation "
        f"{snapshot.generation} until you ask for the other.",
    ):
        release()
        st.rerun(scope="app")


def _word(judged: Badge) -> None:
    """The state word; on hover why, and what each of the four stands for."""
    why = "; ".join(judged.reasons)
    color, icon = BADGES[judged.word]
    st.badge(
        judged.word,
        icon=icon,
        color=color,
        help="\n".join(
            [
                *([f"**Now:** {plain(why)}.", ""] if why else []),
                *(f"- **{word}**: {plain(text)}" for word, text in CRITERIA.items()),
            ]
        ),
    )


def _chip(snapshot: Snapshot) -> None:
    """The verdict of the page's segment, or its account's; the Decision page has its own."""
    seen = view.this_run()
    row = latest_verdict(snapshot, seen.account_segment or seen.segment)
    if seen.verdict_place is None or row is None or seen.page == "decision":
        return
    about = segment_name(row["segment"])
    proposal = row["scenario_name"] or row["scenario_id"] or "no proposal"
    with seen.verdict_place:
        st.badge(
            VERDICTS.get(row["verdict"], spelt(row["verdict"]).upper()),
            icon=VERDICT_ICONS.get(row["verdict"]),
            color=VERDICT_COLORS.get(row["verdict"], "gray"),
            help=f"**{plain(about)}, {month(row['month'])}, {plain(proposal)}:** "
            f"{plain(row['sentence'])}",
        )


def _of_an_older_link(snapshot: Snapshot) -> None:
    """Of which generation the link was made that led here, where it was another."""
    made_with = st.query_params.get(view.MADE_WITH, "")
    if made_with.isascii() and made_with.isdigit() and int(made_with) != snapshot.generation:
        st.badge(
            f"Link of generation {int(made_with)}",
            icon=":material/link:",
            color="blue",
            help="Its filters are kept; the figures are of generation "
            f"{snapshot.generation} and may differ from what whoever sent it saw.",
        )


def _there(snapshot: Snapshot, known: Facts) -> str:
    """The as-of in the zone that months are billed in, with the day where that is another."""
    try:
        local = snapshot.as_of.astimezone(ZoneInfo(known.time_zone))
    except (KeyError, ValueError):
        return plain(known.time_zone)
    same = local.date() == snapshot.as_of.date()
    return f"{f'{local:%H:%M}' if same else moment(local)} {plain(known.time_zone)}"


def criteria() -> None:
    """The four state words of the header with what each stands for."""
    st.markdown("**State of the data**, the word in every page's header")
    st.markdown("\n".join(f"- **{word}**: {plain(text)}" for word, text in CRITERIA.items()))


def _audit(snapshot: Snapshot, known: Facts, judged: Badge) -> None:
    if judged.reasons:
        st.markdown(f"**{judged.word}**, because")
        st.markdown("\n".join(f"- {plain(reason)}" for reason in judged.reasons))
    st.markdown("**What was checked before this was published**")
    audit: dict[str, Any] = snapshot.audit if isinstance(snapshot.audit, dict) else {}
    checks, warnings = audit.get("checks"), audit.get("warnings")
    st.table(
        {
            "Verdict": f"**{plain(str(audit.get('verdict', 'unknown')))}**",
            "Checks": f"{plain(str(checks))}, {plain(str(warnings or 0))} worth a look",
            "Published": f"{moment(snapshot.published_at)} UTC",
            "Months in": plain(known.time_zone),
            "Build": f"`{snapshot.build_id}`",
            "Prices": f"`{known.price_version}`",
        },
        border="horizontal",
    )
    rules = audited_rules(snapshot)
    if rules:
        st.dataframe(
            {
                "Rule": [rule.name for rule in rules],
                "Result": ["passed" if rule.passed else "failed" for rule in rules],
                "Severity": [rule.severity for rule in rules],
                "Found": [rule.observed for rule in rules],
            },
            height=220,
            hide_index=True,
        )
    link = docs_link(snapshot)
    if link:
        st.link_button(
            "Data Docs",
            link,
            icon=":material/open_in_new:",
            type="tertiary",
            help=DOCS_HELP,
        )
    else:
        st.caption(NO_DOCS if access.sees_names() else DOCS_HIDDEN)


def help_text(snapshot: Snapshot, model: str, column: str) -> str | None:
    """The hover text of a figure: its definition in the model, its version and its owner."""
    text, version = definition(snapshot, model, column), version_in_force(snapshot, model)
    return f"{text}\n\n:small[{version}]" if text and version else text


def download(snapshot: Snapshot, table: Table, name: str, label: str = "Download") -> None:
    """The exact rows behind a chart or table, as a file of either kind."""
    offered = view.Export(name=name, label=label, table=table)
    seen = view.this_run()
    # a part of the page that runs again offers its tables anew
    seen.exports[:] = [export for export in seen.exports if export.name != name]
    seen.exports.append(offered)
    seen.filed(table, f"{_file_name(snapshot, name)}.csv")
    with st.popover(label, type="tertiary", icon=":material/download:"):
        _files(snapshot, offered, seen)


def all_files() -> None:
    """What the page offers: itself and its documents, and every table with both files of each."""
    seen = view.this_run()
    if seen.snapshot is None:
        st.caption("This page offers no files.")
        return
    with st.container(horizontal=True, gap="small"):
        for document in (_itself(seen.snapshot, seen), *seen.documents):
            _offered(document, f"paper_all_{document.file_name}")
    for offered in seen.exports:
        st.markdown(plain(spelt(offered.name.replace("-", "_"))))
        _files(seen.snapshot, offered, seen, place="_all")


def _file_name(snapshot: Snapshot, name: str) -> str:
    return f"seatshift-{name}-{snapshot.as_of:%Y%m%d}-v{snapshot.generation:06d}"


def _files(snapshot: Snapshot, offered: view.Export, seen: view.View, place: str = "") -> None:
    """Both files of a table; they are made when somebody asks for them, after the page has run."""
    table = offered.table
    file = _file_name(snapshot, offered.name)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV",
            data=lambda: csv_bytes(table),
            file_name=f"{file}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"download{place}_{offered.name}_csv",
        )
        st.download_button(
            "XLSX",
            data=lambda: xlsx_bytes(
                table,
                _about(snapshot, seen, offered.name),
                column_definitions(snapshot, tuple(seen.models), tuple(table.column_names)),
                notes.as_table(seen),
            ),
            file_name=f"{file}.xlsx",
            mime=XLSX,
            on_click="ignore",
            key=f"download{place}_{offered.name}_xlsx",
        )


def workbook(
    snapshot: Snapshot,
    make: Callable[[], Sequence[tuple[str, Table]]],
    name: str,
    label: str,
    remarks: Mapping[str, str] | None = None,
) -> None:
    """Several tables as one workbook with what it is of; remarks: what else it says of itself."""
    seen = view.this_run()

    def made() -> bytes:
        sheets = make()
        about = _about(snapshot, seen, name) | dict(remarks or {})
        names = tuple(dict.fromkeys(each for _, one in sheets for each in one.column_names))
        return workbook_bytes(
            sheets,
            about,
            column_definitions(snapshot, tuple(seen.models), names),
            notes.as_table(seen),
        )

    _document(snapshot, made, name, label, ("xlsx", XLSX, ":material/table_chart:"))


def paper(snapshot: Snapshot, make: Callable[[], bytes], name: str, label: str) -> None:
    """A document to print or send, made when somebody asks for it."""
    _document(snapshot, make, name, label, ("pdf", PDF, ":material/picture_as_pdf:"))


def data_file(snapshot: Snapshot, make: Callable[[], bytes], name: str, label: str) -> None:
    """The same for programs."""
    _document(snapshot, make, name, label, ("json", "application/json", ":material/data_object:"))


def folder(
    snapshot: Snapshot,
    make: Callable[[], bytes],
    name: str,
    label: str,
    *,
    help: str | None = None,
) -> None:
    """Several files as one packed folder."""
    kind = ("zip", "application/zip", ":material/folder_zip:")
    _document(snapshot, make, name, label, kind, help)


def picture(snapshot: Snapshot, make: Callable[[Palette], Any], name: str, label: str) -> None:
    """A chart for slides, in the light colours whatever the screen has."""
    told = f"data as of {moment(snapshot.as_of)} UTC, generation {snapshot.generation}"
    _document(
        snapshot,
        lambda: png_bytes(make(LIGHT), told),
        name,
        label,
        ("png", PNG, ":material/image:"),
    )


def _document(
    snapshot: Snapshot,
    make: Callable[[], bytes],
    name: str,
    label: str,
    kind: tuple[str, str, str],
    help: str | None = None,
) -> None:
    ending, mime, icon = kind
    file = f"{_file_name(snapshot, name)}.{ending}"
    document = view.Document(
        file_name=file, label=label, make=make, mime=mime, icon=icon, help=help
    )
    seen = view.this_run()
    # a part of the page that runs again offers its documents anew
    seen.documents[:] = [known for known in seen.documents if known.file_name != file]
    seen.documents.append(document)
    _offered(document, f"paper_{name}_{ending}")


def _itself(snapshot: Snapshot, seen: view.View) -> view.Document:
    """The page as its reader sees it, on paper."""
    known = facts(snapshot)
    told = PagePaper(
        company=known.company_name,
        page=spelt(seen.page),
        question=seen.question,
        takeaway=seen.takeaway,
        filters=dict(seen.filters),
        as_of=snapshot.as_of,
        generation=snapshot.generation,
        small_print=f"Amounts in {known.currency} where no other currency stands · "
        f"price book {known.price_version} · build {snapshot.build_id}",
        parts=tuple(seen.parts.values()),
        definitions=tuple(seen.definitions),
    )
    return view.Document(
        file_name=f"{_file_name(snapshot, f'page-{seen.page}')}.pdf",
        label="This page as PDF",
        make=lambda: page_pdf(told),
        mime=PDF,
        icon=":material/print:",
    )


def _offered(document: view.Document, key: str) -> None:
    """The button of a document."""
    st.download_button(
        document.label,
        data=document.make,
        file_name=document.file_name,
        mime=document.mime,
        icon=document.icon,
        type="tertiary",
        on_click="ignore",
        help=document.help,
        key=key,
    )


def _about(snapshot: Snapshot, seen: view.View, name: str) -> dict[str, str]:
    """What a file says of itself: the company, the filters, and which data it is."""
    known = facts(snapshot)
    return {
        "Company": known.company_name,
        "Table": name,
        **seen.filters,
        "Data as of": f"{moment(snapshot.as_of)} UTC",
        "Months in": known.time_zone,
        "Reporting currency": known.currency,
        "Generation": str(snapshot.generation),
        "Published": f"{moment(snapshot.published_at)} UTC",
        "Build": snapshot.build_id,
        "Prices": known.price_version,
        "Models": ", ".join(seen.models),
    }


def card(
    label: str,
    value: str,
    remark: str | None = None,
    *,
    of: str | None = None,
    trend: list[float] | None = None,
    help: str | None = None,
) -> None:
    """A figure in a frame of its own; the remark says what it is held against.

    of: what kind of figure the remark is. trend: its latest months, the oldest first.
    """
    told = " ".join(part for part in (remark, of) if part)
    view.this_run().shows(label, view.Figure(label, value, told))
    st.metric(
        label,
        value,
        delta=remark,
        delta_color="off",
        delta_arrow="off",
        delta_description=of,
        chart_data=trend,
        border=True,
        height="stretch",
        help=help,
    )


def table(
    snapshot: Snapshot,
    listed: Table,
    columns: Columns,
    *,
    alt: str,
    models: tuple[str, ...] = (),
    words: Mapping[str, Callable[[Any], Any]] | None = None,
    file: tuple[str, str] | None = None,
    placeholder: str = NOTHING,
    height: int | None = None,
    row_height: int | None = 29,
) -> None:
    """The rows of a table, its columns explained by the models that they come from.

    words: by column, how the screen says its ids and months; files keep them as they are.
    file: name and label under which the exact rows can be downloaded.
    A long table is sent a thousand rows at a time, as its reader scrolls or sorts.
    """
    meanings = dict(column_definitions(snapshot, models, tuple(columns))) if models else {}
    seen = listed.slice(0, MOST_ON_SCREEN)
    if seen.num_rows < listed.num_rows:
        st.caption(
            f"The first {number(seen.num_rows)} of {number(listed.num_rows)} rows"
            f"{'; the file below has all of them' if file is not None else ''}."
        )
    grid(
        worded(seen, words or {}),
        hide_index=True,
        placeholder=placeholder,
        height=height or table_height(listed),
        row_height=row_height,
        column_config=explained(columns, meanings),
        rows=listed.num_rows,
        alt=alt,
    )
    if file is not None:
        download(snapshot, listed, *file)


def grid(
    data: Any,
    *,
    column_config: Columns | None = None,
    rows: int | None = None,
    **options: Any,
) -> Any:
    """Streamlit's own grid: figures said as in sentences, months as days that sort.

    A long table is left to the grid's own formats, which it needs to be sent as it is scrolled.
    rows: how many there are, if not all of them are in the data.
    """
    columns = column_config or {}
    order, title = options.get("column_order"), str(options.get("alt") or "")
    view.this_run().shows(
        f"{title} {tuple(columns)}",
        view.Listed(
            title,
            data,
            columns,
            tuple(order) if order else None,
            len(data) if rows is None else rows,
        ),
    )
    shown = rounded(dated(data, columns), columns)
    if isinstance(shown, pa.Table) and shown.num_rows > MOST_SAID:
        shown, columns = scrolled(shown, columns)
        return st.dataframe(shown, column_config=columns, lazy=True, **options)
    shown, columns = spoken(framed(shown), columns)
    return st.dataframe(shown, column_config=columns, **{"placeholder": NOTHING, **options})


def table_height(table: Table) -> int | Literal["content"]:
    """All of a short table, a window on a long one."""
    return "content" if table.num_rows <= 8 else 320


@dataclass(frozen=True)
class Clicks:
    """What a click in a chart chooses: the chart's name for it, the widget's key, what to do."""

    name: str
    key: str
    take: Callable[[Mapping[str, Any]], None]

    def __call__(self) -> None:
        """Before the next run: hand over what was chosen, if anything."""
        chosen = st.session_state[self.key].selection.get(self.name)
        if chosen:
            self.take(chosen[-1])


def draw(
    chart: Any,
    months: Collection[str] = (),
    *,
    tells: bool = True,
    clicks: Clicks | None = None,
) -> None:
    """A chart under its own title, which as text wraps on a phone and is read aloud.

    The chart keeps its title for files and tests; on the screen it would be cut off. With the
    months that it shows, notes on one of them are marked by their number and, where it `tells`,
    stand below it.
    """
    found = notes.of_months(months)
    view.this_run().shows(str(chart.title.text), view.Drawing(chart))
    chart = notes.marked(chart, found)
    message, measure = str(chart.title.text), str(chart.title.subtitle)
    with st.container(gap=None):
        st.markdown(f"**{plain(message)}**  \n:gray[:small[{plain(measure)}]]")
        if clicks is None:
            st.vega_lite_chart(on_screen(chart, signs()), alt=message)
        else:
            st.vega_lite_chart(
                on_screen(chart, signs()),
                alt=message,
                key=clicks.key,
                on_select=clicks,
                selection_mode=clicks.name,
            )
        if tells:
            notes.below(found)


def nothing(why: str, what_to_do: str) -> None:
    """An empty state, never an empty chart; where it says to choose, the way out stands below."""
    seen = view.this_run()
    seen.shows(why, view.Said(f"{why} {what_to_do}"))
    st.info(f"{why} {what_to_do}", icon=":material/inbox:")
    is_first = seen.offers_clearing in ("", why)
    if what_to_do.startswith("Choose") and seen.is_narrowed() and is_first:
        seen.offers_clearing = why
        st.button(
            "Clear filters",
            icon=":material/filter_alt_off:",
            key="clear_narrow_filters",
            on_click=seen.clear_filters,
        )


def definitions(snapshot: Snapshot, *models: str) -> None:
    """The foot of a page: the models behind it in dbt's words, and what it was made with."""
    seen = view.this_run()
    seen.models.extend(models)
    _chip(snapshot)
    with st.expander("Definitions", icon=":material/menu_book:"):
        for row in model_definitions(snapshot, models):
            version = version_in_force(snapshot, row["model"])
            told = str(row["definition"] or "no description published")
            seen.definitions.append((str(row["model"]), told))
            st.markdown(f"`{row['model']}` — {told}{f' :small[({version})]' if version else ''}")
    _made_with(snapshot)


def _made_with(snapshot: Snapshot) -> None:
    """The line at the foot of every page, by which its figures are found again."""
    st.caption(
        f"Generation {snapshot.generation} · price book `{facts(snapshot).price_version}` · "
        f"build `{snapshot.build_id}`"
    )
