"""The attempt contract: what a program is given that carries out an attempt, and what it leaves.

The documents are JSON and mean the same to a program in any language; `docs/attempts.md` tells them
to people. A field that is not known is passed over; a `contract` that is not known is refused.
"""

from __future__ import annotations

from typing import Final

import msgspec

from volery.ir.failure import Failure
from volery.ir.interface import Interface
from volery.ir.specs import Loader, SecretRef, TaskMode
from volery.ir.work import ElementFailure

CONTRACT: Final = 1
"""Version of the documents."""
INVOCATION: Final = "VOLERY_INVOCATION"
"""The variable that has the URI of the invocation."""
SECRETS: Final = "/run/volery/secrets"
"""The folder of the files with secrets, in the container."""

# How Volery's own program exits; those of others may do so too.
SUCCEEDED: Final = 0
FAILED: Final = 1
"""The outcome says why."""
UNREACHABLE: Final = 74
"""The invocation cannot be read, or the outcome not written."""
EXPIRED: Final = 75
"""It has started too late, and done nothing."""
REFUSED: Final = 76
"""The invocation is none, or keeps to another contract."""


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the code of an attempt comes from.

    Attributes:
        loader: how Volery's worker finds the task.
        package: digest of the code package; empty: the code is in the image.
        uri: where the package is.
        contract: digest of the interface that the code has to keep to; empty: any.
    """

    loader: Loader | None = None
    package: str = ""
    uri: str = ""
    contract: str = ""


class MapPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The attempt is for a part of a map: `elements` of them, with their values in `over`."""

    elements: int
    over: tuple[str, ...] = ()


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What Volery's own program reads of an invocation: see there.

    It has values and types from elsewhere, and to be able to read types would cost it milliseconds.
    """

    execution: str
    path: str
    attempt: int
    token: str
    task: str
    outputs: str
    outcome: str
    record: bytes = b""
    mode: TaskMode = ""
    code: Code = Code()
    heartbeat: str = ""
    beat: float = 10.0
    expires: float = 0.0
    limit: float | None = None
    environment: tuple[tuple[str, str], ...] = ()
    secrets: tuple[SecretRef, ...] = ()
    storage: str = ""
    part: MapPart | None = None
    recovers: str = ""
    most_nodes: int = 100_000
    version: str = ""
    contract: int = 0


class Invocation(Attempt, frozen=True, omit_defaults=True, kw_only=True):
    """All that an attempt needs.

    Attributes:
        execution, path, attempt: which attempt it is.
        token: the same for each attempt of one node execution, so that a service outside can see
            that something has been asked for before.
        task, interface, mode: what is called.
        inputs: by name, in Volery's JSON form of their types (see `volery.types.written`). Large
            values and files are references, with the URI that they are at.
        record: the same values as Volery's own worker reads them: MessagePack, in Base64.
        outputs: URI below which the attempt may leave files.
        outcome: URI that the outcome is written to.
        heartbeat: URI that is written anew every `beat` seconds where nobody sees the process;
            empty: somebody does.
        expires: seconds since the epoch; who starts later does nothing. 0: never.
        limit: seconds that user code may run; for each element of a map. None: no limit.
        environment: variables that are set while it runs.
        secrets: what the task asked for; their values are in no document, but in files (see
            `secret_file`).
        storage: URL of the storage that large values are kept in.
        part: of a map.
        recovers, most_nodes: see `Work`.
        version: of the Volery that has written this.
        contract: that it keeps to; always said.
    """

    interface: Interface
    inputs: dict[str, msgspec.Raw]


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an attempt ended: `outputs`, `record` or `graph` if it succeeded, else `failure`.

    Attributes:
        outputs: by name, as in an invocation.
        record: the same as Volery's own worker writes them, which counts before `outputs`.
        graph: what a dynamic task has emitted (see `Result`), in Base64.
        elements: failures of single elements of a map.
        started, ended: seconds since the epoch, by the attempt's clock; 0: not said.
        returned: in between, when what it gave was still to be written; 0: not said.
        contract: that it keeps to; where nothing is said it is the first.
    """

    outputs: dict[str, msgspec.Raw] | None = None
    record: bytes | None = None
    graph: bytes | None = None
    failure: Failure | None = None
    elements: tuple[ElementFailure, ...] = ()
    started: float = 0.0
    ended: float = 0.0
    contract: int = 1
    returned: float = 0.0


def secret_file(group: str, key: str) -> str:
    """The name of the file with a secret, below the folder of secrets."""
    return f"{group or '-'}/{key}"
