"""Notifications: who is told how the executions of a launch plan end."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias, cast

from volery.errors import DefinitionError, suggest
from volery.ir import template
from volery.ir.addresses import problem
from volery.ir.notification import Channel, Ending, Notification
from volery.ir.placeholder import FORM, PLACEHOLDER
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show


class WorkflowExecutionPhase(enum.StrEnum):
    """How an execution can end.

    One that TIMED_OUT has FAILED as well: whoever asks for FAILED is told of both.
    """

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"
    TIMED_OUT = "TIMED_OUT"


Phases: TypeAlias = Sequence[WorkflowExecutionPhase | str]
"""Members of `WorkflowExecutionPhase`, or their names."""

PAGERDUTY: Final = "https://events.pagerduty.com/v2/enqueue"
"""Where PagerDuty takes events, of version 2 of its API."""


class Email(Setting, frozen=True):
    """Somebody gets an e-mail, through the mail server of the setting ``smtp``.

    Args:
        phases: how an execution has to end.
        recipients_email: addresses; each gets a mail of its own.
        subject, body: templates, see `volery.ir.template`; empty: what Volery writes.

    Raises:
        DefinitionError: a value cannot be used. So do the classes below.
    """

    phases: Phases
    recipients_email: Sequence[str]
    subject: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        self.spec()

    def spec(self) -> Notification:
        """The same as the IR has it."""
        return _spec("Email", "email", self, {"recipients_email": self.recipients_email})


class Slack(Setting, frozen=True):
    """A channel of Slack, or of what speaks its protocol, gets a message.

    Args:
        phases: how an execution has to end.
        recipients_email: addresses that Slack has given to channels; each gets an e-mail.
        url: of an incoming webhook; a secret itself, so ``${secret:group/key}``, or with one in it.
        subject, body: templates, see `volery.ir.template`; empty: what Volery writes.
    """

    phases: Phases
    recipients_email: Sequence[str] = ()
    url: str = ""
    subject: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        self.spec()

    def spec(self) -> Notification:
        """The same as the IR has it."""
        if _by_mail("Slack", self.recipients_email, "url", self.url):
            return _spec("Slack", "email", self, {"recipients_email": self.recipients_email})
        return _spec("Slack", "slack", self, {"url": [self.url]})


class PagerDuty(Setting, frozen=True):
    """A service of PagerDuty gets an event: an alert, or for SUCCEEDED a word.

    Args:
        phases: how an execution has to end.
        recipients_email: addresses that PagerDuty has given to services; each gets an e-mail.
        routing_key: of an integration of the service, as ``${secret:group/key}``.
        url: where events go; for accounts in Europe ``https://events.eu.pagerduty.com/v2/enqueue``.
        subject, body: templates, see `volery.ir.template`; empty: what Volery writes.
    """

    phases: Phases
    recipients_email: Sequence[str] = ()
    routing_key: str = ""
    url: str = PAGERDUTY
    subject: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        self.spec()

    def spec(self) -> Notification:
        """The same as the IR has it: the key stands before the host."""
        if _by_mail("PagerDuty", self.recipients_email, "routing_key", self.routing_key):
            return _spec("PagerDuty", "email", self, {"recipients_email": self.recipients_email})
        place = _place("PagerDuty")
        if not PLACEHOLDER.fullmatch(options.text(self.routing_key, "routing_key", place)):
            raise DefinitionError(
                f"{place}: routing_key= is a secret, and stands in records as it is written",
                hint=f"keep it apart, and write routing_key={FORM!r}",
            )
        url = re.sub("(?<=://)", f"{self.routing_key}@", options.text(self.url, "url", place))
        return _spec("PagerDuty", "pagerduty", self, {"url": [url]})


class Webhook(Setting, frozen=True):
    """A URL gets a POST with a JSON document.

    Args:
        phases: how an execution has to end.
        url: ``https://...``; what is secret in it stands as ``${secret:group/key}``.
        subject, body: templates of two texts in the document, see `volery.ir.template`.
    """

    phases: Phases
    url: str
    subject: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        self.spec()

    def spec(self) -> Notification:
        """The same as the IR has it."""
        return _spec("Webhook", "webhook", self, {"url": [self.url]})


class Notify(Setting, frozen=True):
    """Whatever the library Apprise reaches gets a message: over a hundred services.

    Args:
        phases: how an execution has to end.
        urls: as Apprise has them, such as ``discord://${secret:chat/discord}``; each gets one.
        subject, body: templates, see `volery.ir.template`; empty: what Volery writes.
    """

    phases: Phases
    urls: Sequence[str]
    subject: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        self.spec()

    def spec(self) -> Notification:
        """The same as the IR has it."""
        return _spec("Notify", "url", self, {"urls": self.urls})


AnyNotification: TypeAlias = Email | Slack | PagerDuty | Webhook | Notify
"""What ``notifications=`` of a launch plan takes, in a list."""


def _spec(
    name: str, channel: Channel, given: AnyNotification, to: dict[str, Sequence[str]]
) -> Notification:
    """What the IR has for a notification; `to`: the parameter with its addresses."""
    place = _place(name)
    ((parameter, addresses),) = to.items()
    return Notification(
        _phases(given.phases, place),
        channel,
        _addresses(channel, addresses, parameter, place),
        _template(given.subject, "subject", place),
        _template(given.body, "body", place),
    )


def _place(name: str) -> str:
    return f"{name} ({show(here())})"


def _phases(given: object, place: str) -> tuple[Ending, ...]:
    example = "phases=[WorkflowExecutionPhase.FAILED]"
    phases = _strings(given, "phases", place, example)
    if not phases:
        raise DefinitionError(f"{place}: phases= names no phase", hint=f"write {example}")
    for each in phases:
        if each not in WorkflowExecutionPhase.__members__:
            raise DefinitionError(
                f"{place}: no execution ends {each}: phases= takes "
                f"{', '.join(WorkflowExecutionPhase)}",
                hint=suggest(each, WorkflowExecutionPhase),
            )
    return tuple(dict.fromkeys(cast("list[Ending]", [str(each) for each in phases])))


def _addresses(channel: Channel, given: object, name: str, place: str) -> tuple[str, ...]:
    example = f"{name}=['team@example.org']" if channel == "email" else f"{name}=['https://...']"
    addresses = _strings(given, name, place, example)
    if not addresses:
        raise DefinitionError(f"{place}: {name}= names nobody", hint=f"write {example}")
    for number, each in enumerate(addresses):
        if found := problem(channel, each):
            which = f"{name}=" if len(addresses) == 1 else f"number {number + 1} of {name}="
            told = f": {each!r}" if channel == "email" else ""  # a URL may be a secret
            raise DefinitionError(
                f"{place}: {which} is refused: {found.message}{told}", hint=found.hint
            )
    return tuple(dict.fromkeys(addresses))


def _strings(given: object, name: str, place: str, example: str) -> list[str]:
    """A list of strings; one by itself is a mistake, for its letters would be taken apart."""
    each: list[object] = (
        list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [None]  # pyright: ignore[reportUnknownArgumentType]
    )
    strings = [one for one in each if isinstance(one, str)]
    if len(strings) != len(each):
        raise DefinitionError(f"{place}: {name}= takes a list of strings", hint=f"write {example}")
    return strings


def _template(given: object, name: str, place: str) -> str:
    text = options.text(given, name, place)
    for part in template.unknown(text):
        raise DefinitionError(
            f"{place}: {name}= has {part}, which is no field",
            hint=suggest(part.strip("{}"), template.FIELDS) + "; for a brace write {{ or }}",
        )
    return text


def _by_mail(name: str, recipients: object, other: str, given: object) -> bool:
    """Whether it goes by e-mail: one of two ways has to be given."""
    if bool(recipients) is bool(given):
        raise DefinitionError(
            f"{_place(name)} takes recipients_email= or {other}=, got "
            f"{'both' if given else 'neither'}",
            hint=f"write {other}={FORM!r}",
        )
    return bool(recipients)
