"""PagerDuty: events of version 2 of its API, each one alert however often it is sent."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from volery.notify.channel import Means, NotSentError
from volery.notify.http import post
from volery.notify.message import Message, iso

_SEVERITY: Final = {"SUCCEEDED": "info", "ABORTED": "warning"}
"""Of all other phases it is ``error``."""
_LONGEST: Final = 1024
"""Characters of a summary that PagerDuty takes."""


def send(to: str, message: Message, means: Means) -> None:  # noqa: ARG001 - see `Send`
    """See `Send`. The key of the integration stands before the host."""
    parts = urlsplit(to)
    if not parts.username:
        raise NotSentError("the address has no routing key", final=True)
    event = {
        "routing_key": unquote(parts.username),
        "event_action": "trigger",
        "dedup_key": message.key,
        "client": "Volery",
        "payload": {
            "summary": message.subject[:_LONGEST],
            "source": f"{message.project}/{message.domain}/{message.entity}",
            "severity": _SEVERITY.get(message.phase, "error"),
            "timestamp": iso(message.ended),
            "component": message.entity,
            "class": message.phase,
            "custom_details": {"text": message.text},
        },
        "links": [{"href": message.link, "text": "the execution"}] if message.link else [],
    }
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    post(url, msgspec.json.encode(event), {})
