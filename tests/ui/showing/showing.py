"""What the tests in a browser run to see decks: harmless ones, and some that are meant to harm."""

from __future__ import annotations

import time
from pathlib import Path

from volery import Deck, current_context, map_task, task, workflow

HOSTILE = """
<script>
  top.harm = 'script'
  parent.document.title = 'harm'
  fetch('/api/v1/whoami')
</script>
<meta http-equiv="refresh" content="0;url=/harm/refresh">
<base href="/harm/" target="_top">
<link rel="stylesheet" href="/harm/link.css">
<style>@import url("/harm/import.css"); body { background: url("/harm/background.png") }</style>
<style>@font-face { font-family: harm; src: url("/harm/font") } p { font-family: harm }</style>
<img src="/harm/image.png" onerror="top.harm = 'image'">
<svg onload="top.harm = 'svg'"><image href="/harm/inside.svg" /></svg>
<iframe src="/harm/frame"></iframe>
<object data="/harm/object"></object>
<embed src="/harm/embed">
<video src="/harm/video"></video>
<form action="/harm/form" method="post"><button style="display: block; width: 200px; height: 40px">
send</button></form>
<a href="/harm/link" target="_top" style="display: block; width: 200px; height: 40px">out</a>
<p>the end</p>
"""
"""All that might run, load or lead away."""

CHART = """
<p id="told">nothing has run</p>
<script>
  const told = [`origin ${self.origin}`]
  const attempt = (name, act) => {
    try { act(); told.push(`${name} let in`) } catch (error) { told.push(`${name} ${error.name}`) }
  }
  attempt('parent', () => parent.document.title)
  attempt('top', () => { top.location.href = '/harm/top' })
  attempt('storage', () => localStorage.length)
  attempt('cookie', () => document.cookie)
  const image = new Image()
  image.onerror = () => told.push('image kept away')
  image.onload = () => told.push('image let in')
  image.src = '/favicon.svg'
  fetch('/api/v1/whoami').then(
    () => told.push('fetch let in'),
    () => told.push('fetch kept away'),
  ).finally(() => { document.getElementById('told').textContent = told.join(', ') })
</script>
"""
"""What a chart may do whose scripts run, and tries besides."""

ESCAPE = """
<p>still here</p>
<script>
  const url = new URL(document.URL)
  url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
  url.pathname = '/harm/escaped'
  location.href = url
</script>
"""
"""What would lead to another origin, and take what it has seen with it."""

LONG = """
<p>the first part, <a href="#last">down</a></p>
<p id="told">no script has run</p>
<div style="height: 3000px"></div>
<p id="last">the last part</p>
<script>document.getElementById('told').textContent = 'a script has run'</script>
"""
"""More than there is room for."""

TABLE = """
<h1>Scores</h1><p>By fold, the best one first.</p>
<table><tr><th>fold</th><th>score</th></tr>
<tr><td>3</td><td>0.94</td></tr><tr><td>1</td><td>0.91</td></tr><tr><td>2</td><td>0.87</td></tr>
</table>
<svg viewBox="0 0 200 60" width="400"><rect x="0" y="6" width="188" height="12" fill="#6a8fc5"/>
<rect x="0" y="24" width="182" height="12" fill="#6a8fc5"/>
<rect x="0" y="42" width="174" height="12" fill="#6a8fc5"/></svg>
"""


@task(retries=1)
def show() -> int:
    """Show something harmless, something harmful, and something that needs scripts."""
    attempt = current_context().attempt
    Deck("Scores", TABLE).append(f"<p>attempt {attempt}</p>")
    Deck("<b>Hostile</b>", HOSTILE)
    Deck("Chart", CHART)
    Deck("Escape", ESCAPE)
    Deck("Long", LONG)
    if attempt == 1:
        raise ValueError("once more")
    return attempt


@task
def fold(number: int) -> int:
    """Show which one it is; the first ones more of it than others."""
    for each in "abcd" if number < 2 else "a":
        Deck(each, f"<p>{each} of fold {number}</p>")
    return number


@task
def quiet(before: int) -> int:
    """Show nothing."""
    return before


@workflow
def shown(folds: list[int]) -> list[int]:
    """Tasks with decks, and one without."""
    quiet(before=show())
    return map_task(fold)(number=folds)


@task
def grow(door: str) -> int:
    """Publish a deck, and go on until a file is there; then say more."""
    deck = Deck("Progress", "<p>half of it</p>")
    Deck.publish()
    while not Path(door).exists():
        time.sleep(0.05)
    deck.append("<p>all of it</p>")
    return 1


@workflow
def growing(door: str) -> int:
    """Something whose deck grows."""
    return grow(door=door)
