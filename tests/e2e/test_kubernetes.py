"""The example for clusters, by command line, on a cluster in miniature whose pods are processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.e2e.outliving import flow, killed_and_resumed
from tests.servers.kubelet import Kubelet
from tests.servers.kubernetes import Cluster
from tests.servers.project import Project

EXAMPLE = Path(__file__).parents[2] / "examples" / "cluster" / "flow.py"


@pytest.fixture
def cluster(tmp_path):
    made, kubelet = Cluster(), Kubelet(tmp_path / "volumes")
    kubelet.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    made.node, made.stop = kubelet.run, kubelet.stop
    made.start()
    yield made
    kubelet.close()
    made.go_away()


@pytest.fixture
def project(cluster, tmp_path):
    file = cluster.kubeconfig(tmp_path)
    settings = f'[kubernetes]\nkubeconfig = "{file}"\nimage = "volery:1"\nkeep = 0\n'
    return Project(tmp_path).write(EXAMPLE.read_text(), settings)


def test_the_example_runs_in_pods_and_in_processes(project, cluster):
    status, told = project.volery("run", "flow.py", "train", "--rows", "100")
    assert status == 0, told
    assert "o0 = 4 of 4 are good" in told
    assert 2 <= cluster.requests["create"] <= 8  # two maps, in parts


def test_all_of_it_runs_in_pods_where_the_execution_says_so(project, cluster):
    words = ("run", "flow.py", "train", "--rows", "100", "--executor", "kubernetes")
    status, told = project.volery(*words)
    assert status == 0, told
    assert "o0 = 4 of 4 are good" in told
    assert 4 <= cluster.requests["create"] <= 10


def test_a_pod_goes_on_when_its_engine_is_killed_and_is_found_again(project):
    (project.folder / "flow.py").write_text(flow("kubernetes"))
    assert killed_and_resumed(project) == [
        ("alone", 1, "SUCCEEDED"),
        ("shared", 1, "LOST"),
        ("shared", 2, "SUCCEEDED"),
    ]
