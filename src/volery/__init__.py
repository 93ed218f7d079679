"""Volery: a typed workflow orchestrator.

The public names of authoring. Each is imported when it is first used, so that ``import volery``
costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true by its name; importing it costs 13 ms
if TYPE_CHECKING:
    from typing import Any

    from volery._version import __version__
    from volery.client.options import Options
    from volery.client.remote import Remote
    from volery.errors import RecoverableError, VoleryError
    from volery.kinds.container import ContainerTask
    from volery.kinds.notebook import NotebookTask
    from volery.kinds.outputs import record_outputs
    from volery.kinds.sensor import BaseSensor, FileSensor
    from volery.kinds.shell import OutputLocation, ShellTask
    from volery.kinds.sql import DBConfig, SQLTask
    from volery.kinds.sqlite import SQLite3Config, SQLite3Task
    from volery.kinds.webhook import WebhookTask
    from volery.sdk.cache import Cache
    from volery.sdk.concurrency import ConcurrencyLimitBehavior, ConcurrencyPolicy
    from volery.sdk.conditional import conditional
    from volery.sdk.context import current_context
    from volery.sdk.create_node import create_node
    from volery.sdk.deck import Deck, DeckField
    from volery.sdk.dynamic import dynamic
    from volery.sdk.eager import eager
    from volery.sdk.failure import WorkflowFailure
    from volery.sdk.gate import approve, sleep, wait_for_input
    from volery.sdk.image import ImageSpec
    from volery.sdk.imperative import Workflow
    from volery.sdk.labels import Annotations, Labels
    from volery.sdk.launch_plan import LaunchPlan
    from volery.sdk.map import map_task
    from volery.sdk.notification import (
        Email,
        Notify,
        PagerDuty,
        Slack,
        Webhook,
        WorkflowExecutionPhase,
    )
    from volery.sdk.pod_template import PodTemplate
    from volery.sdk.render import TopFrameRenderer
    from volery.sdk.resources import Resources
    from volery.sdk.retry import Retry
    from volery.sdk.reuse import ReusePolicy
    from volery.sdk.schedule import CronSchedule, FixedRate
    from volery.sdk.secret import Secret
    from volery.sdk.task import task
    from volery.sdk.timeout import Timeout
    from volery.sdk.workflow import WorkflowFailurePolicy, workflow
    from volery.types.columns import kwtypes
    from volery.types.directory import BatchSize, Directory
    from volery.types.file import File
    from volery.types.marks import HashMethod, Pickle
    from volery.types.structured_dataset import StructuredDataset
    from volery.types.torch_checkpoint import TorchCheckpoint

_HOMES = {
    "Annotations": "sdk.labels",
    "BaseSensor": "kinds.sensor",
    "BatchSize": "types.directory",
    "Cache": "sdk.cache",
    "ConcurrencyLimitBehavior": "sdk.concurrency",
    "ConcurrencyPolicy": "sdk.concurrency",
    "ContainerTask": "kinds.container",
    "CronSchedule": "sdk.schedule",
    "DBConfig": "kinds.sql",
    "Deck": "sdk.deck",
    "DeckField": "sdk.deck",
    "Directory": "types.directory",
    "Email": "sdk.notification",
    "File": "types.file",
    "FileSensor": "kinds.sensor",
    "FixedRate": "sdk.schedule",
    "HashMethod": "types.marks",
    "Labels": "sdk.labels",
    "ImageSpec": "sdk.image",
    "LaunchPlan": "sdk.launch_plan",
    "NotebookTask": "kinds.notebook",
    "Notify": "sdk.notification",
    "Options": "client.options",
    "OutputLocation": "kinds.shell",
    "PagerDuty": "sdk.notification",
    "Pickle": "types.marks",
    "PodTemplate": "sdk.pod_template",
    "RecoverableError": "errors",
    "Remote": "client.remote",
    "Resources": "sdk.resources",
    "Retry": "sdk.retry",
    "ReusePolicy": "sdk.reuse",
    "SQLTask": "kinds.sql",
    "SQLite3Config": "kinds.sqlite",
    "SQLite3Task": "kinds.sqlite",
    "Secret": "sdk.secret",
    "ShellTask": "kinds.shell",
    "Slack": "sdk.notification",
    "StructuredDataset": "types.structured_dataset",
    "Timeout": "sdk.timeout",
    "TopFrameRenderer": "sdk.render",
    "TorchCheckpoint": "types.torch_checkpoint",
    "VoleryError": "errors",
    "Webhook": "sdk.notification",
    "WebhookTask": "kinds.webhook",
    "Workflow": "sdk.imperative",
    "WorkflowExecutionPhase": "sdk.notification",
    "WorkflowFailure": "sdk.failure",
    "WorkflowFailurePolicy": "sdk.workflow",
    "__version__": "_version",
    "approve": "sdk.gate",
    "conditional": "sdk.conditional",
    "create_node": "sdk.create_node",
    "current_context": "sdk.context",
    "dynamic": "sdk.dynamic",
    "eager": "sdk.eager",
    "kwtypes": "types.columns",
    "map_task": "sdk.map",
    "record_outputs": "kinds.outputs",
    "sleep": "sdk.gate",
    "task": "sdk.task",
    "wait_for_input": "sdk.gate",
    "workflow": "sdk.workflow",
}
"""The module of each public name."""

__all__ = [
    "Annotations",
    "BaseSensor",
    "BatchSize",
    "Cache",
    "ConcurrencyLimitBehavior",
    "ConcurrencyPolicy",
    "ContainerTask",
    "CronSchedule",
    "DBConfig",
    "Deck",
    "DeckField",
    "Directory",
    "Email",
    "File",
    "FileSensor",
    "FixedRate",
    "HashMethod",
    "ImageSpec",
    "Labels",
    "LaunchPlan",
    "NotebookTask",
    "Notify",
    "Options",
    "OutputLocation",
    "PagerDuty",
    "Pickle",
    "PodTemplate",
    "RecoverableError",
    "Remote",
    "Resources",
    "Retry",
    "ReusePolicy",
    "SQLTask",
    "SQLite3Config",
    "SQLite3Task",
    "Secret",
    "ShellTask",
    "Slack",
    "StructuredDataset",
    "Timeout",
    "TopFrameRenderer",
    "TorchCheckpoint",
    "VoleryError",
    "Webhook",
    "WebhookTask",
    "Workflow",
    "WorkflowExecutionPhase",
    "WorkflowFailure",
    "WorkflowFailurePolicy",
    "__version__",
    "approve",
    "conditional",
    "create_node",
    "current_context",
    "dynamic",
    "eager",
    "kwtypes",
    "map_task",
    "record_outputs",
    "sleep",
    "task",
    "wait_for_input",
    "workflow",
]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "errors":  # volery.errors.TypeMismatch, without importing the module by name
        return importlib.import_module("volery.errors")
    if name not in _HOMES:
        message = f"module 'volery' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"volery.{_HOMES[name]}"), name)
    globals()[name] = value  # the next use finds it without a detour
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
