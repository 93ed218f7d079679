"""Which executors a bundle wants."""

from __future__ import annotations

from volery.ir.nodes import all_nodes
from volery.ir.specs import Bundle


def executors_of(bundle: Bundle) -> set[str]:
    """The names of the executors that tasks, nodes and launch plans of a bundle want.

    `CONTAINER` may be among them.
    """
    handlers = [each.on_failure for each in bundle.workflows if each.on_failure is not None]
    nodes = [node for each in bundle.workflows for node in all_nodes(each.graph)]
    policies = [each.policy for each in (*bundle.tasks, *nodes, *handlers)]
    wanted = {policy.executor or "" for policy in policies}
    wanted.update(each.executor for each in bundle.launch_plans)
    return wanted - {""}
