"""What a node execution carries out, as its definition says."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.ir.policy import Policy
from volery.wire.entities import EntityKey


class Definition(msgspec.Struct, frozen=True):
    """What a node execution carries out, or an execution.

    Attributes:
        entity: None: no single one, as of a map or a branch.
        bundle: digest of what it is pinned to.
        package: digest of the code; empty: it was where the execution was started.
        policy: how it is carried out: what the node says over what the task says.
        spec: of the entity, as JSON, of a workflow without its graph; None: there is no entity.
    """

    entity: EntityKey | None
    bundle: str
    package: str
    policy: Policy
    spec: Any = None
