"""What the tests in a browser run to see what it does with what is large, or meant to harm."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum

from volery import LaunchPlan, approve, current_context, task, workflow

log = logging.getLogger(__name__)

EVIL = "<img src=x onerror=\"window.harm='img'\"><script>window.harm='script'</script>"
"""What would run if it were taken for markup."""
TRICKS = f"{EVIL} </pre></textarea></title> {{{{7*7}}}} ${{window.harm=1}} javascript:window.harm=1"
TURNED = "invoice \u202efdp.exe"
"""What would be read from right to left in the middle of a line."""


class EvilError(Exception):
    """Its name is harmless: that of a class."""


EvilError.__name__ = EvilError.__qualname__ = EVIL


class Colour(Enum):
    RED = EVIL


@dataclass
class Note:
    text: str
    others: dict[str, str]


@task
def say(text: str) -> Note:
    """Say <script>window.harm='doc'</script> it.

    Args:
        text: <img src=x onerror="window.harm='argument'">
    """
    print(TRICKS)
    print(f"\x1b]8;;javascript:window.harm='link'\x07{EVIL}\x1b]8;;\x07 \x1b[31m{EVIL}")
    log.error("%s", TRICKS)
    return Note(text + TURNED, {EVIL: EVIL, "link": "javascript:window.harm='value'"})


@task(retries=1)
def refuse(note: Note) -> str:
    """Fail, and say why."""
    raise EvilError(f"{note.text}: {TRICKS} {TURNED} (try {current_context().attempt})") from (
        ValueError(EVIL)
    )


@workflow
def harm(text: str = EVIL, colour: Colour = Colour.RED) -> str:
    """<script>window.harm='workflow'</script> **bold** [link](javascript:window.harm=1)

    Args:
        text: <script>window.harm='help'</script>
        colour: <b>of it</b>
    """
    return refuse(note=say(text=text))


@workflow
def ask(text: str = EVIL) -> Note:
    """Ask somebody."""
    return say(text=approve(text, "agreed"))


trap = LaunchPlan.get_or_create(ask, name="trap", default_inputs={"text": EVIL})


# -- what is large -----------------------------------------------------------------------------


@task
def talk(megabytes: int) -> int:
    """Print so much."""
    line = "x" * 99 + "\n"
    block = line * 1000
    for _ in range(megabytes * 10):
        print(block, end="")
    print("the very end")
    return megabytes


@task
def make(megabytes: int) -> list[str]:
    """As many texts of a megabyte."""
    return [chr(97 + each % 26) * 1_000_000 for each in range(megabytes)]


@workflow
def large(log: int, outputs: int) -> list[str]:
    """Print much, and give much."""
    talk(megabytes=log)
    return make(megabytes=outputs)


@task
def rest(seconds: float) -> float:
    """Be there for a while."""
    import time

    time.sleep(seconds)
    return seconds


@workflow
def brief(seconds: float = 0.5) -> float:
    """Take a moment."""
    return rest(seconds=seconds)
