"""Reports arrive while the work runs, and work whose reader leaves does not go on alone."""

import threading
from collections.abc import Callable

import pytest

from orchestration.platform.streaming import streamed


def test_each_report_arrives_before_the_work_goes_on_to_its_end() -> None:
    may_end = threading.Event()

    def work(report: Callable[[int], None]) -> str:
        report(1)
        assert may_end.wait(timeout=20)
        report(2)
        return "done"

    reports = streamed(work)
    assert next(reports) == 1
    may_end.set()
    assert next(reports) == 2
    with pytest.raises(StopIteration) as end:
        next(reports)
    assert end.value.value == "done"


def test_what_the_work_raises_reaches_the_reader_after_its_reports() -> None:
    def work(report: Callable[[int], None]) -> None:
        report(1)
        raise ValueError("no more")

    reports = streamed(work)
    assert next(reports) == 1
    with pytest.raises(ValueError, match="no more"):
        next(reports)


def test_work_is_interrupted_at_its_next_report_when_the_reader_leaves() -> None:
    read_one, raised = threading.Event(), []

    def work(report: Callable[[int], None]) -> None:
        report(1)
        assert read_one.wait(timeout=20)
        try:
            while True:
                report(2)
        except BaseException as error:
            raised.append(error)
            raise

    reports = streamed(work)
    next(reports)
    read_one.set()
    reports.close()
    assert [type(error) for error in raised] == [KeyboardInterrupt]
    assert not [one for one in threading.enumerate() if one.name.startswith("seatshift-work")]
