"""An operation of the API: how a request becomes a call of a function, and what it answers.

The types of the function say what is accepted, and the OpenAPI document is made of them too, so
that both are always the same.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from volery.errors import CallError, suggest

JSON = "application/json"
LARGEST_BODY = 10 * 1000**2
"""Bytes of a body that is JSON."""
EVENT_STREAM = "text/event-stream"

_IN_PATH = re.compile(r"{(\w+)}")
_UNKNOWN = re.compile(r"unknown field `(.*)`")


class Operation:
    """A function with its route.

    What follows its first parameter comes from the request: names of the path as text; `data` is
    the body; the others are parameters of the query, or fields of `query` if there is one.

    Attributes:
        method, path: ``{name}`` in the path stands for one segment.
        status: of an answer that is no problem.
        takes, gives: media types of the body and of the answer; empty: there is none.
        event: what each event of an answer has that is a stream of them; None: it is none.
        methods: by which it may be asked: what is got can be asked for its headers alone.
        query: what stands in the query. A parameter whose type is a tuple may come again, and so
            may one whose type is a dict, as ``KEY=VALUE``.
        pairs: names of the latter; whether their values are JSON.
    """

    def __init__(
        self,
        method: str,
        path: str,
        function: Callable[..., Any],
        *,
        status: int = 200,
        takes: str = "",
        gives: str = JSON,
        head: bool = True,
    ) -> None:
        hints = get_type_hints(function, include_extras=True)
        self.method = method
        self.methods = [method, "HEAD"] if method == "GET" and head else [method]
        self.path = path
        self.function = function
        self.status = status
        self.names = tuple(_IN_PATH.findall(path))
        self.body: Any = hints.get("data")
        self.takes = takes or (JSON if "data" in hints else "")
        self.gives = gives
        self.answer: Any = hints.get("return")
        self.event: type[Any] | None = None
        self._spread = "query" not in hints
        self.query: type[msgspec.Struct] = (
            _query_of(function, hints, self.names) if self._spread else hints["query"]
        )
        fields = msgspec.structs.fields(self.query)
        self._lists = {each.encode_name for each in fields if get_origin(each.type) is tuple}
        self.pairs = {
            each.encode_name: get_args(each.type)[1] is Any
            for each in fields
            if get_origin(each.type) is dict
        }
        self._decoder = msgspec.json.Decoder(self.body) if "data" in hints else None
        # What msgspec knows of a type must not be made by two requests: see `ir.bundle_decoder`.
        msgspec.json.Decoder(self.query)

    def arguments(self, names: Mapping[str, Any], query: bytes, body: bytes) -> dict[str, Any]:
        """What the function is called with.

        Args:
            names: parts of the path.
            query: as it stands in the URL.
            body: of the request.

        Raises:
            CallError: something is missing, unknown or of the wrong type; says what and where.
        """
        given: dict[str, Any] = dict(names)
        parsed = self._parsed(query)
        if self._spread:
            given |= {name: getattr(parsed, name) for name in parsed.__struct_fields__}
        else:
            given["query"] = parsed
        if self._decoder is not None:
            given["data"] = self._read(self._decoder, body)
        return given

    def _parsed(self, query: bytes) -> msgspec.Struct:
        collected: dict[str, Any] = {}
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if name in self._lists:
                collected.setdefault(name, []).append(value)
            elif name in self.pairs:
                collected.setdefault(name, {}).update(_pair(name, value, json=self.pairs[name]))
            elif name in collected:
                raise CallError(f"the parameter {name} comes twice", path=f"$.{name}")
            else:
                collected[name] = value
        try:
            return msgspec.convert(collected, self.query, strict=False)
        except msgspec.ValidationError as error:
            raise self._refused("the query", error, self.query.__struct_encode_fields__) from None

    def _read(self, decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError as error:
            known = getattr(self.body, "__struct_fields__", ())
            raise self._refused("the body", error, known) from None
        except (msgspec.DecodeError, RecursionError) as error:
            raise CallError(f"the body is not JSON: {error}") from None

    @staticmethod
    def _refused(part: str, error: msgspec.ValidationError, known: tuple[str, ...]) -> CallError:
        what, _, path = str(error).partition(" - at `")
        unknown = _UNKNOWN.search(what)
        hint = suggest(unknown[1], known) if unknown and not path else None
        told = what[:1].lower() + what[1:]
        return CallError(f"{part}: {told}", path=path.rstrip("`") or "$", hint=hint)


def _pair(parameter: str, text: str, *, json: bool) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    path = f"$.{parameter}"
    if not key or not equals:
        raise CallError(f"{parameter}: expected KEY=VALUE, got {text!r}", path=path)
    try:
        return {key: msgspec.json.decode(value) if json else value}
    except (msgspec.DecodeError, RecursionError) as error:
        raise CallError(
            f"{parameter} {key}: this is not JSON: {error}",
            hint='a text is written "so"',
            path=path,
        ) from None


def _query_of(
    function: Callable[..., Any], hints: Mapping[str, Any], names: tuple[str, ...]
) -> type[msgspec.Struct]:
    _, *rest = inspect.signature(function).parameters.values()
    fields = [
        (each.name, hints[each.name])
        if each.default is each.empty
        else (each.name, hints[each.name], each.default)
        for each in rest
        if each.name not in names and each.name != "data"
    ]
    return msgspec.defstruct("Query", fields, frozen=True, forbid_unknown_fields=True)
