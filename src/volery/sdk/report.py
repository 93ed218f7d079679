"""Decks that are made for a task: ``@task(enable_deck=True)``."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from volery.errors import DeckError, DefinitionError, TypeMismatch
from volery.sdk import options
from volery.sdk.context import current_context
from volery.sdk.deck import Deck, DeckField
from volery.sdk.render import rendered

if TYPE_CHECKING:
    from volery.sdk.interface import Port, Signature
    from volery.sdk.options import TaskOptions
    from volery.sdk.task import Task


class Reporting(NamedTuple):
    """What a task says of its decks.

    Attributes:
        kept: whether those that it makes are.
        fields: those that are made for it.
    """

    kept: bool
    fields: frozenset[DeckField]


def asked(given: TaskOptions, place: str) -> Reporting | None:
    """What ``enable_deck=`` and ``deck_fields=`` ask for; None: nothing.

    Raises:
        DefinitionError: an option has no such value.
    """
    enabled, fields = given.get("enable_deck"), given.get("deck_fields")
    kept = None if enabled is None else options.flag(enabled, "enable_deck", place)
    if fields is not None and not kept:
        raise DefinitionError(
            f"{place}: deck_fields= says which decks are made, and none are",
            hint="add enable_deck=True",
        )
    if kept is None:
        return None
    return Reporting(kept, frozenset(_checked(fields, place) if kept else ()))


def _checked(fields: object, place: str) -> Iterable[DeckField]:
    if fields is None:
        return DeckField
    if not isinstance(fields, tuple | list):
        raise DefinitionError(
            f"{place}: deck_fields= takes members of DeckField, got {fields!r}",
            hint="deck_fields=(DeckField.INPUT, DeckField.OUTPUT)",
        )
    return [
        options.one_of(each, DeckField, "deck_fields", place)
        for each in cast("Sequence[object]", fields)
    ]


def reported(task: Task[..., Any], asked: Reporting) -> Callable[..., Any]:
    """What a task calls, with decks about each call as its options ask for them."""
    function = task.stand_in or task.function
    if not asked.fields:
        return _unreported(function, kept=asked.kept)
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def call_async(**arguments: Any) -> Any:
            with _report(task, asked.fields, arguments) as output:
                return output(await function(**arguments))

        return call_async

    @functools.wraps(function)
    def call(**arguments: Any) -> Any:
        with _report(task, asked.fields, arguments) as output:
            return output(function(**arguments))

    return call


def _unreported(function: Callable[..., Any], *, kept: bool) -> Callable[..., Any]:
    if kept:
        return function

    @functools.wraps(function)
    def call(**arguments: Any) -> Any:
        current_context().decks.kept = False
        return function(**arguments)

    return call


@contextmanager
def _report(
    task: Task[..., Any], fields: frozenset[DeckField], arguments: Mapping[str, Any]
) -> Generator[Callable[[Any], Any]]:
    """Make the decks about one call of a task's function, which are there also when it fails.

    Gives what is to be told what it has returned, and gives that back.
    """
    decks, signature = current_context().decks, task.signature

    def show(field: DeckField, html: Callable[[], str]) -> None:
        if field in fields:
            decks.add(_deck(field.value, html()), field)

    def output(returned: Any) -> Any:
        if task.mode != "dynamic":  # that returns promises
            show(DeckField.OUTPUT, lambda: _outputs(signature, returned))
        return returned

    show(DeckField.INPUT, lambda: _values(signature.inputs, arguments))
    show(DeckField.SOURCE_CODE, lambda: _source(task.function))
    show(DeckField.DEPENDENCIES, _dependencies)
    timed = DeckField.TIMELINE in fields
    with decks.timeline.measure(task.label) if timed else nullcontext():
        yield output


def _deck(name: str, html: str) -> Deck:
    """A deck that nobody has written, which is no reason to fail if it is too large."""
    try:
        return Deck(name, html, auto_add_to_deck=False)
    except DeckError as error:
        return Deck(name, f"<p>{escape(error.message)}</p>", auto_add_to_deck=False)


def _outputs(signature: Signature, returned: Any) -> str:
    try:
        values = signature.split(returned)
    except TypeMismatch:
        return ""  # whoever packs it says what is wrong
    return _values(signature.outputs, dict(zip(signature.outputs, values, strict=True)))


def _values(ports: Mapping[str, Port], values: Mapping[str, Any]) -> str:
    """Values by name, each as its type wants it."""
    return "\n".join(
        f"<h3>{escape(name)}</h3>\n{rendered(values[name], port.annotation)}"
        for name, port in ports.items()
        if name in values
    )


def _source(function: Callable[..., Any]) -> str:
    try:
        text = inspect.getsource(inspect.unwrap(function))
    except (OSError, TypeError):
        return "<p>It is in no file.</p>"
    return f"<pre>{escape(text)}</pre>"


@functools.cache
def _dependencies() -> str:
    """The packages that are installed here."""
    from importlib.metadata import distributions

    versions = {each.metadata["Name"]: each.version for each in distributions()}
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(versions[name])}</td></tr>"
        for name in sorted(versions, key=str.lower)
    )
    python = sys.version.partition(" ")[0]
    return f"<p>Python {python}</p><table><tr><th>package</th><th>version</th></tr>{rows}</table>"
