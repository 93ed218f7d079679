"""Bundles that come from outside: checked whole before they are registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from volery.errors import CompileError, RegistrationError, StoreError, TypeMismatch
from volery.executors.known import unknown
from volery.ir.codec import canonical, read_bundle
from volery.ir.executors import executors_of
from volery.ir.interface import Interface
from volery.ir.placement import CONTAINER
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec
from volery.ir.types import LiteralType
from volery.ir.values import unpack
from volery.ir.whole import Spec, bundle_problems, graph_problems, owner_of, specs_of
from volery.services.inputs import checked
from volery.types.written.reading import Json
from volery.types.written.showing import to_json

Values = Mapping[str, tuple[LiteralType, bytes]]
"""Packed values with their types, by name."""


def checked_bundle(data: bytes) -> Bundle:
    """A bundle that can be registered, and whose executors are known here.

    Raises:
        RegistrationError, CompileError: it has problems; all are listed.
    """
    try:
        bundle = read_bundle(data)
    except StoreError as error:
        raise RegistrationError(error.message, hint=error.hint) from None
    if canonical(bundle) != data:
        raise RegistrationError(
            "this bundle is not in canonical form",
            hint="send what volery.ir.codec.canonical gives, of the newest schema",
        )
    specs = specs_of(bundle)
    if not specs:
        raise RegistrationError("there is nothing to register", hint="add a task or a workflow")
    others = [*bundle_problems(bundle), *_value_problems(specs), *_executor_problems(bundle)]
    problems = (*others, *graph_problems(bundle))
    if problems:
        kind = RegistrationError if others else CompileError
        raise kind(f"this cannot be registered{listed(problems)}", problems)
    return bundle


def default_values(spec: Spec) -> Values:
    """The inputs that have a default."""
    return {
        each.name: (each.type, each.default)
        for each in spec.interface.inputs
        if each.default is not None
    }


def fixed_values(specs: Mapping[Ref, Spec], spec: Spec) -> Values:
    """The fixed inputs of a launch plan, whose workflow is among the specs; else none."""
    if not isinstance(spec, LaunchPlanSpec):
        return {}
    workflow = specs.get(Ref("workflow", spec.workflow))
    interface = workflow.interface if workflow else Interface()
    kinds = {each.name: each.type for each in interface.inputs}
    return {each.name: (kinds[each.name], each.value) for each in spec.fixed if each.name in kinds}


def shown(values: Values) -> dict[str, Json]:
    """Values as JSON by their types."""
    return {name: to_json(kind, unpack(value)) for name, (kind, value) in values.items()}


def listed(problems: Iterable[str]) -> str:
    """Problems below a message, numbered."""
    return "".join(
        f"\n  {number}. " + text.replace("\n", "\n  ")
        for number, text in enumerate(problems, start=1)
    )


def _value_problems(specs: Mapping[Ref, Spec]) -> Iterator[str]:
    """What is wrong with default and fixed values, which are shown, and started with."""
    for ref, spec in specs.items():
        for name, (kind, value) in {**default_values(spec), **fixed_values(specs, spec)}.items():
            try:
                checked(kind, value, name)
            except TypeMismatch as error:
                yield f"{owner_of(ref)}: {name}: {error.message}"


def _executor_problems(bundle: Bundle) -> Iterator[str]:
    """The names of executors that there are not."""
    for error in unknown(sorted(executors_of(bundle) - {CONTAINER})):
        yield f"{error.message}\n   hint: {error.hint}" if error.hint else error.message
