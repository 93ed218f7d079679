"""Settings that users write as calls, such as ``Retry(attempts=3)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from volery.errors import DefinitionError, suggest
from volery.sdk.source import here, show

if TYPE_CHECKING:
    # Type checkers know the parameters of each class from its fields.
    from msgspec import StructMeta as SettingMeta
else:

    class SettingMeta(msgspec.StructMeta):
        """Refuses names that a setting does not have, with the nearest that it has."""

        def __call__(cls, *args: Any, **given: Any) -> Any:  # noqa: N805 - of a class
            for name in given:
                if name not in cls.__struct_fields__:
                    raise DefinitionError(
                        f"{cls.__name__} ({show(here())}) has no {name}=",
                        hint=suggest(name, cls.__struct_fields__),
                    )
            return super().__call__(*args, **given)


class Setting(msgspec.Struct, frozen=True, metaclass=SettingMeta):
    """Base of all settings. Subclasses check their values when they are made."""
