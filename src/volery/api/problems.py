"""Errors as answers: the one table of what status each has, and their form (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from litestar.exceptions import HTTPException

from volery import errors
from volery.api.operation import LARGEST_BODY
from volery.data.names import UNSAFE
from volery.errors import VoleryError
from volery.wire.problem import Problem, ProblemPart

PROBLEM_JSON = "application/problem+json"

STATUSES: dict[type[VoleryError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.MissingContent: HTTPStatus.NOT_FOUND,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.Busy: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.CallError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TypeMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DeckError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DefinitionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RegistrationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ConfigError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AlteredContent: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LeaseLost: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""A class that is not here has the status of its base. One without is a mistake of ours."""

RETRY_AFTER = "1"
"""Seconds after which it may be asked again."""

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")

_log = logging.getLogger("volery.server")


class BadRequest(errors.CallError):
    """A request cannot be read."""

    def __init__(self, cause: errors.CallError) -> None:
        super().__init__(
            cause.message, cause.problems, hint=cause.hint, path=cause.path, code=cause.code
        )


STATUSES[BadRequest] = HTTPStatus.BAD_REQUEST


class Refused(VoleryError):
    """A request is not even looked at.

    Args:
        status: of the answer.
        message, hint: see `VoleryError`.
    """

    def __init__(self, status: HTTPStatus, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint, code=_code(status))
        self.status = status


class Answer(msgspec.Struct, frozen=True):
    """A problem as it is sent."""

    problem: Problem
    headers: dict[str, str]

    @property
    def body(self) -> bytes:
        return msgspec.json.encode(self.problem)


def answer(error: BaseException, request: str) -> Answer:
    """What is answered to a request that has ended with an error.

    Args:
        error: any.
        request: its id, by which the log has what the answer does not tell.
    """
    match error:
        case Refused():
            return _told(error, error.status)
        case VoleryError() if status := status_of(error):
            return _told(error, status)
        case HTTPException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            status = HTTPStatus(error.status_code)
            code = _code(status)
            return _answer(Problem(_title(code), status, _detail(status), code), error.headers)
        case _:
            _log.error("request %s has met an error", request, exc_info=error)
            return _answer(_ours(request))


def status_of(error: VoleryError) -> HTTPStatus | None:
    """The status of an error; None: it should not have come up."""
    if error.code == UNSAFE:  # of a StorageError: nothing is wrong with the storage
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return next((STATUSES[each] for each in type(error).__mro__ if each in STATUSES), None)


def _told(error: VoleryError, status: HTTPStatus) -> Answer:
    problem = Problem(
        title=_title(error.code),
        status=status,
        detail=error.message,
        code=error.code,
        hint=error.hint,
        path=error.path,
        problems=tuple(map(_part, getattr(error, "problems", ()))),
    )
    return _answer(problem)


def _part(problem: VoleryError | str) -> ProblemPart:
    if isinstance(problem, str):
        return ProblemPart(problem)
    return ProblemPart(problem.message, problem.path, problem.hint)


def _answer(problem: Problem, more: Mapping[str, str] | None = None) -> Answer:
    headers = {"content-type": PROBLEM_JSON, **(more or {})}
    match problem.status:
        case HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = 'Bearer realm="volery"'
        case HTTPStatus.SERVICE_UNAVAILABLE:
            headers["retry-after"] = RETRY_AFTER
        case _:
            pass
    return Answer(problem, headers)


def _ours(request: str) -> Problem:
    return Problem(
        title="Internal error",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="the server has met an error that it did not expect",
        code="InternalError",
        hint=f"its log has it as request {request}",
    )


def _title(code: str) -> str:
    return _WORDS.sub(" ", code).capitalize()


def _code(status: HTTPStatus) -> str:
    """A word for a status that no error of ours stands behind."""
    return {HTTPStatus.NOT_FOUND: "NotFound", HTTPStatus.BAD_REQUEST: "CallError"}.get(
        status, "".join(re.findall(r"[A-Za-z]+", status.phrase.title()))
    )


def _detail(status: HTTPStatus) -> str:
    match status:
        case HTTPStatus.NOT_FOUND:
            return "there is no such route"
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return "this route does not know the method"
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return f"the body is larger than the {LARGEST_BODY:,} bytes that are taken here"
        case _:
            return status.description or status.phrase
