"""The scenario lab on a home whose every bill is known: work at 2.50 against seats at 39.00."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import freshness
from orchestration.settings import Settings
from tests.conftest import PublishedHome
from tests.dashboards import sample

PRICE = "charges.work.unit_amount"
OpenLab = Callable[..., AppTest]


@pytest.fixture
def open_lab(small: PublishedHome, monkeypatch: pytest.MonkeyPatch) -> OpenLab:
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF)

    def opened(home: Path = small.home, **query: str) -> AppTest:
        monkeypatch.setenv("SEATSHIFT_HOME", str(home))
        app = AppTest.from_file(
            str(sample.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=60
        )
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        app.switch_page("app_pages/scenario_lab.py").run()
        assert not app.exception
        return app

    return opened


def _input(app: AppTest, target: str) -> object:
    [found] = [one for one in app.text_input if str(one.key).endswith(f" {target}")]
    return found


def _said(text: str) -> str:
    """The text without the marks that keep markdown from reading it."""
    return text.replace("\\", "")


def _try(app: AppTest, target: str, text: str) -> AppTest:
    _input(app, target).set_value(text)  # type: ignore[attr-defined]
    [button] = [one for one in app.button if one.label == "Try"]
    button.click().run()
    assert not app.exception
    return app


def test_before_a_change_the_published_figures_stand(open_lab: OpenLab) -> None:
    app = open_lab()
    assert app.subheader[0].value.startswith("Change a price of")
    assert _input(app, PRICE).value == "2.5"  # type: ignore[attr-defined]
    assert len(app.metric) == 4
    assert "try" not in app.query_params


def test_twice_the_price_is_told_and_stands_in_the_link(open_lab: OpenLab) -> None:
    app = _try(open_lab(), PRICE, "5")
    assert _said(app.subheader[0].value).startswith("With 1 change, Outcome bills +79.5 %")
    assert "2 more" in app.subheader[0].value, "both accounts pay more than today"
    assert app.query_params["try"] in (f"{PRICE}=5", [f"{PRICE}=5"])
    again = open_lab(**{"try": f"{PRICE}=5"})
    assert again.subheader[0].value == app.subheader[0].value
    assert [one.value for one in again.metric] == [one.value for one in app.metric]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cheap", "write a number such as 29.5"),
        ("-1", "must not be negative"),
        ("", "is empty; pricing per_unit needs it"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(open_lab: OpenLab, text: str, sentence: str) -> None:
    app = _try(open_lab(), PRICE, text)
    assert any(sentence in _said(error.value) for error in app.error)


def test_a_draft_is_files_apart_from_the_price_book(
    open_lab: OpenLab, small_copy: Settings
) -> None:
    app = _try(open_lab(small_copy.home), PRICE, "5")
    published = (small_copy.reference / "charges.csv").read_bytes()
    for wish, said in (("../out", "letters, digits"), ("autumn", "charges.csv")):
        [name] = [one for one in app.text_input if one.label == "Name"]
        name.set_value(wish)
        [save] = [one for one in app.button if one.label == "Save files"]
        save.click().run()
        assert any(said in _said(one.value) for one in (*app.error, *app.success))
    draft = small_copy.home / "drafts" / "autumn" / "charges.csv"
    [work] = [line for line in draft.read_text("utf-8").splitlines() if line.startswith("work,")]
    assert ",5," in work
    assert (small_copy.reference / "charges.csv").read_bytes() == published
    assert not (small_copy.home.parent / "out").exists()
    [save] = [one for one in app.button if one.label == "Save files"]
    save.click().run()
    assert any("is not empty" in one.value for one in app.error), "a draft replaces no file"
