"""What attempts print: kept in the home, and passed on to who listens."""

from __future__ import annotations

from collections.abc import Callable

from volery.ids import join
from volery.ir.work import Result
from volery.services.home import Home
from volery.services.places import Places
from volery.store.base import Claim, Store

Listener = Callable[[str, str, str], None]
"""Told what an attempt printed: the node's path from the top of the family of executions, the
stream (``stdout`` or ``stderr``), the text."""


class Prints:
    """Keeps what is printed in files, one for each stream of an attempt.

    Args:
        home: where the files are.
        store: knows where child executions hang.
        on_print: who listens, or None.
    """

    def __init__(self, home: Home, store: Store, on_print: Listener | None) -> None:
        self._home = home
        self._on_print = on_print
        self._places = Places(store)

    def keep(self, claim: Claim, result: Result) -> None:
        """Take what an attempt has printed.

        Raises:
            StoreError: it cannot be written.
        """
        for stream, text in (("stdout", result.stdout), ("stderr", result.stderr)):
            if not text:
                continue
            file = self._home.log(claim.execution, claim.path, claim.attempt, stream)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
            except OSError as error:
                raise self._home.refused(error) from None
            if self._on_print is not None:
                path = join(self._places.of(claim.execution), claim.path)
                self._on_print(path, stream, text.decode(errors="replace"))
