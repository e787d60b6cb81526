"""The windows of a proposal on the Decision page: lines of measures, columns of windows."""

from dashboards.formatting import plain
from tests.dashboards.conftest import OpenPage

WINDOWS = ["Last 12 months", "Last 3 months", "First bill", "12 months from the move"]


def test_each_measure_is_a_line_with_a_figure_for_each_window(open_page: OpenPage) -> None:
    app = open_page("decision")
    [lines] = [table.value for table in app.table if "Decides" in table.value.index]
    assert list(lines.columns) == WINDOWS
    assert lines.loc["Revenue"].tolist() == [plain("+4.2 %")] * 4
    assert lines.loc["80 % range"].tolist() == [plain("+1.2 … +6.7 %")] * 4
    assert lines.loc["Shock"].tolist() == [plain("3.0 %")] * 4
    assert lines.loc["Decides"].tolist() == ["", "", "decides", ""]


def test_the_evidence_of_a_pilot_is_named(open_page: OpenPage) -> None:
    app = open_page("decision", segment="smb_ai")
    evidence = "Evidence, still short: 2 months closed since Hybrid was proposed, not a pilot."
    assert [caption.value for caption in app.caption if "Evidence" in caption.value] == [
        plain(evidence)
    ]
