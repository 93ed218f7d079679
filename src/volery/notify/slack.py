"""Slack: incoming webhooks, which Mattermost, Rocket.Chat and others take as well."""

from __future__ import annotations

from typing import Final

import msgspec

from volery.notify.channel import Means
from volery.notify.http import post
from volery.notify.message import Message

_MARKS: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""The three characters that mean something there (api.slack.com/reference/surfaces/formatting)."""


def send(to: str, message: Message, means: Means) -> None:  # noqa: ARG001 - see `Send`
    """See `Send`."""
    text = f"*{message.subject.translate(_MARKS)}*\n{message.text.translate(_MARKS)}"
    post(to, msgspec.json.encode({"text": text}), {})
