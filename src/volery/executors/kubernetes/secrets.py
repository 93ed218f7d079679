"""Secrets of an attempt, as a pod gets them from the Secrets of its namespace. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from volery.errors import ConfigError
from volery.executors.kubernetes.settings import Json, KubernetesSettings
from volery.ir.invocation import SECRETS, secret_file
from volery.ir.secret import SecretValue
from volery.ir.work import Work

MOUNT: Final[Json] = {"name": "volery-secrets", "mountPath": SECRETS, "readOnly": True}
"""Of the volume, in the container that is the task's."""
NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""What the name of an object may be."""
_ENTRY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def volumes(work: Work, settings: KubernetesSettings) -> list[Json]:
    """One volume with a file ``group/key`` for each secret; without secrets none.

    A pod waits for ever for one that is missing. Volery's own program can say which one it is.

    Raises:
        ConfigError: there cannot be such an entry.
    """
    missing = {"optional": True} if work.command is None else {}
    files = {secret_file(each.group, each.key): _secret(each, settings) for each in work.secrets}
    sources = [
        {"secret": {"name": group, "items": [{"key": key, "path": path}], **missing}}
        for path, (group, key) in files.items()
    ]
    return [{"name": MOUNT["name"], "projected": {"sources": sources}}] if sources else []


def variables(work: Work, settings: KubernetesSettings) -> Iterator[Json]:
    """The variables of secrets, for a container whose program knows nothing of Volery.

    Raises:
        ConfigError: there cannot be such an entry.
    """
    for each in work.secrets:
        group, key = _secret(each, settings)
        if each.env_var and each.file:
            yield {"name": each.env_var, "value": f"{SECRETS}/{secret_file(each.group, each.key)}"}
        elif each.env_var:
            source = {"secretKeyRef": {"name": group, "key": key}}
            yield {"name": each.env_var, "valueFrom": source}


def _secret(secret: SecretValue, settings: KubernetesSettings) -> tuple[str, str]:
    """The Secret and the entry that a secret is kept in."""
    group = secret.group or settings.secret
    if not NAME.fullmatch(group) or not _ENTRY.fullmatch(secret.key) or ".." in secret.key:
        raise ConfigError(
            f"the secret {secret.name} cannot be an entry of a Secret of the cluster",
            hint="its group names the Secret (small letters, digits, hyphens, dots), its key the "
            "entry (letters, digits, hyphens, dots, underscores)",
            code="SecretInvalid",
        )
    return group, secret.key
