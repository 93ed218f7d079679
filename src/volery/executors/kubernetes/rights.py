"""What the cluster refuses, as failures that people can act on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from volery.executors.kubernetes.api import Refusal, right_of
from volery.ir.failure import Failure

_ROLE: Final = """\
grant it with kubectl apply -f -, and bind the role to {who}:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {{name: volery, namespace: {namespace}}}
    rules:
    - apiGroups: ["{group}"]
      resources: ["{resource}"]
      verbs: ["{verb}"]"""


def failure_of(refusal: Refusal, namespace: str) -> Failure:
    """The failure of an attempt whose pod the cluster does not take or show."""
    if refusal.forbidden:
        right = dict(right_of(refusal.message))
        right["namespace"] = right["namespace"] or namespace
        hint = _ROLE.format(**right)
        return _failure("Forbidden", "SYSTEM", refusal, hint)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        hint = "the token or certificate of this server is not accepted: see the kubeconfig"
        return _failure("Unauthorized", "SYSTEM", refusal, hint)
    if refusal.status == HTTPStatus.NOT_FOUND:
        hint = f"kubectl create namespace {namespace}, or set kubernetes.namespace"
        return _failure("NamespaceNotFound", "SYSTEM", refusal, hint)
    hint = "see the task's pod template, resources, labels and annotations"
    return _failure("PodRefused", "USER", refusal, hint)


def _failure(code: str, kind: str, refusal: Refusal, hint: str) -> Failure:
    message = f"the cluster refuses: {refusal.message}\n  hint: {hint}"
    return Failure(code, "USER" if kind == "USER" else "SYSTEM", message, retryable=False)
