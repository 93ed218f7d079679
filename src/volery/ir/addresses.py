"""Addresses of notices: what may stand in one, and what of it people may see.

Addresses are kept in records, so what is secret in them is a placeholder (`ir.placeholder`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from volery.ir.notification import Channel
from volery.ir.placeholder import FORM, PLACEHOLDER, is_malformed

LONGEST: Final = 2000
"""Characters of an address."""

_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,255}")
_URL: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://[^\s\x00-\x1f\x7f]+")
_WEB: Final = ("http", "https")
_SECRET_WORDS: Final = re.compile(
    r"(.*[_-])?(token|secret|password|passwd|pwd|pass|key|apikey|sig|signature|auth|code)",
    re.IGNORECASE,
)
_BLANK: Final = "*"
"""Stands for a placeholder while the rest is looked at."""
_SECRET_THEMSELVES: Final[frozenset[Channel]] = frozenset({"slack", "pagerduty"})
"""Channels whose whole URL lets anybody in who knows it."""
_SECRET_HOSTS: Final = ("hooks.slack.com", "discord.com", "webhook.office.com")
"""The same, of hosts."""


class Problem(NamedTuple):
    """Why an address is refused, and what to do about it. Nothing of the address stands in it."""

    message: str
    hint: str


def problem(channel: Channel, to: str) -> Problem | None:
    """What is wrong with an address; None: it may be kept."""
    if len(to) > LONGEST:
        return Problem(f"it is longer than {LONGEST} characters", "leave out what it does not need")
    if channel == "email":
        return None if _EMAIL.fullmatch(to) else Problem("it is no e-mail address", _AS_MAIL)
    if is_malformed(to):
        return Problem("a placeholder in it is not complete", f"write {FORM}")
    if PLACEHOLDER.fullmatch(to):
        return None
    return _problem_of_url(channel, to)


_AS_MAIL: Final = "write it like team@example.org"
_HIDE: Final = f"keep the secret apart, and write {FORM} where it belongs in the URL"


def _problem_of_url(channel: Channel, to: str) -> Problem | None:
    url = PLACEHOLDER.sub(_BLANK, to)
    match = _URL.fullmatch(url)
    schemes = "https://" if channel != "url" else "such as slack:// or mailto://"
    if match is None:
        return Problem("it is no URL", f"it begins with {schemes}, and has no spaces")
    if channel != "url" and match[1].lower() not in _WEB:
        return Problem(f"it is a URL of another kind: {match[1]}", f"it begins with {schemes}")
    if channel in _SECRET_THEMSELVES and _BLANK not in url:
        return Problem(f"a URL of {channel} is a secret itself: whoever knows it can use it", _HIDE)
    try:
        return Problem("it shows a secret", _HIDE) if shows_secret(to) else None
    except ValueError:
        return Problem("it is no URL that anything can be sent to", f"it begins with {schemes}")


def shows_secret(to: str) -> bool:
    """Whether a password or a token stands in a URL as it is, as far as that can be seen.

    Raises:
        ValueError: it is no URL.
    """
    parts = urlsplit(PLACEHOLDER.sub(_BLANK, to))
    host = parts.hostname or ""
    if parts.scheme in _WEB:
        parts.port  # noqa: B018 - raises for what is none
        if any(host == each or host.endswith(f".{each}") for each in _SECRET_HOSTS):
            return _BLANK not in parts.path
    else:
        host = parts.netloc  # of other schemes it may be anything
    user, _, place = parts.netloc.rpartition("@")
    password = user.partition(":")[2]
    if password.strip(_BLANK) or (parts.scheme not in _WEB and _has_odd_port(place)):
        return True
    named = parse_qsl(parts.query)
    if any(_SECRET_WORDS.fullmatch(key) and value.strip(_BLANK) for key, value in named):
        return True
    texts = [user, parts.path, parts.query, parts.fragment, "" if parts.scheme in _WEB else host]
    return any(_is_random(word) for text in texts for word in re.split(r"[^\w-]+", text))


def _has_odd_port(place: str) -> bool:
    """Whether what stands where a port would is none: some put the half of a token there."""
    port = place.rpartition(":")[2] if ":" in place and not place.endswith("]") else ""
    return bool(port.strip(_BLANK)) and not port.isdigit()


def _is_random(word: str) -> bool:
    """Whether a word is long and reads like nothing that people would make up."""
    plain = word.replace("-", "")
    if len(plain) < 20:
        return False
    if re.fullmatch(r"[0-9a-fA-F]+", plain):
        return True
    return all(re.search(kind, plain) for kind in ("[0-9]", "[a-z]", "[A-Z]"))


def shown(channel: Channel, to: str) -> str:
    """The channel and whom it reaches, for people."""
    if channel == "email":
        return f"email {to}"
    try:
        hidden = not PLACEHOLDER.fullmatch(to) and shows_secret(to)
    except ValueError:
        hidden = True
    if not hidden:
        return f"{channel} {to}"
    found = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", to)
    return f"{channel} {found[0] if found else ''}..."
