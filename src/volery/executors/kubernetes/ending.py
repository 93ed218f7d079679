"""From a pod that has ended to the result of its work; and what it prints until then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from time import monotonic, time
from typing import Final

import msgspec

from volery.errors import StorageError
from volery.executors.contained import invocations, outcomes
from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.crew import Again
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.log import PodLog
from volery.executors.kubernetes.space import Charge, Space
from volery.executors.kubernetes.starting import unreached
from volery.executors.results import aborted, fault
from volery.ir.work import Result
from volery.wire.logs import LogRecord

SOON: Final = 0.5
"""Seconds that a container runs, at least, before its log is read."""
EACH: Final = 0.25
"""The same for each that runs: requests for logs stay few, for most of many are over before."""
LOOK: Final = 1.0
"""Seconds until it is seen again how many run."""
LAST_WORDS: Final = 10.0
"""Seconds after which the end of a log is not waited for any more."""


class Finisher:
    """Reads logs and outcomes.

    Args:
        ground: see `Ground`.
        has_room: told when a container has ended.
    """

    def __init__(self, ground: Ground, has_room: Callable[[Space], None]) -> None:
        self._ground = ground
        self._has_room = has_room
        self._streams: dict[Charge, Thread] = {}
        self._unread: dict[Charge, tuple[Space, float]] = {}
        """Those that run and are not read, and since when: the first one has run for longest."""
        self._looks = False
        """Whether they will be looked at."""
        self._closed = False

    def runs(self, space: Space, charge: Charge) -> None:
        """A container runs: read its log, if it does not end soon."""
        with self._ground.lock:
            if not charge.runs and charge.exit is None:
                charge.runs = True
                self._unread[charge] = space, monotonic()
                self._look_in(SOON)

    def _look_in(self, seconds: float) -> None:
        if not self._looks:
            self._looks = True
            self._ground.crew.do(self._look, seconds)

    def _look(self) -> None:
        with self._ground.lock:
            self._looks = False
            self._follow_some()

    def _follow_some(self) -> None:
        """Read the logs of those that have run for longest, as many as may be read at a time."""
        with self._ground.lock:
            most = self._ground.settings.streams
            patience = max(SOON, EACH * (len(self._unread) + len(self._streams)))
            while self._unread and len(self._streams) < most and not self._closed:
                charge, (space, since) = next(iter(self._unread.items()))
                wait = since + patience - monotonic()
                if wait > 0:
                    self._look_in(min(wait, LOOK))
                    return
                self._follow(space, charge)

    def _follow(self, space: Space, charge: Charge) -> None:
        del self._unread[charge]
        charge.log = self._log_of(space, charge)
        thread = Thread(
            target=self._read, args=(space, charge, charge.log), daemon=True,
            name=f"volery-log-{charge.name}",
        )  # fmt: skip
        self._streams[charge] = thread
        thread.start()

    def has_ended(self, space: Space, charge: Charge, how: Exit, *, unwanted: bool = False) -> None:
        """A container has ended, or is given up; a pod that is unwanted is of no more use."""
        with self._ground.lock:
            if charge.exit is not None:
                return
            space.has_ended(charge, how)
            self._unread.pop(charge, None)
            charge.unwanted = unwanted
            reading = charge in self._streams
        if reading and charge.log is not None:
            charge.log.ended()
            self._ground.crew.do(partial(self._finish, space, charge, read=False), LAST_WORDS)
        else:
            self._ground.crew.do(partial(self._finish, space, charge))
        self._has_room(space)

    def close(self) -> None:
        """Stop reading, as soon as connections end."""
        with self._ground.lock:
            self._closed = True
            for charge in self._streams:
                if charge.log is not None:
                    charge.log.close()

    def join(self) -> None:
        """Wait until nothing is read any more."""
        with self._ground.lock:
            threads = list(self._streams.values())
        for thread in threads:
            thread.join()

    def _log_of(self, space: Space, charge: Charge) -> PodLog:
        printed = partial(self._printed, charge.name)
        return PodLog(self._ground.api, space.name, charge.name, charge.primary, printed)

    def _printed(self, name: str, records: Sequence[LogRecord], began: float | None) -> None:
        if began is not None:
            self._ground.works.began(name, began)
        if records:
            self._ground.works.printed(name, records)

    def _read(self, space: Space, charge: Charge, log: PodLog) -> None:
        try:
            log.follow()
        finally:
            with self._ground.lock:
                del self._streams[charge]
                ended = charge.exit is not None
            if ended:
                self._ground.crew.do(partial(self._finish, space, charge))
            self._follow_some()

    def _finish(self, space: Space, charge: Charge, *, read: bool = True) -> None:
        """See what an attempt has left. `read`: its log as well, which nobody else reads."""
        ground, work = self._ground, charge.held.work
        log = charge.log = charge.log or self._log_of(space, charge)
        if charge.name not in space.charges:  # the log has ended after all
            return
        try:
            if read:
                self._rest(charge, log)
            tail = log.end()
            result = outcomes.ended(work, ground.storage, self._how(space, charge), tail)
        except (Refusal, StorageError) as error:
            result = self._unknown(charge, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the work gets a result
            result = Result(work.id, None, fault("kubernetes", error))
        with ground.lock:
            if charge.name not in space.charges:
                return
            keep = 0.0 if charge.unwanted or charge.stopping else ground.settings.keep
            space.release(charge, monotonic(), keep)
        ground.works.over(charge.name, result)

    def _unknown(self, charge: Charge, error: Refusal | StorageError) -> Result:
        """The result of an attempt of which is not known what it has left.

        Raises Again: it may be later, and somebody waits for that.
        """
        held, limit = charge.held, self._ground.settings.limits.storage
        if held.unwanted:
            return aborted(held.work.id)
        if isinstance(error, Refusal):
            raise Again(error, error.wait) from error
        if charge.may_wait(monotonic(), limit):
            raise Again(error) from error
        return Result(held.work.id, None, unreached(error), ended=time())

    def _rest(self, charge: Charge, log: PodLog) -> None:
        """Read what has not been read of a log, from where that costs the cluster least."""
        kept = None
        if charge.printed is not None:
            log.is_told(charge.printed)
        elif charge.kept and log.untouched:
            kept = self._ground.storage.get_named(invocations.log_name(charge.held.work))
        if kept is not None:
            log.is_kept(kept)
        log.rest()

    def _how(self, space: Space, charge: Charge) -> Exit:
        """How an attempt ended, in the words that are most use."""
        how = charge.exit or Exit()
        if how.code != "NotStarted":
            return how
        try:
            troubles = self._ground.api.troubles(space.name, charge.name)
        except Refusal:  # who may not read events does without
            return how
        return msgspec.structs.replace(how, message="; ".join([how.message, *troubles]))
