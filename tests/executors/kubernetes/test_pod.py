"""How pods look. Golden files say it whole; after a change that is meant, write them anew:

UPDATE_GOLDEN=1 .venv/bin/pytest tests/executors/kubernetes/test_pod.py
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from tests.executors.kubernetes.pods import order, work

from volery.errors import ConfigError
from volery.executors.kubernetes.pod import build, namespace_of
from volery.executors.kubernetes.settings import KubernetesSettings, Limits, settings_of
from volery.ir.placement import Accelerator, ContainerCommand, Placement, PodShape
from volery.ir.policy import Request
from volery.ir.secret import SecretValue

GOLDEN = Path(__file__).with_name("golden")

PLAIN = KubernetesSettings(image="volery:1")

RICH = settings_of(
    {
        "image": "volery:1",
        "pull_policy": "Never",
        "pull_secrets": ["registry"],
        "service_account": "runner",
        "host_network": True,
        "environment": {"AWS_REGION": "north"},
        "environment_secrets": ["storage"],
        "templates": {
            "default": {
                "metadata": {"labels": {"team": "platform"}, "annotations": {"note": "of all"}},
                "spec": {
                    "containers": [
                        {"name": "default", "env": [{"name": "EVERYWHERE", "value": "1"}]},
                        {"name": "primary", "resources": {"requests": {"cpu": "100m"}}},
                    ],
                    "tolerations": [{"key": "batch", "operator": "Exists"}],
                    "volumes": [{"name": "cache", "hostPath": {"path": "/cache"}}],
                },
            },
            "large": {"spec": {"nodeSelector": {"size": "large"}, "priorityClassName": "low"}},
        },
        "interruptible": {
            "nodeSelector": {"spot": "true"},
            "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
            "crashes": 2,
        },
    }
)

USERS = PodShape(
    msgspec.json.encode(
        {
            "containers": [
                {"name": "main", "volumeMounts": [{"name": "cache", "mountPath": "/cache"}]},
                {"name": "proxy", "image": "proxy:2"},
            ],
            "initContainers": [{"name": "warm", "image": "warm:1", "command": ["warm"]}],
        }
    ).decode(),
    "main",
    (("team", "birds"),),
    (("why", "it is due"),),
)
SECRETS = (
    SecretValue("storage", "key", "", "STORAGE_KEY"),
    SecretValue("", "token", "", "TOKEN", file=True),
)

POD = {
    "plain": (work(), PLAIN),
    "resources": (
        work(
            requests=Request(cpu=0.5, mem=1 << 30, gpu=1, ephemeral_storage=1 << 20),
            caps=Request(cpu=2, mem=2 << 30),
            limit=60.0,
        ),
        PLAIN,
    ),
    "templates": (
        work(
            placement=Placement(
                image="birds:3", template="large", pod=USERS, interruptible=True,
                labels=(("cost", "research"),), shared_memory=1 << 28,
                accelerator=Accelerator("nvidia-a100-80gb", partition="1g.10gb"),
            ),
            requests=Request(gpu=1),
            secrets=SECRETS,
        ),
        RICH,
    ),
    "tpu": (
        work(
            placement=Placement(accelerator=Accelerator("tpu-v5p", topology="2x2", kind="tpu")),
            requests=Request(gpu=4),
        ),
        PLAIN,
    ),
    "contract": (
        work(
            placement=Placement(image="fit:1"),
            command=ContainerCommand(("/fit", "--fast"), contract=True),
            environment=(("LEVEL", "3"),), secrets=SECRETS,
        ),
        RICH,
    ),
    "command": (
        work(
            placement=Placement(image="fit:1"), command=ContainerCommand(("/fit", "{{.inputDir}}")),
            environment=(("LEVEL", "3"),), secrets=SECRETS,
        ),
        RICH,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POD)
def test_the_pod_of_a_work_is_the_golden_file(name):
    target, settings = POD[name]
    pod = build(order(target), settings)
    text = msgspec.json.format(msgspec.json.encode(pod, order="sorted"), indent=1) + b"\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(text)
    assert text == file.read_bytes()


def test_there_is_no_golden_file_of_anything_else():
    assert {file.stem for file in GOLDEN.glob("*.json")} == POD.keys()


def test_the_same_work_has_the_same_pod():
    assert build(order(work()), RICH) == build(order(work()), RICH)


def test_templates_are_not_changed_by_what_is_laid_over_them():
    before = msgspec.json.encode(RICH.templates)
    build(order(POD["templates"][0]), RICH)
    assert msgspec.json.encode(RICH.templates) == before


def spec_of(settings=PLAIN, **changes):
    return build(order(work(**changes)), settings)["spec"]


def test_an_attempt_that_was_interrupted_too_often_runs_on_other_nodes():
    placement = Placement(interruptible=True)
    for crashes, selector in ((0, {"spot": "true"}), (1, {"spot": "true"}), (2, None)):
        spec = spec_of(RICH, placement=placement, crashes=crashes)
        assert spec.get("nodeSelector") == selector


@pytest.mark.parametrize(
    ("image", "template", "expected"),
    [("task:1", "template:1", "task:1"), ("", "template:1", "template:1"), ("", "", "volery:1")],
)
def test_the_image_is_that_of_the_task_then_of_the_template_then_of_the_settings(
    image, template, expected
):
    containers = [{"name": "primary", **({"image": template} if template else {})}]
    shape = PodShape(msgspec.json.encode({"containers": containers}).decode())
    spec = spec_of(placement=Placement(image=image, pod=shape))
    assert spec["containers"][0]["image"] == expected


def test_a_template_cannot_have_a_pod_restart_or_take_its_labels_away():
    shape = PodShape('{"restartPolicy":"Always"}', labels=(("volery.dev/server", "other"),))
    pod = build(order(work(placement=Placement(pod=shape))), PLAIN)
    assert pod["spec"]["restartPolicy"] == "Never"
    assert pod["metadata"]["labels"]["volery.dev/server"] == "server-1"


OVER_ALL = {
    "image": "volery:1",
    "service_account": "runner",
    "host_network": True,
    "environment": {"AWS_REGION": "north"},
}


@pytest.mark.parametrize(
    "said",
    [
        {"dnsPolicy": "Default"},
        {"hostNetwork": False},
        {"serviceAccountName": "trainer"},
        {"activeDeadlineSeconds": 5},
        {"automountServiceAccountToken": True},
    ],
)
def test_a_template_counts_more_than_what_holds_for_all_pods(said):
    """What the settings say of all pods was laid over the templates."""
    settings = settings_of(OVER_ALL | {"templates": {"default": {"spec": said}}})
    spec = spec_of(settings, limit=10.0)
    assert {name: spec[name] for name in said} == said


@pytest.mark.parametrize("container", ["default", "primary"])
def test_a_template_of_containers_counts_more_than_what_holds_for_all(container):
    said = {
        "name": container,
        "env": [{"name": "AWS_REGION", "value": "south"}],
        "securityContext": {"allowPrivilegeEscalation": True},
    }
    templates = {"default": {"spec": {"containers": [said]}}}
    (primary,) = spec_of(settings_of(OVER_ALL | {"templates": templates}))["containers"]
    assert {"name": "AWS_REGION", "value": "south"} in primary["env"]
    assert primary["securityContext"] == {"allowPrivilegeEscalation": True}


def test_memory_is_limited_to_what_is_requested():
    assert spec_of(requests=Request(cpu=1, mem=100))["containers"][0]["resources"] == {
        "requests": {"cpu": "1000m", "memory": "100"},
        "limits": {"memory": "100"},
    }


def test_a_gpu_that_is_named_is_one_if_nobody_says_how_many():
    """The pod was on a node with such GPUs, and had none."""
    device = "nvidia.com/gpu"
    placement = Placement(accelerator=Accelerator("nvidia-tesla-t4"))

    def resources(settings=PLAIN, **more):
        return spec_of(settings, placement=placement, **more)["containers"][0]["resources"]

    assert resources() == {"limits": {device: "1"}}
    assert resources(requests=Request(gpu=2))["limits"] == {device: "2"}
    four = {"name": "primary", "resources": {"limits": {device: "4"}}}
    templates = {"default": {"spec": {"containers": [four]}}}
    assert resources(settings_of({"image": "i", "templates": templates}))["limits"] == {device: "4"}


def test_shared_memory_without_a_size_is_as_large_as_memory():
    spec = spec_of(placement=Placement(shared_memory=0))
    assert spec["volumes"] == [{"name": "volery-memory", "emptyDir": {"medium": "Memory"}}]


def test_time_in_the_cluster_is_limited_when_that_of_user_code_is():
    settings = KubernetesSettings(image="i", limits=Limits(start=100))
    assert spec_of(settings, limit=10.0)["activeDeadlineSeconds"] == 230
    assert spec_of(settings, limit=10.0, elements=3)["activeDeadlineSeconds"] == 250
    assert "activeDeadlineSeconds" not in spec_of(settings)


def test_an_execution_whose_name_is_no_label_is_an_annotation_only():
    metadata = build(order(work(execution="x" * 64)), PLAIN)["metadata"]
    assert "volery.dev/execution" not in metadata["labels"]
    assert metadata["annotations"]["volery.dev/execution"] == "x" * 64


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        (work(), "NoImage", "no image is said for container primary of task flows.fit"),
        (work(placement=Placement(image="i", template="lerge")), "TemplateNotFound", "lerge"),
        (
            work(placement=Placement(image="i"), secrets=(SecretValue("A_b", "k", ""),)),
            "SecretInvalid",
            "A_b/k",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(target, code, said):
    with pytest.raises(ConfigError, match=said) as raised:
        build(order(target), KubernetesSettings(templates={"large": {}}))
    assert raised.value.code == code
    assert raised.value.hint


def test_the_namespace_is_that_of_the_settings_or_of_the_context():
    assert namespace_of(work(), KubernetesSettings(), "mine") == "mine"
    by_project = KubernetesSettings(namespace="{project}-{domain}")
    assert namespace_of(work(), by_project, "mine") == "birds-production"


def test_a_namespace_with_an_impossible_name_is_refused():
    place = msgspec.structs.replace(work().place, project="my_birds")
    with pytest.raises(ConfigError, match="my_birds-production"):
        namespace_of(work(place=place), KubernetesSettings(namespace="{project}-{domain}"), "mine")


@pytest.mark.parametrize(
    ("table", "said"),
    [({"pods": "many"}, r"\$\.pods"), ({"pod": 3}, "pod"), ({"limits": {"pull": "x"}}, "pull")],
)
def test_settings_that_cannot_be_used_are_named(table, said):
    with pytest.raises(ConfigError, match=said):
        settings_of(table)
