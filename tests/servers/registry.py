"""A registry of one image on loopback, which a real Docker engine pulls from."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from tests.servers.docker import add_shell

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass
class Registry:
    """A registry that has the image ``shell:1`` and refuses ``secret``.

    Attributes:
        port: on 127.0.0.1.
        asked: how often for each path.
        open: the layer of the image is given away; else whoever wants it waits.
    """

    port: int
    asked: Counter[str] = field(default_factory=Counter)
    open: Event = field(default_factory=Event)

    def image(self, name: str = "shell:1") -> str:
        """An image as it is named here."""
        return f"127.0.0.1:{self.port}/{name}"


@contextmanager
def registry() -> Iterator[Registry]:
    """Start one; it is gone when the block ends."""
    files = _image()
    layer = max(files, key=lambda path: len(files[path][1]))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

        def do_HEAD(self) -> None:
            self.do_GET(body=False)

        def do_GET(self, *, body: bool = True) -> None:
            path = self.path
            started.asked[path] += 1
            if path == layer:
                started.open.wait()
            kind, content, status = "application/json", b"{}", 200
            if path.startswith("/v2/secret/"):
                status, content = 401, b'{"errors":[{"code":"UNAUTHORIZED","message":"who?"}]}'
            elif path in files:
                kind, content = files[path]
            elif path != "/v2/":
                status = 404
                content = b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", _digest(content))
            self.end_headers()
            if body:
                self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        started = Registry(server.server_port)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield started
        finally:
            started.open.set()
            server.shutdown()
            thread.join()


def _image() -> dict[str, tuple[str, bytes]]:
    """What a registry answers, by path: content type and content."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        add_shell(tar)
        mark = tarfile.TarInfo("mark")  # an engine has no layer of an earlier registry
        mark.size = 16
        tar.addfile(mark, io.BytesIO(os.urandom(mark.size)))
    layer = gzip.compress(plain.getvalue(), 1)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/sh"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(plain.getvalue())]},
            "history": [{"created_by": "a test"}],
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(config), "digest": _digest(config)},
            "layers": [{"mediaType": LAYER, "size": len(layer), "digest": _digest(layer)}],
        }
    ).encode()
    by_digest = {"blobs": (config, CONFIG), "manifests": (manifest, MANIFEST)}
    files = {
        f"/v2/shell/{kind}/{_digest(content)}": (type, content)
        for kind, (content, type) in by_digest.items()
    }
    files[f"/v2/shell/blobs/{_digest(layer)}"] = (LAYER, layer)
    files["/v2/shell/manifests/1"] = (MANIFEST, manifest)
    return files


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
