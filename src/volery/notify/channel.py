"""A channel: a function that sends one message to one address, or says why it cannot.

To add one, write such a function in a file of its own, and name it in `channels.CHANNELS`.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from volery.config import Smtp
from volery.errors import VoleryError
from volery.ir.placeholder import Get
from volery.notify.message import Message


class NotSentError(VoleryError):
    """A message was not sent, as far as is known.

    Attributes:
        final: trying again would not help.
        after: seconds that the other side asks to wait.
    """

    def __init__(self, message: str, *, final: bool = False, after: float = 0.0) -> None:
        super().__init__(message)
        self.final = final
        self.after = after


class Means(msgspec.Struct, frozen=True):
    """What channels need of this server.

    Attributes:
        secret: gives the secret of a group and a key, or raises NotFound.
        smtp: the mail server; None: there is none.
        signing: the secret that webhooks are signed with, as ``group/key``; empty: they are not.
    """

    secret: Get
    smtp: Smtp | None = None
    signing: str = ""


class Send(Protocol):
    """A channel.

    It is done within a minute or so, whatever the other side does, and changes nothing here.
    """

    def __call__(self, to: str, message: Message, means: Means) -> None:
        """Send a message.

        Args:
            to: an address with its secrets filled in.
            message: what to say.
            means: see `Means`.

        Raises:
            NotSentError: it was not sent, or nobody knows.
        """
        ...


def secret_named(name: str, means: Means) -> str:
    """The secret of a name such as ``group/key``. Raises NotFound or ConfigError."""
    group, _, key = name.rpartition("/")
    return means.secret(group, key).strip()
