"""The guard: what an attempt leaves says nothing of the secrets that it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from volery.data.current import current
from volery.data.references import inside, references
from volery.errors import CallError
from volery.ir.codec import read_bundle
from volery.ir.failure import Failure
from volery.ir.secret import Blotter, SecretValue, found_in
from volery.ir.values import Raw, split_record
from volery.ir.work import Call, ElementFailure, Result

LEAKED = "SecretInOutputs"
"""Code of attempts whose outputs contain a secret."""


def guarded(result: Result, secrets: Sequence[SecretValue]) -> Result:
    """A result without secrets: blotted out of its failures; outputs with one are a failure."""
    leak = _leak(result, secrets)
    if leak is not None:
        failure = Failure(LEAKED, "USER", leak, retryable=False)
        return Result(result.id, None, failure, (), result.started, result.ended)
    blotter = Blotter(secrets)
    return msgspec.structs.replace(
        result,
        failure=result.failure and blotter.failure(result.failure),
        elements=tuple(
            ElementFailure(each.index, blotter.failure(each.failure)) for each in result.elements
        ),
    )


def check_call(call: Call, secrets: Sequence[SecretValue]) -> None:
    """Raise CallError when a call that an eager function makes would put a secret on record."""
    found = _in_bundle(call.bundle, secrets) or _first(_found(call.inputs, secrets))
    if found is not None:
        raise CallError(
            f"the call {call.id} of {call.entity.name} is given the secret {found.name}, which "
            "would stand in the record",
            hint="let the task that needs a secret ask for it: secret_requests=[...]",
        )


def _leak(result: Result, secrets: Sequence[SecretValue]) -> str | None:
    """Where a secret stands in what an attempt gives back."""
    if result.graph is not None and (found := _in_bundle(result.graph, secrets)):
        return f"the graph contains the secret {found.name}, which would stand in the record"
    for name, value in split_record(result.outputs).items() if result.outputs else ():
        if found := _first(_found(value, secrets)):
            return (
                f"output {name} contains the secret {found.name}, which would stand in the record"
                "\n  hint: return what was done with it; whoever needs the secret asks for it"
            )
    return None


def _in_bundle(bundle: bytes, secrets: Sequence[SecretValue]) -> SecretValue | None:
    """The first secret in a bundle, whose canonical form has its values in Base64."""
    return found_in(msgspec.msgpack.encode(read_bundle(bundle)), secrets)


def _found(value: bytes | Raw, secrets: Sequence[SecretValue]) -> Iterator[SecretValue]:
    """Secrets in a packed value, also where parts of it are offloaded. Files are not opened."""
    if found := found_in(bytes(value), secrets):
        yield found
    for reference in references(value):
        for part in inside(reference, current()):
            yield from _found(part, secrets)


def _first(found: Iterator[SecretValue]) -> SecretValue | None:
    return next(found, None)
