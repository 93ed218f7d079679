"""Type guards for objects of exactly a type, subclasses excluded."""

from __future__ import annotations

from typing import Any, TypeGuard


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return type(value) is list


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    """Whether a value is a dict."""
    return type(value) is dict
