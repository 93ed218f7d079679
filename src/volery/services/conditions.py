"""The conditions of a branch, in words: ``load.rows > 10 and model is none``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from volery.ir.bindings import Binding, Bound, Cast, Constant, InputRef, OutputRef, Path
from volery.ir.predicates import And, Comparison, IsNone, Or, Predicate
from volery.ir.types import JsonType
from volery.ir.values import unpack
from volery.types.preview import preview
from volery.types.written.previews import line
from volery.types.written.showing import cut

ELSE: Final = "else"
LONGEST: Final = 60
"""Characters of a constant."""

_ONLY: Final = "o0"
"""Name of the output of what has no more than one, as a rule."""

Words = Mapping[str, str]
"""What the inputs of a scope are called."""


def inputs_in_words(inputs: Iterable[Bound], of: Words, title: Callable[[str], str]) -> Words:
    """What the inputs of a branch are called inside.

    Args:
        inputs: what is bound to them.
        of: what the inputs of the scope around are called.
        title: what a node of that scope is called, by id.
    """
    return {bound.name: _binding(bound.binding, of, title) for bound in inputs}


def in_words(predicate: Predicate | None, of: Words) -> str:
    """A predicate, or ``else``; `of`: what the inputs that it uses are called."""
    match predicate:
        case None:
            return ELSE
        case Comparison(operator, left, right):
            return f"{_operand(left, of)} {operator} {_operand(right, of)}"
        case IsNone(operand):
            return f"{_operand(operand, of)} is none"
        case And(left, right):
            return f"{_part(left, of)} and {_part(right, of)}"
        case Or(left, right):
            return f"{_part(left, of)} or {_part(right, of)}"


def _part(predicate: Predicate, of: Words) -> str:
    """A part of what is joined; only what may be read in two ways has parentheses."""
    told = in_words(predicate, of)
    return f"({told})" if isinstance(predicate, Or) else told


def _operand(binding: Binding, of: Words) -> str:
    return _binding(binding, of, lambda id: id)


def _binding(binding: Binding, of: Words, title: Callable[[str], str]) -> str:
    match binding:
        case Constant(value):
            return cut(line(preview(_ANY, unpack(value))), LONGEST)
        case InputRef(name, path):
            return of.get(name, name) + _steps(path)
        case OutputRef(node, output, path):
            named = "" if output == _ONLY else f".{output}"
            return title(node) + named + _steps(path)
        case Cast(inner):
            return _binding(inner, of, title)
        case _:
            return "..."


def _steps(path: Path) -> str:
    return "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in path)


_ANY: Final = JsonType()
