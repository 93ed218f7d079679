"""Plugins: modules of other packages that register what they bring.

A package declares them as entry points of the group ``volery.plugins``. They are imported when
something is asked for that nobody here knows, once in a process.
"""

from __future__ import annotations

from threading import RLock

_GROUP = "volery.plugins"

_lock = RLock()
_failures: dict[str, str] = {}
_begun: list[bool] = []


def load_plugins() -> None:
    """Import all plugins, if that has not been done.

    A plugin is a module, or a function in one, which is called. The first time, other threads wait
    until it is done; what plugins themselves ask for meanwhile has to do without the others.
    """
    with _lock:
        if _begun:
            return
        _begun.append(True)
        from importlib.metadata import entry_points  # 30 ms, which most programs never need

        for each in entry_points(group=_GROUP):
            try:
                plugin = each.load()
                if callable(plugin):
                    plugin()
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are loaded
                _failures[f"{each.name} ({each.value})"] = f"{type(error).__name__}: {error}"


def failures() -> dict[str, str]:
    """What went wrong with plugins, by their names."""
    return dict(_failures)
