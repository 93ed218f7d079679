"""Who asks, tokens, and the audit."""

from __future__ import annotations

from volery.api.routes import get, post
from volery.wire.access import AuditLine, Identity, MadeToken, NewToken, Token
from volery.wire.backend import Backend
from volery.wire.page import Limit, Page


@get("/whoami")
def whoami(backend: Backend) -> Identity:
    """Say who you are, and what you may do."""
    return backend.identity()


@get("/tokens")
def tokens(backend: Backend) -> tuple[Token, ...]:
    """List every token that was ever made, without its secret."""
    return backend.tokens()


@post("/tokens", 201)
def create_token(backend: Backend, data: NewToken) -> MadeToken:
    """Make a token; its secret is shown this once."""
    return backend.create_token(data)


@post("/tokens/{name}/revoke")
def revoke_token(backend: Backend, name: str) -> Token:
    """Revoke a token: from now on it counts for nothing."""
    return backend.revoke_token(name)


@get("/audit")
def audit(backend: Backend, limit: Limit = 100, cursor: str = "") -> Page[AuditLine]:
    """List who has changed what, newest first."""
    return backend.audit(limit, cursor)


ROUTES = [whoami, tokens, create_token, revoke_token, audit]
