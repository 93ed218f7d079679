"""How Python objects become values and back: a codec for each annotation.

`register_type` and `register_content` bring in types of users; everything else is for Volery itself
and for families of annotations in `volery.types.registry`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from volery.types.custom import register_content, register_type

__all__ = ["register_content", "register_type"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'volery.types' has no attribute {name!r}")
    from volery.types import custom

    return getattr(custom, name)
