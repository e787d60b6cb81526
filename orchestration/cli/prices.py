"""The commands that try other prices."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import Home, Json, out, print_json, progress, settings_of


def whatif(
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Set a price-book cell: table.key.column=value; may be repeated."
        ),
    ] = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            help="Add a tier or charge: 'tiers.messages: up_to=5000, unit_amount=0.02'; may be "
            "repeated.",
        ),
    ] = None,
    removed: Annotated[
        list[str] | None,
        typer.Option(
            "--remove", help="Remove a tier or charge: tiers.messages.2; may be repeated."
        ),
    ] = None,
    scenarios: Annotated[
        list[str] | None,
        typer.Option("--scenario", help="Show only this proposal; may be repeated."),
    ] = None,
    accounts: Annotated[
        list[str] | None,
        typer.Option("--account", help="Also show this account's bills; may be repeated."),
    ] = None,
    keep_basis: Annotated[
        bool,
        typer.Option(
            "--keep-basis",
            help="Show re-rated current bills even if they no longer match the invoices.",
        ),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Try other prices on past months; nothing is written.

    Shows, for each proposal and for today's prices, what the closed months would have billed,
    to the cent, and whose bills change.
    """
    from orchestration.cli.whatif_table import print_what_if, what_if_dict
    from orchestration.whatif.change import ADD, REMOVE, parse_changes
    from orchestration.whatif.report import what_if

    rows = [*(f"{REMOVE}{row}" for row in removed or []), *(f"{ADD}{row}" for row in added or [])]
    outcome = what_if(
        settings_of(home),
        parse_changes([*(changes or []), *rows]),
        scenarios=scenarios or [],
        accounts=accounts or [],
        keeps_basis=keep_basis,
    )
    if as_json:
        print_json(what_if_dict(outcome))
    else:
        print_what_if(out, outcome)


def solve(
    scenario: Annotated[str, typer.Argument(help="Proposal to find prices for.")],
    prices: Annotated[
        list[str],
        typer.Option(
            "--price",
            help="Price to search: table.key.column=LOW..HIGH; may be given up to three times.",
        ),
    ],
    segment: Annotated[
        str, typer.Option("--segment", help="Apply the limits to this segment.")
    ] = "all",
    revenue: Annotated[
        str | None, typer.Option("--revenue", help="Minimum change in revenue, such as -1%.")
    ] = None,
    shock: Annotated[
        str | None,
        typer.Option("--shock", help="Maximum share of accounts shocked, such as 5%."),
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", help="Minimum change in margin, such as -2%.")
    ] = None,
    above: Annotated[
        str | None,
        typer.Option(
            "--above",
            help="RISE:SHARE: the maximum share of accounts whose bill rises by more than RISE, "
            "such as 25%:10%.",
        ),
    ] = None,
    gently: Annotated[
        bool, typer.Option("--gently", help="Rank by fewest shocked accounts, not by revenue.")
    ] = False,
    this_currency_only: Annotated[
        bool,
        typer.Option(
            "--this-currency-only",
            help="Do not change the matching prices in other currencies.",
        ),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option("--save", help="Write the best prices as draft files to this folder."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Search for prices that stay within limits.

    Reports the best prices found, or which limits none of them meets. Publishes nothing.
    """
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
    written = save_draft(settings, answer.best.changes, save) if save else []
    if as_json:
        print_json(answer_dict(answer) | {"saved": [str(path) for path in written]})
        return
    print_answer(out, answer)
    for path in written:
        out.print(f"Wrote {path}", soft_wrap=True)
