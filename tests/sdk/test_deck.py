"""Decks: what a task shows, and where it is left."""

from __future__ import annotations

import sys
from html import escape
from typing import Annotated, Any

import pytest

from volery import (
    Deck,
    DeckField,
    Secret,
    TopFrameRenderer,
    current_context,
    dynamic,
    eager,
    map_task,
    task,
    workflow,
)
from volery.data.current import using
from volery.data.decks import LARGEST, name_of
from volery.data.storage import Storage
from volery.errors import DeckError, DefinitionError
from volery.ir.secret import SecretValue
from volery.sdk.context import Context
from volery.sdk.deck import MOST
from volery.sdk.secret import provided


@pytest.fixture(autouse=True)
def storage(tmp_path):
    storage = Storage((tmp_path / "storage").as_uri())
    with using(storage):
        yield storage


def attempt(number: int = 1, path: str = "train/fit", **more: Any) -> Context:
    return Context("e", "flows.fit", path, number, **more)


def files(storage: Storage, folder: str = "e/train/fit/1/deck") -> dict[str, str]:
    """What is stored, by the end of its name."""
    found = ((each.name, storage.get_named(each.name)) for each in storage.named(folder))
    return {name.removeprefix(f"{folder}/"): (data or b"").decode() for name, data in found}


def everywhere(storage: Storage) -> dict[str, str]:
    """The HTML of all plain calls and executions, by the name of the deck."""
    found = {f: html for at in storage.folders() for f, html in files(storage, at).items()}
    return {name_of(file.rpartition("/")[2]) or file: html for file, html in found.items()}


# -- decks that a task makes -----------------------------------------------------------------------


def test_a_deck_is_stored_when_its_attempt_ends(storage):
    with attempt():
        deck = Deck("Scores", "<h1>0.5</h1>")
        deck.append("<p>more</p>")
        assert files(storage) == {}
    [(name, html)] = files(storage).items()
    assert name == "01-Scores.html"
    assert "<h1>0.5</h1>\n<p>more</p>" in html
    assert html.startswith('<!doctype html>\n<meta charset="utf-8">')


def test_it_is_stored_when_the_attempt_fails(storage):
    def fail() -> None:
        with attempt():
            Deck("Scores", "so far")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert "so far" in files(storage)["01-Scores.html"]


def test_attempts_have_their_own(storage):
    for number in (1, 2):
        with attempt(number):
            Deck("Scores", f"of {number}")
    assert "of 1" in files(storage)["01-Scores.html"]
    assert "of 2" in files(storage, "e/train/fit/2/deck")["01-Scores.html"]


def test_an_attempt_without_decks_leaves_nothing(storage):
    with attempt() as context:
        assert list(context.decks) == []
        Deck("Empty")
    assert storage.folders() == []


def test_what_is_published_is_there_while_the_task_goes_on(storage):
    with attempt():
        deck = Deck("Scores", "one")
        Deck.publish()
        assert "one" in files(storage)["01-Scores.html"]
        deck.append("two")
        assert "two" not in files(storage)["01-Scores.html"]
    assert "one\ntwo" in files(storage)["01-Scores.html"]


def test_what_has_not_changed_is_not_stored_again(storage, monkeypatch):
    stored: list[str] = []
    put = Storage.put_named
    monkeypatch.setattr(
        Storage, "put_named", lambda self, name, data: (stored.append(name), put(self, name, data))
    )
    with attempt():
        Deck("a", "1")
        Deck.publish()
        Deck("b", "2")
    assert [each.rpartition("/")[2] for each in stored] == ["01-a.html", "02-b.html"]


def test_the_last_deck_of_a_name_counts(storage):
    with attempt() as context:
        Deck("a", "first")
        Deck("b", "second")
        Deck("a", "third")
        assert [each.name for each in context.decks] == ["a", "b"]
    assert [name[:2] for name in files(storage)] == ["01", "02"]
    assert "third" in files(storage)["01-a.html"]


def test_a_deck_may_be_kept_aside():
    with attempt() as context:
        aside = Deck("a", "x", auto_add_to_deck=False)
        assert list(context.decks) == []
        context.decks.add(aside)
        assert context.decks[0] is aside


def test_the_default_deck_is_one_of_them(storage):
    with attempt() as context:
        context.default_deck.append("hello")
        assert context.default_deck is context.decks[0]
    assert "hello" in files(storage)["01-default.html"]


def test_blocks_are_measured(storage):
    with attempt() as context, context.timeline_deck.measure("<load>"):
        pass
    [(name, html)] = files(storage).items()
    assert name_of(name) == "Timeline"
    assert "<td>&lt;load&gt;</td><td>0.0" in html


@pytest.mark.parametrize("name", ["ROC/AUC", "50 %", "..", "a\\b", "Größe 📈", "a\u202eb", "01-x"])
def test_any_name_comes_back(storage, name):
    with attempt():
        Deck(name, "x")
    assert [name_of(file) for file in files(storage)] == [name]


def test_a_name_that_is_no_text_is_no_failure(storage):
    with attempt():
        Deck("a\ud800", "\ud800")
    assert [name_of(file) for file in files(storage)] == ["a?"]


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_deck_has_a_name(name):
    with pytest.raises(DeckError, match="has a name"):
        Deck(name)


def test_a_name_has_an_end():
    with pytest.raises(DeckError, match="too long"):
        Deck("x" * 300)


def test_a_deck_has_a_largest_size(storage):
    with attempt():
        deck = Deck("Scores", "x" * (LARGEST - 1))
        with pytest.raises(DeckError, match=r"'Scores' would have 16,777,218 bytes") as error:
            deck.append("yyy")
        assert "File" in (error.value.hint or "")
    assert len(files(storage)["01-Scores.html"]) > LARGEST - 1


def test_an_attempt_has_so_many_decks_at_most():
    with attempt():
        for number in range(MOST):
            Deck(str(number), "x")
        Deck("0", "again")
        with pytest.raises(DeckError, match="90 decks at most, and 'more' is one more"):
            Deck("more", "x")


def test_a_deck_that_cannot_be_stored_is_told_and_is_no_failure(tmp_path, caplog):
    (tmp_path / "file").touch()
    with using(Storage((tmp_path / "file").as_uri())), attempt():
        Deck("Scores", "x")
    assert "the decks cannot be kept" in caplog.text


def test_secrets_are_blotted_out(storage):
    secret = SecretValue("db", "password", "o'p<n s&same")
    forms = [secret.value, escape(secret.value), repr(secret.value)]
    with attempt() as context, provided(context, [secret]):
        Deck(f"with {secret.value}", " ".join(forms))
    [(name, html)] = files(storage).items()
    assert name_of(name) == "with [secret db/password]"
    assert "s&" not in html
    assert html.count("[secret db/password]") == 4


def test_elements_that_run_together_share_a_folder(storage):
    for index in (3, 11):
        with attempt(path=f"fit[{index}]", together="fit[0:64]"):
            Deck("Scores", "x")
    names = [name_of(file) for file in sorted(files(storage, "e/fit[0:64]/1/deck"))]
    assert names == ["[3] Scores", "[11] Scores"]


# -- plain calls, and other modes of tasks ---------------------------------------------------------


@task
def shown(x: int) -> int:
    Deck("Scores", f"<p>{x}</p>")
    return x


def test_a_plain_call_stores_them(storage):
    assert shown(x=3) == 3
    assert "<p>3</p>" in everywhere(storage)["Scores"]


def test_elements_of_a_map_have_them():
    @workflow
    def mapped() -> list[int]:
        return map_task(shown)(x=[1, 2])

    assert mapped() == [1, 2]


def test_a_task_may_keep_none(storage):
    @task(enable_deck=False)
    def quiet() -> int:
        Deck("Scores", "x")
        Deck.publish()
        return 1

    assert quiet() == 1
    assert storage.folders() == []


# -- decks that are made for it --------------------------------------------------------------------


class Stars:
    def to_html(self, value: int) -> str:
        return "<b>" + "*" * value + "</b>"


@task(enable_deck=True)
def rate(stars: Annotated[int, Stars()], text: str = "a<b") -> Annotated[int, Stars()]:
    """Give stars."""
    with current_context().timeline_deck.measure("thinking"):
        Deck("Own", text)
    if stars > 5:
        raise ValueError("too many")
    return stars


def test_each_field_makes_a_deck(storage):
    assert rate(stars=3) == 3
    found = everywhere(storage)
    assert list(found) == ["Own", *(each.value for each in DeckField)]
    assert "<h3>stars</h3>\n<b>***</b>" in found["Input"]
    assert "<pre>a&lt;b</pre>" in found["Input"]
    assert "<b>***</b>" in found["Output"]
    assert "<td>thinking</td>" in found["Timeline"]
    assert "<td>rate</td>" in found["Timeline"]
    assert "def rate(stars" in found["Source Code"]
    assert "<td>msgspec</td>" in found["Dependencies"]


def test_a_task_that_fails_has_them_but_for_its_outputs(storage):
    with pytest.raises(ValueError, match="too many"):
        rate(stars=6)
    assert set(everywhere(storage)) == {"Own", *(each.value for each in DeckField)} - {"Output"}


def test_fields_are_chosen(storage):
    @task(enable_deck=True, deck_fields=(DeckField.OUTPUT,))
    def chosen() -> int:
        return 7

    assert chosen() == 7
    assert list(everywhere(storage)) == ["Output"]


def test_an_async_task_has_them(storage):
    @task(enable_deck=True, deck_fields=[DeckField.OUTPUT])
    async def later() -> int:
        return 7

    assert later() == 7
    assert "7" in everywhere(storage)["Output"]


def test_dynamic_and_eager_tasks_have_them(storage):
    @dynamic(enable_deck=True)
    def several(n: int) -> int:
        return shown(x=n)

    @eager(enable_deck=True)
    async def awaiting(n: int) -> int:
        return await shown(x=n)

    @workflow
    def both(n: int = 4) -> tuple[int, int]:
        return several(n=n), awaiting(n=n)

    assert both() == (4, 4)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"enable_deck": "yes"}, "enable_deck= takes True or False, got 'yes'"),
        ({"enable_deck": True, "deck_fields": "Input"}, "takes members of DeckField, got 'Input'"),
        ({"enable_deck": True, "deck_fields": ["Input"]}, "got 'Input'"),
        ({"deck_fields": (DeckField.INPUT,)}, "none are\n  hint: add enable_deck=True"),
        ({"enable_deck": False, "deck_fields": ()}, "none are"),
        ({"disable_deck": True}, "no option disable_deck=\n  hint: did you mean enable_deck"),
    ],
)
def test_an_option_that_cannot_be_is_refused(given, told):
    with pytest.raises(DefinitionError, match=told):
        task(**given)(lambda: None)


# -- how values look -------------------------------------------------------------------------------


class Picture:
    def _repr_png_(self) -> bytes:
        return b"\x89PNG"


class Drawing:
    def _repr_html_(self) -> None:
        return None

    def _repr_svg_(self) -> str:
        return "<svg/>"


class Figure:
    def savefig(self, file: Any, **how: str) -> None:
        file.write(how["format"].encode())


class Broken:
    def _repr_html_(self) -> str:
        raise RuntimeError("<no>")


@pytest.mark.parametrize(
    ("value", "html"),
    [
        (Picture(), 'src="data:image/png;base64,iVBORw=="'),
        (Drawing(), 'src="data:image/svg+xml;base64,PHN2Zy8+"'),
        (Figure(), 'src="data:image/png;base64,cG5n"'),
        ([1, "<b>"], "<pre>[1, &#x27;&lt;b&gt;&#x27;]</pre>"),
        (Picture, "<pre>&lt;class"),
        (Broken(), "Broken cannot show this: RuntimeError: &lt;no&gt;"),
    ],
)
def test_an_object_is_shown_as_notebooks_do(value, html):
    assert html in Deck("a", auto_add_to_deck=False).append(value).html


def test_the_top_of_a_frame_is_shown():
    pandas = pytest.importorskip("pandas")
    html = TopFrameRenderer(2).to_html(pandas.DataFrame({"x": [11, 12, 13]}))
    assert "<td>12</td>" in html
    assert "<td>13</td>" not in html


def test_a_table_of_arrow_is_shown():
    pytest.importorskip("pandas")
    arrow = pytest.importorskip("pyarrow")
    html = TopFrameRenderer(1).to_html(arrow.table({"x": [11, 12]}))
    assert "<td>11</td>" in html
    assert "<td>12</td>" not in html


def test_a_deck_shows_itself_in_a_notebook():
    assert Deck("a", "<b>x</b>", auto_add_to_deck=False)._repr_html_() == "<b>x</b>"


def test_making_tasks_loads_nothing_of_decks():
    code = "import sys; from volery import task; task(lambda: None);"
    code += "print([each for each in sys.modules if 'deck' in each or 'report' in each])"
    import subprocess

    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "[]\n"


def test_a_secret_of_a_plain_call_is_blotted_out(storage, monkeypatch):
    monkeypatch.setenv("VOLERY_SECRET_DB_PASSWORD", "open-sesame")

    @task(secret_requests=[Secret("db", "password")], enable_deck=True)
    def careless() -> int:
        Deck("Scores", current_context().secrets.db.password)
        return 1

    careless()
    found = everywhere(storage)
    assert "[secret db/password]" in found["Scores"]
    assert "open-sesame" not in "".join(found.values())
