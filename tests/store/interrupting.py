"""Ctrl-C at every moment of a write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from types import FrameType

from volery.store.sql import SqlStore


def assert_no_transaction_is_left(store: SqlStore) -> None:
    """Interrupt a write at each of its moments; the next one has to be done."""
    for moment in range(1000):
        with _interrupted_at(moment) as interrupted, suppress(KeyboardInterrupt):
            store.put_bundle(f"{moment}", b"")
        store.put_bundle(f"after {moment}", b"")
        if not interrupted:
            break
    assert moment >= 4, "to begin, to write, to commit, to ask whether it is over"
    assert store.bundle(f"{moment}") == b""


@contextmanager
def _interrupted_at(moment: int) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt as soon as a call into C has come back, at the `moment`-th one.

    Yields what was interrupted: nothing, when there are fewer calls.
    """
    countdown = count(moment, -1)
    interrupted: list[str] = []

    def on_event(frame: FrameType, event: str, arg: object) -> None:
        if event == "c_return" and "volery" in frame.f_code.co_filename and not next(countdown):
            interrupted.append(repr(arg))
            raise KeyboardInterrupt

    sys.setprofile(on_event)
    try:
        yield interrupted
    finally:
        sys.setprofile(None)
