"""Any URL of the library Apprise, which knows over a hundred services."""

from __future__ import annotations

from volery.notify.channel import Means, NotSentError
from volery.notify.message import Message


def send(to: str, message: Message, means: Means) -> None:  # noqa: ARG001 - see `Send`
    """See `Send`. The library sets its own limits of time, in seconds."""
    from apprise import Apprise, NotifyType  # takes 0.3 s, which most servers never need

    service = Apprise.instantiate(to)  # pyright: ignore[reportUnknownMemberType]
    if service is None:
        raise NotSentError("Apprise does not know this kind of address", final=True)
    kind = NotifyType.SUCCESS if message.phase == "SUCCEEDED" else NotifyType.FAILURE
    # In this thread: what Apprise does with several of them would keep threads of its own.
    if not service.notify(body=message.text, title=message.subject, notify_type=kind):
        raise NotSentError(f"Apprise could not send it to {to.partition('://')[0]}://")
