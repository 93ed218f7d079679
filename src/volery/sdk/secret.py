"""``Secret``: what a task asks for that must stand in no record; and how it gets it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from volery.errors import DefinitionError, NotFound, suggest
from volery.ir.placeholder import NAME, is_variable
from volery.ir.secret import Blotter, SecretValue
from volery.ir.specs import SecretRef
from volery.sdk.options import one_of
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.context import Context


class MountType(Enum):
    """How a task gets a secret, besides asking the context for it."""

    ANY = "any"
    ENV_VAR = "env_var"
    FILE = "file"


class Secret(Setting, frozen=True):
    """A secret that a task asks for: ``@task(secret_requests=[Secret("db", "password")])``.

    Args:
        group: where it belongs, such as the service that it is for; None: in no group.
        key: its name there.
        env_var: a variable that has the value while the task runs; with ``FILE`` the path.
        mount_requirement: ``Secret.MountType.FILE``: a file that only the attempt can read has
            the value.

    Raises:
        DefinitionError: a name cannot be used.
    """

    group: str | None = None
    key: str = ""
    env_var: str | None = None
    mount_requirement: MountType = MountType.ANY

    MountType = MountType

    def __post_init__(self) -> None:
        place = f"Secret ({show(here())})"
        for name, value in (("group", self.group), ("key", self.key)):
            if value is None:
                continue
            if not isinstance(value, str) or not NAME.fullmatch(value):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(
                    f"{place}: {name}= takes letters, digits, '_', '-' and '.', got {value!r}"
                )
        one_of(self.mount_requirement, MountType, "mount_requirement", place)
        if self.env_var is not None and not is_variable(self.env_var):
            raise DefinitionError(
                f"{place}: env_var= takes the name of a variable, got {self.env_var!r}"
            )
        if self.mount_requirement is MountType.ENV_VAR and self.env_var is None:
            raise DefinitionError(
                f"{place}: mount_requirement=ENV_VAR has no variable",
                hint='name it: env_var="PASSWORD"',
            )

    @property
    def ref(self) -> SecretRef:
        """What the IR knows of it."""
        file = self.mount_requirement is MountType.FILE
        return SecretRef(self.key, self.group or "", self.env_var or "", file)


def requested(given: object, place: str) -> tuple[SecretRef, ...]:
    """What ``secret_requests=`` asks for.

    Raises:
        DefinitionError: it is no list of secrets, or one is there twice.
    """
    wanted = "secret_requests= takes a list of Secret"
    if not isinstance(given, list | tuple):
        raise DefinitionError(
            f"{place}: {wanted}, got {given!r}", hint='[Secret(group="db", key="password")]'
        )
    refs: list[SecretRef] = []
    for each in cast("Sequence[object]", given):
        if not isinstance(each, Secret):
            raise DefinitionError(f"{place}: {wanted}, one is {each!r}")
        if any((ref.group, ref.key) == (each.group or "", each.key) for ref in refs):
            raise DefinitionError(f"{place}: secret {each.key} is requested twice")
        refs.append(each.ref)
    return tuple(refs)


class AttemptSecrets:
    """The secrets of the attempt that runs, by `get` or as ``secrets.<group>.<key>``.

    Args:
        values: those that the task asked for.
        files: paths of those that are in files.
    """

    def __init__(self, values: Iterable[SecretValue], files: dict[tuple[str, str], Path]) -> None:
        self._given = tuple(values)
        self._values = {(each.group, each.key): each.value for each in self._given}
        self._files = files

    def __repr__(self) -> str:
        return f"<secrets {', '.join(map(_name, self._values)) or 'none'}>"

    def get(self, group: str | None = None, key: str = "") -> str:
        """The value of a secret. Raises NotFound when the task did not ask for it."""
        return self._found(self._values, group or "", key)

    def get_secrets_file(self, group: str | None = None, key: str = "") -> str:
        """The path of a secret that was asked for as a file. Raises NotFound."""
        return str(self._found(self._files, group or "", key))

    def blotted(self, text: str) -> str:
        """A text that people are shown, without the secrets."""
        return Blotter(self._given).text(text) if self._given else text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Group(self, name)

    def _found(self, among: dict[tuple[str, str], Any], group: str, key: str) -> Any:
        if (group, key) in among:
            return among[group, key]
        name = _name((group, key))
        if (group, key) in self._values:
            raise NotFound(
                f"the secret {name} is in no file",
                hint="ask for it with mount_requirement=Secret.MountType.FILE",
            )
        asked = [_name(each) for each in self._values]
        raise NotFound(
            f"the task did not ask for the secret {name}",
            hint=f"secret_requests=[Secret(group={group or None!r}, key={key!r})]; "
            + suggest(name, asked),
        )


class _Group:
    """The secrets of a group: ``secrets.db``."""

    def __init__(self, secrets: AttemptSecrets, name: str) -> None:
        self._secrets = secrets
        self._name = name

    def __getattr__(self, key: str) -> str:
        if key.startswith("__"):
            raise AttributeError(key)
        return self._secrets.get(self._name, key)


@contextmanager
def provided(context: Context, secrets: Sequence[SecretValue]) -> Generator[None]:
    """Give an attempt its secrets, in its context, variables and files; then take them away."""
    from volery.sdk.context import environment

    files = {
        (each.group, each.key): _written(context.working_directory, each)
        for each in secrets
        if each.file
    }
    variables = [
        (each.env_var, str(files[each.group, each.key]) if each.file else each.value)
        for each in secrets
        if each.env_var
    ]
    context.entrust(AttemptSecrets(secrets, files))
    try:
        with environment(variables):
            yield
    finally:
        context.entrust(None)
        for file in files.values():
            file.unlink(missing_ok=True)


def _written(folder: Path, secret: SecretValue) -> Path:
    """A file with a secret that nobody else can read; it goes with the folder of the attempt."""
    place = folder / ".secrets" / (secret.group or "-")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = place / secret.key
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as written:
        written.write(secret.value.encode())
    return file


def _name(key: tuple[str, str]) -> str:
    return "/".join(filter(None, key))
