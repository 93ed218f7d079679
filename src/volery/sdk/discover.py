"""Finding entities: from a file or module name to the definitions inside."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from volery.errors import NotFound, RegistrationError, VoleryError, suggest
from volery.sdk import source
from volery.sdk.entity import Entity

if TYPE_CHECKING:
    from traceback import FrameSummary

_OURS = str(Path(__file__).parent.parent)


def load(target: str) -> ModuleType:
    """Import a file, or a module by its dotted name.

    The import root is put first on ``sys.path``: the folder above the outermost package of a file,
    the current folder for a module name.

    Raises:
        NotFound: there is no such file or module.
        RegistrationError: it does not import; the message has the user's traceback.
    """
    file = Path(target)
    if file.is_dir() and not target.replace(".", "").isidentifier():
        raise RegistrationError(
            f"{target} is a folder", hint=f"name a file in it: {file / 'flow.py'}"
        )
    if file.suffix != ".py" and not file.is_file():
        return _import(target, target, str(Path.cwd()))
    if not file.is_file():
        raise NotFound(f"there is no file {target}")
    if file.suffix != ".py":
        raise RegistrationError(f"{target} is not a Python file")
    full = str(file.resolve())
    return load_as(target, source.module_of_file(full), source.import_root(full))


def load_as(target: str, name: str, root: str) -> ModuleType:
    """Import a file under a name, from a folder that is put first on ``sys.path``.

    Raises:
        RegistrationError: it does not import, or it is another file that has this name.
    """
    file = Path(target)
    if "." in file.stem:
        raise _misnamed(target, "there is a dot in its name")
    if name in sys.stdlib_module_names:
        raise _misnamed(target, f"its name {name} is that of a module of Python's own")
    module = _import(target, name, root)
    found = getattr(module, "__file__", None)
    if found is None or Path(found).resolve() != file.resolve():
        raise _misnamed(target, f"its name {name} is that of {found or module}")
    return module


def name_of(module: ModuleType) -> str:
    """The name by which another process imports a module."""
    file = getattr(module, "__file__", None)
    if file is not None and module.__name__ == "__main__":
        return source.full_module(module.__name__, file)
    return module.__name__


def root_of(module: ModuleType) -> str:
    """The folder that another process needs on its ``sys.path`` to import a module."""
    file = getattr(module, "__file__", None)
    if file is None:
        return str(Path.cwd())
    depth = name_of(module).count(".") + (Path(file).name == "__init__.py")
    return str(Path(file).resolve().parents[depth])


def entities(module: ModuleType) -> dict[str, Entity]:
    """The entities that a module has, by the names that it gives them, in order of definition."""
    return {name: each for name, each in vars(module).items() if isinstance(each, Entity)}


def find(module: ModuleType, name: str) -> Entity:
    """An entity of a module, by the name that the module gives it or by its own.

    Raises:
        NotFound: the module has none of this name; the hint names the nearest.
    """
    known = entities(module)
    own = {each.name: each for each in known.values()}
    found = known.get(name) or own.get(name)
    if found is None:
        hint = suggest(name, known) if known else "it defines no task, workflow or launch plan"
        raise NotFound(f"{module.__name__} has no entity {name}", hint=hint)
    return found


def _misnamed(file: str, reason: str) -> RegistrationError:
    return RegistrationError(f"{file} cannot be imported: {reason}", hint="rename the file")


def _import(target: str, name: str, root: str) -> ModuleType:
    """Import a module from a root; `target` is what the user calls it."""
    if root in sys.path:
        sys.path.remove(root)
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except VoleryError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise NotFound(f"there is no module {name} in {root} or on the path") from None
        raise failed(f"{target} does not import", error) from error
    except (Exception, SystemExit) as error:
        raise failed(f"{target} does not import", error) from error


def failed(what: str, error: BaseException) -> RegistrationError:
    """The error for what the user's code has raised, with the user's part of the traceback."""
    import traceback

    shown = traceback.TracebackException.from_exception(error)
    if error.__traceback__ is not None:
        kept = [each for each in traceback.extract_tb(error.__traceback__) if _is_users(each)]
        shown.stack = traceback.StackSummary.from_list(kept)
    told = "".join(shown.format()).rstrip()
    return RegistrationError(f"{what}\n{told}")


def _is_users(frame: FrameSummary) -> bool:
    return not frame.filename.startswith((_OURS, "<frozen importlib", importlib.__file__))
