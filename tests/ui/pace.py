"""How a page keeps up: pictures a second while something moves, what it computes, what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from playwright.sync_api import Browser, CDPSession, Page

FRAMES = 90
T = TypeVar("T")


class Pace(NamedTuple):
    """Of something that moved: pictures a second, and the longest time of one in milliseconds."""

    frames: float
    longest: float


# Each frame does one step, as soon as the browser asks for it.
_MOVE = """async ([frames, selector, by]) => {
    const target = document.querySelector(selector)
    const box = target.getBoundingClientRect()
    const middle = [box.x + box.width / 2, box.y + box.height / 2]
    const mouse = (type, x, y, on) => on.dispatchEvent(new MouseEvent(type, {
        clientX: x, clientY: y, view: window, bubbles: true, cancelable: true, buttons: 1,
    }))
    const steps = {
        drag: at => mouse('mousemove', middle[0] + by[0] * at, middle[1] + by[1] * at, window),
        scroll: () => target.scrollBy(...by),
    }
    const step = steps[target.classList.contains('react-flow__pane') ? 'drag' : 'scroll']
    mouse('mousedown', ...middle, target)
    const times = []
    for (let at = 0; at <= frames; at++) {
        times.push(await new Promise(requestAnimationFrame))
        step(at)
    }
    mouse('mouseup', middle[0] + by[0] * frames, middle[1] + by[1] * frames, window)
    const took = times.slice(1).map((time, at) => time - times[at])
    return [1000 * frames / (times.at(-1) - times[0]), Math.max(...took)]
}"""


def moved(page: Page, selector: str, right: int, down: int, frames: int = FRAMES) -> Pace:
    """Drag or scroll something, by so many pixels each picture."""
    return Pace(*page.evaluate(_MOVE, [frames, selector, [right, down]]))


class Work:
    """What the main thread of a page does, by the time of the processor that it had."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(self) -> float:
        """Until now."""
        found = self._session.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in found if each["name"] == "TaskDuration")

    def heap(self) -> float:
        """Megabytes of what scripts hold, without what nobody needs any more."""
        self._session.send("HeapProfiler.collectGarbage")
        found = self._session.send("Performance.getMetrics")["metrics"]
        size: Any = next(each["value"] for each in found if each["name"] == "JSHeapUsedSize")
        return size / 1e6


class Answers:
    """What the API answers a page, as it arrives: however it is sent, and streams as well.

    Attributes:
        bytes: so many have come, before they were compressed.
    """

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        self._ids: set[str] = set()
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.dataReceived", self._received)
        session.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if "/api/" in event["request"]["url"]:
            self._ids.add(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._ids:
            self.bytes += event["dataLength"]


@contextmanager
def looking(page: Page, at: Callable[[CDPSession], T]) -> Iterator[T]:
    """Look at a page: at the `Work` that it does, or at the `Answers` that it gets."""
    session = page.context.new_cdp_session(page)
    try:
        yield at(session)
    finally:
        session.detach()


_ANSWERED = """() => performance.getEntriesByType('resource')
    .filter(each => /api\\/v1\\/(executions|counts|suggestions)\\b/.test(each.name))
    .map(each => [each.duration, each.name])"""


def answered(page: Page) -> list[tuple[float, str]]:
    """What a list has asked for so far: milliseconds to each answer, and the address."""
    return [(took, name) for took, name in page.evaluate(_ANSWERED)]


def elements(page: Page, selector: str = "*") -> int:
    """How many elements are on a page."""
    return page.locator(selector).count()


_LONGEST = """() => {
    window.longest = 0
    new PerformanceObserver(list => {
        const tasks = list.getEntries().map(each => each.duration)
        window.longest = Math.max(window.longest, ...tasks)
    }).observe({ type: 'longtask' })
}"""


def watch_tasks(page: Page) -> None:
    """From now on note how long the main thread is busy without a break; see `longest_task`."""
    page.evaluate(_LONGEST)


def longest_task(page: Page) -> float:
    """Milliseconds. What takes less than fifty is not noted."""
    return page.evaluate("window.longest")


def largest_renderer(browser: Browser) -> float:
    """Megabytes that the largest process of a page has ever held, of all that are there."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return max(_peak(each["id"]) for each in processes if each["type"] == "renderer")


def _peak(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1_024 / 1e6
