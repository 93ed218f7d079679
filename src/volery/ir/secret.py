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

        names = {form: each.name for each in secrets for form in _forms(each.value)}
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
    """The first secret that stands in a packed value."""
    return next((each for each in secrets if each.value.strip().encode() in packed), None)


def _forms(value: str) -> Iterator[str]:
    """A value as it may stand in a text."""
    import base64
    from html import escape
    from urllib.parse import quote, quote_plus

    lines = value.splitlines() if "\n" in value else []
    for part in {value.strip(), *(line.strip() for line in lines)}:
        forms = {
            part,
            escape(part),
            escape(part, quote=False),
            repr(part)[1:-1],
            msgspec.json.encode(part).decode()[1:-1],
            quote(part, safe=""),
            quote_plus(part),
            base64.b64encode(part.encode()).decode(),
        }
        yield from (form for form in forms if len(part) >= SHORTEST)
