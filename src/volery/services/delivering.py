"""Delivering: whoever has to be told that an execution has ended is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from logging import getLogger
from threading import Thread

from volery.clock import Clock
from volery.errors import NotFound
from volery.ir.codec import read_bundle
from volery.ir.failure import TIMED_OUT
from volery.ir.notification import Notification
from volery.notify import channels
from volery.notify.channel import Means, NotSentError
from volery.notify.message import Message
from volery.store.base import ExecutionRecord, Store
from volery.store.notices import NewNotice, Notices, Try
from volery.wire.notices import Notice

SENDERS = 8
"""So many are sent at once: one that waits for its other side keeps no others waiting."""
CLAIM = 300.0
"""Seconds after which a sender is taken for dead; it takes a small part of them."""
TRIES = 10
FIRST = 1.0
LONGEST = 3600.0
"""Seconds between two tries: the first wait, which then doubles, and the longest."""
PAGE = 100
"""Executions that are looked at in a tick."""
SOON = 0.25
"""Seconds until there may be room for another sender."""

_log = getLogger("volery.notices")


class Delivering:
    """Sends notices: each at least once, with a key that tells when it was more often.

    Any number of these may work on one database.

    Args:
        notices: where they are kept.
        store: with the executions.
        means: what channels need.
        clock: says when.
        public_url: where people see executions; empty: nowhere.
    """

    def __init__(
        self,
        notices: Notices,
        store: Store,
        means: Means,
        clock: Clock,
        public_url: str = "",
    ) -> None:
        self._notices = notices
        self._store = store
        self._means = means
        self._clock = clock
        self._public_url = public_url
        self._senders: list[Thread] = []
        self._unread = set[str]()
        self._wanted = lru_cache(maxsize=16)(self._read)

    def notices(self, execution: str) -> tuple[Notice, ...]:
        """Of an execution, by number."""
        return self._notices.of(execution)

    def tick(self) -> float | None:
        """Begin to send what is due, and return without waiting for it.

        Returns:
            Seconds until something is due next; None: nothing is known to be.

        Raises:
            StoreError: the database cannot be used.
        """
        now = self._clock.now()
        more = self._expand(now)
        due = self._notices.next()
        if due is not None and due <= now:
            self._begin(now)
        due = self._notices.next()
        if more or due is None:
            return 0.0 if more else None
        return max(due - now, 0.0) or SOON  # what is due already waits for a sender

    def finish(self, seconds: float) -> bool:
        """Send what is due or becomes so, but for no longer than this. True: nothing waits."""
        deadline = time.monotonic() + seconds
        while True:
            more = self.tick() == 0.0
            self._join(deadline)
            due = self._notices.next()
            if due is None and not more:
                return True
            wait = 0.0 if more or due is None else max(due - self._clock.now(), 0.0)
            if wait >= deadline - time.monotonic():
                return False
            time.sleep(wait)

    def close(self, seconds: float = 2.0) -> None:
        """Wait a moment for what is being sent. The rest is sent again, by whoever is there."""
        self._join(time.monotonic() + seconds)

    def _begin(self, now: float) -> None:
        """Send what is due, as far as there are senders."""
        self._senders = [each for each in self._senders if each.is_alive()]
        for each in self._notices.claim(now, now + CLAIM, SENDERS - len(self._senders)):
            sender = Thread(target=self._deliver, args=(each,), name="sender", daemon=True)
            self._senders.append(sender)
            sender.start()

    def _join(self, deadline: float) -> None:
        for each in self._senders:
            each.join(max(deadline - time.monotonic(), 0.0))
        self._senders = [each for each in self._senders if each.is_alive()]

    # -- expanding ------------------------------------------------------------------------

    def _expand(self, now: float) -> bool:
        """Make notices of executions that have ended. True: there may be more of these.

        Those that cannot be read stay, and take no others' place in a page.
        """
        page = PAGE + len(self._unread)
        ended = self._notices.to_tell_of(page)
        records = filter(None, map(self._store.execution, ended))
        told = [self._expand_one(record, now) for record in records]
        return len(ended) == page and any(told)

    def _expand_one(self, record: ExecutionRecord, now: float) -> bool:
        """Make the notices of an execution. False: that is not possible here."""
        try:
            new = list(self._new(record))
        except Exception as error:  # noqa: BLE001 - others have to be told
            # A server that can read its bundle makes its notices; if nobody can, it stays marked.
            if record.id not in self._unread:
                self._unread.add(record.id)
                _log.error("nobody is told of execution %s: %s", record.id, error)
            return False
        self._notices.expand(record.id, record.root, new, now)
        return True

    def _new(self, record: ExecutionRecord) -> Iterator[NewNotice]:
        phase = phase_of(record)
        asked = {phase, str(record.phase)}
        for each in self._wanted(record.bundle, record.entity.name):
            if asked.intersection(each.phases):
                for to in each.to:
                    yield NewNotice(each.channel, to, each.subject, each.body)

    def _read(self, bundle: str, name: str) -> tuple[Notification, ...]:
        """What the launch plan of this name says in a bundle."""
        plans = read_bundle(self._store.bundle(bundle)).launch_plans
        return next((plan.notifications for plan in plans if plan.name == name), ())

    # -- sending --------------------------------------------------------------------------

    def _deliver(self, tried: Try) -> None:
        """Send a notice, and write down how that went."""
        try:
            try:
                message = self._message(tried)
                channels.send(tried.notice.channel, tried.notice.address, message, self._means)
            except NotSentError as error:
                self._not_sent(tried, error)
            else:
                self._notices.sent(tried, self._clock.now())
        except Exception as error:  # noqa: BLE001 - a sender has nobody to tell
            # Nobody knows how it went: it is sent again when this sender is taken for dead.
            _log.warning("notice %s: %s: %s", _key(tried), type(error).__name__, error)

    def _not_sent(self, tried: Try, error: NotSentError) -> None:
        if error.final or tried.attempt >= TRIES:
            _log.warning("notice %s was given up: %s", _key(tried), error.message)
            self._notices.give_up(tried, error.message)
            return
        wait = max(FIRST * 2 ** (tried.attempt - 1), error.after)
        until = self._clock.now() + min(wait, LONGEST)
        self._notices.put_off(tried, until, error.message)

    def _message(self, tried: Try) -> Message:
        record = self._store.execution(tried.execution)
        if record is None:
            raise NotFound(f"there is no execution {tried.execution} any more")
        now = self._clock.now()
        return Message(
            key=_key(tried),
            execution=record.id,
            project=record.project,
            domain=record.domain,
            kind=record.entity.kind,
            entity=record.entity.name,
            version=record.version,
            phase=phase_of(record),
            failure=record.failure,
            created=record.created,
            ended=now if record.ended is None else record.ended,
            sent=now,
            link=self._public_url and f"{self._public_url}/executions/{record.id}",
            subject_template=tried.notice.subject,
            body_template=tried.notice.body,
        )


def phase_of(record: ExecutionRecord) -> str:
    """How an execution has ended, as notifications have it."""
    late = record.failure is not None and record.failure.code == TIMED_OUT
    return "TIMED_OUT" if late and record.phase == "FAILED" else str(record.phase)


def _key(tried: Try) -> str:
    return f"{tried.execution}/{tried.number}"
