"""MRR movements: every figure of every account and month, from the invoice lines alone."""

from decimal import Decimal
from fractions import Fraction

from tests.metrics.arithmetic import rounded
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.revenue import NAMES, Mrr


def test_every_movement_is_that_of_a_plain_reading(
    company: Company, mrr: Mrr, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, currency, version, opening, new, expansion, contraction,"
        " churn, reactivation, currency_effect, restatement, closing, is_carried_forward,"
        " is_provisional from marts.fct_mrr_movements"
    )
    expected = {
        (
            *key,
            row.opening,
            *(row.movement if row.name == name else Decimal(0) for name in NAMES),
            Decimal(0),
            row.restatement,
            row.closing,
            row.is_carried_forward,
            not company.is_over(key[1]),
        )
        for key, row in mrr.movements.items()
    }
    assert set(rows) == expected


def test_movements_in_the_reporting_currency_add_up(
    company: Company, mrr: Mrr, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, currency, version, opening_reporting,"
        " new_reporting + expansion_reporting + contraction_reporting + churn_reporting"
        " + reactivation_reporting, restatement_reporting, closing_reporting"
        " from marts.fct_mrr_movements"
    )
    expected = set()
    for key, row in mrr.movements.items():
        rate = company.rate(key[2], key[1])
        assert rate is not None
        opening, closing = (rounded(Fraction(end) * rate, 4) for end in (row.opening, row.closing))
        restatement = (
            rounded(Fraction(row.restatement) * rate, 4) if row.movement else closing - opening
        )
        expected.add((*key, opening, closing - opening - restatement, restatement, closing))
    assert set(rows) == expected
