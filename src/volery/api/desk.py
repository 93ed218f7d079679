"""The desk: says who somebody is, and hands them the backend that speaks for them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from volery.errors import StoreError, Unauthorized, Unavailable
from volery.services.access import Access
from volery.wire.access import LOCAL, Identity
from volery.wire.backend import Backend

BEARER = "bearer "


class Desk:
    """See the module's text.

    Args:
        backend_for: makes the backend of an identity; it costs next to nothing.
        access: gives what knows the tokens; where that is None, everybody is `LOCAL`.
    """

    def __init__(
        self, backend_for: Callable[[Identity], Backend], access: Callable[[], Access | None]
    ) -> None:
        self._backend_for = backend_for
        self._access = access

    def backend(self, scope: Mapping[str, Any]) -> Backend:
        """The backend of whoever has sent a request. Raises Unauthorized."""
        return self._backend_for(self.identify(scope))

    def identify(self, scope: Mapping[str, Any]) -> Identity:
        """Whoever has sent a request. Raises Unauthorized."""
        with _in_confidence():
            access = self._access()
            if access is None:
                return LOCAL
            who = access.identify(_secret(scope))
        scope["state"]["who"] = who.name
        return who

    def expect_token(self, scope: Mapping[str, Any]) -> None:
        """See to it that a request brings a token, if one is needed. Raises Unauthorized."""
        with _in_confidence():
            if self._access() is not None:
                _secret(scope)


@contextmanager
def _in_confidence() -> Generator[None]:
    """Whoever is not known yet is not told what is wrong with which database."""
    try:
        yield
    except (Unavailable, StoreError):
        raise Unavailable(
            "the server is not ready, and cannot tell who asks",
            hint="it tries again by itself; its log has what is wrong",
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
