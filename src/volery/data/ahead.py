"""Work that waits for other machines, several pieces of it at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(function: Callable[[T], R], items: Iterable[T], width: int) -> Generator[R]:
    """What a function makes of each item, in their order; up to `width` are under way or waiting.

    The first error is raised in its turn; what has not begun by then never does.
    """
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(max(width, 1), thread_name_prefix="volery-data") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= width:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
