"""Secrets of a container: files that whoever runs it has put there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

import msgspec

from volery.errors import NotFound
from volery.ir.invocation import SECRETS, secret_file
from volery.ir.secret import SecretValue
from volery.ir.specs import SecretRef
from volery.ir.work import Work

FOLDER: Final = "VOLERY_SECRETS"
"""The variable that names another folder than `SECRETS`."""


def with_secrets(work: Work) -> Work:
    """A work with its secrets, which are read from files unless they came with it.

    Raises:
        NotFound: one is in no file that can be read.
    """
    if all(each.value for each in work.secrets):
        return work
    return msgspec.structs.replace(work, secrets=read_secrets(work.secrets))


def read_secrets(asked: Iterable[SecretRef | SecretValue]) -> tuple[SecretValue, ...]:
    """The secrets that a task asks for. Raises NotFound: one is in no file that can be read."""
    folder = os.environ.get(FOLDER, SECRETS)
    return tuple(
        SecretValue(each.group, each.key, _read(folder, each), each.env_var, each.file)
        for each in asked
    )


def _read(folder: str, secret: SecretRef | SecretValue) -> str:
    file = f"{folder}/{secret_file(secret.group, secret.key)}"
    try:
        with open(file, encoding="utf-8", newline="") as text:  # noqa: PTH123
            return text.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        name = f"{secret.group}/{secret.key}" if secret.group else secret.key
        raise NotFound(
            f"the secret {name} is not in the container: cannot read {file}: {reason}",
            hint="the executor puts it there; see docs/attempts.md",
        ) from None
