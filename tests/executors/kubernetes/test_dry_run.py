"""The suite for a real cluster, on the one in miniature: what it needs of a cluster is there.

Miniature clusters have a suite like it of their own, so a few of its tests tell.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers.kubelet import Kubelet

from volery.testing.conformance.executor_tasks import SECRET

ROOT = Path(__file__).parents[3]
SUITE = "tests/executors/kubernetes/test_cluster.py"

TESTS = {
    "TestRealPods": (
        "works_launched_all_at_once_all_come_back",
        "a_large_value_goes_in_and_comes_out",
        "an_attempt_has_its_secrets_and_nobody_else",
        "an_attempt_that_went_on_is_aborted",
    ),
    "TestRealWarmPods": (
        "works_launched_all_at_once_all_come_back",
        "an_attempt_has_its_secrets_and_nobody_else",
        "a_work_that_ignores_the_abort_is_killed",
    ),
    "TestRealCalls": ("calls_are_answered_in_any_order",),
}


@pytest.mark.timeout(180)
def test_the_suite_for_a_real_cluster_passes(cluster, tmp_path):
    kubelet = Kubelet(tmp_path / "volumes")
    cluster.secrets[SECRET.group] = {}  # a suite that was killed has left it
    kubelet.secrets = cluster.secrets
    kubelet.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    cluster.node, cluster.stop = kubelet.run, kubelet.stop
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "kubernetes", "-q", "-n0", "-p",
             "no:cacheprovider", *(f"{SUITE}::{part}::test_{name}"
                                   for part, names in TESTS.items() for name in names)],
            cwd=ROOT,
            env={
                **os.environ,
                "KUBECONFIG": str(cluster.kubeconfig(tmp_path)),
                "VOLERY_TEST_KUBERNETES_IMAGE": "volery:1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )  # fmt: skip
    finally:
        kubelet.close()
    assert ran.returncode == 0, ran.stdout
    assert f"{sum(map(len, TESTS.values()))} passed" in ran.stdout
    assert not cluster.pods()
    assert not cluster.secrets
