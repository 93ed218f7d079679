"""Secrets, as the settings of this machine have them."""

from __future__ import annotations

from volery.config import Settings
from volery.sdk.vault import Vault, folders_of


class Secrets(Vault):
    """See `Vault`: whoever sends or starts something with a secret looks it up here."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(folders_of(settings))
