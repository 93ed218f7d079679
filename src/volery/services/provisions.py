"""Provisions: what an attempt needs besides its record: the code that it runs, and secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from volery.errors import ConfigError, NotFound, RegistrationError, StorageError
from volery.ir.failure import Failure
from volery.ir.placement import Placement
from volery.ir.secret import SecretValue
from volery.ir.specs import SecretRef, TaskSpec
from volery.services.context import Contexts
from volery.store.base import ExecutionRecord, Store

if TYPE_CHECKING:
    from pathlib import Path

    from volery.sdk.vault import Vault

UNAVAILABLE: Final = "PackageUnavailable"
"""Code of attempts whose code package cannot be had."""
KEPT: Final = 10_000
"""So many executions are known by the package that they have from above."""

Unpacked = Callable[[str], "Path"]
"""Gives the folder that the code package of a digest is unpacked in."""


class Unprovided(Exception):
    """An attempt cannot be given what it needs.

    Attributes:
        failure: of the attempt.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Provisions:
    """Gives attempts their code and their secrets.

    Args:
        store, contexts: know the executions and their bundles.
        unpacked: for executions whose bundle names a package; None: there are none of these.
        vault: has the secrets; None: that of the settings.
    """

    def __init__(
        self,
        store: Store,
        contexts: Contexts,
        unpacked: Unpacked | None = None,
        vault: Vault | None = None,
    ) -> None:
        self._store = store
        self._contexts = contexts
        self._unpacked = unpacked or _unknown
        self._given = vault
        self._inherited: dict[str, str] = {}
        """Packages of executions whose own bundle names none."""

    def code(self, execution: ExecutionRecord) -> str:
        """The import root of the code of an execution; empty: wherever the executor finds modules.

        Raises:
            Unprovided: its package cannot be had.
        """
        package = self._package(execution)
        if not package:
            return execution.options.import_root
        try:
            return str(self._unpacked(package))
        except (StorageError, NotFound, RegistrationError, OSError) as error:
            message = f"the code package {package[:12]} cannot be used: {error}"
            raise Unprovided(Failure(UNAVAILABLE, "SYSTEM", message)) from None

    def package(self, execution: ExecutionRecord, task: TaskSpec, placement: Placement) -> str:
        """The code package of an attempt that runs elsewhere; empty: it needs none.

        Raises:
            Unprovided: its code is nowhere but on the machine where the execution was submitted.
        """
        package = self._package(execution)
        if package or placement.code == "image" or task.command is not None:
            return package
        message = (
            f"task {task.name} runs elsewhere, and its code is in no package"
            '\n  hint: register it, or put the code into the image and say code="image"'
        )
        raise Unprovided(Failure(UNAVAILABLE, "USER", message, retryable=False))

    def secrets(self, asked: Iterable[SecretRef]) -> tuple[SecretValue, ...]:
        """What a task asks for.

        Raises:
            Unprovided: one of them is not there, or cannot be used.
        """
        try:
            return self._vault.values(asked)
        except (NotFound, ConfigError) as error:
            failure = Failure(error.code, "USER", str(error), retryable=False)
            raise Unprovided(failure) from None

    @staticmethod
    def names(asked: Iterable[SecretRef]) -> tuple[SecretValue, ...]:
        """What a task asks for, without the values: those come from where it runs."""
        return tuple(
            SecretValue(each.group, each.key, "", each.env_var, each.file) for each in asked
        )

    @cached_property
    def _vault(self) -> Vault:
        if self._given is not None:
            return self._given
        from volery.config import settings
        from volery.sdk.vault import Vault, folders_of

        return Vault(folders_of(settings()))

    def _package(self, execution: ExecutionRecord) -> str:
        """The package of an execution; what a task has emitted is of the package of the task."""
        package = self._contexts.definitions(execution.bundle).bundle.package
        if package or execution.parent is None:
            return package
        known = self._inherited.get(execution.id)
        if known is None:
            above = self._store.execution(execution.parent[0])
            known = self._package(above) if above is not None else ""
            if len(self._inherited) >= KEPT:
                self._inherited.clear()
            self._inherited[execution.id] = known
        return known


def _unknown(package: str) -> Path:
    raise NotFound(f"there are no packages here, so not {package[:12]} either")
