"""A browser, and what can be asked of a page in it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

INSTALL = "no Chromium: apt-get install chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
BAD = ("serious", "critical")
PATIENCE = 30_000
"""Milliseconds that anything on a page may take: a busy machine stands still for some time."""

T = TypeVar("T")
Scheme = Literal["light", "dark"]


class Screen(NamedTuple):
    """Pixels of a window."""

    width: int
    height: int


LAPTOP = Screen(1366, 768)
PHONE = Screen(390, 844)


def chromium() -> str | None:
    """The program; None: there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def started(program: str) -> Iterator[Browser]:
    """A browser, as long as the block lasts."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Windows:
    """Opens pages of a server, and hears what they complain about.

    Args:
        browser: for all of them.
        url: of the server.

    Attributes:
        complaints: errors in scripts, what the Content-Security-Policy has kept away, and whom else
            than the server they ask.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def context(
        self,
        screen: Screen = LAPTOP,
        scheme: Scheme = "light",
        *,
        token: str = "",
        calm: bool = True,
        **more: Any,
    ) -> BrowserContext:
        """A window with nothing kept in it.

        Args:
            screen: its size.
            scheme: the theme.
            token: that this browser has kept.
            calm: nothing moves.
            more: see `Browser.new_context`.
        """
        context = self._browser.new_context(
            base_url=self.url,
            viewport={"width": screen.width, "height": screen.height},
            color_scheme=scheme,
            reduced_motion="reduce" if calm else "no-preference",
            timezone_id="Europe/Berlin",
            locale="en-GB",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        if token:
            context.add_init_script(f"localStorage.setItem('volery.token', {json.dumps(token)})")
        self._contexts.append(context)
        return context

    def open(
        self, path: str, screen: Screen = LAPTOP, scheme: Scheme = "light", **more: Any
    ) -> Page:
        """A page in a window of its own; see `context`."""
        page = self.context(screen, scheme, **more).new_page()
        self.listen(page)
        page.goto(path)
        return page

    def listen(self, page: Page) -> None:
        """Hear what a page complains about."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message.type, message.text))
        page.on("request", lambda request: self._asked(page, request.url))

    def _heard(self, page: Page, kind: str, text: str) -> None:
        # Whatever is answered with a problem is in the console too, and is no fault of the page.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {text}")

    def _asked(self, page: Page, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"{page.url}: asks {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()


@contextmanager
def watching(browser: Browser, url: str) -> Iterator[Windows]:
    """Windows on a server. None of their pages has complained about anything in the end."""
    windows = Windows(browser, url)
    try:
        yield windows
    finally:
        windows.close()
    assert windows.complaints == []


DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
"""Waits until what was on its way is on screen."""
MOVING = "document.getAnimations().length"
"""How much goes over into something else."""


# -- what can be asked of a page --------------------------------------------------------------


def turned(page: Page, scheme: Scheme) -> Page:
    """The page in a theme."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    # Colours go over into others in no time, but one after the other: what is inside comes last.
    expect_soon(page, lambda _: page.evaluate(MOVING), lambda count: count == 0)
    return page


def settled(page: Page) -> Page:
    """The page when nothing is being read or laid out on it any more."""
    page.locator("main").wait_for()
    # Not by a function that waits in the page: the Content-Security-Policy lets none be made there.
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    return page


def expect_soon(page: Page, look: Callable[[Page], T], wanted: Callable[[T], bool]) -> T:
    """As `expect`, of what has to be computed: it is looked at with each picture until it is so."""
    until = time.monotonic() + PATIENCE / 1000
    while not wanted(found := look(page)):
        assert time.monotonic() < until, f"it stays {found!r}"
        page.evaluate(DRAWN)
    return found


def axe(page: Page) -> list[str]:
    """What axe finds that is serious: what is wrong, and where."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in BAD
        for node in each["nodes"]
    ]


_NOTE = """text => {
    window.useful = 0
    const look = () => {
        if (!document.querySelector('main')?.textContent.includes(text)) return
        seen.disconnect()
        requestAnimationFrame(() => setTimeout(() => { window.useful = performance.now() }))
    }
    const seen = new MutationObserver(look)
    seen.observe(document, {subtree: true, childList: true, characterData: true})
}"""


def watch_for(page: Page, text: str) -> None:
    """Note when what a page is opened for is on screen; see `useful_paint`."""
    page.add_init_script(f"({_NOTE})({json.dumps(text)})")


def useful_paint(page: Page) -> float:
    """Milliseconds from the request to the picture that shows what was watched for."""
    return expect_soon(page, lambda _: page.evaluate("window.useful"), bool)


def layout_shift(page: Page) -> float:
    """How much of what was on screen has moved by itself since the page began: see web.dev/cls."""
    return page.evaluate(
        """new Promise(done => {
            let sum = 0
            new PerformanceObserver(list => {
                for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value
            }).observe({type: 'layout-shift', buffered: true})
            requestAnimationFrame(() => setTimeout(() => done(sum)))
        })"""
    )


def expect_one_scrollbar(page: Page) -> None:
    """No two boxes that scroll have their bars at the right edge of the window."""
    expect_soon(page, _bars, lambda bars: len(bars) < 2)


def _bars(page: Page) -> list[str]:
    """Boxes that scroll up and down and end at the right edge, by their classes."""
    return page.evaluate(
        """[...document.querySelectorAll('*')].filter(each => {
            const {overflowY} = getComputedStyle(each)
            const {right, height} = each.getBoundingClientRect()
            return /auto|scroll/.test(overflowY) && each.scrollHeight > each.clientHeight
                && height > 0 && right > innerWidth - 40
        }).map(each => each.className || each.tagName)"""
    )


def script_bytes(page: Page) -> int:
    """Bytes of all scripts that have come, as they came."""
    return page.evaluate(
        """performance.getEntriesByType('resource')
            .filter(entry => new URL(entry.name).pathname.endsWith('.js'))
            .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
    )


def expect_room(page: Page, screen: Screen | None = None) -> None:
    """The page is not wider than its window; a screen is the size that this has from now on."""
    if screen:
        page.set_viewport_size(screen._asdict())
    expect_soon(page, _beyond, lambda pixels: pixels == 0)


def _beyond(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    return page.evaluate(
        """Math.max(document.documentElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll('main')].map(
                each => each.scrollWidth - each.clientWidth))"""
    )


def requests_of(page: Page, act: Callable[[], object]) -> list[str]:
    """The paths that the API is asked for because of what `act` does, until all are answered.

    Streams of events, which are never answered to the end, are not waited for.
    """
    asked: list[str] = []
    waiting: set[Request] = set()

    def hear(request: Request) -> None:
        if "/api/" in request.url:
            asked.append(request.url.partition("/api/")[2])
            if request.headers.get("accept") != "text/event-stream":
                waiting.add(request)

    def end(request: Request) -> None:
        waiting.discard(request)

    heard = (("request", hear), ("requestfinished", end), ("requestfailed", end))
    for what, listener in heard:
        page.on(what, listener)
    try:
        act()
        while True:
            settled(page)
            page.evaluate(DRAWN)  # what has come may have somebody ask for more
            if not waiting:
                break
    finally:
        for what, listener in heard:
            page.remove_listener(what, listener)
    return asked
