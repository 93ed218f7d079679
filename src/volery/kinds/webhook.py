"""``WebhookTask``: one request to a web address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack, cast
from urllib.parse import quote, urlsplit

from volery.errors import RecoverableError, VoleryError, suggest
from volery.kinds.kind import Declared, Kind
from volery.kinds.texts import text_of, tree_of
from volery.sdk.context import current_context

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions

METHODS: Final = ("POST", "GET", "PUT", "PATCH", "DELETE")
PATIENCE: Final = 10.0
"""Seconds for an answer, if nothing else is said."""
MOST: Final = 1_000_000
"""Bytes of an answer that are read."""
AGAIN: Final = frozenset({408, 425, 429})
"""Statuses besides those of the server's own faults after which it is worth trying again."""
_FIELD: Final = re.compile(r"\{(inputs|secrets)\.(\w+)(?:\.([\w.-]+?))?\}")


class Refused(VoleryError):
    """The other side has answered that it will not do it; it would do so again."""


class WebhookTask(Kind):
    """A request. Its outputs are the ``status`` and the ``body`` of the answer.

    ``{inputs.x}`` stands for an input, ``{secrets.group.key}`` for a secret of `secret_requests`:
    in the path and query of the address, in headers, and in the texts of `data`. A text that is
    nothing but an input becomes its value, of whatever type. Attempts of one node execution carry
    the same ``Idempotency-Key``. Redirects are not followed: whoever answers with one would decide
    who gets the headers.

    Args:
        name: of the task.
        url: ``https://...``; scheme and host have no fields.
        method: ``POST``, ``GET``, ``PUT``, ``PATCH`` or ``DELETE``.
        headers: by name.
        data: the body: a dict or list is sent as JSON, a text as it is.
        dynamic_inputs: names and types of inputs: ``kwtypes(text=str)``.
        description: of the task.
        given: options, as those of ``@task``. The answer has to come within `timeout`, or within
            ten seconds.

    Raises:
        DefinitionError: something cannot be used.
    """

    carried = "webhook"

    def __init__(
        self,
        name: str,
        url: str,
        method: Literal["POST", "GET", "PUT", "PATCH", "DELETE"] = "POST",
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | list[Any] | str | None = None,
        dynamic_inputs: Mapping[str, Any] | None = None,
        description: str | None = None,
        **given: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        declared.sign(dynamic_inputs, {"status": int, "body": str})
        self._url = _address(declared, url)
        if method not in METHODS:
            raise declared.error(
                f"method= takes one of {', '.join(METHODS)}, got {method!r}",
                suggest(str(method), METHODS),
            )
        self._method = method
        self._headers = _headers(declared, headers)
        self._data = data
        super().__init__(declared, {**given, "docs": description or given.get("docs")})
        running = self.policy.limits and self.policy.limits.running
        self._limit = PATIENCE if running is None else running
        self._check_fields([self._url, *self._headers.values(), *_texts(data)])

    @property
    def content(self) -> Mapping[str, object]:
        said = (self._url, self._method, sorted(self._headers.items()), self._data)
        return {"request": said}

    def execute(self, **inputs: Any) -> tuple[int, str]:
        import urllib3

        body, kind = self._body(inputs)
        headers = {name: self._filled(each, inputs) for name, each in self._headers.items()}
        for name, each in headers.items():
            if "\n" in each or "\r" in each:
                raise Refused(f"header {name} would have two lines")
        said = {"Idempotency-Key": current_context().idempotency_token, **kind, **headers}
        try:
            with urllib3.PoolManager() as pool:
                answer = pool.request(
                    self._method,
                    self._filled(self._url, inputs, in_address=True),
                    body=body,
                    headers=said,
                    timeout=self._limit,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                text = answer.read(MOST, decode_content=True).decode(errors="replace")
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise RecoverableError(
                f"{self._method} {self._url}: {type(error).__name__}", code="WebhookUnreachable"
            ) from None  # its text has the address, with secrets in it
        return self._judged(answer.status, text)

    def retryable(self, exception: BaseException) -> bool:
        return not isinstance(exception, Refused) and super().retryable(exception)

    def _judged(self, status: int, text: str) -> tuple[int, str]:
        if 200 <= status < 300:
            return status, text
        message = f"{self._method} {self._url} was answered with {status}: {text[:500]}"
        if status >= 500 or status in AGAIN:
            raise RecoverableError(message, code="WebhookFailed")
        raise Refused(message, code="WebhookRefused")

    def _body(self, inputs: Mapping[str, Any]) -> tuple[bytes | None, dict[str, str]]:
        match self._data:
            case None:
                return None, {}
            case str():
                return self._filled(self._data, inputs).encode(), {"Content-Type": "text/plain"}
            case _:
                tree: object = self._tree(self._data, inputs)
                return json.dumps(tree).encode(), {"Content-Type": "application/json"}

    def _tree(self, tree: object, inputs: Mapping[str, Any]) -> Any:
        match tree:
            case str():
                whole = _FIELD.fullmatch(tree)
                if whole is not None and whole[1] == "inputs":
                    return tree_of(self.signature.inputs[whole[2]], inputs[whole[2]])
                return self._filled(tree, inputs)
            case Mapping():
                entries = cast("Mapping[str, Any]", tree).items()
                return {name: self._tree(each, inputs) for name, each in entries}
            case list() | tuple():
                return [self._tree(each, inputs) for each in cast("list[Any]", tree)]
            case _:
                return tree

    def _filled(self, template: str, inputs: Mapping[str, Any], *, in_address: bool = False) -> str:
        def value(field: re.Match[str]) -> str:
            if field[1] == "secrets":
                text = current_context().secrets.get(field[2], field[3])
            else:
                text = text_of(self.signature.inputs[field[2]], inputs[field[2]]) or ""
            return quote(text, safe="") if in_address else text

        return _FIELD.sub(value, template)

    def _check_fields(self, texts: list[str]) -> None:
        inputs = self.signature.inputs
        asked = {f"{each.group}.{each.key}" for each in self.secrets}
        for field in (found for each in texts for found in _FIELD.finditer(each)):
            if field[1] == "inputs" and (field[2] not in inputs or field[3]):
                raise self.declared.error(
                    f"{field[0]} stands for no input", suggest(field[2], inputs)
                )
            if field[1] == "secrets" and f"{field[2]}.{field[3]}" not in asked:
                raise self.declared.error(
                    f"{field[0]} stands for a secret that the task does not ask for",
                    f'add secret_requests=[Secret("{field[2]}", "{field[3] or "key"}")]',
                )


def _address(declared: Declared, given: object) -> str:
    parts = urlsplit(given) if isinstance(given, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise declared.error(f"url= takes an address that begins with https://, got {given!r}")
    if "{" in parts.netloc:
        raise declared.error("the host of url= has a field", "say which host is meant")
    if parts.password is not None:
        raise declared.error(
            "url= has a password in it", "put it into a header: {secrets.group.key}"
        )
    return cast("str", given)


def _headers(declared: Declared, given: object) -> dict[str, str]:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        pairs = cast("Mapping[object, object]", given)
        if all(isinstance(each, str) for pair in pairs.items() for each in pair):
            return dict(cast("Mapping[str, str]", given))
    raise declared.error("headers= takes a dict of strings", 'write headers={"Accept": "text/csv"}')


def _texts(tree: Any) -> list[str]:
    """The texts in a body, which may have fields."""
    match tree:
        case str():
            return [tree]
        case Mapping():
            values: list[Any] = list(cast("Mapping[str, Any]", tree).values())
            return [text for each in values for text in _texts(each)]
        case list() | tuple():
            parts = cast("list[Any]", tree)
            return [text for each in parts for text in _texts(each)]
        case _:
            return []
