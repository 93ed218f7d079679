"""Classes of ours as fields of pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


class InModels:
    """Lets models of pydantic have fields of a class: they take its objects as they are."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """What pydantic asks a class that it does not know."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls)
