"""Pages of the web UI in Chromium, of a real server that has very much of everything.

    python ours/ui.py EXECUTIONS TURNS

A page is open when all that it asks for has come and is on screen, in a window that knows nothing
yet. What moves is dragged or scrolled by one step for each picture.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, expect

from measure import refuse, report
from volery.client.remote import Remote

sys.path.append(str(Path(__file__).parents[2]))
from tests.ui.browser import (
    Windows,
    chromium,
    script_bytes,
    settled,
    started,
    useful_paint,
    watch_for,
)
from tests.ui.pace import answered, largest_renderer, longest_task, moved, watch_tasks
from tests.ui.scale import FLEET, LAYERED, MAPPED, USUAL, large_server, ticking

PAGES = {
    "/": "flows.w",
    "/executions": MAPPED,
    "/tasks": "large.step",
    "/workflows": FLEET,
    "/launch-plans": "No launch plans",
    "/schedules": "No schedule",
    "/artifacts": "large.odd_one",
    "/fleet": "large.layered",
    "/settings": "staging",
    f"/launch?kind=workflow&name={FLEET}": "Two hundred nodes",
    f"/workflows/default/development/{FLEET}": "Two hundred nodes",
    f"/executions/{USUAL}": "join",
    f"/executions/{USUAL}?view=timeline": "join",
    f"/executions/{USUAL}?view=nodes": "join",
    f"/executions/{USUAL}?view=events": "join",
}
"""Addresses, with something that each says of what there is."""
LARGE_VIEWS = {"timeline": "step", "nodes": "step", "events": "join"}
"""Views of very many nodes besides the graph, likewise."""
PANE = ".react-flow__pane"
LIVE = 5
"""Seconds for which it is looked at what goes on."""
FILTERS = [
    "phase:failed",
    "phase:running,failed",
    "workflow:flows.w17",
    "workflow:flows.w1*",
    "label:team=t3",
    "label:run=r77 phase:succeeded",
    "input.day:d11",
    "started:2d",
    "w17",
    "nothing-has-this",
]
ORDERS = ["Started", "Duration", "Duration", "Runs", "Runs", "Started"]
"""Headings, as they are pressed: oldest first, and at the end newest first again."""
ORDERED = ["workflow:flows.w17", "label:team=t3", "phase:failed"]
"""Filters whose executions are put in every order."""
WRITTEN = {"workflow:large.ch": FLEET, "label:team=t": "team=t3", "label:run=r7": "run=r70"}
"""What is written in the filter line, and something that is suggested then."""

Shown = Callable[[Page], object]


@dataclass
class Visitor:
    """Opens pages in new windows.

    Attributes:
        turns: so often a page is opened of which it is measured how long that takes.
        memory: megabytes that the largest of them has held.
    """

    browser: Browser
    windows: Windows
    turns: int
    memory: float = 0.0

    @contextmanager
    def opened(
        self, path: str, shown: Shown = settled, text: str = ""
    ) -> Iterator[tuple[Page, float]]:
        """A page, and the seconds until what is wanted was on it; `text` is watched for."""
        page = self.windows.context().new_page()
        self.windows.listen(page)
        watch_for(page, text)
        began = time.perf_counter()
        page.goto(path)
        shown(page)
        took = time.perf_counter() - began
        yield page, took
        self.memory = max(self.memory, largest_renderer(self.browser))
        page.context.close()

    def opening(self, path: str, shown: Shown = settled) -> float:
        """The median of how long it takes."""
        taken: list[float] = []
        for _ in range(self.turns):
            with self.opened(path, shown) as (_, seconds):
                taken.append(seconds)
        return median(taken)


# -- what is measured --------------------------------------------------------------------------


def useful_paints(visitor: Visitor) -> dict[str, float]:
    slowest, scripts = 0.0, 0
    for path, text in PAGES.items():
        taken: list[float] = []
        for _ in range(visitor.turns):
            with visitor.opened(path, text=text) as (page, _):
                taken.append(useful_paint(page))
                scripts = scripts or script_bytes(page)
        print(f"{path:60} {median(taken):6.0f} ms", file=sys.stderr)
        slowest = max(slowest, median(taken))
    return {"first useful paint, slowest page": slowest, "scripts of the first page": scripts / 1e3}


def painted(page: Page) -> None:
    """A graph from far."""
    page.locator("canvas").last.wait_for()
    settled(page)


def of_nodes(visitor: Visitor) -> dict[str, float]:
    path = f"/executions/{LAYERED}"
    slowest = visitor.opening(path, painted)
    for view, text in LARGE_VIEWS.items():
        slowest = max(slowest, visitor.opening(f"{path}?view={view}", says(text)))
    with visitor.opened(path, painted) as (page, _):
        far = moved(page, PANE, -3, -2).frames
    with visitor.opened(f"{path}?node=n5000", near) as (page, _):
        close = moved(page, PANE, -9, -5).frames
    return {
        "10,000 nodes: opens, slowest view": slowest,
        "10,000 nodes: pans from far": far,
        "10,000 nodes: pans from near": close,
    }


def says(text: str) -> Shown:
    """Something is on the page."""

    def shown(page: Page) -> None:
        page.get_by_text(text).first.wait_for()
        settled(page)

    return shown


def near(page: Page) -> None:
    """A graph that shows what is selected."""
    page.locator("[data-selected=true]").first.wait_for()
    settled(page)


def of_elements(visitor: Visitor) -> dict[str, float]:
    path = f"/executions/{MAPPED}?node=n1[13]"

    def shown(page: Page) -> None:
        page.get_by_text("a cell is").wait_for()
        settled(page)

    with visitor.opened(path, shown) as (page, _):
        frames = moved(page, PANE, -4, -2).frames
    return {
        "map of 100,000 elements: opens": visitor.opening(path, shown),
        "map of 100,000 elements: pans": frames,
    }


def of_fleet(visitor: Visitor) -> dict[str, float]:
    path = f"/fleet?kind=workflow&name={FLEET}&runs=100"

    def shown(page: Page) -> None:
        page.get_by_role("grid").wait_for()
        settled(page)

    with visitor.opened(path, shown) as (page, _):
        frames = moved(page, "[role=grid]", -2, 12).frames
    return {
        "100 executions of 200 nodes: opens": visitor.opening(path, shown),
        "100 executions of 200 nodes: scrolls": frames,
    }


def of_live(visitor: Visitor) -> dict[str, float]:
    url = visitor.windows.url
    with (
        Remote(url) as remote,
        ticking(url) as id,
        visitor.opened(f"/executions/{id}", painted) as (page, _),
    ):
        watch_tasks(page)
        frames: list[float] = []
        before, began = remote.backend.summary(id).journal, time.perf_counter()
        while (took := time.perf_counter() - began) < LIVE:
            frames.append(moved(page, PANE, -1, 0, 30).frames)
        return {
            "live: events": (remote.backend.summary(id).journal - before) / took,
            "live: pans": median(frames),
            "live: longest task": longest_task(page),
        }


def of_lists(visitor: Visitor) -> dict[str, float]:
    with visitor.opened("/executions") as (page, _):
        page.evaluate("performance.setResourceTimingBufferSize(10000)")
        frames = moved(page, "main div:has(> table)", 0, 60, 180).frames
        put_in_order(page)
        for text in FILTERS:
            filtered(page, text)
            if text in ORDERED:
                put_in_order(page)
        write(page)
        answers = answered(page)
    for took, name in sorted(answers)[-5:]:
        print(f"{took:6.0f} ms {name}", file=sys.stderr)
    refuse(len(answers) < len(FILTERS), f"{len(answers)} answers")
    taken = [took for took, _ in answers]
    return {
        "list: scrolls": frames,
        "list: answer, 95th percentile": quantiles(taken, n=20)[-1],
        "list: answer, slowest": max(taken),
    }


def put_in_order(page: Page) -> None:
    """In every one."""
    for name in ORDERS:
        page.get_by_role("button", name=name, exact=True).click()
        settled(page)


def filtered(page: Page, text: str) -> None:
    line = page.get_by_role("textbox", name="Filter")
    line.fill(text)
    line.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    settled(page)


def write(page: Page) -> None:
    """So slowly that there are suggestions after each letter."""
    line = page.get_by_role("textbox", name="Filter")
    for text, suggested in WRITTEN.items():
        line.clear()
        line.press_sequentially(text, delay=250)
        page.get_by_role("option", name=suggested, exact=True).wait_for()


def main(executions: int, turns: int) -> None:
    program = chromium() or ""
    with (
        tempfile.TemporaryDirectory() as folder,
        large_server(Path(folder), executions) as url,
        started(program) as browser,
    ):
        visitor = Visitor(browser, Windows(browser, url), turns)
        found = {
            **useful_paints(visitor),
            **of_nodes(visitor),
            **of_elements(visitor),
            **of_fleet(visitor),
            **of_lists(visitor),
            **of_live(visitor),
        }
        refuse(bool(visitor.windows.complaints), str(visitor.windows.complaints))
    found["memory of the largest page"] = visitor.memory
    report({what: [value] for what, value in found.items()})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
