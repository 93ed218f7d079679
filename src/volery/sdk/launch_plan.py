"""Launch plans: workflows with some of their inputs bound, as entities of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack, cast

import msgspec

from volery.errors import DefinitionError, TypeMismatch, suggest
from volery.ir.ref import EntityKind
from volery.ir.specs import Given, LaunchPlanSpec
from volery.ir.types import NONE, UnionType
from volery.ir.values import NIL
from volery.sdk import options, source
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Port, Signature
from volery.sdk.manner import Manner, manner_of
from volery.sdk.options import PlanOptions
from volery.sdk.workflow import AnyWorkflow
from volery.types.mismatch import preview
from volery.types.packing import pack_constant

_named: dict[str, LaunchPlan] = {}
"""Every launch plan of this process. Names are unique, for they are what people start."""


def launch_plans() -> tuple[LaunchPlan, ...]:
    """Every launch plan of this process, those among them that no variable holds."""
    return tuple(_named.values())


class LaunchPlan(Entity):
    """A workflow whose inputs have defaults of the launch plan's own, or are fixed.

    Use `get_or_create` or `create`.

    Attributes:
        name: without the module, for it is chosen by the user.
        workflow: what it runs.
        defaults, fixed: packed values by input; callers can change defaults only.
        manner: how its executions begin, and are carried out.
    """

    kind: ClassVar[EntityKind] = "launch_plan"

    def __init__(
        self,
        workflow: AnyWorkflow,
        name: str,
        defaults: Mapping[str, bytes],
        fixed: Mapping[str, bytes],
        manner: Manner,
    ) -> None:
        self.name = name
        self.workflow = workflow
        self.defaults = defaults
        self.fixed = fixed
        self.manner = manner
        self.source = source.here()
        self.lasting = not source.is_interactive(source.user_frame().f_globals)
        inner = workflow.signature
        inputs = {
            each.name: _parameter(each, defaults.get(each.name))
            for each in inner.inputs.values()
            if each.name not in fixed
        }
        unfix = dict.fromkeys(fixed, "leave it out, or make it one of the default_inputs")
        self._signature = Signature(
            f"launch plan {name}", inputs, inner.outputs, inner.named, unfix
        )

    def __repr__(self) -> str:
        return f"<launch plan {self.name}>"

    @property
    def signature(self) -> Signature:
        return self._signature

    def compiled(self) -> Compiled:
        return Compiled(self._spec(), {self.workflow.ref: self.workflow})

    def _spec(self) -> LaunchPlanSpec:
        return LaunchPlanSpec(
            name=self.name,
            workflow=self.workflow.name,
            interface=self.interface,
            fixed=tuple(Given(name, value) for name, value in sorted(self.fixed.items())),
            description=self.workflow.description,
            **msgspec.structs.asdict(self.manner),
        )

    def check_schedule(self) -> None:
        """Raises DefinitionError: its schedule could never start anything."""
        if self.manner.schedule is None:
            return
        from volery.ir.schedule_check import schedule_flaws

        flaws = list(schedule_flaws(self._spec()))
        if flaws:
            raise DefinitionError(
                f"launch plan {self.name} ({source.show(self.source)}) cannot be scheduled: "
                + "; ".join(message for message, _ in flaws),
                hint="\n".join(hint for _, hint in flaws if hint),
            )

    @classmethod
    def get_or_create(
        cls,
        workflow: AnyWorkflow,
        name: str | None = None,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **options: Unpack[PlanOptions],
    ) -> LaunchPlan:
        """The launch plan of this name; made when there is none.

        Args:
            workflow: what it runs.
            name: unique; without one it is the workflow's default launch plan, which binds nothing.
            default_inputs: used where a caller gives nothing.
            fixed_inputs: callers cannot change them; they are no inputs of the launch plan.
            options: see `PlanOptions`.

        Raises:
            DefinitionError: an input is unknown or of the wrong type, or the name is taken by
                something else.
        """
        if name is None and (default_inputs or fixed_inputs or options):
            raise DefinitionError(
                f"a launch plan that binds inputs or has options needs a name "
                f"({source.show(source.here())})",
                hint="add name=",
            )
        made = _make(workflow, name, default_inputs, fixed_inputs, options)
        return _register(made, again=True)

    @classmethod
    def create(
        cls,
        name: str,
        workflow: AnyWorkflow,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **options: Unpack[PlanOptions],
    ) -> LaunchPlan:
        """A new launch plan; for the arguments see `get_or_create`.

        Raises:
            DefinitionError: the name is taken, or as for `get_or_create`.
        """
        return _register(_make(workflow, name, default_inputs, fixed_inputs, options), again=False)

    @classmethod
    def get_default_launch_plan(cls, workflow: AnyWorkflow) -> LaunchPlan:
        """The launch plan that is named like its workflow and binds nothing."""
        return cls.get_or_create(workflow)

    def clone_with(
        self,
        name: str,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        **options: Unpack[PlanOptions],
    ) -> LaunchPlan:
        """A new launch plan like this one; what is given here comes before what this one binds.

        Raises:
            DefinitionError: as for `create`.
        """
        new = _make(self.workflow, name, default_inputs, fixed_inputs, options)
        given = new.defaults.keys() | new.fixed.keys()
        defaults = {each: self.defaults[each] for each in self.defaults if each not in given}
        fixed = {each: self.fixed[each] for each in self.fixed if each not in given}
        merged = LaunchPlan(
            self.workflow,
            name,
            {**defaults, **new.defaults},
            {**fixed, **new.fixed},
            msgspec.structs.replace(
                self.manner, **{each: getattr(new.manner, each) for each in options}
            ),
        )
        return _register(merged, again=False)


def _make(
    workflow: AnyWorkflow,
    name: str | None,
    default_inputs: Mapping[str, Any] | None,
    fixed_inputs: Mapping[str, Any] | None,
    given: PlanOptions,
) -> LaunchPlan:
    place = f"launch plan {name or ''} ({source.show(source.here())})".replace("  ", " ")
    if name is not None and not options.text(name, "name", place):
        raise DefinitionError(f"{place}: name= is empty")
    options.refuse("launch plan", given, place)
    if not isinstance(workflow, AnyWorkflow):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(f"{place} takes a workflow, got {workflow!r}")
    defaults = _packed(default_inputs, workflow, "default_inputs", place)
    fixed = _packed(fixed_inputs, workflow, "fixed_inputs", place)
    for each in defaults.keys() & fixed.keys():
        raise DefinitionError(
            f"{place}: input {each} is in default_inputs and in fixed_inputs",
            hint="callers can change a default and cannot change a fixed value: drop one of them",
        )
    return LaunchPlan(workflow, name or workflow.name, defaults, fixed, manner_of(given, place))


def _packed(given: object, workflow: AnyWorkflow, option: str, place: str) -> dict[str, bytes]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise DefinitionError(f"{place}: {option}= takes a dict, got {preview(given)}")
    inputs = workflow.signature.inputs
    packed: dict[str, bytes] = {}
    for name, value in cast("Mapping[str, Any]", given).items():
        if name not in inputs:
            raise DefinitionError(
                f"{place}: {option}= has {name}, which is no input of workflow {workflow.name}",
                hint=suggest(name, inputs),
            )
        try:
            packed[name] = pack_constant(inputs[name].codec, value)
        except TypeMismatch as error:
            raise DefinitionError(
                f"{place}: {option}= has {name}: {error.message}",
                hint=error.hint,
                path=error.path,
            ) from None
    return packed


def _parameter(each: Port, default: bytes | None) -> Port:
    """An input of a launch plan. An optional one need not be given: nothing means None."""
    if default is None and each.default is None and _is_optional(each):
        default = NIL
    return each if default is None else msgspec.structs.replace(each, default=default)


def _is_optional(each: Port) -> bool:
    return isinstance(each.codec.type, UnionType) and NONE in each.codec.type.variants


def _register(made: LaunchPlan, *, again: bool) -> LaunchPlan:
    """The launch plan that has the name from now on; `again`: an equal one may have it already."""
    made.check_schedule()
    existing = _named.setdefault(made.name, made)
    difference = _difference(existing, made)
    if existing is made or (again and difference is None):
        return existing
    # A cell of a notebook, or a module, is run again: the newest definition counts.
    if not made.lasting or difference == "definition of its workflow":
        _named[made.name] = made
        return made
    if again:
        raise _taken(existing, f", with another {difference}", "use another name")
    raise _taken(existing, "", "use get_or_create, or another name")


def _difference(existing: LaunchPlan, made: LaunchPlan) -> str | None:
    for what, before, now in (
        ("workflow", existing.workflow.name, made.workflow.name),
        ("definition of its workflow", existing.workflow, made.workflow),
        ("default_inputs", existing.defaults, made.defaults),
        ("fixed_inputs", existing.fixed, made.fixed),
        *(
            (name, getattr(existing.manner, name), getattr(made.manner, name))
            for name in Manner.__struct_fields__
        ),
    ):
        if before != now:
            return what
    return None


def _taken(existing: LaunchPlan, how: str, hint: str) -> DefinitionError:
    here = source.show(source.here())
    there = source.show(existing.source)
    return DefinitionError(
        f"launch plan {existing.name} ({here}) exists already{how}: it was made at {there}",
        hint=hint,
    )
