"""Entities: the specs of a bundle by name, and what they say about how they are carried out."""

from __future__ import annotations

from volery.engine.model import NodeKind
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import (
    BranchTarget,
    GateTarget,
    LaunchPlanTarget,
    MapTarget,
    Target,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.policy import Policy
from volery.ir.ref import Ref
from volery.ir.specs import Bundle

SILENT = Policy()
"""The policy of what says nothing about how it is carried out."""


class Entities:
    """What a bundle holds."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.tasks = {spec.name: spec for spec in bundle.tasks}
        self.workflows = {spec.name: spec for spec in bundle.workflows}
        self.launch_plans = {spec.name: spec for spec in bundle.launch_plans}

    def kind(self, target: Target | Ref) -> NodeKind:
        """The kind of a node execution that stands for this."""
        match target:
            case TaskTarget(name) | Ref("task", name):
                return self.tasks[name].mode or "task"
            case WorkflowTarget() | Ref("workflow"):
                return "workflow"
            case LaunchPlanTarget() | Ref("launch_plan"):
                return "launch_plan"
            case BranchTarget():
                return "branch"
            case MapTarget():
                return "map"
            case GateTarget():
                return "gate"
            case _:
                raise AssertionError(f"unknown target {target!r}")

    def policy(self, target: Target | Ref) -> Policy:
        """What the entity itself says about how it is carried out; of a map: its elements'."""
        match target:
            case TaskTarget(name) | Ref("task", name):
                return self.tasks[name].policy
            case WorkflowTarget(name) | Ref("workflow", name):
                limits = self.workflows[name].limits
                return SILENT if limits is None else Policy(limits=limits)
            case MapTarget(inner):
                return self.policy(inner)
            case _:
                return SILENT

    def interface(self, target: Target | Ref) -> Interface:
        """The interface of what a node stands for; empty for a branch."""
        match target:
            case TaskTarget(name) | Ref("task", name):
                return self.tasks[name].interface
            case WorkflowTarget(name) | Ref("workflow", name):
                return self.workflows[name].interface
            case LaunchPlanTarget(name) | Ref("launch_plan", name):
                return self.launch_plans[name].interface
            case MapTarget(inner):
                return self.interface(inner)
            case GateTarget(gate, type=kind) if kind is not None:
                inputs = (Input("o0", kind),) if gate == "approve" else ()
                return Interface(inputs, (Output("o0", kind),))
            case _:
                return Interface()
