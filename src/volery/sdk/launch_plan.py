"""Launch plans: workflows with some of their inputs bound, as entities of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from volery.errors import CallError, DefinitionError, TypeMismatch, suggest
from volery.ir.nodes import EntityKind, Ref
from volery.ir.specs import Given, LaunchPlanSpec
from volery.ir.types import NONE, UnionType
from volery.ir.values import NIL
from volery.sdk import options
from volery.sdk.entity import Entity
from volery.sdk.interface import Port, Signature
from volery.sdk.workflow import AnyWorkflow
from volery.types.packing import pack

_named: dict[str, LaunchPlan] = {}
"""Every launch plan of this process. Names are unique, for they are what people start."""


class LaunchPlan(Entity):
    """A workflow whose inputs have defaults of the launch plan's own, or are fixed.

    Use `get_or_create` or `create`.

    Attributes:
        name: without the module, for it is chosen by the user.
        workflow: what it runs.
        defaults, fixed: packed values by input; callers can change defaults only.
    """

    kind: ClassVar[EntityKind] = "launch_plan"

    def __init__(
        self,
        workflow: AnyWorkflow,
        name: str,
        defaults: Mapping[str, bytes],
        fixed: Mapping[str, bytes],
    ) -> None:
        self.name = name
        self.workflow = workflow
        self.defaults = defaults
        self.fixed = fixed
        inner = workflow.signature
        inputs = {
            each.name: _parameter(each, defaults.get(each.name))
            for each in inner.inputs.values()
            if each.name not in fixed
        }
        self._signature = Signature(f"launch plan {name}", inputs, inner.outputs, inner.named)

    def __repr__(self) -> str:
        return f"<launch plan {self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the workflow here; inside of a workflow: record a node, an execution of its own.

        Raises:
            CallError: an argument is positional, missing, unknown or fixed.
        """
        for name in kwargs.keys() & self.fixed.keys():
            raise CallError(
                f"input {name} is fixed by launch plan {self.name}",
                hint="leave it out, or make it one of the default_inputs",
            )
        return self.call(args, kwargs)

    @property
    def signature(self) -> Signature:
        return self._signature

    @property
    def uses(self) -> Mapping[Ref, Entity]:
        return {self.workflow.ref: self.workflow}

    @property
    def spec(self) -> LaunchPlanSpec:
        return LaunchPlanSpec(
            name=self.name,
            workflow=self.workflow.name,
            interface=self.interface,
            fixed=tuple(Given(name, value) for name, value in sorted(self.fixed.items())),
            description=self.workflow.description,
        )

    @classmethod
    def get_or_create(
        cls,
        workflow: AnyWorkflow,
        name: str | None = None,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **others: object,
    ) -> LaunchPlan:
        """The launch plan of this name; made when there is none.

        Args:
            workflow: what it runs.
            name: unique; without one it is the workflow's default launch plan, which binds nothing.
            default_inputs: used where a caller gives nothing.
            fixed_inputs: callers cannot change them; they are no inputs of the launch plan.
            others: refused: unknown, or not available yet.

        Raises:
            DefinitionError: an input is unknown or of the wrong type, or the name is taken by
                something else.
        """
        if name is None and (default_inputs or fixed_inputs):
            raise DefinitionError("a launch plan that binds inputs needs a name", hint="add name=")
        made = _make(workflow, name, default_inputs, fixed_inputs, others)
        existing = _standing(made)
        if existing is None:
            _named[made.name] = made
            return made
        _require_same(existing, made)
        return existing

    @classmethod
    def create(
        cls,
        name: str,
        workflow: AnyWorkflow,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **others: object,
    ) -> LaunchPlan:
        """A new launch plan; for the arguments see `get_or_create`.

        Raises:
            DefinitionError: the name is taken, or as for `get_or_create`.
        """
        return _add(_make(workflow, name, default_inputs, fixed_inputs, others))

    @classmethod
    def get_default_launch_plan(cls, workflow: AnyWorkflow) -> LaunchPlan:
        """The launch plan that is named like its workflow and binds nothing."""
        return cls.get_or_create(workflow)

    def clone_with(
        self,
        name: str,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **others: object,
    ) -> LaunchPlan:
        """A new launch plan like this one; what is given here comes before what this one binds.

        Raises:
            DefinitionError: as for `create`.
        """
        new = _make(self.workflow, name, default_inputs, fixed_inputs, others)
        given = new.defaults.keys() | new.fixed.keys()
        defaults = {each: self.defaults[each] for each in self.defaults if each not in given}
        fixed = {each: self.fixed[each] for each in self.fixed if each not in given}
        merged = LaunchPlan(
            self.workflow, name, {**defaults, **new.defaults}, {**fixed, **new.fixed}
        )
        return _add(merged)


def _make(
    workflow: AnyWorkflow,
    name: str | None,
    default_inputs: Mapping[str, Any] | None,
    fixed_inputs: Mapping[str, Any] | None,
    others: Mapping[str, object],
) -> LaunchPlan:
    place = f"launch plan {name}" if name else "default launch plan"
    options.refuse("launch plan", others, place)
    if not isinstance(workflow, AnyWorkflow):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(f"{place} takes a workflow, got {workflow!r}")
    defaults = _packed(default_inputs or {}, workflow, f"{place}, default input")
    fixed = _packed(fixed_inputs or {}, workflow, f"{place}, fixed input")
    for each in defaults.keys() & fixed.keys():
        raise DefinitionError(f"{place}: input {each} is fixed and has a default", hint="drop one")
    return LaunchPlan(workflow, name or workflow.name, defaults, fixed)


def _packed(given: Mapping[str, Any], workflow: AnyWorkflow, role: str) -> dict[str, bytes]:
    inputs = workflow.signature.inputs
    packed: dict[str, bytes] = {}
    for name, value in given.items():
        if name not in inputs:
            raise DefinitionError(
                f"{role} {name}: workflow {workflow.name} has no such input",
                hint=suggest(name, inputs),
            )
        try:
            packed[name] = pack(inputs[name].codec, value)
        except TypeMismatch as error:
            raise DefinitionError(
                f"{role} {name}: {error.message}", hint=error.hint, path=error.path
            ) from None
    return packed


def _parameter(each: Port, default: bytes | None) -> Port:
    """An input of a launch plan. An optional one need not be given: nothing means None."""
    if default is None and each.default is None and _is_optional(each):
        default = NIL
    return each if default is None else msgspec.structs.replace(each, default=default)


def _is_optional(each: Port) -> bool:
    return isinstance(each.codec.type, UnionType) and NONE in each.codec.type.variants


def _standing(made: LaunchPlan) -> LaunchPlan | None:
    """The launch plan that has the name already, unless its workflow was defined anew since."""
    existing = _named.get(made.name)
    if existing is None or existing.workflow is made.workflow:
        return existing
    return None if existing.workflow.name == made.workflow.name else existing


def _add(made: LaunchPlan) -> LaunchPlan:
    if _standing(made) is not None:
        raise DefinitionError(
            f"launch plan {made.name} exists already", hint="use get_or_create, or another name"
        )
    _named[made.name] = made
    return made


def _require_same(existing: LaunchPlan, made: LaunchPlan) -> None:
    for what, before, now in (
        ("workflow", existing.workflow.name, made.workflow.name),
        ("default_inputs", existing.defaults, made.defaults),
        ("fixed_inputs", existing.fixed, made.fixed),
    ):
        if before != now:
            raise DefinitionError(
                f"launch plan {made.name} exists already, with another {what}",
                hint="use another name",
            )
