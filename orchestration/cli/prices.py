"""Trying other prices."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import Home, Json, out, print_json, progress, settings_of


def whatif(
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="table.key.column=value, such as charges.seat.unit_amount=29."),
    ] = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            help="A tier or a charge more, such as 'tiers.messages: up_to=5000, unit_amount=0.02'.",
        ),
    ] = None,
    removed: Annotated[
        list[str] | None,
        typer.Option("--remove", help="A tier or a charge less, such as tiers.messages.2."),
    ] = None,
    scenarios: Annotated[
        list[str] | None, typer.Option("--scenario", help="Only this proposal; may be repeated.")
    ] = None,
    accounts: Annotated[
        list[str] | None,
        typer.Option("--account", help="Show this account's bills too; may be repeated."),
    ] = None,
    keep_basis: Annotated[
        bool,
        typer.Option(
            "--keep-basis",
            help="Keep re-rated current bills where they no longer meet their invoices.",
        ),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What other prices would have billed, to the cent; writes nothing."""
    from orchestration.cli.whatif_table import print_what_if, what_if_dict
    from orchestration.whatif.change_rows import ADD, REMOVE
    from orchestration.whatif.report import what_if

    rows = [*(f"{REMOVE}{row}" for row in removed or []), *(f"{ADD}{row}" for row in added or [])]
    outcome = what_if(
        settings_of(home),
        [*(changes or []), *rows],
        scenarios=scenarios or [],
        accounts=accounts or [],
        keeps_basis=keep_basis,
    )
    if as_json:
        print_json(what_if_dict(outcome))
    else:
        print_what_if(out, outcome)


def solve(
    scenario: Annotated[str, typer.Argument(help="The proposal whose prices are wanted.")],
    prices: Annotated[
        list[str],
        typer.Option("--price", help="table.key.column=LOW..HIGH; one to three of them."),
    ],
    segment: Annotated[str, typer.Option("--segment", help="Judge this segment.")] = "all",
    revenue: Annotated[
        str | None, typer.Option("--revenue", help="Revenue change of at least this, such as -1%.")
    ] = None,
    shock: Annotated[
        str | None, typer.Option("--shock", help="At most this share of accounts shocked.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", help="Margin change of at least this.")
    ] = None,
    above: Annotated[
        str | None,
        typer.Option("--above", help="RISE:SHARE: at most SHARE of accounts rise by over RISE."),
    ] = None,
    gently: Annotated[
        bool, typer.Option("--gently", help="Prefer few shocked accounts to much revenue.")
    ] = False,
    this_currency_only: Annotated[
        bool,
        typer.Option(
            "--this-currency-only",
            help="Do not change the matching prices in other currencies.",
        ),
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the best as draft files into this folder.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Prices that keep the limits, or the limit that no price can keep; publishes nothing."""
    from orchestration.cli.solve_table import answer_dict, print_answer
    from orchestration.whatif.draft_book import save_draft
    from orchestration.whatif.solve.request import question
    from orchestration.whatif.solve.solver import solve as run

    settings = settings_of(home)
    asked = question(
        scenario,
        prices,
        segment=segment,
        revenue=revenue,
        shock=shock,
        margin=margin,
        above=above,
        gently=gently,
        with_currency_variants=not this_currency_only,
    )
    with progress():
        answer = run(settings, asked)
    written = save_draft(settings, answer.best.wishes, save) if save else []
    if as_json:
        print_json(answer_dict(answer) | {"saved": [str(path) for path in written]})
        return
    print_answer(out, answer)
    for path in written:
        out.print(f"Written: {path}", soft_wrap=True)
