"""The desk: says who somebody is, and hands them the backend that speaks for them."""

from __future__ import annotations

from asyncio import shield, timeout, wrap_future
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from volery.errors import StoreError, Unauthorized, Unavailable
from volery.services.access import Access
from volery.wire.access import LOCAL, Identity
from volery.wire.backend import Backend
from volery.wire.problem import NOT_READY

BEARER = "bearer "
PATIENCE = 3.0
"""Seconds that a look for tokens may take."""


class Looking(Unavailable):
    """Whether there are tokens is being looked up.

    Args:
        look: has what knows them when it is done.
    """

    def __init__(self, look: Future[Access | None]) -> None:
        super().__init__("whether there are tokens is being looked up")
        self.look = look


class Desk:
    """See the module's text.

    Args:
        backend_for: makes the backend of an identity; it costs next to nothing.
        access: gives what knows the tokens; where that is None, everybody is `LOCAL`. It waits for
            nothing: it raises Looking where it would have to, and Unavailable when nobody can tell.
    """

    def __init__(
        self, backend_for: Callable[[Identity], Backend], access: Callable[[], Access | None]
    ) -> None:
        self._backend_for = backend_for
        self._access = access

    def backend(self, scope: Mapping[str, Any]) -> Backend:
        """The backend of whoever has sent a request. Raises Unauthorized, or Unavailable."""
        who = self.identify(scope)
        try:
            return self._backend_for(who)
        except Unavailable as error:
            raise Unavailable(error.message, hint=error.hint, code=NOT_READY) from None

    def identify(self, scope: Mapping[str, Any]) -> Identity:
        """Whoever has sent a request. Raises Unauthorized."""
        with _in_confidence():
            try:
                access = self._access()
            except Looking as due:
                access = due.look.result(PATIENCE)
            if access is None:
                return LOCAL
            who = access.identify(_secret(scope))
        scope["state"]["who"] = who.name
        return who

    async def expect_token(self, scope: Mapping[str, Any]) -> None:
        """See to it that a request brings a token, if one is needed. Raises Unauthorized.

        The loop goes on meanwhile: it has to answer how the server is also when its database hangs.
        """
        with _in_confidence():
            try:
                access = self._access()
            except Looking as due:
                async with timeout(PATIENCE):
                    access = await shield(wrap_future(due.look))
            if access is not None:
                _secret(scope)


@contextmanager
def _in_confidence() -> Generator[None]:
    """Whoever is not known yet is not told what is wrong with which database."""
    try:
        yield
    except (Unavailable, StoreError, TimeoutError):
        raise Unavailable(
            "the server is not ready, and cannot tell who asks",
            hint="it tries again by itself; its log has what is wrong",
            code=NOT_READY,
        ) from None


def _secret(scope: Mapping[str, Any]) -> str:
    given = header(scope, b"authorization") or ""
    if not given.lower().startswith(BEARER):
        raise Unauthorized(
            "this server asks for a token",
            hint="send it as `Authorization: Bearer TOKEN`; clients take it from VOLERY_TOKEN",
        )
    return given[len(BEARER) :].strip()


def header(scope: Mapping[str, Any], name: bytes) -> str | None:
    """A header of a request; `name` in lower case."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
