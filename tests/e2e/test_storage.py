"""`volery run` with its data in a bucket: a real S3 server, workers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from volery.data.places import place_of

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = [
    pytest.mark.keeps_running("the S3 server of all tests"),
    pytest.mark.timeout(120),
]


@pytest.fixture
def bucket(s3, request):
    """A folder in the bucket for this test."""
    return f"{s3.url}/{request.node.name}"


def run(s3, storage, home, *arguments):
    """Run a command that has to succeed; its JSON document."""
    done = subprocess.run(
        [sys.executable, "-m", "volery.cli", *map(str, arguments), "--output", "json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | s3.environment | {"VOLERY_HOME": str(home), "VOLERY_STORAGE": storage},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def grades(s3, storage, home):
    scores = EXAMPLES / "files" / "scores.csv"
    return run(
        s3, storage, home, "run", EXAMPLES / "files" / "flow.py", "grades", "--scores", scores
    )


def objects(s3, storage):
    return sorted(place_of(storage, s3.options).beneath())


def test_files_travel_through_a_bucket_and_nothing_of_them_stands_in_the_home(s3, bucket, tmp_path):
    document = grades(s3, bucket, tmp_path / "home")
    assert document["phase"] == "SUCCEEDED"
    assert objects(s3, bucket)
    assert not (tmp_path / "home" / "blobs").exists()


def test_another_home_stores_the_same_files_no_second_time(s3, bucket, tmp_path):
    grades(s3, bucket, tmp_path / "one")
    before = {name for name, _ in objects(s3, bucket)}
    grades(s3, bucket, tmp_path / "two")
    added = {name for name, _ in objects(s3, bucket)} - before
    added = {name for name in added if "_databases" not in name}  # the note of the second
    assert len(added) <= 1, added  # a gz file tells when it was made


def test_tables_travel_through_a_bucket(s3, bucket, tmp_path):
    document = run(s3, bucket, tmp_path / "home", "run", EXAMPLES / "frames" / "flow.py", "sales")
    assert document["outputs"] == {"o0": "bolt brings in 22.50", "o1": 730}


def test_large_values_travel_through_a_bucket(s3, bucket, tmp_path):
    flow = tmp_path / "flow.py"
    flow.write_text(
        "from volery import map_task, task, workflow\n"
        "@task\ndef numbers(count: int) -> list[int]:\n    return list(range(count))\n"
        "@task\ndef double(number: int) -> int:\n    return 2 * number\n"
        "@task\ndef total(numbers: list[int]) -> int:\n    return sum(numbers)\n"
        "@workflow\ndef doubled(count: int = 50_000) -> int:\n"
        "    return total(numbers=map_task(double)(number=numbers(count=count)))\n"
    )
    document = run(s3, bucket, tmp_path / "home", "run", flow, "doubled")
    assert document["outputs"] == {"o0": 2 * sum(range(50_000))}
    assert (
        document["outputs"]
        == run(s3, bucket, tmp_path / "home", "executions", "get", document["execution"])["outputs"]
    )
