"""What is applied to a cluster: valid, consistent, and with no more rights than are used."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import re
import socket
import tomllib
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import kubernetes.client
import pytest
import yaml

from volery.cli.main import volery
from volery.config import settings
from volery.executors.kubernetes.api import Api, Refusal
from volery.executors.kubernetes.attached import attach
from volery.executors.kubernetes.settings import settings_of

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
PARTS = ("server", "tasks", "example")
OBJECTS = [
    pytest.param(document, id=f"{file.stem}-{document['kind']}-{document['metadata']['name']}")
    for file in sorted(FOLDER.rglob("*.yaml"))
    if file.name != "kustomization.yaml"
    for document in yaml.safe_load_all(file.read_text())
]
BY_NAME = {
    (each.values[0]["kind"], each.values[0]["metadata"]["name"]): each.values[0] for each in OBJECTS
}


def kustomization(name):
    return yaml.safe_load((FOLDER / name / "kustomization.yaml").read_text())


def pod_spec(document):
    return document["spec"] if document["kind"] == "Pod" else document["spec"]["template"]["spec"]


def pods():
    return [each for each in OBJECTS if each.values[0]["kind"] in ("Pod", "Job", "Deployment")]


# -- valid --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", OBJECTS)
def test_objects_are_what_the_api_knows(document):
    """The official client's models raise for what is missing, and drop what they do not know."""
    group, _, version = document["apiVersion"].rpartition("/")
    start = "".join(part.capitalize() for part in group.removesuffix(".k8s.io").split("."))
    kind = version.capitalize() + document["kind"]
    assert hasattr(kubernetes.client, f"{start or 'Core'}{version.capitalize()}Api"), "the group"
    client = kubernetes.client.ApiClient()
    model = client._ApiClient__deserialize(document, kind)
    again = client.sanitize_for_serialization(model)
    assert again == document


@pytest.mark.parametrize("name", PARTS)
def test_every_file_is_applied_and_every_name_is_a_file(name):
    described = kustomization(name)
    listed = [*described["resources"]]
    for each in (*described.get("configMapGenerator", ()), *described.get("secretGenerator", ())):
        listed += each.get("files", [])
        listed += [f"{file}.example" for file in each.get("envs", [])]
    listed = {str((FOLDER / name / each).resolve()) for each in listed}
    there = {
        str(file)
        for file in (FOLDER / name).iterdir()
        if file.name not in ("kustomization.yaml", ".gitignore") and file.suffix != ".env"
    }
    assert there <= listed
    assert all(Path(each).exists() for each in listed)


# -- consistent ---------------------------------------------------------------------------------


def test_objects_are_in_the_namespace_that_their_folder_is_applied_to():
    for name in ("server", "tasks"):
        namespace = kustomization(name)["namespace"]
        assert ("Namespace", namespace) in BY_NAME
        for file in (FOLDER / name).glob("*.yaml"):
            for document in yaml.safe_load_all(file.read_text()):
                where = document.get("metadata", {}).get("namespace")
                assert where in (namespace, None), (file, where)


@pytest.mark.parametrize("document", pods())
def test_pods_refer_to_what_is_there(document):
    example = kustomization("example")
    made = {each["name"] for each in example["configMapGenerator"]}
    secrets = {each["name"] for each in example["secretGenerator"] if each["namespace"] == "volery"}
    spec = pod_spec(document)
    volumes = {each["name"]: each for each in spec["volumes"]}
    for volume in volumes.values():
        assert volume.get("configMap", {}).get("name") in (made | {None})
    for container in spec["containers"]:
        assert {each["name"] for each in container["volumeMounts"]} == set(volumes)
        assert {each["secretRef"]["name"] for each in container["envFrom"]} <= secrets
    account = spec.get("serviceAccountName")
    assert account is None or ("ServiceAccount", account) in BY_NAME


def test_servers_are_found_by_their_labels():
    deployment = BY_NAME["Deployment", "volery"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    service = BY_NAME["Service", "volery"]["spec"]
    assert deployment["selector"]["matchLabels"] == labels
    assert service["selector"] == labels
    assert BY_NAME["PodDisruptionBudget", "volery"]["spec"]["selector"]["matchLabels"] == labels
    assert BY_NAME["NetworkPolicy", "volery"]["spec"]["podSelector"]["matchLabels"] == labels
    (container,) = deployment["template"]["spec"]["containers"]
    (port,) = container["ports"]
    assert {each["targetPort"] for each in service["ports"]} == {port["name"]}
    assert port["containerPort"] == server_port(container["args"])
    for name in ("Job", "Pod"):
        for (kind, _), document in BY_NAME.items():
            if kind == name:
                template = document.get("spec", {}).get("template", document)
                assert template["metadata"]["labels"] != labels, "the service would send to it"


def server_port(args):
    """The port of a server that is started so."""
    return volery.get_command(None, args[0]).make_context(args[0], args[1:]).params["port"]


def test_a_server_has_longer_to_end_than_it_takes():
    spec = pod_spec(BY_NAME["Deployment", "volery"])
    (grace,) = [each for each in spec["containers"][0]["args"] if each.startswith("--grace=")]
    assert spec["terminationGracePeriodSeconds"] > float(grace.partition("=")[2]) + 10


@pytest.mark.parametrize("document", pods())
def test_what_pods_run_are_commands_with_options_that_there_are(document):
    for container in pod_spec(document)["containers"]:
        words = container.get("args", [])
        if words:
            command = volery.get_command(None, words[0])
            command.make_context(words[0], words[1:])


def test_probes_ask_for_what_the_server_answers():
    from volery.api.routes import __file__ as routes

    (container,) = pod_spec(BY_NAME["Deployment", "volery"])["containers"]
    told = "".join(file.read_text() for file in Path(routes).parent.rglob("*.py"))
    for probe, path in (
        ("liveness", "/healthz"),
        ("readiness", "/readyz"),
        ("startup", "/healthz"),
    ):
        asked = container[f"{probe}Probe"]["httpGet"]
        assert asked["path"] == path
        assert f'"{path}"' in told
        assert asked["port"] == "http"
        assert asked["httpHeaders"] == [{"name": "Host", "value": "localhost"}]


def test_the_settings_of_the_example_can_be_used(tmp_path, monkeypatch):
    table = tomllib.loads((FOLDER / "example/volery.toml").read_text())
    chosen = settings_of(table.pop("kubernetes"))
    assert chosen.namespace == kustomization("tasks")["namespace"]
    assert ("ServiceAccount", chosen.service_account) in BY_NAME
    made = kustomization("example")["secretGenerator"]
    assert set(chosen.environment_secrets) <= {
        each["name"] for each in made if each["namespace"] == chosen.namespace
    }
    for file in ("server.env.example", "tasks.env.example"):
        lines = (FOLDER / "example" / file).read_text().splitlines()
        environ = dict(line.split("=", 1) for line in lines)
        assert settings(table, folder=tmp_path, environ=environ).executor == "kubernetes"
    assert not any("DATABASE" in line for line in lines), "pods of tasks reach no database"


# -- no more rights than are used ---------------------------------------------------------------


@pytest.mark.parametrize("document", pods())
def test_pods_are_what_the_restricted_standard_allows(document):
    spec = pod_spec(document)
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


ARGUMENTS = {
    "pod": {"metadata": {"namespace": "n"}},
    "namespace": "n",
    "name": "p",
    "selector": "a=b",
    "more": "",
    "version": "1",
    "seconds": 1,
    "grace": 1.0,
    "query": {},
}


class Requests:
    """What is asked; everything is refused."""

    def __init__(self):
        self.rights = set()

    def clear(self):
        pass

    def request(self, method, url, **_):
        path, _, query = url.removeprefix("https://cluster/api/v1/namespaces/n/").partition("?")
        what, *rest = path.split("/")
        named, sub = [*rest, "", ""][:2]
        verb = {"POST": "create", "GET": "get" if named else "list",
                "DELETE": "delete" if named else "deletecollection"}[method]  # fmt: skip
        if "watch=true" in query:
            verb = "watch"
        self.rights.add((f"{what}/{sub}" if sub else what, verb))
        raise OSError


def attached():
    """The right for which a pod that stays is attached to, as newer clusters and older ones ask."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            connection, _ = server.accept()
            with connection:
                heads.append(connection.recv(4096).decode())

        heads = []
        thread = Thread(target=answer)
        thread.start()
        pool = SimpleNamespace(connection_pool_kw={})
        with contextlib.suppress(Refusal):
            attach(SimpleNamespace(url=url, pool=pool, authorization=str), "n", "p", "c")
        thread.join()
    method, path, _ = heads[0].split(" ", 2)
    assert (method, path.partition("?")[0]) == ("GET", "/api/v1/namespaces/n/pods/p/attach")
    return {("pods/attach", "get"), ("pods/attach", "create")}


def test_the_role_has_the_rights_that_the_executor_uses_and_no_others():
    asked = Requests()
    api = Api(SimpleNamespace(url="https://cluster", pool=asked, authorization=str))
    for name, method in inspect.getmembers(api, inspect.ismethod):
        if name.startswith("_") or name == "close":
            continue
        given = {each: ARGUMENTS[each] for each in inspect.signature(method).parameters}
        with contextlib.suppress(Refusal):
            result = method(**given)
            if isinstance(result, contextlib.AbstractContextManager):
                result.__enter__()
    rules = BY_NAME["Role", "volery"]["rules"]
    assert all(each["apiGroups"] == [""] for each in rules)
    granted = {
        pair for each in rules for pair in itertools.product(each["resources"], each["verbs"])
    }
    assert granted == asked.rights | attached()


def test_the_page_shows_the_role_as_it_is():
    page = (FOLDER.parents[1] / "docs/kubernetes.md").read_text()
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert yaml.safe_load(shown)["rules"] == BY_NAME["Role", "volery"]["rules"]


def test_the_role_is_bound_to_the_account_of_the_servers():
    binding = BY_NAME["RoleBinding", "volery"]
    (subject,) = binding["subjects"]
    account = BY_NAME[subject["kind"], subject["name"]]
    assert account["metadata"]["namespace"] == subject["namespace"]
    assert ("Role", binding["roleRef"]["name"]) in BY_NAME
    assert pod_spec(BY_NAME["Deployment", "volery"])["serviceAccountName"] == subject["name"]
    assert (
        SimpleNamespace(**BY_NAME["ServiceAccount", "volery-task"]).automountServiceAccountToken
        is False
    )
