"""What all kinds of tasks have in common that are made by a call, such as ``ShellTask(...)``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from volery.errors import DefinitionError, UnsupportedType
from volery.ir.specs import Loader
from volery.sdk import options, source
from volery.sdk.interface import Port, Signature, port
from volery.sdk.task import Task

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions

_NAME: Final = re.compile(r"[A-Za-z_][\w.-]{0,199}", re.ASCII)


class Declared:
    """A task as a call declares it.

    Args:
        what: the class that is called.
        name: of the task.

    Attributes:
        module: full name of the module that makes the task.
        folder: of that module's file; empty in a session.

    Raises:
        DefinitionError: it cannot be the name of a task.
    """

    description = ""
    resolved = True

    def __init__(self, what: str, name: object) -> None:
        self.source = source.here()
        frame = source.user_frame()
        file: str = frame.f_globals.get("__file__") or ""
        self.module = source.full_module(frame.f_globals.get("__name__", ""), file)
        self.folder = file.rpartition("/")[0] or ("." if file else "")
        at = source.show(self.source)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise DefinitionError(
                f"{what} ({at}): name= takes letters, digits, '_', '-' and '.', got {name!r}"
            )
        self.name = name
        self.owner = f"task {name}"
        self.place = f"{self.owner} ({at})"
        self.signature = Signature(self.owner, {}, {})

    def sign(self, inputs: object, outputs: object) -> None:
        """Declare inputs and outputs, by name with their types; None: there are none.

        Raises:
            DefinitionError: a name or a type cannot be used.
        """
        self.signature = Signature(
            self.owner, self._ports("inputs", inputs), self._ports("outputs", outputs)
        )

    def default(self, given: Port) -> None:
        """Declare an input anew, with a default."""
        signature = self.signature
        inputs = {**signature.inputs, given.name: given}
        self.signature = Signature(self.owner, inputs, signature.outputs)

    def beside(self, option: str, given: object) -> Path:
        """A file whose path is relative to that of the module, as all of a project's are."""
        if not isinstance(given, str | os.PathLike):
            raise self.error(f"{option}= takes the path of a file, got {given!r}")
        path = Path(self.folder, cast("str", given))
        if not path.is_file():
            raise self.error(f"{option}= names {path}, which is no file")
        return path

    def error(self, message: str, hint: str | None = None) -> DefinitionError:
        """An error about this task."""
        return DefinitionError(f"{self.place}: {message}", hint=hint)

    def _ports(self, role: str, given: object) -> dict[str, Port]:
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise self.error(
                f"{role}= takes names with their types, got {given!r}",
                f"write {role}=kwtypes(count=int)",
            )
        ports: dict[str, Port] = {}
        for name, annotation in cast("Mapping[object, Any]", given).items():
            if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
                raise self.error(f"{role}= has {name!r}, which cannot be the name of a value")
            try:
                ports[name] = port(name, annotation)
            except UnsupportedType as error:
                raise UnsupportedType(
                    f"{self.place}, {role[:-1]} {name}: {error.message}", hint=error.hint
                ) from None
        return ports


class Kind(Task[..., Any]):
    """A task that is made by a call. Subclasses say what it does: see `execute`.

    Args:
        declared: its name and its signature.
        given: options, as those of ``@task``.
    """

    def __init__(self, declared: Declared, given: TaskOptions) -> None:
        options.refuse("task", given, declared.place)
        if "pickle_untyped" in given:
            raise declared.error("pickle_untyped= is for functions", "leave it out")
        self.declared = declared
        super().__init__(declared, "", given)

    def execute(self, **inputs: Any) -> Any:
        """Carry out an attempt; returns the output, or a tuple of several."""
        raise NotImplementedError

    @property
    def function(self) -> Callable[..., Any]:
        return self.execute

    @property
    def consists_of(self) -> Mapping[str, object]:
        """Its class, where that is the user's, and what it was made of: see `content`."""
        content = {f"{self.name}.{name}": each for name, each in self.content.items()}
        return {f"{self.name}.class": type(self), **content}

    @property
    def content(self) -> Mapping[str, object]:
        """What it was made of, as data, where a change means other outputs."""
        raise NotImplementedError

    def located(self) -> Loader | str:
        for name, module in _modules(self.declared.module):
            for attribute, value in vars(module).items():
                if value is self:
                    return Loader(name, attribute)
        return "no module has a name for it; write name = ... at the top level of a module"


def _modules(first: str) -> Iterator[tuple[str, ModuleType]]:
    """Modules of files, by full name: the one that has made the task, then all others."""
    loaded = {name: module for name, module in list(sys.modules.items()) if _file_of(module)}
    named = [
        (source.full_module(name, _file_of(module)), module) for name, module in loaded.items()
    ]
    return iter(sorted(named, key=lambda each: each[0] != first))


def _file_of(module: object) -> str:
    file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
    return file if isinstance(file, str) else ""
