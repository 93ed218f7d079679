"""The nursery: templates for the modules that works come from, and births from them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from volery.worker import birth, offspring
from volery.worker.birth import FORK_SAFE, PERHAPS_FORK_SAFE, Template

if TYPE_CHECKING:
    from volery.worker.birth import Ends
    from volery.worker.host_protocol import (
        Open,
    )

MOST: Final = 8
"""So many modules are kept loaded."""


class Nursery:
    """Has the processes for works made, from templates where it can.

    Args:
        opened: see `Open`.
        templates: whether there may be any.
    """

    def __init__(self, opened: Open, *, templates: bool) -> None:
        self._opened = opened
        self._possible = templates
        self._templates: OrderedDict[str, Template | None] = OrderedDict()
        """By module, that used longest ago first; None: it can have none."""

    def __iter__(self) -> Iterator[Template]:
        """The templates that there are."""
        return (each for each in self._templates.values() if each is not None)

    def bear(self, module: str, scratch: str, ends: Ends) -> int | None:
        """Make the process for a work of a module; its process id, or None: it says so itself."""
        template = self._templates.get(module)
        if template is not None and template.ready and template.bear(scratch, ends):
            self._templates.move_to_end(module)
            return None
        return birth.bear(self._opened, scratch, ends)

    def keep_loaded(self, module: str) -> None:
        """A module can be imported, as a process for a work has shown: have a template for it."""
        if not module or not self._possible or module in self._templates:
            return
        while len(self._templates) >= MOST:
            _, oldest = self._templates.popitem(last=False)
            if oldest is not None:
                oldest.close()
        self._templates[module] = Template(self._opened, module)

    def hear(self, template: Template) -> None:
        """A template has said something, unless it has ended just now."""
        if self._templates.get(template.module) is template:
            template.hear()

    def ended(self, pid: int, status: int) -> None:
        """A process has ended; it may have been a template. Another one would end likewise."""
        for template in self:
            if template.pid == pid:
                template.close()
                again = status == PERHAPS_FORK_SAFE and not template.first
                self._templates[template.module] = (
                    Template(self._opened, template.module, FORK_SAFE) if again else None
                )
                return

    def close(self) -> None:
        """End all templates."""
        for template in self:
            template.close()
            offspring.kill(template.pid)
        self._templates.clear()
