"""The OpenAPI document, made of the operations: what is described is what is accepted."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, cast

import msgspec

from volery._version import __version__
from volery.api.door import OPEN
from volery.api.operation import JSON, Operation
from volery.api.problems import PROBLEM_JSON
from volery.wire.problem import Problem

REFERENCE = "#/components/schemas/{name}"

ALWAYS = (400, 405, 421, 431, 500, 503)
"""Statuses of problems that any operation may have."""
GUARDED = (401, 403)
"""Of those that are not for everybody."""
GIVEN = (404, 422)
"""Of those that are told something: it may not be there, or make no sense."""
TAKING = (408, 413)
"""Of those that take a body."""
CHANGING = (409, 415, 429)
"""Of those that change something: also without a body they are asked for as no form can."""

_EXAMPLES = {
    400: ("CallError", "the query: expected `int`, got `str`", "$.limit"),
    401: ("Unauthorized", "this server asks for a token", None),
    403: ("Forbidden", "this takes the role operator in project demo; ci is viewer", None),
    404: ("NotFound", "there is no execution abc", None),
    405: ("MethodNotAllowed", "this route does not know the method", None),
    408: ("RequestTimeout", "the body of the request comes too slowly", None),
    409: ("AlreadyExists", "there is an execution abc already", None),
    413: ("RequestEntityTooLarge", "the body is larger than this server takes", None),
    415: ("UnsupportedMediaType", "expected a body of the type application/json", None),
    416: ("RequestedRangeNotSatisfiable", "the log has 120 bytes until now", None),
    421: ("MisdirectedRequest", "this server is not known as 'example.com'", None),
    422: ("TypeMismatch", "input values: expected float, got str", "$.values[1]"),
    429: ("Busy", "launch plan nightly has as many executions as it may", None),
    431: ("RequestHeaderFieldsTooLarge", "the head of the request is too large", None),
    500: ("InternalError", "the server has met an error that it did not expect", None),
    503: ("Unavailable", "the server is not ready", None),
}

_PAIRS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "pattern": "^[^=]+="},
    "default": [],
}
"""Of parameters that are pairs."""

_ATTRIBUTES = re.compile(r"^Attributes:$", re.MULTILINE)
_MEMBER = re.compile(r"^    (\w+(?:, \w+)*): ((?:.+\n?)(?: {5,}.+\n?)*)", re.MULTILINE)


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of some operations."""
    every = list(operations)
    types = [each for one in every for each in (one.body, one.answer, one.event)]
    wanted = [each for each in types if each is not None]
    schemas, components = msgspec.json.schema_components([*wanted, Problem], ref_template=REFERENCE)
    by_type = {id(each): schema for each, schema in zip(wanted, schemas, strict=False)}
    paths: dict[str, Any] = {}
    for operation in every:
        described = _operation(operation, by_type)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Volery",
            "version": __version__,
            "description": "Times are seconds since the epoch. Lists are pages: `cursor` is the"
            " `next` of the page before. Every error is a problem (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _described(each) for name, each in components.items()},
            "responses": {str(status): _problem(status) for status in _EXAMPLES},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(operation: Operation, by_type: dict[int, Any]) -> dict[str, Any]:
    summary, _, more = inspect.cleandoc(operation.function.__doc__ or "").partition("\n")
    found: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}_{_slug(operation.path)}",
        "summary": summary,
        "tags": [operation.path.removeprefix("/api/v1").split("/")[1]],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": _responses(operation, by_type),
    }
    if more.strip():
        found["description"] = more.strip()
    if operation.takes:
        schema = by_type.get(id(operation.body), {})
        found["requestBody"] = {"required": True, "content": {operation.takes: _media(schema)}}
    return found


def _event(data: Any) -> dict[str, Any]:
    """Each event of a stream."""
    told = {"type": "string", "contentMediaType": JSON, "contentSchema": data}
    return {"type": "object", "properties": {"id": {"type": "string"}, "data": told}}


def _media(schema: Any) -> dict[str, Any]:
    return {"schema": schema}


def _responses(operation: Operation, by_type: dict[int, Any]) -> dict[str, Any]:
    told = HTTPStatus(operation.status).phrase
    answered: dict[str, Any] = {"description": told}
    if operation.gives and operation.status != HTTPStatus.NO_CONTENT:
        schema = by_type.get(id(operation.answer), {"type": "null"})
        if operation.event is not None:
            schema = _event(by_type[id(operation.event)])
        answered["content"] = {operation.gives.partition(";")[0]: _media(schema)}
    found = {str(operation.status): answered}
    if operation.path.endswith("/log/text"):
        found["206"] = answered | {"description": "The bytes that were asked for"}
    for status in _problems_of(operation):
        found[str(status)] = {"$ref": f"#/components/responses/{status}"}
    if operation.path == "/readyz":
        found["503"] = answered | {"description": "It cannot do its work"}
    return found


def _problems_of(operation: Operation) -> list[int]:
    is_told = operation.names or operation.takes or operation.query.__struct_fields__
    return sorted(
        {
            *ALWAYS,
            *(() if operation.path in OPEN else GUARDED),
            *(GIVEN if is_told else ()),
            *(TAKING if operation.takes else ()),
            *(() if operation.method in {"GET", "HEAD"} else CHANGING),
            *((416,) if operation.path.endswith("/log/text") else ()),
        }
    )


def _problem(status: int) -> dict[str, Any]:
    code, detail, path = _EXAMPLES[status]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).capitalize()
    example = Problem(words, status, detail, code, path=path)
    content = {
        "schema": {"$ref": REFERENCE.format(name="Problem")},
        "example": msgspec.to_builtins(example),
    }
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM_JSON: content}}


def _path_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name in operation.names:
        schema = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    _, components = msgspec.json.schema_components([operation.query], ref_template=REFERENCE)
    schema = components[operation.query.__name__]
    told: dict[str, str] = {}
    for each in reversed(operation.query.__mro__):
        told |= _members(each.__doc__ or "")
    for field in msgspec.structs.fields(operation.query):
        name = field.encode_name
        found: dict[str, Any] = {"name": name, "in": "query", "required": field.required}
        if field.name in told:
            found["description"] = told[field.name]
        shown = _PAIRS if name in operation.pairs else schema["properties"][name]
        yield found | {"schema": _inlined(shown, components)}


def _inlined(schema: Any, components: Mapping[str, Any]) -> Any:
    """A schema with what it refers to in its place: names of enums are not worth a component."""
    if isinstance(schema, list):
        return [_inlined(each, components) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    members = cast("dict[str, Any]", schema)
    if "$ref" in members:
        return components[members["$ref"].rpartition("/")[2]]
    return {key: _inlined(each, components) for key, each in members.items()}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose members are described where they stand, and not in its own description."""
    text = inspect.cleandoc(schema.get("description", ""))
    members = _members(text)
    if not members:
        return schema
    properties = {
        name: each | ({"description": members[name]} if name in members else {})
        for name, each in schema.get("properties", {}).items()
    }
    description = _ATTRIBUTES.split(text)[0].strip()
    return schema | {"description": description, "properties": properties}


def _members(docstring: str) -> dict[str, str]:
    """What a docstring says of each attribute."""
    _, *sections = _ATTRIBUTES.split(inspect.cleandoc(docstring))
    return {
        name: " ".join(found[2].split())
        for section in sections
        for found in _MEMBER.finditer(section)
        for name in found[1].split(", ")
    }


def _slug(path: str) -> str:
    return re.sub(r"\W+", "_", path.removeprefix("/api/v1")).strip("_") or "root"
