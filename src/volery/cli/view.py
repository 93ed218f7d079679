"""How an execution is shown while it runs."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

from volery.cli.plain import PlainView

if TYPE_CHECKING:
    from volery.cli.labels import Labels
    from volery.store.base import Line


class View(Protocol):
    """Shows an execution while it runs. Open between ``with`` and its end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def lines(self, lines: list[Line]) -> None:
        """Show what is new in the journal."""
        ...

    def printed(self, path: str, stream: str, text: str) -> None:
        """Show what an attempt printed."""
        ...

    def say(self, text: str) -> None:
        """Show a line of text."""
        ...

    def quiet(self) -> AbstractContextManager[None]:
        """While it is open, nothing is drawn over what stands on the terminal."""
        ...


def view_of(title: str, labels: Labels) -> View:
    """The view that fits where stderr goes."""
    if sys.stderr.isatty():
        from volery.cli.live import LiveView  # loads rich

        return LiveView(title, labels)
    return PlainView(title, labels)
