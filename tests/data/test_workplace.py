from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from volery.data.workplace import new_folder, working_at, workplace
from volery.sdk.context import Context


def test_an_attempt_is_the_workplace_of_its_thread():
    outside = workplace()
    with Context() as context, working_at(context):
        assert workplace() is context
        elsewhere: list[object] = []
        thread = threading.Thread(target=lambda: elsewhere.append(workplace()))
        thread.start()
        thread.join()
        assert elsewhere == [outside]
    assert workplace() is outside


def test_new_folders_are_in_the_working_directory_and_apart():
    with Context() as context, working_at(context):
        folders = {new_folder(workplace(), "x-") for _ in range(3)}
        assert len(folders) == 3
        assert {folder.parent for folder in folders} == {context.working_directory}
    assert not any(folder.exists() for folder in folders)


def test_threads_that_ask_at_once_get_one_folder():
    with Context() as context:
        ready = threading.Barrier(8)

        def ask() -> Path:
            ready.wait()
            return context.working_directory

        with ThreadPoolExecutor(8) as pool:
            folders = {each.result() for each in [pool.submit(ask) for _ in range(8)]}
    assert len(folders) == 1
    assert not any(folder.exists() for folder in folders)


def test_what_is_to_be_done_at_the_end_is_done_while_the_folder_is_there():
    seen: list[bool] = []
    with Context() as context, working_at(context):
        folder = new_folder(workplace(), "x-")
        workplace().at_end(lambda: seen.append(folder.exists()))
        assert seen == []
    assert seen == [True]


def test_what_fails_at_the_end_leaves_no_folder():
    context = Context()
    folder = context.working_directory
    context.at_end(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError), context:
        pass
    assert not folder.exists()


def test_outside_of_attempts_the_end_is_that_of_the_process():
    code = """
from volery.data.workplace import new_folder, workplace
folder = new_folder(workplace(), "x-")
assert folder.parent == workplace().working_directory
print(folder)
workplace().at_end(lambda: print(folder.exists()))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    folder, there = run.stdout.split()
    assert there == "True"
    assert not Path(folder).parent.exists()
