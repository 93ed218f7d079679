from __future__ import annotations

import subprocess
import sys
import threading

from volery.data.current import current, using
from volery.data.storage import Storage


def test_a_storage_is_used_in_its_block_and_in_its_thread_alone(tmp_path):
    outside = current()
    with using(Storage(tmp_path.as_uri())) as _:
        assert current().url == tmp_path.as_uri()
        elsewhere: list[Storage] = []
        thread = threading.Thread(target=lambda: elsewhere.append(current()))
        thread.start()
        thread.join()
        assert elsewhere == [outside]
        with using(None):
            assert current() is outside
        assert current() is not outside
    assert current() is outside


def test_the_first_threads_of_a_process_share_one_storage():
    """What one of them stored was not found by the others."""
    code = """
import threading
from concurrent.futures import ThreadPoolExecutor
from volery.data.current import current
ready = threading.Barrier(8)
def ask():
    ready.wait()
    return current()
with ThreadPoolExecutor(8) as pool:
    found = {each.result() for each in [pool.submit(ask) for _ in range(8)]}
print(len(found))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "1\n"
