"""``NotebookTask``: a Jupyter notebook, run from top to bottom with its parameters."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack, cast

from volery.data.hashing import hasher
from volery.errors import ConfigError, RecoverableError, VoleryError, suggest
from volery.kinds.kind import Declared, Kind
from volery.kinds.outputs import FOLDER, RECORDED
from volery.kinds.texts import from_tree, tree_of
from volery.sdk import options
from volery.sdk.context import current_context, environment
from volery.types.file import File

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions

NOTEBOOK: Final = "notebook"
PAGE: Final = "html"
"""Names of the outputs that each notebook has."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


class NotebookTask(Kind):
    """A notebook. Its inputs are set behind the cell that is tagged ``parameters``.

    What it gives it says by ``record_outputs(total=3)``. Besides there are two outputs: the
    ``notebook`` as it has run, and the same as a page, ``html``.

    Args:
        name: of the task.
        notebook_path: relative to the file of the module.
        inputs, outputs: names and types: ``kwtypes(count=int)``. Inputs come as JSON has them;
            files, directories as their paths.
        kernel_name: of the kernel; None: the notebook's own.
        render_html: without it there is no ``html``.
        given: options, as those of ``@task``.

    Raises:
        DefinitionError: something cannot be used.
    """

    carried = "notebook"

    def __init__(
        self,
        name: str,
        notebook_path: str | os.PathLike[str],
        *,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        kernel_name: str | None = None,
        render_html: bool = True,
        **given: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        own: dict[str, Any] = {NOTEBOOK: File[Literal["ipynb"]]}
        if options.flag(render_html, "render_html", declared.place):
            own[PAGE] = File[Literal["html"]]
        for each in own.keys() & (outputs or {}).keys():
            raise declared.error(f"outputs= has {each}, which each notebook has by itself")
        declared.sign(inputs, {**(outputs or {}), **own})
        self._recorded = tuple(outputs or {})
        self._path = declared.beside("notebook_path", notebook_path)
        self._cells = _cells(declared, self._path)
        self._kernel = kernel_name
        super().__init__(declared, given)

    @property
    def content(self) -> Mapping[str, object]:
        return {"notebook": self._cells, "kernel": self._kernel}

    def execute(self, **inputs: Any) -> tuple[Any, ...] | Any:
        folder = Path(tempfile.mkdtemp(prefix="notebook-", dir=current_context().working_directory))
        done = folder / self._path.name
        ports = self.signature.inputs
        parameters = {name: tree_of(ports[name], value) for name, value in inputs.items()}
        with environment([(FOLDER, str(folder))]):
            self._run(done, parameters)
        values = [*self._outputs(folder), File(done)]
        if PAGE in self.signature.outputs:
            page = done.with_suffix(".html")
            page.write_text(_rendered(done))
            values.append(File(page))
        return tuple(values) if len(values) > 1 else values[0]

    def _run(self, done: Path, parameters: dict[str, Any]) -> None:
        try:
            import papermill  # pyright: ignore[reportMissingTypeStubs]
            from jupyter_client.kernelspec import NoSuchKernel
        except ImportError:
            raise ConfigError(
                "notebooks need packages that are not there", hint="pip install 'volery[notebook]'"
            ) from None
        try:
            cast("Any", papermill).execute_notebook(
                str(self._path),
                str(done),
                parameters,
                kernel_name=self._kernel,
                cwd=str(done.parent),
                progress_bar=False,
                stdout_file=sys.stdout,
                stderr_file=sys.stderr,
            )
        except NoSuchKernel as error:
            raise ConfigError(
                f"there is no kernel {error.name}", hint="install it, or name another: kernel_name="
            ) from None
        except papermill.PapermillExecutionError as error:
            trace = _COLOURS.sub("", "\n".join(cast("list[str]", error.traceback)))
            raise RecoverableError(
                f"cell {error.exec_count} of {self._path.name} raised {error.ename}: "
                f"{error.evalue}\n{trace}",
                code="NotebookFailed",
            ) from None

    def _outputs(self, folder: Path) -> list[Any]:
        recorded = folder / RECORDED
        trees: dict[str, Any] = json.loads(recorded.read_text()) if recorded.exists() else {}
        for name in trees:
            if name not in self._recorded:
                raise VoleryError(
                    f"the notebook has recorded {name}, which is no output of task {self.name}",
                    hint=suggest(name, self._recorded),
                    code="OutputUnknown",
                )
        missing = [name for name in self._recorded if name not in trees]
        if missing:
            raise VoleryError(
                f"the notebook has ended and has not recorded {', '.join(missing)}",
                hint=f"call record_outputs({missing[0]}=...) in a cell of it",
                code="OutputMissing",
            )
        return [from_tree(self.signature.outputs[name], trees[name]) for name in self._recorded]


def _cells(declared: Declared, path: Path) -> str:
    """Digest of what stands in the cells, whatever they have put out the last time."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        said = [(each["cell_type"], "".join(each["source"]), _tags(each)) for each in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise declared.error(
            f"notebook_path= names {path}, which is no notebook: {error}"
        ) from None
    hash = hasher()
    hash.update(json.dumps(said).encode())
    return hash.hexdigest()


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def _rendered(notebook: Path) -> str:
    try:
        import nbconvert
    except ImportError:
        raise ConfigError(
            "pages of notebooks need a package that is not there",
            hint="pip install 'volery[notebook]', or say render_html=False",
        ) from None
    page, _ = nbconvert.HTMLExporter().from_filename(str(notebook))
    return page
