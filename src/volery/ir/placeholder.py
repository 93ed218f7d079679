"""Placeholders: where a secret belongs in a text that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"

NAME: Final = re.compile(_NAME)
"""A group or a key of a secret: it becomes a part of the names of variables and files."""

PLACEHOLDER: Final = re.compile(rf"\$\{{secret:(?:({_NAME})/)?({_NAME})\}}")
"""``${secret:group/key}``, or ``${secret:key}`` of one without a group."""

FORM: Final = "${secret:group/key}"
"""How people write it."""

Get = Callable[[str, str], str]
"""Gives the secret of a group and a key. Raises NotFound: there is none; ConfigError: it is none
that can be used."""


def is_variable(name: str) -> bool:
    """Whether this can name a variable of the environment."""
    return name.isascii() and name.isidentifier()


def is_malformed(text: str) -> bool:
    """Whether something is begun like a placeholder and is none."""
    return "${" in PLACEHOLDER.sub("", text)


def fill(text: str, get: Get) -> str:
    """A text with each placeholder replaced by its secret."""
    return PLACEHOLDER.sub(lambda found: get(found[1] or "", found[2]), text)


def fill_url(url: str, get: Get) -> str:
    """The same for a URL. What is only a part of one is quoted, so that it stays that part.

    A secret may be several parts of a path, so there its slashes are left alone.
    """
    if PLACEHOLDER.fullmatch(url):
        return fill(url, get).strip()

    def part(found: re.Match[str]) -> str:
        before = url[: found.start()].partition("://")[2]
        safe = "/" if "/" in before and "?" not in before else ""
        return quote(get(found[1] or "", found[2]).strip(), safe=safe)

    return PLACEHOLDER.sub(part, url)
