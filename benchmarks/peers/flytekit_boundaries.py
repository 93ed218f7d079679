"""The same as ours/boundaries.py, for flytekit: what surrounds a task's function in a container.

Values become literals and come back as `dispatch_execute` has it. There they travel as a file;
scalars are measured without it, for ours travel in memory.
"""

from pathlib import Path
from typing import Any

from flyteidl.core.literals_pb2 import LiteralMap as Proto
from flytekit.core.base_task import PythonTask
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.core.utils import load_proto_from_file, write_proto_to_file
from flytekit.models.literals import LiteralMap
from flytekit.utils.asyn import run_sync


def packed(task: PythonTask, value: Any) -> Proto:
    kind, python = task.interface.outputs["o0"].type, task.python_interface.outputs["o0"]
    context = FlyteContextManager.current_context()
    # Like to_literal, but that one remembers what it made of equal values, and writes them once.
    literal = run_sync(TypeEngine.async_to_literal, context, value, python, kind)
    return LiteralMap({"o0": literal}).to_flyte_idl()


def unpacked(task: PythonTask, proto: Proto) -> Any:
    context = FlyteContextManager.current_context()
    literals = LiteralMap.from_flyte_idl(proto)
    return TypeEngine.literal_map_to_kwargs(context, literals, task.python_interface.inputs)["o0"]


def through(task: PythonTask, value: Any) -> Any:
    """What the next task gets, by way of bytes in memory."""
    return unpacked(task, Proto.FromString(packed(task, value).SerializeToString()))


def through_file(task: PythonTask, value: Any, path: Path) -> Any:
    """What the next task gets, by way of a file."""
    write_proto_to_file(packed(task, value), path)
    return unpacked(task, load_proto_from_file(Proto, path))
