"""Messages: what is said about an execution that has ended."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from volery.ir import template
from volery.ir.failure import Failure
from volery.ir.ref import EntityKind

LONGEST = 2000
"""Characters of a failure that are passed on."""

_SUBJECT = "{entity} {phase}: {execution}"


class Message(msgspec.Struct, frozen=True):
    """What a channel says.

    Attributes:
        key: the same on every try, so that who gets a message twice can tell.
        phase: as `ir.notification` has it: TIMED_OUT is told from FAILED.
        sent: when it is sent: now. Other times, too, are seconds since the epoch.
        link: where more is seen; empty: nowhere.
        subject_template, body_template: empty: what stands here.
    """

    key: str
    execution: str
    project: str
    domain: str
    kind: EntityKind
    entity: str
    version: str
    phase: str
    failure: Failure | None
    created: float
    ended: float
    sent: float
    link: str = ""
    subject_template: str = ""
    body_template: str = ""

    @property
    def subject(self) -> str:
        """In one line."""
        return " ".join(template.fill(self.subject_template or _SUBJECT, self.fields()).split())

    @property
    def text(self) -> str:
        """In some lines."""
        fields = self.fields()
        if self.body_template:
            return template.fill(self.body_template, fields)
        head = template.fill("{kind} {entity} {phase}, after {duration}", fields)
        facts = ("execution", "project", "domain", "version", "created", "ended")
        lines = [f"{name:9}  {fields[name]}" for name in facts if fields[name]]
        return "\n\n".join(filter(None, [head, "\n".join(lines), self._why(), self.link]))

    def _why(self) -> str:
        fields = self.fields()
        return template.fill("{code}: {failure}", fields) if self.failure else ""

    def fields(self) -> dict[str, str]:
        """What templates may say: see `ir.template.FIELDS`."""
        failure = self.failure
        return {
            "execution": self.execution,
            "project": self.project,
            "domain": self.domain,
            "kind": self.kind.replace("_", " "),
            "entity": self.entity,
            "version": self.version,
            "phase": self.phase,
            "code": failure.code if failure else "",
            "failure": failure.message[:LONGEST] if failure else "",
            "created": iso(self.created),
            "ended": iso(self.ended),
            "duration": _duration(self.ended - self.created),
            "link": self.link,
        }


def iso(at: float) -> str:
    """A time in ISO 8601 and UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _duration(seconds: float) -> str:
    """As people say it: ``0.4 s``, ``3 min 12 s``, ``26 h 05 min``."""
    if seconds < 60:
        return f"{max(seconds, 0.0):.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
