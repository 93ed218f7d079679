"""Problems that a server answers with, as the errors that they were there."""

from __future__ import annotations

import msgspec

from volery import errors
from volery.errors import VoleryError
from volery.wire.problem import Problem

_BY_STATUS: dict[int, type[VoleryError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.AlreadyExists,
    429: errors.Busy,
    503: errors.Unavailable,
}
"""For codes that are no names of errors here, such as those of a newer server."""

_decoder = msgspec.json.Decoder(Problem)


def error_of(status: int, body: bytes, url: str) -> VoleryError:
    """The error that an answer tells of.

    Args:
        status: of HTTP.
        body: of the answer.
        url: what was asked, for an answer that comes from something else than a Volery.
    """
    try:
        problem = _decoder.decode(body)
    except msgspec.MsgspecError:
        cls = _BY_STATUS.get(status, VoleryError)
        return cls(
            f"{url} answers with status {status}, and not as a Volery server does",
            hint="check the URL, and what stands between here and the server",
        )
    error = _class_of(problem)(problem.detail, hint=problem.hint)
    error.code = problem.code
    error.path = problem.path
    match error:
        case errors.CallError():
            error.problems = tuple(
                errors.CallError(each.message, hint=each.hint, path=each.path)
                for each in problem.problems
            )
        case errors.CompileError() | errors.RegistrationError():
            error.problems = tuple(each.message for each in problem.problems)
        case _:
            pass
    return error


def _class_of(problem: Problem) -> type[VoleryError]:
    named = getattr(errors, problem.code, None)
    if isinstance(named, type) and issubclass(named, VoleryError):
        return named
    return _BY_STATUS.get(problem.status, VoleryError)
