"""What the parts of the executor share."""

from __future__ import annotations

from threading import RLock
from typing import NamedTuple

from volery.data.storage import Storage
from volery.executors.contained.works import Works
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.crew import Crew
from volery.executors.kubernetes.settings import KubernetesSettings


class Ground(NamedTuple):
    """What the parts of the executor share.

    Attributes:
        api: the cluster.
        settings: what its administrator says.
        storage: of executions; pods reach it by the same URL.
        server: identity of the server, stable over restarts.
        works: that are under way.
        crew: does what takes time.
        lock: held whenever a `Space` or a `Charge` is read or changed; never while waiting.
    """

    api: Api
    settings: KubernetesSettings
    storage: Storage
    server: str
    works: Works
    crew: Crew
    lock: RLock
