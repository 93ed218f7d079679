"""The channels by name, and how a message goes out by one of them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from volery.errors import ConfigError, NotFound
from volery.ir import placeholder
from volery.ir.notification import Channel
from volery.notify import email, pagerduty, slack, url, webhook
from volery.notify.channel import Means, NotSentError, Send
from volery.notify.message import Message

CHANNELS: Final[dict[Channel, Send]] = {
    "email": email.send,
    "slack": slack.send,
    "pagerduty": pagerduty.send,
    "webhook": webhook.send,
    "url": url.send,
}

_LONGEST: Final = 500
"""Characters of an error that are kept."""


def send(channel: Channel, to: str, message: Message, means: Means) -> None:
    """Send a message by a channel.

    Args:
        channel: which one.
        to: the address, with placeholders for its secrets.
        message: what to say.
        means: see `Means`.

    Raises:
        NotSentError: it was not sent, or nobody knows. No secret stands in the error.
    """
    used: dict[str, str] = {}

    def get(group: str, key: str) -> str:
        name = f"{group}/{key}" if group else key
        used[name] = value = means.secret(group, key)
        return value

    watched = Means(get, means.smtp, means.signing)
    try:
        address = to if channel == "email" else placeholder.fill_url(to, get)
        CHANNELS[channel](address, message, watched)
    except (NotFound, ConfigError) as error:  # of the secret, or the means
        raise NotSentError(_without(error.message, used), final=True) from None
    except NotSentError as error:
        told = _without(error.message, used)
        raise NotSentError(told, final=error.final, after=error.after) from None
    except Exception as error:  # noqa: BLE001 - a library's mistake is no reason to stop the others
        raise NotSentError(f"the channel {channel} failed: {type(error).__name__}") from None


def _without(text: str, secrets: dict[str, str]) -> str:
    """A text without secrets: what is on the other side may say back what it was sent."""
    for name, value in secrets.items():
        for form in {value, value.strip(), quote(value.strip()), quote(value.strip(), safe="")}:
            if form:
                text = text.replace(form, f"[secret {name}]")
    return text[:_LONGEST]
