"""Access: who may do what, and who has done what."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["viewer", "operator", "admin"]
"""``viewer`` reads; ``operator`` also registers, activates, starts and acts on executions;
``admin`` also makes projects and tokens and reads the audit. Each includes those before it."""

ROLES: tuple[Role, ...] = ("viewer", "operator", "admin")


class Identity(msgspec.Struct, frozen=True):
    """Whoever asks.

    Attributes:
        name: for the audit: of the token; ``local`` where nobody is asked who they are.
        role: what they may do.
        projects: where; None: everywhere.
    """

    name: str
    role: Role
    projects: tuple[str, ...] | None = None

    def may(self, role: Role, project: str | None) -> bool:
        """Whether a role is theirs, in a project; None: it concerns no single project.

        Whoever is bound to projects is nobody's admin outside of them.
        """
        if ROLES.index(self.role) < ROLES.index(role):
            return False
        if self.projects is None:
            return True
        return project in self.projects if project is not None else role == "viewer"


LOCAL = Identity("local", "admin")
"""Whoever uses this machine's own home."""


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token to be made.

    Attributes:
        name: unique; it stands in the audit.
        days: until it expires; None: never.
    """

    name: str
    role: Role = "viewer"
    projects: tuple[str, ...] | None = None
    days: float | None = 90


class Token(msgspec.Struct, frozen=True):
    """A token as it is shown: never its secret. Times are seconds since the epoch."""

    name: str
    role: Role
    projects: tuple[str, ...] | None
    created: float
    expires: float | None
    revoked: float | None = None
    used: float | None = None


class MadeToken(msgspec.Struct, frozen=True):
    """A token that was just made, with its secret, which is shown this once and kept nowhere."""

    token: Token
    secret: str


class AuditLine(msgspec.Struct, frozen=True):
    """A change that somebody has asked for.

    Attributes:
        who: name of the identity.
        what: the verb, such as ``executions.abort``.
        on: what it was done to, such as the execution's id.
        project: empty: no single one.
        detail: for people; no inputs and no secrets.
    """

    seq: int
    at: float
    who: str
    what: str
    on: str
    project: str = ""
    detail: str = ""
