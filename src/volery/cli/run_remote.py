"""`volery run --remote`: an entity of the user's code is registered, and runs on the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from volery.cli import there
from volery.cli.follow import follow
from volery.cli.inputs import Check, read_record
from volery.cli.output import say
from volery.cli.users import users_code
from volery.data.current import using
from volery.sdk.entity import Entity
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution


def run_remote(
    entity: Entity, texts: Mapping[str, str], check: Check, given: Mapping[str, Any]
) -> int:
    """Register an entity with its code, run it, and follow it; returns the exit status.

    Args:
        entity: of the user's.
        texts: of its inputs.
        check: of their values.
        given: the command's options.
    """
    said = there.said(given)
    with there.remote(given) as remote:
        with users_code(), using(remote.storage):
            record = read_record(entity.interface, texts, given["inputs_file"], check)
            registered = remote.register(entity)
        key = EntityKey(entity.kind, entity.name, registered.version, remote.project, remote.domain)
        started = remote.backend.execute(NewExecution(key, record=record, **said))
        say(f"{started.id} is version {key.version} of {entity.name}")
        return follow(remote.backend, started, given)
