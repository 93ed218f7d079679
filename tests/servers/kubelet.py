"""A node that runs the containers of pods as processes of this machine."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.servers.kubernetes import Cluster, Log, Pod, cpus_of


class Kubelet:
    """Runs pods, some at a time; images count for nothing.

    Volumes are folders, to which a link leads from where containers look for them; secrets are
    where ``VOLERY_SECRETS`` says.

    Args:
        folder: for volumes.
        slots: so many pods run at a time.

    Attributes:
        secrets: the entries of Secrets, by name.
        environment: of every container.
        images: that the node has; None: any.
        cpus: processors of the node.
        brief: it says that containers run a moment before it says that they are over, however long
            they take.
    """

    def __init__(self, folder: Path, slots: int = 4) -> None:
        self._folder = folder
        self._slots = threading.Semaphore(slots)
        self._running: dict[str, _Run] = {}
        self._threads: list[threading.Thread] = []
        self.secrets: dict[str, dict[str, str]] = {}
        self.environment: dict[str, str] = {}
        self.images: set[str] | None = None
        self.cpus = math.inf
        self.brief = False

    def run(self, cluster: Cluster, pod: Pod) -> None:
        """A pod is new."""
        run = _Run(self, cluster, pod)
        self._running[pod["metadata"]["uid"]] = run
        thread = threading.Thread(target=run.live, args=(self._slots,), daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def stop(self, pod: Pod, grace: float) -> None:
        """A pod is to end within so many seconds."""
        self._running[pod["metadata"]["uid"]].stop(grace)

    def kill(self, name: str, reason: str = "Error") -> None:
        """The processes of a pod die, as by the kernel; `reason` is the runtime's word for it."""
        for run in self._running.values():
            if run.pod["metadata"]["name"] == name:
                run.reason = reason
                run.signal(signal.SIGKILL)

    def close(self) -> None:
        """End all pods."""
        for run in list(self._running.values()):
            run.stop(0)
        for thread in self._threads:
            thread.join()

    def refusal(self, pod: Pod) -> dict[str, Any] | None:
        """The status of a pod that does not run here; None: it may."""
        containers = pod["spec"]["containers"]
        if cpus_of(pod) > self.cpus:
            message = "0/1 nodes are available: 1 Insufficient cpu."
            condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
            return {"conditions": [{**condition, "message": message}]}
        images = [each["image"] for each in containers]
        missing = [each for each in images if self.images is not None and each not in self.images]
        if not missing:
            return None
        message = f'Container image "{missing[0]}" is not present with pull policy of Never'
        waiting = {"reason": "ErrImageNeverPull", "message": message}
        told = [{"name": each["name"], "state": {"waiting": waiting}} for each in containers]
        return {"conditions": [_SCHEDULED], "containerStatuses": told}

    def volume(self, run: _Run, volume: dict[str, Any]) -> Path:
        """The folder of a volume."""
        folder = self._folder / run.pod["metadata"]["uid"] / volume["name"]
        folder.mkdir(parents=True, exist_ok=True)
        for source in volume.get("projected", {}).get("sources", ()):
            entries = self.secrets.get(source["secret"]["name"], {})
            for item in source["secret"]["items"]:
                if item["key"] in entries:
                    file = folder / item["path"]
                    file.parent.mkdir(exist_ok=True)
                    file.write_text(entries[item["key"]])
        return folder


class _Run:
    """The life of one pod."""

    def __init__(self, kubelet: Kubelet, cluster: Cluster, pod: Pod) -> None:
        self._kubelet = kubelet
        self._cluster = cluster
        self._stopping = threading.Event()
        self._kill: threading.Timer | None = None
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._statuses: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._links: list[Path] = []
        self.pod = pod
        self.reason = "Error"

    def live(self, slots: threading.Semaphore) -> None:
        """Run the containers, in the order of the API, and report."""
        with slots:
            try:
                if not self._stopping.is_set():
                    self._run()
            finally:
                if self._kill is not None:
                    self._kill.cancel()
                    self._kill.join()
                for link in self._links:
                    link.unlink()
        if self._stopping.is_set():
            self._cluster.remove(self.pod)

    def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL later."""
        self._stopping.set()
        main = [each["name"] for each in self.pod["spec"]["containers"]]
        self.signal(signal.SIGTERM, main)
        if self._kill is None and grace:
            kill = threading.Timer(grace, self.signal, (signal.SIGKILL,))
            kill.daemon = True
            kill.start()
            self._kill = kill  # as it runs: another thread waits for its end
        elif not grace:
            self.signal(signal.SIGKILL)

    def signal(self, number: int, names: list[str] | None = None) -> None:
        """To the processes of containers; SIGKILL to all that they have started."""
        with self._lock:
            found = [
                each for name, each in self._processes.items() if names is None or name in names
            ]
        for process in found:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):  # its own thread was told first
                    (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)

    def _run(self) -> None:
        spec = self.pod["spec"]
        if refusal := self._kubelet.refusal(self.pod):
            self._cluster.set_status(self.pod, **refusal)
            self._stopping.wait()
            return
        self._cluster.set_status(self.pod, conditions=[_SCHEDULED])
        sidecars: list[tuple[str, subprocess.Popen[bytes]]] = []
        for each in spec.get("initContainers", ()):
            process = self._start(each)
            if each.get("restartPolicy") == "Always":
                self._await(each)
                sidecars.append((each["name"], process))
            elif self._wait(each["name"], process):
                self._report("Failed")
                return
        started = [(each["name"], self._start(each)) for each in spec["containers"]]
        if self._kubelet.brief:
            for _, process in started:
                process.wait()
        self._report("Running")
        if self._kubelet.brief:
            self._stopping.wait(0.05)
        statuses = [self._wait(*each) for each in started]
        for _, process in sidecars:
            process.terminate()
        for each in sidecars:
            self._wait(*each)
        self._report("Failed" if any(statuses) else "Succeeded")

    def _await(self, container: dict[str, Any]) -> None:
        """Wait until a sidecar is ready."""
        probe = container["startupProbe"]["exec"]["command"]
        environment = os.environ | {"TMPDIR": str(self._temporary(container))}
        while subprocess.run(probe, env=environment, check=False).returncode:
            self._stopping.wait(0.05)

    def _temporary(self, container: dict[str, Any]) -> Path:
        return self._kubelet.volume(self, {"name": f"tmp-{container['name']}"})

    def _note(self, name: str) -> Path:
        """What stands for ``/dev/termination-log``."""
        return self._kubelet.volume(self, {"name": "notes"}) / name

    def _start(self, container: dict[str, Any]) -> subprocess.Popen[bytes]:
        log = self._cluster.logs[self.pod["metadata"]["uid"] + container["name"]] = Log()
        environment = os.environ | self._kubelet.environment
        environment |= {each["name"]: each.get("value", "") for each in container.get("env", ())}
        if "VOLERY_ONE_STREAM" in environment:
            environment["VOLERY_ONE_STREAM"] = str(self._note(container["name"]))
        if "startupProbe" in container:
            environment["TMPDIR"] = str(self._temporary(container))
        volumes = {each["name"]: each for each in self.pod["spec"].get("volumes", ())}
        for mount in container.get("volumeMounts", ()):
            folder = self._kubelet.volume(self, volumes[mount["name"]])
            if mount["name"] == "volery-secrets":
                environment["VOLERY_SECRETS"] = str(folder)
            elif not Path(mount["mountPath"]).exists():
                Path(mount["mountPath"]).symlink_to(folder)
                self._links.append(Path(mount["mountPath"]))
        command = [*container.get("command", ()), *container.get("args", ())]
        attachable = container.get("stdin", False)
        with self._lock:
            process = subprocess.Popen(
                command, env=environment, start_new_session=True, bufsize=0 if attachable else -1,
                stdin=subprocess.PIPE if attachable else subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if attachable else subprocess.STDOUT,
            )  # fmt: skip
            self._processes[container["name"]] = process
        if self._stopping.is_set():
            self.signal(signal.SIGTERM)
        if attachable:  # what it says is for who attaches to it
            log.end()
            uid = self.pod["metadata"]["uid"]
            self._cluster.attachable[uid + container["name"]] = process
        else:
            threading.Thread(target=_pump, args=(process, log), daemon=True).start()
        self._statuses[container["name"]] = {"running": {"startedAt": _now()}}
        return process

    def _wait(self, name: str, process: subprocess.Popen[bytes]) -> int:
        status = process.wait()
        if self._cluster.attachable.pop(self.pod["metadata"]["uid"] + name, None):
            _close(process)
        log = self._cluster.logs[self.pod["metadata"]["uid"] + name]
        with log.changed:
            log.changed.wait_for(lambda: log.complete, 2.0)
        code = 128 - status if status < 0 else status
        reason = "Completed" if code == 0 else self.reason
        began = self._statuses[name]["running"]["startedAt"]
        self._statuses[name] = {
            "terminated": {
                "exitCode": code, "reason": reason, "startedAt": began, "finishedAt": _now(),
                "message": note.read_text() if (note := self._note(name)).exists() else "",
            }
        }  # fmt: skip
        return code

    def _report(self, phase: str) -> None:
        first = {each["name"] for each in self.pod["spec"].get("initContainers", ())}
        told = [{"name": name, "state": state} for name, state in self._statuses.items()]
        self._cluster.set_status(
            self.pod,
            phase=phase,
            initContainerStatuses=[each for each in told if each["name"] in first],
            containerStatuses=[each for each in told if each["name"] not in first],
        )


_SCHEDULED = {"type": "PodScheduled", "status": "True"}


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


def _pump(process: subprocess.Popen[bytes], log: Log) -> None:
    assert process.stdout is not None
    rest = b""
    with process.stdout as stream:
        while piece := os.read(stream.fileno(), 65536):
            *lines, rest = (rest + piece).split(b"\n")
            log.write(*(line + b"\n" for line in lines))
    if rest:
        log.write(rest)
    log.end()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
