"""Access: who asks, what they may do, and the audit of what they did."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from volery.clock import Clock
from volery.errors import AlreadyExists, CallError, Forbidden, NotFound, Unauthorized, suggest
from volery.store.access import NEWEST, AuditTable, Tokens
from volery.wire.access import LOCAL, AuditLine, Identity, MadeToken, NewToken, Role, Token
from volery.wire.page import Page

PREFIX = "vol_"
"""What every secret begins with, so that programs that look for leaked ones find them."""
SECRET = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,62}")
DAY = 86_400.0
LONGEST = 36_500
"""Most days of a token."""
FRESH = 60.0
"""Seconds for which it is not written down again that a token was used."""


def require(who: Identity, role: Role, project: str | None, what: str = "") -> None:
    """Make sure that somebody may do something.

    Args:
        who: asks.
        role: that they need.
        project: where; None: it concerns no single project.
        what: it is about, such as ``execution abc``: whoever may not see the project gets the same
            error as if there were no such thing.

    Raises:
        NotFound: they must not know what there is in this project.
        Forbidden: they may see it, and not do that.
    """
    if project is not None and not who.may("viewer", project):
        raise NotFound(f"there is no {what or f'project {project}'}")
    if not who.may(role, project):
        where = "all projects" if project is None else f"project {project}"
        raise Forbidden(
            f"this takes the role {role} in {where}; {who.name} {_has(who)}",
            hint=f"ask an admin for a token with the role {role}",
        )


def _has(who: Identity) -> str:
    where = "" if who.projects is None else f" in {', '.join(who.projects)}"
    return f"is {who.role}{where}"


class Audit:
    """Writes down who changes what, before the change or together with it: none is without a line.

    Args:
        table: where the lines are kept.
        clock: says when.
    """

    def __init__(self, table: AuditTable, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def line(
        self, who: Identity, what: str, on: str, project: str = "", detail: str = ""
    ) -> AuditLine:
        """A line that is written together with the change itself; see `write`."""
        return AuditLine(0, self._clock.now(), who.name, what, on, project, detail)

    def write(self, who: Identity, what: str, on: str, project: str = "", detail: str = "") -> None:
        """Add a line: see `AuditLine`. No inputs and no secrets stand in `detail`."""
        self._table.add(self.line(who, what, on, project, detail))

    def page(self, limit: int, cursor: str) -> Page[AuditLine]:
        """Newest first. Raises CallError: this is no cursor."""
        lines = self._table.lines(_position(cursor), limit + 1)
        shown = lines[:limit]
        return Page(shown, str(shown[-1].seq) if len(lines) > limit else None)


def _position(cursor: str) -> int:
    if not cursor:
        return NEWEST
    if not re.fullmatch(r"[0-9]{1,18}", cursor):
        raise CallError(
            f"{cursor!r} is no cursor of the audit", hint="take `next` of the page before"
        )
    return int(cursor)


class Access:
    """Tokens, and who stands behind them.

    Args:
        tokens: where they are kept; their secrets are not.
        audit: of all changes.
        clock: says when one has expired.

    Attributes:
        has_made: a token was made by way of this object.
    """

    def __init__(self, tokens: Tokens, audit: Audit, clock: Clock) -> None:
        self.has_made = False
        self._tokens = tokens
        self._audit = audit
        self._clock = clock

    def configured(self) -> bool:
        """Whether a token was ever made here, so that callers are asked for theirs.

        That all have expired or were revoked does not open the door again.
        """
        return bool(self._tokens.all())

    def usable(self) -> bool:
        """Whether there is a token with which somebody could come in."""
        now = self._clock.now()
        return any(_refusal(each, now) is None for each in self._tokens.all())

    def identify(self, secret: str) -> Identity:
        """Whose secret this is.

        It is looked up by its digest, of which nobody can choose the beginning: how long that takes
        says nothing about the secrets that there are.

        Raises:
            Unauthorized: it is nobody's, has expired or was revoked.
        """
        token = self._tokens.of_digest(_digest(secret)) if SECRET.fullmatch(secret) else None
        if token is None:
            raise Unauthorized(
                "this token is not known here", hint="check it, or ask for a new one"
            )
        now = self._clock.now()
        if refusal := _refusal(token, now):
            raise Unauthorized(f"token {token.name} {refusal}", hint="ask an admin for a new one")
        if token.used is None or now - token.used >= FRESH:
            self._tokens.use(token.name, now)
        return Identity(token.name, token.role, token.projects)

    def tokens(self, who: Identity) -> tuple[Token, ...]:
        """Every token that was ever made, by name."""
        require(who, "admin", None)
        return self._tokens.all()

    def create(self, who: Identity, new: NewToken) -> MadeToken:
        """Make a token.

        Raises:
            CallError: its name, projects or days cannot be used.
            AlreadyExists: the name is taken, perhaps by one that was revoked.
        """
        require(who, "admin", None)
        _check(new)
        now = self._clock.now()
        expires = None if new.days is None else now + new.days * DAY
        token = Token(new.name, new.role, new.projects, now, expires)
        where = "everywhere" if new.projects is None else f"in {', '.join(new.projects)}"
        self._audit.write(who, "tokens.create", new.name, detail=f"{new.role} {where}")
        secret = PREFIX + secrets.token_urlsafe(32)
        if not self._tokens.add(_digest(secret), token):
            raise AlreadyExists(
                f"there is a token {new.name} already",
                hint="choose another name: that of a revoked one stays in the audit",
            )
        self.has_made = True
        return MadeToken(token, secret)

    def revoke(self, who: Identity, name: str) -> Token:
        """From now on a token counts for nothing. Nothing happens when it was revoked before.

        Raises:
            NotFound: there is none of this name.
        """
        require(who, "admin", None)
        if self._tokens.named(name) is None:
            names = [each.name for each in self._tokens.all()]
            raise NotFound(f"there is no token {name}", hint=suggest(name, names))
        self._audit.write(who, "tokens.revoke", name)
        return self._tokens.revoke(name, self._clock.now())

    def audit(self, who: Identity, limit: int, cursor: str) -> Page[AuditLine]:
        """Newest first."""
        require(who, "admin", None)
        return self._audit.page(limit, cursor)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _refusal(token: Token, now: float) -> str | None:
    """Why a token counts for nothing; None: it does count."""
    if token.revoked is not None:
        return "was revoked"
    if token.expires is not None and token.expires <= now:
        return "has expired"
    return None


def _check(new: NewToken) -> None:
    if not NAME.fullmatch(new.name) or new.name == LOCAL.name:
        raise CallError(
            f"{new.name!r} cannot name a token",
            hint="letters, digits and . _ @ -, a letter or digit first, at most 63 of them;"
            f" {LOCAL.name} is taken",
            path="$.name",
        )
    if new.projects is not None and not all(new.projects):
        raise CallError("the name of a project is empty", path="$.projects")
    if new.projects == ():
        raise CallError(
            "a token for no projects is good for nothing",
            hint="leave `projects` out for all of them",
            path="$.projects",
        )
    if new.days is not None and not 0 < new.days <= LONGEST:
        raise CallError(
            f"expected more than 0 and at most {LONGEST} days, got {new.days:g}",
            hint="null: it never expires",
            path="$.days",
        )
