"""Collecting: from files, folders and modules to one program with all the entities in them."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple, TypeVar

from volery.data.ignore import Project
from volery.errors import CompileError, NotFound, RegistrationError, VoleryError
from volery.ir.whole import bundle_problems
from volery.sdk import discover, source
from volery.sdk.compile import compile_together
from volery.sdk.entity import Entity
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.imports import needed
from volery.sdk.launch_plan import launch_plans
from volery.sdk.program import Program

T = TypeVar("T")

_NOT_OURS: Final = ("purelib", "platlib", "stdlib")
_NO_MODULES: Final = ("__main__", "setup", "conftest", "noxfile")
"""Files of a folder that run, configure or test something when they are imported."""


class Collected(NamedTuple):
    """What was found.

    Attributes:
        program: all the entities, compiled together, with fingerprints.
        root: import root of their code; None: all of it is installed.
        files: names of the files that its package has.
    """

    program: Program
    root: Path | None
    files: list[str]


def collect(what: Sequence[str | Path | Entity], *, packed: bool = True) -> Collected:
    """The entities of files, folders, modules by name, and entities themselves, as one program.

    Of a folder, every module is imported that belongs to its project (see `data.ignore`), but no
    tests and no ``setup.py``. A launch plan that no variable holds belongs to its workflow.

    Args:
        what: has the entities.
        packed: their code is going to be packed; so what they import has to be in the package.

    Raises:
        NotFound: there is no such file or module, or nothing in it.
        RegistrationError, DefinitionError: something cannot be imported, compiled, packed or
            reached by other processes. If there is more than one problem, all are listed.
    """
    troubles = _Troubles()
    modules = [
        module
        for each in what
        if not isinstance(each, Entity)
        for target, load in _modules(str(each))
        if (module := troubles.imported(target, load)) is not None
    ]
    entities = [each for each in what if isinstance(each, Entity)]
    entities += [each for module in modules for each in discover.entities(module).values()]
    found = set(entities)
    entities += [each for each in launch_plans() if each.workflow in found]
    program = compile_together(dict.fromkeys(entities), troubles.compiling)
    for problem in bundle_problems(program.bundle):
        troubles.add(RegistrationError(problem))
    if not troubles.errors:
        program = fingerprinted(program)  # for that, what tasks import when they run is loaded
    used = _used(modules, program)
    root = troubles.caught(lambda: _root_of(used))
    files = troubles.caught(lambda: _packed(root, used, troubles)) if root and packed else None
    troubles.tell()
    if not entities:
        raise NotFound(
            f"{', '.join(map(str, what))} has no task, workflow or launch plan",
            hint="decorate a function with @task or @workflow from volery",
        )
    return Collected(program, root, files or [])


@dataclass
class _Troubles:
    """Errors that are told together."""

    errors: dict[str, VoleryError] = field(default_factory=dict[str, VoleryError])

    def add(self, error: VoleryError) -> None:
        """A problem of a part is one of each that has the part, and is told once."""
        self.errors.setdefault(str(error), error)

    def caught(self, look: Callable[[], T | None]) -> T | None:
        """What somebody finds; None: there was trouble, or nothing."""
        try:
            return look()
        except VoleryError as error:
            self.add(error)
            return None

    def imported(self, target: str, load: Callable[[], ModuleType]) -> ModuleType | None:
        """A module; None: it could not be imported."""
        try:
            return load()
        except VoleryError as error:
            told = error.message
            self.add(
                error if target in told else RegistrationError(f"{target}: {told}", hint=error.hint)
            )
            return None

    def compiling(self, entity: Entity, error: BaseException) -> None:
        """An entity does not compile."""
        if not isinstance(error, VoleryError):
            error = discover.failed(f"{entity.signature.owner} does not compile", error)
        self.add(error)

    def tell(self) -> None:
        """Raise what there is to be raised."""
        errors = list(self.errors.values())
        if not errors:
            return
        if len(errors) == 1:
            raise errors[0]
        problems = tuple(map(str, errors))
        listed = "".join(
            f"\n  {number}. " + text.replace("\n", "\n  ")
            for number, text in enumerate(problems, start=1)
        )
        only_graphs = all(isinstance(error, CompileError) for error in errors)
        kind = CompileError if only_graphs else RegistrationError
        raise kind(f"there are {len(problems)} problems{listed}", problems)


# -- modules ----------------------------------------------------------------------------------


def _modules(target: str) -> Iterator[tuple[str, Callable[[], ModuleType]]]:
    """The modules that a word of the user's names: what to call them, and how to import them."""
    folder = Path(target)
    if not folder.is_dir():
        yield target, partial(discover.load, target)
        return
    root = Path(source.import_root(str(folder.resolve() / "__init__.py")))
    for file in sorted(_files(root, folder.resolve())):
        name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        shown = str(folder / file.relative_to(folder.resolve()))
        yield shown, partial(discover.load_as, shown, name, str(root))


def _files(root: Path, folder: Path) -> Iterator[Path]:
    """The files below a folder that are modules of its project."""
    for each in Project(root).files():
        file = root / each.name
        if file.suffix == ".py" and file.is_relative_to(folder) and not _is_other(file, folder):
            yield file


def _is_other(file: Path, folder: Path) -> bool:
    """Whether a file is no module that one would import for what it defines."""
    stem = file.stem
    return (
        stem in _NO_MODULES
        or stem.startswith("test_")
        or stem.endswith("_test")
        or "tests" in file.relative_to(folder).parts
    )


# -- the code ---------------------------------------------------------------------------------


def _used(modules: Iterable[ModuleType], program: Program) -> list[ModuleType]:
    """Modules, with those that have the tasks of a program."""
    known = {discover.name_of(each): each for each in (sys.modules["__main__"], *modules)}
    names = sorted({task.loader.module for task in program.bundle.tasks if task.loader})
    with_tasks = (sys.modules.get(name) or known.get(name) for name in names)
    return [*modules, *(each for each in with_tasks if each is not None)]


def _root_of(modules: Iterable[ModuleType]) -> Path | None:
    """The import root of modules; None: all are installed.

    Raises:
        RegistrationError: they are below several roots.
    """
    installed = {sysconfig.get_path(name) for name in _NOT_OURS}
    roots = sorted({discover.root_of(each) for each in modules} - installed)
    if len(roots) > 1:
        raise RegistrationError(
            f"the code is in several folders: {', '.join(roots)}",
            hint="register what is below one import root at a time",
        )
    return Path(roots[0]) if roots else None


def _packed(root: Path, modules: Iterable[ModuleType], troubles: _Troubles) -> list[str]:
    """The files that a package has. A module that is needed and not among them is a trouble.

    Raises:
        RegistrationError, StorageError: there cannot be such a package.
    """
    from volery.data.package import names  # it loads what packs

    files = names(root)
    held = set(files)
    for module, file in needed(modules, root).items():
        if file not in held:
            why, remedy = Project(root).left_out(file)
            troubles.add(
                RegistrationError(
                    f"module {module} is imported, and {file} is not in the code package: {why}",
                    hint=f"{remedy}; or do without it",
                )
            )
    return files
