"""Webhooks: a JSON document for programs, with a key and perhaps a signature.

Key and signature are those of the specification Standard Webhooks 1.0.0 (standardwebhooks.com),
for which there are libraries in most languages.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Any, Final

import msgspec

from volery.notify.channel import Means, NotSentError, secret_named
from volery.notify.http import post
from volery.notify.message import LONGEST, Message, iso

_ENCODED: Final = "whsec_"
"""What a key begins with that is written in base64."""


def send(to: str, message: Message, means: Means) -> None:
    """See `Send`."""
    body = msgspec.json.encode(document(message))
    headers = {"Webhook-Id": message.key, "Idempotency-Key": message.key}
    if means.signing:
        at = int(message.sent)  # who gets it refuses what is old
        headers["Webhook-Timestamp"] = str(at)
        key = secret_named(means.signing, means)
        headers["Webhook-Signature"] = signature(key, message.key, at, body)
    post(to, body, headers)


def document(message: Message) -> dict[str, Any]:
    """What is sent."""
    failure = message.failure
    return {
        "type": f"execution.{message.phase.lower()}",
        "timestamp": iso(message.ended),
        "data": {
            "execution": message.execution,
            "project": message.project,
            "domain": message.domain,
            "entity": {
                "kind": message.kind,
                "name": message.entity,
                "version": message.version or None,
            },
            "phase": message.phase,
            "created": iso(message.created),
            "ended": iso(message.ended),
            "failure": failure
            and {
                "code": failure.code,
                "kind": failure.kind,
                "message": failure.message[:LONGEST],
                "path": failure.path,
            },
            "link": message.link or None,
            "subject": message.subject,
            "text": message.text,
        },
    }


def signature(secret: str, key: str, at: int, body: bytes) -> str:
    """The signature of a message: HMAC-SHA256 over its key, its time and its body."""
    text = f"{key}.{at}.".encode() + body
    digest = hmac.new(_key(secret), text, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(_ENCODED):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(_ENCODED), validate=True)
    except binascii.Error:
        raise NotSentError(
            f"behind {_ENCODED} the signing secret is not base64", final=True
        ) from None
