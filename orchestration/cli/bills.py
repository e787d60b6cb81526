"""The command that explains bills."""

from typing import Annotated

import typer

from orchestration.cli.shared import Home, Json, out, print_json, settings_of


def explain(
    name: Annotated[
        str, typer.Argument(help="An account_id, event_id, invoice_id or INVOICE/LINE.")
    ],
    period: Annotated[
        str | None,
        typer.Option("--period", help="Month to explain (YYYY-MM); default: latest closed."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Proposal to explain; default: all of them.")
    ] = None,
    line: Annotated[
        int | None,
        typer.Option(
            "--line",
            help="List the events behind the line with this number, on today's bill unless "
            "--scenario is given.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--as", help="Read the id as an account, invoice or event if it matches several."
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Explain a bill, a bill line, an invoice or an event.

    Shows an account's bills line by line, the events behind one line, how an invoice compares
    with its expected amount, or every line that an event contributes to.
    """
    from orchestration.explain import lookup
    from orchestration.explain.account import CURRENT, explain_bills, print_bills

    settings = settings_of(home)
    if kind is not None and kind not in lookup.KINDS:
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join(lookup.KINDS)}.")
    found = lookup.kind_of(settings, name, kind)
    show = {"invoice": lookup.print_invoice, "event": lookup.print_event}.get(found, print_bills)
    if found == "invoice":
        explained = lookup.invoice_events(settings, name)
    elif found == "event":
        explained = lookup.event_lines(settings, name)
    else:
        explained = explain_bills(settings, account=name, period=period, scenario=scenario)
        if line is not None:
            explained = lookup.line_events(
                settings,
                account=name,
                month=explained["month"],
                scenario=scenario or CURRENT,
                line=line,
            )
            show = lookup.print_line
    if as_json:
        print_json(explained)
    else:
        show(out, explained)
