"""The vault: where the values of secrets come from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from volery.errors import ConfigError, NotFound
from volery.ir.placeholder import NAME
from volery.ir.secret import SHORTEST, VARIABLE, SecretValue
from volery.ir.specs import SecretRef

if TYPE_CHECKING:
    from volery.config import Settings

MISSING: Final = "MissingSecret"
"""Code of the error about a secret that is nowhere."""
UNUSABLE: Final = "UnusableSecret"
"""Code of the error about a secret that cannot be read, or cannot be kept."""
_SHARED: Final = Path("/etc/volery/secrets")


class Vault:
    """Looks secrets up in the environment, in files and in the keyring, in this order.

    Args:
        folders: where the files are: ``<folder>/<group>/<key>``.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    def get(self, group: str, key: str) -> str:
        """The value of a secret; `group` may be empty.

        Raises:
            NotFound: it is nowhere; says where it was looked for.
            ConfigError: it cannot be read, or is too short to be told from other text.
        """
        name = "/".join(filter(None, (group, key)))
        if not all(NAME.fullmatch(part) for part in (key, group or key)):
            raise ConfigError(f"{name[:200]!r} is no name of a secret", code=UNUSABLE)
        variable = variable_of(group, key)
        files = [folder / group / key for folder in self._folders]
        value = os.environ.get(variable)
        if value is None:
            value = next(filter(None, (_read(file, name) for file in files)), None)
        if value is None:
            value = _from_keyring(group, key)
        if value is None:
            raise NotFound(
                f"there is no secret {name}: looked for the variable {variable}, the file "
                f"{', '.join(map(str, files))} and {_keyring_of(group)} in the keyring",
                hint="put it in one of these places where the engine runs",
                code=MISSING,
            )
        if len(value.strip()) < SHORTEST:
            raise ConfigError(
                f"the secret {name} has fewer than {SHORTEST} characters, so that it cannot be "
                "kept out of logs and records",
                hint="use a longer one",
                code=UNUSABLE,
            )
        return value

    def values(self, asked: Iterable[SecretRef]) -> tuple[SecretValue, ...]:
        """What a task asks for, with the values. Raises: see `get`."""
        return tuple(
            SecretValue(
                each.group, each.key, self.get(each.group, each.key), each.env_var, each.file
            )
            for each in asked
        )


def folders_of(settings: Settings) -> tuple[Path, ...]:
    """Where the settings have secrets as files."""
    if settings.secrets_folder is not None:
        return (settings.secrets_folder,)
    return (settings.home / "secrets", _SHARED)


def variable_of(group: str, key: str) -> str:
    """The variable that may have a secret: ``VOLERY_SECRET_<GROUP>_<KEY>``."""
    name = "_".join(filter(None, (group, key)))
    return VARIABLE + re.sub(r"[^A-Z0-9]", "_", name.upper())


def _read(file: Path, name: str) -> str | None:
    try:
        return file.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise ConfigError(f"the secret {name} in {file} is no text", code=UNUSABLE) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            f"the secret {name} in {file} cannot be read: {reason}", code=UNUSABLE
        ) from None


def _from_keyring(group: str, key: str) -> str | None:
    """From the keyring of this machine, if there is one."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(_keyring_of(group), key)
    except KeyringError:  # none is set up, or it is locked
        return None


def _keyring_of(group: str) -> str:
    return f"volery/{group}" if group else "volery"
