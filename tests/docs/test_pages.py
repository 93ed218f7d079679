"""Every page of the documentation does what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.page import ROOT, Page, blocks
from tests.docs.shown import matches, missing

import volery

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").glob("**/README.md")),
]
ALL = [
    *PAGES,
    *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
"""Beside those that show what users do, those for people who change Volery."""
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_does_what_it_shows(path, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    Page(path, folder).run()


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(path):
    links = [link for link in LINK.findall(path.read_text()) if "://" not in link[0]]
    assert [link for link in links if not _leads_somewhere(path, *link)] == []


def _leads_somewhere(path: Path, target: str, anchor: str) -> bool:
    page = path.parent / target if target else path
    return page.exists() and (not anchor or anchor in _anchors(page))


def _anchors(page: Path) -> set[str]:
    """What links can name of a page: its headings, as GitHub makes anchors of them."""
    headings = HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "README.md").read_text()
    missing = [path.name for path in PAGES if path.name != "README.md" and path.name not in index]
    assert not missing


@pytest.mark.parametrize("name", volery.__all__)
def test_every_public_name_is_explained(name):
    """In running text, so that it is more than the import line of an example."""
    texts = (FENCED.sub("", path.read_text()) for path in PAGES)
    assert any(re.search(rf"\b{name}\b", text) for text in texts)


def test_every_test_that_a_page_names_exists():
    tests = "".join(
        path.read_text()
        for folder in ("tests", "src/volery/testing")
        for path in (ROOT / folder).rglob("*.py")
    )
    named = {name for path in ALL for name in re.findall(r"`(test_\w+)`", path.read_text())}
    assert named
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


def test_every_word_of_the_glossary_stands_in_its_place():
    words = re.findall(r"^## (.*)$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    assert words == sorted(words, key=str.lower)


def run(text: str, folder: Path) -> None:
    page = folder / "page.md"
    page.write_text(text)
    Page(page, folder).run()


def test_blocks_are_found_with_their_lines():
    text = "Text.\n\n```python title=flow.py\na = 1\n```\n\n```text\nb\n```\n"
    assert [(b.language, b.title, b.content, b.line) for b in blocks(text)] == [
        ("python", "flow.py", "a = 1\n", 4),
        ("text", "", "b\n", 8),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n```text\n2\n```\n",
        "```python\n1 / 0\n```\n",
        "```python\n1 / 0\n```\n```text\nZeroDivisionError: something else\n```\n",
        "```python\nprint(1)\n```\n",
        "```console\n$ python -c 'print(1)'\n2\n```\n",
        "```console\n$ python -c 'print(1); print(2)'\n2\n1\n```\n",
        "```console\n$ python -c 'raise SystemExit(3)'\n```\n",
    ],
    ids=[
        "other output", "error", "other error", "output not shown", "other line", "other order",
        "exit status",
    ],
)  # fmt: skip
def test_a_page_that_shows_something_else_is_found_out(text, tmp_path):
    with pytest.raises(AssertionError, match=r"page\.md, line"):
        run(text, tmp_path)


def test_blocks_share_a_namespace_and_files(tmp_path):
    run(
        "```python title=made.py\nx = 1\n```\n"
        "```python\nimport made\n\nprint(x + made.x)\n```\n```text\n2\n```\n"
        "```console\n$ make nothing\nonly for people\n$ python made.py\n```\n",
        tmp_path,
    )


def test_launch_plans_of_other_tests_are_not_in_the_way_of_those_of_a_page(tmp_path):
    texts = [
        "```python title=plans.py\nfrom volery import LaunchPlan, task, workflow\n\n\n@task\n"
        f"def {name}() -> None: ...\n\n\n@workflow\ndef main_{name}() -> None:\n    {name}()\n"
        f'\n\nLaunchPlan.create("page-nightly", main_{name})\n```\n'
        for name in ("once", "again")
    ]
    for text in texts:
        (folder := tmp_path / str(len(list(tmp_path.iterdir())))).mkdir()
        run(text, folder)


def test_dots_stand_for_any_text():
    assert matches("a ... c", "a b\nb c")
    assert matches("a ... c", "a c")
    assert not matches("a ... c", "a b")


def test_lines_that_are_shown_come_in_their_order_among_others():
    assert missing(["a", "c ..."], "a\nb\nc    3\n") is None
    assert missing(["c ...", "a"], "a\nb\nc 3\n") == "a"
