"""Placement: what options say about where attempts run, and what each refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from volery import (
    PodTemplate,
    ReusePolicy,
    Workflow,
    accelerators,
    map_task,
    task,
    workflow,
)
from volery.errors import CompileError, DefinitionError
from volery.ir.placement import Accelerator, Placement, PodShape, Reuse

HERE = r"\(.*test_placement\.py:\d+\)"


def number(x: int) -> int:
    return x


def placement(**options) -> Placement | None:
    return task(**options)(number).policy.placement


class Image:
    """As an ImageSpec says which image it is."""

    tag = "registry.example.org:5000/team/weather:1.2"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"container_image": "weather"}, Placement(image="weather")),
        ({"container_image": Image()}, Placement(image=Image.tag)),
        ({"container_image": f"a/b@sha256:{'0' * 64}"}, Placement(image=f"a/b@sha256:{'0' * 64}")),
        ({"code": "image"}, Placement(code="image")),
        ({"interruptible": False}, Placement(interruptible=False)),
        ({"shared_memory": True}, Placement(shared_memory=0)),
        ({"shared_memory": "2Gi"}, Placement(shared_memory=2 * 1024**3)),
        ({"shared_memory": 4096}, Placement(shared_memory=4096)),
        ({"pod_template_name": "big"}, Placement(template="big")),
        ({"pod_template": PodTemplate()}, Placement(pod=PodShape())),
        (
            {"labels": {"b": "2", "a/x": "1"}, "annotations": {"why": "a long text, as it likes"}},
            Placement(
                labels=(("a/x", "1"), ("b", "2")),
                annotations=(("why", "a long text, as it likes"),),
            ),
        ),
        ({"reuse": ReusePolicy(4)}, Placement(reuse=Reuse((0, 4)))),
        (
            {"reuse": ReusePolicy((1, 2), idle_ttl=timedelta(minutes=1), concurrency=3)},
            Placement(reuse=Reuse((1, 2), 60.0, 3)),
        ),
        ({"accelerator": accelerators.T4}, Placement(accelerator=Accelerator("nvidia-tesla-t4"))),
        (
            {"accelerator": accelerators.A100.partition_1g_5gb},
            Placement(accelerator=Accelerator("nvidia-tesla-a100", partition="1g.5gb")),
        ),
        (
            {"accelerator": accelerators.V5E.slice_2x4},
            Placement(
                accelerator=Accelerator("tpu-v5-lite-podslice", topology="2x4", kind="tpu")
            ),
        ),
        (
            {"accelerator": accelerators.GPUAccelerator("mine")},
            Placement(accelerator=Accelerator("mine")),
        ),
        ({"container_image": None, "interruptible": None, "reuse": None}, None),
    ],
)  # fmt: skip
def test_options_become_a_placement(options, expected):
    assert placement(**options) == expected


@pytest.mark.parametrize(
    ("options", "executor"),
    [
        ({"executor": "kubernetes"}, "kubernetes"),
        ({"isolation": "container"}, "container"),
        ({"isolation": "process"}, "process"),
        ({"isolation": "container", "executor": "kubernetes"}, "kubernetes"),
        ({}, None),
    ],
)
def test_options_say_which_executor(options, executor):
    assert task(**options)(number).policy.executor == executor


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"executer": "docker"}, r"no option executer=\n  hint: did you mean executor"),
        ({"executor": "Docker"}, "executor= takes a name"),
        ({"executor": 1}, "executor= takes a name"),
        ({"isolation": "contaner"}, "'process' or 'container', got 'contaner'"),
        ({"isolation": "process", "executor": "docker"}, "is not what executor='docker' gives"),
        ({"isolation": "container", "executor": "process"}, "is not what executor='process' gives"),
        ({"container_image": 3}, "the name of an image or an ImageSpec"),
        ({"container_image": "Weather"}, "cannot name an image"),
        ({"container_image": "a" * 600}, "cannot name an image"),
        ({"container_image": "{{.image.default.fqn}}"}, "cannot name an image"),
        ({"code": "git"}, "code= takes 'package' or 'image'"),
        ({"interruptible": 1}, "interruptible= takes True or False"),
        ({"accelerator": "T4"}, "one of volery.accelerators"),
        ({"shared_memory": False}, "leave it out where none is needed"),
        ({"shared_memory": "much"}, 'shared_memory= takes True, or bytes such as "2Gi"'),
        ({"pod_template": {"spec": {}}}, "pod_template= takes a PodTemplate"),
        ({"pod_template_name": ""}, "pod_template_name= takes a name"),
        ({"labels": {"a": "x y"}}, "the label a is 'x y'(.|\n)*annotations="),
        ({"labels": {"a b": "x"}}, "labels= has 'a b'"),
        ({"annotations": {"": "x"}}, "annotations="),
        ({"annotations": 3}, "annotations= takes a dict of strings"),
        ({"reuse": 3}, "reuse= takes a ReusePolicy"),
    ],
)
def test_what_cannot_be_placed_is_refused(options, message):
    with pytest.raises(DefinitionError, match=rf"task .*\.number {HERE}: (.|\n)*{message}"):
        task(**options)(number)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReusePolicy(0), "replicas= takes a whole number of at least 1"),
        (lambda: ReusePolicy((3, 2)), "a least of 3 and a most of 2"),
        (lambda: ReusePolicy((1, 2, 3)), "the least and the most"),
        (lambda: ReusePolicy(concurrency=0), "concurrency= takes"),
        (lambda: ReusePolicy(idle_ttl=-1), "idle_ttl= takes"),
        (lambda: ReusePolicy(replica=1), "has no replica=(.|\n)*did you mean replicas"),
        (lambda: PodTemplate("x"), "pod_spec= takes a dict or a V1PodSpec"),
        (lambda: PodTemplate({"x": object()}), "is not JSON"),
        (lambda: PodTemplate({"containers": {}}), "no list of containers with names"),
        (lambda: PodTemplate({"containers": [{"image": "x"}]}), "no list of containers with names"),
        (lambda: PodTemplate({"containers": [{"name": "a"}, {"name": "a"}]}), "same name"),
        (lambda: PodTemplate(primary_container_name=""), "primary_container_name= takes"),
        (lambda: PodTemplate(labels={"a": "b c"}), "the label a"),
        (lambda: accelerators.GPUAccelerator(""), "takes the name of a device"),
    ],
)
def test_settings_that_cannot_work_are_refused(make, message):
    with pytest.raises(DefinitionError, match=message):
        make()


def test_a_part_that_a_device_has_not_names_the_nearest():
    with pytest.raises(AttributeError, match="has no partition_1g; did you mean partition_1g_5gb"):
        _ = accelerators.A100.partition_1g
    with pytest.raises(AttributeError, match="nvidia-tesla-t4 has no partition_1g_5gb"):
        _ = accelerators.T4.partition_1g_5gb


def test_every_accelerator_is_a_device():
    for name in accelerators.__all__:
        if not name.endswith("Accelerator"):
            assert placement(accelerator=getattr(accelerators, name)) is not None


def test_a_pod_spec_of_the_official_client_is_the_same_as_a_dict():
    from kubernetes import client

    spec = client.V1PodSpec(
        containers=[client.V1Container(name="primary", image_pull_policy="Never")],
        node_selector={"disk": "fast"},
    )
    plain = {
        "nodeSelector": {"disk": "fast"},
        "containers": [{"name": "primary", "imagePullPolicy": "Never"}],
    }
    assert PodTemplate(spec).shape() == PodTemplate(plain).shape()
    assert PodTemplate(plain).shape().spec.startswith('{"containers":[{"imagePullPolicy"')


placed = task(container_image="lower", labels={"a": "1"}, interruptible=False)(number)


@task
def anywhere(x: int) -> int:
    return x


def nodes(made):
    return {node.id: node.policy.placement for node in made.spec.graph.nodes}


def test_a_node_says_it_over_its_task_and_over_what_it_said_before():
    @workflow
    def body() -> int:
        node = placed(x=1).with_overrides(container_image="upper", labels={"b": "2"})
        return node.with_overrides(accelerator=accelerators.T4)

    own = nodes(body)["n0"]
    assert own.over(placed.policy.placement) == Placement(
        image="upper",
        accelerator=Accelerator("nvidia-tesla-t4"),
        interruptible=False,
        labels=(("a", "1"), ("b", "2")),
    )


def test_a_workflow_says_for_its_tasks_whether_they_are_interruptible():
    @workflow(interruptible=True)
    def body(xs: list[int]) -> int:
        anywhere(x=1)
        placed(x=1)
        anywhere(x=1).with_overrides(interruptible=False)
        map_task(anywhere)(x=xs)
        return anywhere(x=3)

    said = {id: each and each.interruptible for id, each in nodes(body).items()}
    assert said == {"n0": True, "n1": None, "n2": False, "n3": True, "n4": True}


def test_a_built_workflow_says_it_as_well():
    made = Workflow("built", interruptible=True)
    made.add_entity(anywhere, x=1)
    assert nodes(made)["n0"] == Placement(interruptible=True)


def test_what_is_no_task_has_no_place():
    @workflow
    def inner() -> int:
        return anywhere(x=1)

    @workflow
    def outer() -> int:
        return inner().with_overrides(container_image="x")

    with pytest.raises(CompileError, match="container_image= is for attempts"):
        _ = outer.spec
