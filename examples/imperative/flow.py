"""A workflow that is put together by code, for graphs that are known only when the code runs.

Here the steps come from a list, as they might from a file of settings.
"""

from __future__ import annotations

from volery import Workflow, task


@task
def strip(text: str) -> str:
    return text.strip()


@task
def lower(text: str) -> str:
    return text.lower()


@task
def dashes(text: str) -> str:
    return "-".join(text.split())


STEPS = [strip, lower, dashes]

slug = Workflow(name="slug")
text = slug.add_workflow_input("text", str)
for step in STEPS:
    text = slug.add_entity(step, text=text).outputs["o0"]
slug.add_workflow_output("slug", text)


if __name__ == "__main__":
    print(slug(text="  Typed Workflows in Python "))
