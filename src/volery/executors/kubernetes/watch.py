"""A watch of the pods of a namespace: one list, then one stream, for all of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from http import HTTPStatus
from threading import Event, Thread
from time import monotonic
from typing import Final, Protocol

from volery.executors.kubernetes.api import Api, Refusal, changes
from volery.executors.kubernetes.contact import DOUBT, Contact
from volery.executors.kubernetes.crew import backoff
from volery.executors.kubernetes.status import Pod

_log = logging.getLogger(__name__)

STREAM: Final = 60
"""Seconds that a stream lasts at least; a dead connection is noticed after about as many."""
BRIEF: Final = 1.0
"""Seconds: a stream that has ended sooner is not asked for again at once."""


class Watcher(Protocol):
    """Who wants to know. Called by the watch's own thread."""

    def listed(self, namespace: str, pods: Sequence[Pod], since: float) -> None:
        """These are all pods there are, or more; the list was asked for at `since` (monotonic)."""
        ...

    def changed(self, namespace: str, pod: Pod) -> None:
        """A pod is new, or is not as it was."""
        ...

    def deleted(self, namespace: str, pod: Pod) -> None:
        """A pod is gone; this is how it was last."""
        ...

    def refused(self, namespace: str, refusal: Refusal) -> None:
        """The cluster does not show the pods, and will not by itself."""
        ...


class Watch:
    """Tells a watcher what becomes of the pods with certain labels, until it is closed.

    An API server that is away is asked again, later each time; the stream then goes on where it
    was. When that is too long ago, the pods are listed anew.

    Args:
        api: the API server.
        namespace, selector: which pods.
        contact: made while there is a stream.
        watcher: who wants to know.
    """

    def __init__(
        self, api: Api, namespace: str, selector: str, contact: Contact, watcher: Watcher
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._selector = selector
        self._contact = contact
        self._watcher = watcher
        self._refused_since: float | None = None
        self._closed = Event()
        self._thread = Thread(target=self._run, name=f"volery-watch-{namespace}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Have it end, as soon as its connection does."""
        self._closed.set()

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        version, tries = "", 0
        while not self._closed.is_set():
            began = monotonic()
            try:
                is_stream = bool(version)
                version = self._follow(version) if is_stream else self._list()
                self._refused_since = None
                if is_stream and monotonic() - began < BRIEF:
                    self._closed.wait(backoff(tries))
                    tries += 1
                else:
                    tries = 0
            except Refusal as refusal:
                if refusal.status == HTTPStatus.GONE:
                    version = ""
                elif not refusal.passing and self._believes(refusal):
                    self._watcher.refused(self._namespace, refusal)
                if tries and not tries & (tries - 1) and not self._closed.is_set():
                    _log.warning("pods of namespace %s: %s", self._namespace, refusal)
                self._closed.wait(max(refusal.wait, backoff(tries)))
                tries += 1
            except Exception:  # noqa: BLE001 - a list puts everything right
                _log.exception("the watch of namespace %s begins anew", self._namespace)
                version = ""
                self._closed.wait(backoff(tries))
                tries += 1

    def _believes(self, refusal: Refusal) -> bool:
        """Whether what is refused will be refused later as well."""
        now = monotonic()
        if self._refused_since is None:
            self._refused_since = now
        has_lasted = now >= self._refused_since + DOUBT
        return has_lasted or not (refusal.of_rights and self._contact.ever)

    def _list(self) -> str:
        """Ask for all pods; gives the version from which their changes are to be watched."""
        since, more = monotonic(), ""
        pods: list[Pod] = []
        while True:
            page = self._api.page(self._namespace, self._selector, more)
            pods += page.pods
            more = page.metadata.more
            if not more:
                break
        self._watcher.listed(self._namespace, pods, since)
        return page.metadata.version

    def _follow(self, version: str) -> str:
        """Watch until the stream ends; gives the version from which to go on."""
        seconds = STREAM + random.randrange(30)  # noqa: S311 - namespaces do not ask all at once
        opened = self._api.watch(self._namespace, self._selector, version, seconds)
        with opened as response, self._contact.made():
            try:
                for kind, pod in changes(response):
                    version = pod.metadata.resource_version
                    if kind == "DELETED":
                        self._watcher.deleted(self._namespace, pod)
                    elif kind != "BOOKMARK":
                        self._watcher.changed(self._namespace, pod)
            except Refusal as refusal:
                if refusal.status or self._closed.is_set():
                    raise
        return version
