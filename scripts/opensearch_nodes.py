"""Starts and stops OpenSearch nodes on this machine, for development, tests and benchmarks.

    python -m scripts.opensearch_nodes start [--nodes 3] [--port 9200]
    python -m scripts.opensearch_nodes stop

A node is a Java process made of pinned Maven artifacts (`deploy/opensearch/`), below
`build/opensearch/`; Java 17 or newer and Maven are needed the first time. It listens on 127.0.0.1
only and asks for no password: for users there is `deploy/compose.yaml` with the official images.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PINS = ROOT / "deploy" / "opensearch"
BUILD = ROOT / "build" / "opensearch"
HEAP = os.environ.get("TRACUU_NODE_HEAP", "512m")
"""Heap of each node; one takes about 400 MB more."""
START_SECONDS = 180


class NodesMissing(Exception):
    """Nodes cannot be started here; the message says why."""


def install(build: Path = BUILD) -> Path:
    """Download and verify the jars, compile the node, and return their folder.

    Raises NodesMissing without Java or Maven, without network, or if a jar is not the pinned one.
    """
    done = build / "installed"
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(PINS.iterdir())))
    if done.exists() and done.read_text() == pins.hexdigest():
        return build
    for program in ("java", "javac", "mvn"):
        if shutil.which(program) is None:
            raise NodesMissing(f"{program} is not installed (Debian: default-jdk-headless, maven)")
    shutil.rmtree(build, ignore_errors=True)
    (build / "classes").mkdir(parents=True)
    _run("mvn", "-q", "-B", "-f", str(PINS / "pom.xml"), "dependency:copy-dependencies",
         f"-DoutputDirectory={build / 'lib'}", "-DincludeScope=runtime")  # fmt: skip
    expected = dict(
        reversed(line.split()) for line in (PINS / "jars.sha256").read_text().splitlines()
    )
    found = {path.name: _sha256(path) for path in (build / "lib").iterdir()}
    if found != expected:
        wrong = sorted(name for name, _ in found.items() ^ expected.items())
        raise NodesMissing(f"not the pinned artifacts: {', '.join(dict.fromkeys(wrong))}")
    _run("javac", "-cp", f"{build / 'lib'}/*", "-d", str(build / "classes"),
         str(PINS / "SearchNode.java"))  # fmt: skip
    done.write_text(pins.hexdigest())
    return build


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["it failed"]
        raise NodesMissing(f"{command[0]}: {lines[0]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Node:
    """One node: a Java process, its ports and its folder.

    Parameters
    ----------
    home : folder for its data, log and process id.
    names, transport_ports : of all nodes of the cluster.
    """

    def __init__(
        self,
        home: Path,
        name: str,
        port: int,
        transport_port: int,
        names: Sequence[str],
        transport_ports: Sequence[int],
    ) -> None:
        self.home, self.name, self.port = home, name, port
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "node.name": name,
            "cluster.name": "tracuu",
            "network.host": "127.0.0.1",
            "http.port": port,
            "transport.port": transport_port,
            "path.data": home / "data",
            "path.logs": home / "logs",
            "cluster.initial_cluster_manager_nodes": ",".join(names),
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{each}" for each in transport_ports),
            "transport.type": "netty4",
            "http.type": "netty4",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "indices.query.bool.max_clause_count": 16384,
        }

    def start(self, **settings: object) -> None:
        """Start the process; `wait` tells when it answers. `settings` have __ for . in names."""
        build = install()
        (self.home / "config").mkdir(parents=True, exist_ok=True)
        (self.home / "tmp").mkdir(exist_ok=True)
        (self.home / "config" / "log4j2.properties").write_text(_LOGGING)
        more = {name.replace("__", "."): value for name, value in settings.items()}
        command = [
            "java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Xshare:auto",
            f"-Djava.io.tmpdir={self.home / 'tmp'}",
            f"-Dlog4j2.configurationFile={self.home / 'config' / 'log4j2.properties'}",
            "-Dlog4j2.disable.jmx=true", "-Dio.netty.noUnsafe=true",
            "-Dio.netty.noKeySetOptimization=true", "-Dio.netty.allocator.numDirectArenas=0",
            "-cp", f"{build / 'classes'}:{build / 'lib'}/*", "SearchNode", str(self.home),
            *(f"{name}={value}" for name, value in (self._settings | more).items()),
        ]  # fmt: skip
        with (self.home / "out.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._process = process
        (self.home / "pid").write_text(str(process.pid))

    def wait(self, nodes: int = 1) -> None:
        """Wait until the cluster has this many nodes. Raises NodesMissing after START_SECONDS."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                found = self.ask("GET", f"/_cluster/health?wait_for_nodes={nodes}&timeout=5s")
                if found.get("number_of_nodes") == nodes and not found.get("timed_out"):
                    return
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.3)
        tail = (self.home / "out.log").read_text(errors="replace").splitlines()[-3:]
        raise NodesMissing(f"node {self.name} did not start: {' / '.join(tail)}")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send one request to the node, and return its JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return int((self.home / "pid").read_text())

    def kill(self, with_signal: signal.Signals = signal.SIGKILL) -> None:
        """End the process, and wait for its end if it is a child of this one."""
        with contextlib.suppress(OSError, ValueError):
            if self.is_running():
                os.kill(self.pid, with_signal)
        if self._process is not None:
            self._process.wait()
        (self.home / "pid").unlink(missing_ok=True)

    def is_running(self) -> bool:
        """True if the process that `start` made is still there."""
        try:
            return str(self.home).encode() in Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False


def cluster(home: Path, nodes: int, port: int | None = None) -> list[Node]:
    """Return the nodes of a cluster, not started; `port` is that of the first, None for free ones.

    The transport ports are 100 above.
    """
    names = [f"n{number}" for number in range(1, nodes + 1)]
    ports = [port + number if port else free_port() for number in range(nodes)]
    transport = [each + 100 if port else free_port() for each in ports]
    return [
        Node(home / name, name, own, inner, names, transport)
        for name, own, inner in zip(names, ports, transport, strict=True)
    ]


_LOGGING = """status = error
appender.c.type = Console
appender.c.name = c
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.c.ref = c
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=["install", "start", "stop"])
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--home", type=Path, default=BUILD.with_name("opensearch-data"))
    options = parser.parse_args()
    try:
        if options.action == "install":
            print(install())
            return
        if options.action == "stop":
            for path in options.home.glob("*/*/pid"):
                Node(path.parent, path.parent.name, 0, 0, [], []).kill(signal.SIGTERM)
            return
        nodes = cluster(options.home / str(options.nodes), options.nodes, options.port)
        for node in nodes:
            if not node.is_running():
                node.start()
        for node in nodes:
            node.wait(len(nodes))
        print("TRACUU_OPENSEARCH_URL=" + ",".join(node.url for node in nodes))
    except NodesMissing as error:
        sys.exit(f"opensearch: {error}.")


if __name__ == "__main__":
    main()
