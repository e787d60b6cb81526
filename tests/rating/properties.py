"""What must hold of every batch, whatever was drawn: each check says what it found, or nothing."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from tests.rating.batches import Batch
from tests.rating.book import Case
from tests.rating.sentences import lines_without_amount
from tests.rating.variants import counts_sums, is_monotone
from tests.rating.warehouse import Lines, billed, differences, query, report

UNIT_TOTALS = """
select account_id, scenario_id, contract_id, period_start, sum(amount)
from intermediate.int_bill_lines group by all
"""
# each query gives what does not add up
BILLS = """
select bills.account_id, bills.month, bills.scenario_id, bills.amount, sum(lines.amount)
from marts.fct_shadow_bills as bills
left join marts.fct_shadow_bill_lines as lines
    on bills.account_id = lines.account_id and bills.month = lines.month
    and bills.scenario_id = lines.scenario_id
where bills.is_available
group by all having bills.amount <> coalesce(sum(lines.amount), 0)
"""
CAUSES = """
select bills.account_id, bills.month, bills.scenario_id, bills.difference, sum(causes.difference)
from marts.fct_shadow_bills as bills
left join marts.fct_shadow_bill_causes as causes
    on bills.account_id = causes.account_id and bills.month = causes.month
    and bills.scenario_id = causes.scenario_id
where bills.difference is not null and bills.scenario_id <> 'current'
group by all having bills.difference <> coalesce(sum(causes.difference), 0)
"""
SLICES = """
select lines.line_key, lines.amount, sum(slices.amount)
from intermediate.int_bill_lines as lines
left join intermediate.int_bill_line_slices as slices on lines.line_key = slices.line_key
group by all having lines.amount <> coalesce(sum(slices.amount), 0)
"""


def every_line_is_the_rater_s_to_the_cent(batch: Batch) -> str:
    return report(batch.cases, batch.setting, batch.warehouse)


def splitting_work_into_more_events_changes_nothing(batch: Batch) -> str:
    """Of sums: splitting the largest event, or the latest one, is another story."""
    return _alike(batch, "split", counts_sums)


def the_order_of_arrival_changes_nothing(batch: Batch) -> str:
    return _alike(batch, "reordered", lambda case: True)


def more_work_never_lowers_a_bill(batch: Batch) -> str:
    """Where no price falls at a bound; whole billing periods are compared."""
    totals = {tuple(key): amount for *key, amount in query(batch.warehouse, UNIT_TOTALS)}
    found = []
    for case in filter(is_monotone, batch.varied):
        for (account_id, *unit), amount in totals.items():
            if account_id == case.account_id:
                other = f"{account_id}-more"
                scenario_id, contract_id, start = unit
                key = (other, scenario_id, contract_id.replace(account_id, other), start)
                raised = totals.get(key, 0)
                if raised < amount:
                    found.append(f"{account_id} {unit}: {amount}, with more work {raised}")
    return "\n".join(found)


def lines_add_up_to_the_bill(batch: Batch) -> str:
    return "\n".join(map(str, query(batch.warehouse, BILLS)))


def causes_add_up_to_the_difference(batch: Batch) -> str:
    return "\n".join(map(str, query(batch.warehouse, CAUSES)))


def slices_add_up_to_the_line(batch: Batch) -> str:
    return "\n".join(map(str, query(batch.warehouse, SLICES)))


def sentences_end_with_the_amount(batch: Batch) -> str:
    return "\n".join(lines_without_amount(batch.warehouse))


PROPERTIES: list[Callable[[Batch], str]] = [
    every_line_is_the_rater_s_to_the_cent,
    splitting_work_into_more_events_changes_nothing,
    the_order_of_arrival_changes_nothing,
    more_work_never_lowers_a_bill,
    lines_add_up_to_the_bill,
    causes_add_up_to_the_difference,
    slices_add_up_to_the_line,
    sentences_end_with_the_amount,
]


def _alike(batch: Batch, variant: str, applies: Callable[[Case], bool]) -> str:
    accounts, found = billed(batch.warehouse), []
    for case in filter(applies, batch.varied):
        other = f"{case.account_id}-{variant}"
        lines = _under_the_ids_of(case.account_id, accounts.get(other, {}), other)
        said = differences(accounts.get(case.account_id, {}), lines)
        found += [f"{other}: {sentence}" for sentence in said]
    return "\n".join(found)


def _under_the_ids_of(account_id: str, lines: Lines, other: str) -> Lines:
    mine: Lines = defaultdict(list)
    for line, exact in lines.items():
        charge_id = line.charge_id.replace(other, account_id)
        event_id = line.event_id.replace(other, account_id)
        mine[replace(line, charge_id=charge_id, event_id=event_id)] += exact
    return mine
