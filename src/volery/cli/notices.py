"""Notices of what a command has driven: sent before it ends, as far as that can be done soon."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from volery.cli.output import say

if TYPE_CHECKING:
    from volery.config import Settings
    from volery.ir.specs import Bundle
    from volery.services.home import Home

PATIENCE = 5.0
"""Seconds that a command waits; what is not sent by then is left to the next engine."""


def tell(bundle: Bundle, home: Home, settings: Settings) -> None:
    """Tell whoever asked how an execution has ended.

    Args:
        bundle: of the execution.
        home: where it is recorded.
        settings: name the mail server, and where secrets are.
    """
    if not any(plan.notifications for plan in bundle.launch_plans):
        return
    from volery.clock import SystemClock
    from volery.notify.channel import Means
    from volery.services.delivering import Delivering
    from volery.services.secrets import Secrets
    from volery.store.notices import Notices

    with closing(home.open()) as store:
        means = Means(Secrets(settings).get, settings.smtp, settings.webhook_secret)
        delivering = Delivering(
            Notices(store.database), store, means, SystemClock(), settings.public_url
        )
        if not delivering.finish(PATIENCE):
            say("somebody could not be told yet; the next engine on this home tries again")
