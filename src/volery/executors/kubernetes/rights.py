"""What the cluster refuses, as failures that people can act on."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from volery.executors.kubernetes.api import Refusal, right_of
from volery.executors.kubernetes.quota import never_fits
from volery.ir.failure import Failure, FailureKind

_ROLE: Final = """\
grant it with kubectl apply -f -, and bind the role to {who}:
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {{name: volery, namespace: {namespace}}}
    rules:
    - apiGroups: ["{group}"]
      resources: ["{resource}"]
      verbs: ["{verb}"]"""
_RANGE: Final = re.compile(
    r"(maximum|minimum) \S+ usage per \w+ is|limit to request ratio per \w+ is"
)
"""What is said of a pod that is outside of a LimitRange."""


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
    if refusal.quota and never_fits(refusal.message):
        hint = f"request less, or have the quota raised: kubectl describe quota -n {namespace}"
        return _failure("QuotaTooSmall", "USER", refusal, hint)
    if refusal.quota:
        hint = (
            f"others use it up: see kubectl describe quota -n {namespace}; kubernetes.limits.quota "
            "says how long it is waited for"
        )
        return _failure("QuotaUsedUp", "SYSTEM", refusal, hint, retryable=True)
    if refusal.status == HTTPStatus.FORBIDDEN and _RANGE.search(refusal.message):
        hint = f"request what one may have there: kubectl describe limitrange -n {namespace}"
        return _failure("OutsideLimitRange", "USER", refusal, hint)
    hint = "see the task's pod template, resources, labels and annotations"
    return _failure("PodRefused", "USER", refusal, hint)


def _failure(
    code: str, kind: FailureKind, refusal: Refusal, hint: str, *, retryable: bool = False
) -> Failure:
    message = f"the cluster refuses: {refusal.message}\n  hint: {hint}"
    return Failure(code, kind, message, retryable=retryable)
