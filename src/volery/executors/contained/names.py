"""Names of containers: derived, so that launching an attempt again finds the one that is there."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

LONGEST: Final = 63
"""Characters of a label, as DNS and Kubernetes have it."""

_DIGITS: Final = 16
"""Characters of the digest, of 5 bits each."""
_OTHERS: Final = re.compile(r"[^a-z0-9]+")


def attempt_name(owner: str, execution: str, path: str, attempt: int) -> str:
    """The name of an attempt's container: a DNS-1123 label of at most 63 characters.

    It begins with what people know it by; a digest of all that identifies it makes it unique.

    Args:
        owner: the identity of the server, stable over restarts: another one may have an execution
            of the same name in the same cluster.
        execution: which attempt it is,
        path: of which node execution,
        attempt: and its number.
    """
    identity = "\n".join((owner, execution, path, str(attempt)))
    entropy = hashlib.blake2b(identity.encode(), digest_size=_DIGITS * 5 // 8).digest()
    digest = base64.b32encode(entropy).decode().lower()
    known_by = _OTHERS.sub("-", f"{execution}-{path}-{attempt}".lower())
    head = known_by[: LONGEST - len(digest) - 1].strip("-")
    return f"{head}-{digest}"
