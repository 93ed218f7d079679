"""How a container ended, or why there is none: from what an engine says to an `Exit`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from volery.executors.contained.exits import NO_PROGRAM, Code, Exit

if TYPE_CHECKING:
    from volery.executors.docker.engine import State

_NO_NAME: Final = re.compile(r"invalid reference format|normalizing name")
_NO_IMAGE: Final = re.compile(
    r"no such image|not found|manifest unknown|does not exist", re.IGNORECASE
)
_REFUSED: Final = re.compile(
    r"denied|unauthorized|authentication|credentials|forbidden", re.IGNORECASE
)


def exit_of(state: State) -> Exit:
    """How a container ended that has run, by the state that the engine tells."""
    if state.status == "removing":
        return Exit(None, "ContainerDeleted")
    if state.o_o_m_killed and state.exit_code:  # else it has lived through the end of a child
        return Exit(state.exit_code, "OutOfMemory", state.error)
    code: Code = refused_start(state.error) if state.error else ""
    return Exit(state.exit_code, code, state.error)


def refused_start(reason: str) -> Code:
    """The code of a container that the engine could not make or start, by its own words."""
    if _NO_NAME.search(reason):
        return "ImageInvalid"
    return "CommandNotFound" if NO_PROGRAM.search(reason) else "ContainerRefused"


def refused_image(reason: str) -> Code:
    """The code of an image that the engine could not pull, by its own words."""
    if _NO_NAME.search(reason):
        return "ImageInvalid"
    if _REFUSED.search(reason):
        return "RegistryRefused"
    return "ImageNotFound" if _NO_IMAGE.search(reason) else "RegistryAway"
