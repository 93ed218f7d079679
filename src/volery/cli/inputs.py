"""Inputs of an entity: the options that they become, and the record that options and files make."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from volery.data import offload
from volery.errors import CallError, TypeMismatch, VoleryError, suggest
from volery.ir.interface import Constraint, Input, Interface
from volery.ir.types import (
    BOOL,
    BYTES,
    NONE,
    ChoiceType,
    ContentType,
    CustomType,
    EnumType,
    FrameType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
    is_tagged,
    show,
)
from volery.ir.values import NIL, Wire, join_record, unpack
from volery.services.inputs import is_required, listed
from volery.types.constraints import broken, told
from volery.types.mismatch import apart, together
from volery.types.written.describing import choices, describe, example, place
from volery.types.written.parsing import Json, decode, parse
from volery.types.written.reading import to_wire
from volery.types.written.showing import to_json, to_text

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PREFIX = "input_"
"""Parameters of a command that are inputs of the entity begin so."""

Check = Callable[[str, Wire], None]
"""Checks the value of an input by its Python type; raises TypeMismatch."""


# -- options ---------------------------------------------------------------------------------


class InputText(click.ParamType[str]):
    """The text of an input. It is read later, so that all wrong inputs can be told together."""

    def __init__(self, kind: LiteralType) -> None:
        self.kind = kind
        self.name = show(kind)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 (click's signature)
        match self.kind:
            case EnumType() | ChoiceType():
                return f"[{'|'.join(choices(self.kind))}]"
            case PrimitiveType(name):
                return name.upper()
            case ContentType() | FrameType():
                return place(self.kind)
            case _:
                return self.name

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        match self.kind:
            case EnumType() | ChoiceType():
                words = choices(self.kind)
                return [CompletionItem(word) for word in words if word.startswith(incomplete)]
            case ContentType("directory"):
                return [CompletionItem(incomplete, type="dir")]
            case ContentType() | FrameType() | PrimitiveType("path"):
                return [CompletionItem(incomplete, type="file")]
            case _:
                return []


def input_options(inputs: Sequence[Input]) -> list[click.Option]:
    """The options for the inputs of an entity: ``--num-samples`` for ``num_samples``."""
    flags = {flag(each.name) for each in inputs}
    return [_option(each, flags) for each in inputs]


def _option(each: Input, flags: Collection[str]) -> click.Option:
    kind = _bare(each.type)
    name = flag(each.name)
    if kind != BOOL:
        return click.Option([name, PREFIX + each.name], type=InputText(kind), help=_help(each))
    no = f"--no-{name.removeprefix('--')}"
    names = name if no in flags else f"{name}/{no}"  # `no_cache` beside `cache`
    return click.Option([names, PREFIX + each.name], is_flag=True, default=None, help=_help(each))


def _bare(kind: LiteralType) -> LiteralType:
    """The type that is written: of an optional value, of a custom type."""
    match kind:
        case UnionType() if not is_tagged(kind):
            return _bare(next(each for each in kind.variants if each != NONE))
        case CustomType(_, base):
            return _bare(base)
        case _:
            return kind


def _help(each: Input) -> str:
    kind = _bare(each.type)
    parts = [each.description.strip()]
    if _is_json(kind):
        parts.append(f"JSON or @FILE, such as '{example(kind)}'.")
    elif isinstance(kind, PrimitiveType) and "(" in describe(kind):
        parts.append(f"Such as {describe(kind).partition('(')[2][:-1]}.")
    elif isinstance(kind, ContentType | FrameType):
        parts.append("A path or URI.")
    parts += [_constraint(each.name, of) for of in each.constraints]
    parts.append(f"[{_when_not_given(each)}]")
    return "  ".join(part for part in parts if part)


def _constraint(name: str, of: Constraint) -> str:
    where = f"{name}{''.join(of.at)}: " if of.at else ""
    words = told(of)
    return f"{where}{words}." if where else f"{words[0].upper()}{words[1:]}."


def _when_not_given(each: Input) -> str:
    if each.default is None:
        return "required" if is_required(each) else "optional"
    if each.default == NIL:
        return "optional"
    return f"default: {to_text(to_json(each.type, unpack(each.default)), limit=60)}"


def _is_json(kind: LiteralType) -> bool:
    return isinstance(
        kind, ListType | SetType | TupleType | MapType | RecordType | UnionType | JsonType
    )


# -- the record ------------------------------------------------------------------------------


def read_record(
    interface: Interface, given: Mapping[str, str], file: str | None, check: Check
) -> bytes:
    """The input record from options and a file; options win.

    Args:
        interface: of the entity.
        given: texts of the options that were used, by input.
        file: path of a JSON or YAML file of inputs, ``-`` for JSON on stdin, or None.
        check: has the last word about each value.

    Raises:
        CallError: something is missing, unknown, wrong or too large; all of it is told.
    """
    trees = _read_file(file) if file else {}
    names = [each.name for each in interface.inputs]
    problems = [
        f"{file}: there is no input {name!r}; {suggest(name, names)}"
        for name in trees
        if name not in names
    ]
    entries: dict[str, bytes] = {}
    for each in interface.inputs:
        try:
            if each.name in given:
                entries[each.name] = _from_option(each, given[each.name], check)
            elif each.name in trees:
                where = f"{file}: {each.name}"
                entries[each.name] = _packed(each, trees[each.name], where, check)
            elif is_required(each):
                problems.append(f"{flag(each.name)} is missing: {show(each.type)}")
            elif each.default is None:
                entries[each.name] = offload.pack(None)
        except CallError as error:
            problems += [part.message for part in error.problems or (error,)]
    if problems:
        raise CallError(listed(problems))
    return join_record(entries)


def flag(name: str) -> str:
    """The option of an input, as people type it."""
    return f"--{name.replace('_', '-')}"


def _from_option(each: Input, text: str, check: Check) -> bytes:
    where = flag(each.name)
    kind = _bare(each.type)
    try:
        if text.startswith("@") and kind == BYTES:
            return offload.pack(_read_bytes(text[1:]))
        if text.startswith("@") and _is_json(kind):
            tree, where = _load(text[1:]), f"{where}: {text[1:]}"
        else:
            tree = parse(each.type, text)
    except (CallError, TypeMismatch) as error:
        raise CallError(f"{where}: {error}") from None
    return _packed(each, tree, where, check)


def _packed(each: Input, tree: Json, where: str, check: Check) -> bytes:
    try:
        wire = to_wire(each.type, tree)
        if found := broken(each.constraints, wire, "$"):
            raise together(found)
        check(each.name, wire)
        return offload.pack(wire)
    except TypeMismatch as error:
        problems = tuple(CallError(f"{where}: {part}") for part in apart(error))
        raise CallError(problems[0].message, problems) from None
    except VoleryError as error:
        raise CallError(f"{where}: {error}") from None
    except RecursionError:
        raise CallError(f"{where}: it is nested too deeply") from None


# -- files -----------------------------------------------------------------------------------


def _read_file(file: str) -> dict[str, Json]:
    tree = _load(file)
    if not isinstance(tree, dict):
        raise CallError(
            f"{file}: expected an object of inputs, got {type(tree).__name__}",
            hint='such as {"name": value}',
        )
    return {str(name): value for name, value in _items(tree)}


def _items(tree: Any) -> Iterator[tuple[Any, Json]]:
    yield from tree.items()


def _each(tree: Any) -> Iterator[Any]:
    yield from tree


def _load(file: str) -> Json:
    data = _read_bytes(file)
    if Path(file).suffix in {".yaml", ".yml"}:
        return _load_yaml(file, data)
    try:
        return decode(data)
    except ValueError as error:
        raise CallError(f"{file}: this is not JSON: {error}") from None


def _load_yaml(file: str, data: bytes) -> Json:
    try:
        import yaml
    except ImportError:
        raise CallError(
            f"{file}: reading YAML needs PyYAML", hint="pip install 'volery[yaml]', or write JSON"
        ) from None
    try:
        return _as_json(yaml.safe_load(data))
    except (yaml.YAMLError, RecursionError) as error:
        raise CallError(f"{file}: this is not YAML that can be read: {error}") from None


def _as_json(tree: Any) -> Json:
    """What YAML has and JSON has not, in the words that JSON has for it."""
    match tree:
        case dict():
            return {to_text(_as_json(key)): _as_json(value) for key, value in _items(tree)}
        case list() | tuple():
            return [_as_json(item) for item in _each(tree)]
        case date():  # a datetime as well
            return tree.isoformat()
        case bytes():
            return base64.b64encode(tree).decode()
        case _:
            return tree


def _read_bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CallError(f"{file}: cannot be read: {error.strerror}") from None
