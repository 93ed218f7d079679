"""Gates: a run that waits for a person, and one that waits for a time.

    volery run examples/gates/flow.py publish --draft 'Hello'

asks on the terminal. From another one:

    volery executions signal NAME headline 'Hello, world'
    volery executions signal NAME release --yes
"""

from __future__ import annotations

from datetime import timedelta

from volery import approve, sleep, task, wait_for_input, workflow

DAY = timedelta(days=1)


@task
def lay_out(headline: str, draft: str) -> str:
    return f"# {headline}\n\n{draft}"


@task
def send(page: str) -> str:
    return f"sent {len(page)} characters"


@workflow
def publish(draft: str) -> str:
    """Ask for a headline, lay the page out, and send it when somebody has approved of it."""
    headline = wait_for_input("headline", timeout=DAY, expected_type=str)
    page = lay_out(headline=headline, draft=draft)
    return send(page=approve(page, "release", timeout=DAY))


@workflow
def after_a_pause(page: str) -> str:
    """Send a page after a pause. No process has to stay alive while it lasts."""
    pause = sleep(timedelta(milliseconds=200))
    sent = send(page=page)
    pause >> sent
    return sent


if __name__ == "__main__":
    print(after_a_pause(page="Hello"))
