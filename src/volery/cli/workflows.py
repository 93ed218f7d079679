"""`volery workflows`: those that are registered."""

from __future__ import annotations

from volery.cli.entities import group

workflows = group("workflow", "See the workflows that are registered.")
