"""What is asked of a Docker engine, in terms of containers and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import msgspec

from volery.executors.docker.api import EngineRefused, Json

if TYPE_CHECKING:
    from volery.executors.docker.api import Api, Stream

_ENDS: Final = ("die", "destroy", "died", "remove")
"""Events of containers that have ended or are gone; the last two in the words of Podman."""
_MISSING: Final = 404
_CONFLICT: Final = 409


class State(msgspec.Struct, frozen=True, rename="pascal"):
    """The state of a container, as the engine tells it.

    Attributes:
        status: ``created``, ``running``, ``exited``, ...
        o_o_m_killed: a process of it was killed for want of memory.
        error: why it could not be started.
    """

    status: str = ""
    exit_code: int = 0
    o_o_m_killed: bool = msgspec.field(name="OOMKilled", default=False)
    error: str = ""
    started_at: str = ""

    @property
    def over(self) -> bool:
        """It has run, and does not any more."""
        return self.status in ("exited", "dead", "removing", "stopped")


class Container(msgspec.Struct, frozen=True, rename="pascal"):
    """A container by its id."""

    id: str
    state: State


class Listed(msgspec.Struct, frozen=True, rename="pascal"):
    """A container in a list.

    Attributes:
        names: each with a slash before it.
        state: see `State.status`.
    """

    id: str
    names: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    state: str = ""

    @property
    def name(self) -> str:
        """The first of its names."""
        return self.names[0].removeprefix("/") if self.names else self.id


class Info(msgspec.Struct, frozen=True, rename="pascal"):
    """The machine of an engine.

    Attributes:
        n_c_p_u: its processors.
        mem_total: bytes.
        security_options: such as ``name=rootless``.
    """

    n_c_p_u: int = msgspec.field(name="NCPU", default=0)
    mem_total: int = 0
    security_options: tuple[str, ...] | None = ()

    @property
    def rootless(self) -> bool:
        """Root in a container is whoever the engine runs as."""
        return "name=rootless" in (self.security_options or ())


class Engine:
    """An engine. Any thread may ask it; all methods raise EngineAway and EngineRefused."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def info(self) -> Info:
        """About its machine."""
        return msgspec.convert(self._api.ask("GET", "/info"), Info)

    def create(self, name: str, description: Json) -> str | None:
        """Make a container; returns its id. None: there is one of this name."""
        try:
            made = self._api.ask("POST", "/containers/create", {"name": name}, description)
        except EngineRefused as refused:
            if refused.status == _CONFLICT:
                return None
            raise
        return made["Id"]

    def start(self, id: str) -> None:
        """Start a container; one that runs is left alone."""
        self._api.ask("POST", f"/containers/{id}/start")

    def inspect(self, id: str) -> Container | None:
        """A container by id or name; None: there is none."""
        found = self._unless_missing("GET", f"/containers/{id}/json")
        return None if found is None else msgspec.convert(found, Container)

    def list(self, label: str) -> list[Listed]:
        """All containers with a label, ``name=value``, whether they run or not."""
        filters = {"label": [label]}
        found = self._api.ask("GET", "/containers/json", {"all": True, "filters": filters})
        return msgspec.convert(found, list[Listed])

    def kill(self, id: str, signal: str) -> None:
        """Send a signal to a container; one that does not run gets none."""
        self._unless_missing("POST", f"/containers/{id}/kill", {"signal": signal})

    def wait(self, id: str) -> None:
        """Wait until a container does not run."""
        self._unless_missing("POST", f"/containers/{id}/wait")

    def remove(self, id: str) -> None:
        """Remove a container, with its nameless volumes, whether it runs or not."""
        self._unless_missing("DELETE", f"/containers/{id}", {"force": True, "v": True})

    def has_image(self, image: str) -> bool:
        """Whether an image is here."""
        return self._unless_missing("GET", f"/images/{image}/json") is not None

    def pull(self, image: str, credentials: str) -> Stream:
        """Pull an image: documents that tell how far it is, or why it does not come.

        Args:
            image: its name; without a tag or digest ``latest`` is meant.
            credentials: see `credentials_for`.
        """
        repository, tag = _parted(image)
        headers = {"X-Registry-Auth": credentials} if credentials else {}
        query = {"fromImage": repository, "tag": tag}
        return self._api.stream("POST", "/images/create", query, headers)

    def logs(self, id: str, since: str = "") -> Stream:
        """What a container prints, and goes on to print: frames, see `frames.FrameReader`.

        Args:
            id: of the container.
            since: seconds since the epoch, with a fraction; empty: from the beginning.
        """
        query = {"stdout": True, "stderr": True, "timestamps": True, "follow": True}
        return self._api.stream("GET", f"/containers/{id}/logs", {**query, "since": since or None})

    def last_logs(self, id: str, lines: int) -> Stream:
        """The last lines that a container has printed."""
        query = {"stdout": True, "stderr": True, "timestamps": True, "tail": lines}
        return self._api.stream("GET", f"/containers/{id}/logs", query)

    def events(self, label: str) -> Stream:
        """What happens from now on to containers with a label: documents, one in each line."""
        filters = {"type": ["container"], "label": [label], "event": _ENDS}
        return self._api.stream("GET", "/events", {"filters": filters})

    def attach(self, id: str) -> Stream:
        """The standard streams of a container: what is written there goes to its stdin.

        It carries frames the other way, as `logs` does without timestamps. The container was made
        with ``OpenStdin``; attached before it is started, nothing that it says is missed.
        """
        query = {"stream": True, "stdin": True, "stdout": True, "stderr": True}
        return self._api.stream("POST", f"/containers/{id}/attach", query)

    def _unless_missing(self, method: str, path: str, query: Json = None) -> Json:
        """What the engine answers; None: there is no such thing, or it is just going."""
        try:
            return self._api.ask(method, path, query) or cast("Json", {})
        except EngineRefused as refused:
            if refused.status in (_MISSING, _CONFLICT):
                return None
            raise


def _parted(image: str) -> tuple[str, str]:
    """Repository, and tag or digest: without one the engine would pull all tags."""
    if "@" in image:
        repository, _, digest = image.partition("@")
        return repository, digest
    before, colon, tag = image.rpartition(":")
    return (before, tag) if colon and "/" not in tag else (image, "latest")
