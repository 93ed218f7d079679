"""Decks: what a task shows of its work, for people, as HTML under a name."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import Enum
from html import escape
from threading import Lock
from typing import TYPE_CHECKING, Final, Self, overload

from volery.data import decks as stored
from volery.errors import DeckError, StorageError

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.sdk.secret import AttemptSecrets

MOST: Final = 90
"""Decks that a task makes in an attempt, at most. Those behind them are made for it."""
_DEFAULT: Final = "default"

_STYLE: Final = """
:root { color-scheme: light; background: #fff; color: #1b1d22; }
body { margin: 16px; font: 14px/1.5 system-ui, sans-serif; }
h1, h2, h3 { margin: 1em 0 0.4em; line-height: 1.25; }
h1 { font-size: 20px; } h2 { font-size: 17px; } h3 { font-size: 14px; }
body > :first-child { margin-top: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #e2e4e9; text-align: left; }
th { color: #5b616e; font-weight: 500; } td, th { vertical-align: top; }
pre, code { font: 12px/1.5 ui-monospace, monospace; }
pre { margin: 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
img, svg { max-width: 100%; height: auto; }
"""
"""How it looks where its own styles say nothing: paper, whatever is around it."""


class DeckField(Enum):
    """What a deck can be made of without the task's doing. Its value is the deck's name."""

    INPUT = "Input"
    OUTPUT = "Output"
    TIMELINE = "Timeline"
    SOURCE_CODE = "Source Code"
    DEPENDENCIES = "Dependencies"


_PLACES: Final = {each: MOST + number for number, each in enumerate(DeckField, 1)}


class Deck:
    """HTML that a task shows, under a name: ``Deck("Scores", "<h1>0.93</h1>")``.

    It belongs to the attempt that makes it, and is kept when that ends, however it ends. Another
    one of the same name takes its place.

    Args:
        name: shown above it.
        html: what it begins with, as `append` takes it.
        auto_add_to_deck: False: it is shown only if it is added to ``current_context().decks``.

    Raises:
        DeckError: there is something wrong with the name, or it is too large.
    """

    def __init__(self, name: str, html: object = "", auto_add_to_deck: bool = True) -> None:  # noqa: FBT001, FBT002 - as people know it
        self.name = _checked(name)
        self._parts: list[str] = []
        self._size = 0
        self.append(html)
        if auto_add_to_deck:
            from volery.sdk.context import current_context

            current_context().decks.add(self)

    def __repr__(self) -> str:
        return f"Deck({self.name!r})"

    @property
    def html(self) -> str:
        """What it shows until now."""
        return "\n".join(self._parts)

    @property
    def parts(self) -> int:
        """How often something was appended: while that is the same, so is the deck."""
        return len(self._parts)

    def append(self, html: object) -> Self:
        """Show more below: HTML, or an object that notebooks know how to show.

        Such as a table of pandas or polars, an image, a figure of Matplotlib.

        Raises:
            DeckError: it would be larger than a deck may be.
        """
        if not isinstance(html, str):
            from volery.sdk.render import rendered

            html = rendered(html)
        if html:
            self._size += len(html.encode(errors="replace"))
            if self._size > stored.LARGEST:
                raise DeckError(
                    f"deck {self.name!r} would have {self._size:,} bytes, and may have"
                    f" {stored.LARGEST:,}",
                    hint="show a part, or an image of it; return all of it as a File",
                )
            self._parts.append(html)
        return self

    def _repr_html_(self) -> str:
        return self.html

    @staticmethod
    def publish() -> None:
        """Show what there is already, while the task goes on.

        Raises:
            StorageError: it cannot be stored.
        """
        from volery.sdk.context import current_context

        current_context().decks.publish()


class TimelineDeck(Deck):
    """A deck that shows how long blocks of code have taken."""

    def __init__(self) -> None:
        super().__init__(DeckField.TIMELINE.value, auto_add_to_deck=False)
        self.append("<table><tr><th>what</th><th>wall time, s</th><th>processor time, s</th></tr>")

    @contextmanager
    def measure(self, label: str) -> Generator[None]:
        """Note how long a block takes: ``with current_context().timeline_deck.measure("fit"):``."""
        import time

        wall, processor = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            took = time.perf_counter() - wall, time.process_time() - processor
            cells = "".join(f"<td>{each:.3f}</td>" for each in took)
            self.append(f"<tr><td>{escape(label)}</td>{cells}</tr>")


class Decks(Sequence[Deck]):
    """The decks of an attempt. Nothing is stored until there is something to show.

    Args:
        storage: where they are kept.
        folder: their names begin with, there.
        element: of a map that is carried out together with others, such as ``[3]``; else empty.
        secrets: blotted out of them.

    Attributes:
        kept: False: what is made is thrown away.
    """

    def __init__(
        self, storage: Storage, folder: str, element: str, secrets: AttemptSecrets
    ) -> None:
        self.kept = True
        self._storage = storage
        self._folder = folder
        self._element = element
        self._secrets = secrets
        self._by_name: dict[str, tuple[int, Deck]] = {}
        self._published: dict[str, tuple[Deck, int]] = {}
        self._publishing = Lock()
        self._timeline: TimelineDeck | None = None

    @overload
    def __getitem__(self, index: int) -> Deck: ...
    @overload
    def __getitem__(self, index: slice) -> list[Deck]: ...
    def __getitem__(self, index: int | slice) -> Deck | list[Deck]:
        return [deck for _, deck in self._by_name.values()][index]

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<decks {', '.join(self._by_name) or 'none'}>"

    def add(self, deck: Deck, made_for: DeckField | None = None) -> None:
        """Show a deck, in place of any of the same name.

        Args:
            deck: the deck.
            made_for: what it is made of without the task's doing; None: the task makes it.

        Raises:
            DeckError: there are too many.
        """
        if deck.name in self._by_name:
            place = self._by_name[deck.name][0]
        elif made_for is not None:
            place = _PLACES[made_for]
        else:
            place = sum(number <= MOST for number, _ in self._by_name.values()) + 1
            if place > MOST:
                raise DeckError(
                    f"an attempt has {MOST} decks at most, and {deck.name!r} is one more",
                    hint="append to one of them",
                )
        self._by_name[deck.name] = place, deck

    @property
    def default(self) -> Deck:
        """The one for whoever needs no name."""
        if _DEFAULT not in self._by_name:
            self.add(Deck(_DEFAULT, auto_add_to_deck=False))
        return self._by_name[_DEFAULT][1]

    @property
    def timeline(self) -> TimelineDeck:
        """The one that tells how long what has taken."""
        if self._timeline is None:
            self._timeline = TimelineDeck()
            self.add(self._timeline, DeckField.TIMELINE)
        return self._timeline

    def publish(self) -> None:
        """Store what has changed. Raises StorageError when it cannot be stored."""
        if not self.kept:
            return
        with self._publishing:
            for place, deck in list(self._by_name.values()):
                now = deck, deck.parts
                if deck.parts and self._published.get(deck.name) != now:
                    self._storage.put_named(*self._object(place, deck))
                    self._published[deck.name] = now

    def finish(self) -> None:
        """The same at the end: that they cannot be shown is no failure of what they are about."""
        try:
            self.publish()
        except StorageError as error:
            from logging import getLogger

            getLogger("volery.deck").warning("the decks cannot be kept: %s", error)

    def _object(self, place: int, deck: Deck) -> tuple[str, bytes]:
        """A deck as it is stored: a name, and a page that reads well also by itself."""
        name, order = deck.name, f"{place:02}"
        if self._element:
            name, order = f"{self._element} {name}", f"{int(self._element[1:-1]):07}{order}"
        page = (
            '<!doctype html>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(name)}</title>\n<style>{_STYLE}</style>\n{deck.html}\n"
        )
        name = f"{self._folder}/{stored.file_of(order, self._secrets.blotted(name))}"
        return name, self._secrets.blotted(page).encode(errors="replace")


def _checked(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise DeckError(f"a deck has a name that people read, got {name!r}")
    if len(stored.escaped(name).encode(errors="replace")) > stored.LONGEST:
        raise DeckError(f"the name of a deck is too long: {name[:60]!r}...", hint="say it in it")
    return name
