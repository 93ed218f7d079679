"""The words of a command: what stands in them for inputs, folders and the invocation.

``{{.inputs.x}}`` is the value of the input ``x``; ``{{.inputDir}}``, ``{{.outputDir}}`` and
``{{.invocation}}`` are the two folders and the URI. Spaces inside of the braces are allowed.
Values are put in as they are: nothing in them is looked at again, and no shell comes between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

INPUT: Final = "inputs."
"""What the field of an input begins with."""
PLACES: Final = ("inputDir", "outputDir", "invocation")
"""The fields that are no inputs."""

_FIELD: Final = re.compile(r"\{\{\s*\.([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}")


def fields(words: Iterable[str]) -> Iterator[str]:
    """The fields in words, such as ``inputs.x``, each as often as it stands there."""
    for word in words:
        yield from _FIELD.findall(word)


def unknown(words: Iterable[str], inputs: Collection[str]) -> list[str]:
    """The fields in words that nothing can be put in for, in order.

    Args:
        words: program and arguments.
        inputs: names of the inputs that there are.
    """
    known = {*PLACES, *(INPUT + name for name in inputs)}
    return [field for field in fields(words) if field not in known]


def fill(words: Iterable[str], value: Callable[[str], str]) -> list[str]:
    """The words with each field replaced by its value."""
    return [_FIELD.sub(lambda found: value(found[1]), word) for word in words]
