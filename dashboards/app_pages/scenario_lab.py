"""What if prices or behaviour change?"""

from dashboards import (
    filters,
    takeaways,
)
from dashboards.data import lab
from dashboards.panels import scenario_lab as panels
from dashboards.shell import display, foot, header

page = header.begin("What if prices or behaviour change?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

with page.filters:
    scenario = filters.scenario(view)
    segment = filters.segment(view)
    filters.all_currencies(view, known.currency)
if scenario is None:
    display.answer(view, "There is no proposal to change.")
    display.nothing(view, "No proposal is published.", "Add rows to scenarios.csv and refresh.")
    foot.stop(view)
scenario_id, name = str(scenario["scenario_id"]), str(scenario["scenario_name"])
published = lab.judged_today(snapshot, scenario_id, segment)
flips_at = lab.nearest_flip(snapshot, scenario_id, segment)
if not lab.has_book(snapshot):
    display.answer(view, takeaways.lab(name, published, flips_at))
    display.nothing(
        view,
        "This generation was published without the rating models that a what-if runs.",
        "Run `seatshift refresh` once.",
    )
    foot.stop(view)
plans = lab.plans(snapshot, scenario_id)
if not plans:
    display.answer(view, takeaways.lab(name, published, flips_at))
    display.nothing(
        view,
        "The proposal bills no account yet.",
        "Choose another, or see Data health for the reason.",
    )
    foot.stop(view)


state = panels.State(
    colors=colors,
    known=known,
    view=view,
    segment=segment,
    name=name,
    scenario_id=scenario_id,
    published=published,
    flips_at=flips_at,
    plans=plans,
)
panels.bench(state)
foot.definitions(
    view,
    panels.JUDGED,
    "fct_shadow_bills",
    "fct_migration_shock",
    "fct_assumption_effects",
    "fct_forecast_accuracy",
    "fct_usage_levels",
    "fct_scenario_flips",
    "fct_scenario_outcomes",
)
