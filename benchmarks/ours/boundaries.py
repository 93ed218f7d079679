"""A task boundary: what one task returns is packed, and the next one gets it unpacked.

As in an attempt in a worker process, with a storage in a folder. In a module of its own, for no
task can be measured that nobody could find.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from volery.data.current import using
from volery.data.storage import Storage
from volery.sdk.task import Task


def through(task: Task[..., Any], value: Any) -> Any:
    """What the next task gets. The task's input is called like an output, so one task is both."""
    return task.unpack(task.pack(value))["o0"]


@contextmanager
def storage() -> Iterator[Storage]:
    """A new and empty storage on the disk that holds temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        made = Storage(Path(folder).as_uri())
        with using(made):
            yield made
