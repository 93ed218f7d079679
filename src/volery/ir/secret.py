"""Secrets on their way to an attempt, and how they are kept out of everything that it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from volery.ir.failure import Failure

VARIABLE: Final = "VOLERY_SECRET_"
"""What the names of variables begin with that have secrets."""
SHORTEST: Final = 4
"""Characters of a secret at least: what is shorter stands in any text by chance."""
TELLING: Final = 32
"""Characters of a line of a secret at least that is no mere frame, such as a bracket."""


class SecretValue(msgspec.Struct, frozen=True, array_like=True):
    """A secret that a task asked for, with its value; it is shown nowhere.

    Attributes:
        env_var, file: see `SecretRef`.
    """

    group: str
    key: str
    value: str
    env_var: str = ""
    file: bool = False

    @property
    def name(self) -> str:
        """What people call it: ``group/key``."""
        return f"{self.group}/{self.key}" if self.group else self.key

    def __repr__(self) -> str:
        return f"SecretValue({self.name!r})"


class Blotter:
    """Blots secrets out of texts: ``[secret group/key]`` takes their place.

    A value is found as it is, line by line, and as Python, JSON, HTML, URLs and Base64 write it.
    """

    def __init__(self, secrets: Sequence[SecretValue]) -> None:
        import re  # most attempts have no secrets

        names = {
            form: each.name
            for each in secrets
            for part in (each.value, *each.value.splitlines())
            for form in _forms(part)
        }
        longest_first = sorted(names, key=len, reverse=True)
        self._names = names
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        """A text without the secrets."""
        if not self._names:
            return text
        return self._pattern.sub(lambda found: f"[secret {self._names[found[0]]}]", text)

    def failure(self, failure: Failure) -> Failure:
        """A failure, and what led to it, without the secrets."""
        return msgspec.structs.replace(
            failure,
            code=self.text(failure.code),
            message=self.text(failure.message),
            traceback=self.text(failure.traceback),
            cause=failure.cause and self.failure(failure.cause),
        )


def found_in(packed: bytes, secrets: Sequence[SecretValue]) -> SecretValue | None:
    """The first secret that stands in a packed value, as it is or as it may be written.

    A line of one counts as well, if it tells something: a private key has a head that all have.
    """
    return next((each for each in secrets if _stands_in(packed, each.value)), None)


def _stands_in(packed: bytes, value: str) -> bool:
    lines = (line for line in value.splitlines() if len(line.strip()) >= TELLING)
    parts = (value, *(line for line in lines if not line.startswith("-----")))
    return any(form.encode() in packed for part in parts for form in _forms(part))


def _forms(value: str) -> Iterator[str]:
    """A value, or a line of one, as it may stand in a text."""
    import base64
    from html import escape
    from urllib.parse import quote, quote_plus

    part = value.strip()
    if len(part) >= SHORTEST:
        yield from {
            part,
            escape(part),
            escape(part, quote=False),
            repr(part)[1:-1],
            msgspec.json.encode(part).decode()[1:-1],
            quote(part, safe=""),
            quote_plus(part),
            base64.b64encode(part.encode()).decode(),
        }
