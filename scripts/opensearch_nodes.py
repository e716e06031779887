"""Starts and stops OpenSearch nodes on this machine, for development, tests and benchmarks.

    python -m scripts.opensearch_nodes start [--nodes 3] [--port 9200] [--release 3.8]
    python -m scripts.opensearch_nodes stop

A node is a Java process made of pinned Maven artifacts (`deploy/opensearch/`), below
`build/opensearch/`. Maven is needed the first time, and a JDK: 17 or newer for release 2.19, 21 or
newer for 3.8. It listens on 127.0.0.1 only and asks for no password: for users there is
`deploy/compose.opensearch.yaml` with the official images.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import re
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
RELEASES = {"2.19": 17, "3.8": 21}
"""Release of OpenSearch, a folder in `deploy/opensearch/` → the least version of Java for it."""
DEFAULT_RELEASE = os.environ.get("TRACUU_NODE_RELEASE", "2.19")
_JDKS = Path("/usr/lib/jvm")
"""Where Debian, Fedora and most others put JDKs."""
HEAP = os.environ.get("TRACUU_NODE_HEAP", "512m")
"""Heap of each node; one takes about 400 MB more."""
START_SECONDS = 180


class NodesMissing(Exception):
    """Nodes cannot be started here; the message says why."""


def jdk(least: int) -> Path:
    """Return the folder of a JDK of at least this version: that of JAVA_HOME, else of the `javac`
    on the path, else the oldest below /usr/lib/jvm that is new enough.

    Raises NodesMissing if there is none.
    """
    on_path = shutil.which("javac")
    chosen = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    chosen += [Path(on_path).resolve().parents[1]] if on_path else []
    others = sorted(_JDKS.glob("*"), key=_version)
    for folder in (*chosen, *others):
        if _version(folder) >= least and (folder / "bin" / "javac").exists():
            return folder
    raise NodesMissing(
        f"a JDK {least} or newer is not installed (Debian: default-jdk-headless; or set JAVA_HOME)"
    )


def _version(folder: Path) -> int:
    """Return the version of the JDK in a folder, 0 if it has none."""
    with contextlib.suppress(OSError):
        found = re.search(r'^JAVA_VERSION="(\d+)', (folder / "release").read_text(), re.MULTILINE)
        return int(found[1]) if found else 0
    return 0


def install(release: str = DEFAULT_RELEASE) -> Path:
    """Download and verify the jars of a release, compile the node, and return their folder.

    Raises NodesMissing without Java or Maven, without network, or if a jar is not the pinned one.
    """
    build, home = BUILD / release, jdk(RELEASES[release])
    pinned, main_class = PINS / release, PINS / "SearchNode.java"
    sources = [*sorted(pinned.iterdir()), main_class]
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    done = build / "installed"
    if done.exists() and done.read_text() == pins.hexdigest():
        return build
    if shutil.which("mvn") is None:
        raise NodesMissing("mvn is not installed (Debian: maven)")
    shutil.rmtree(build, ignore_errors=True)
    (build / "classes").mkdir(parents=True)
    _run("mvn", "-q", "-B", "-f", str(pinned / "pom.xml"), "dependency:copy-dependencies",
         f"-DoutputDirectory={build / 'lib'}", "-DincludeScope=runtime")  # fmt: skip
    lines = (pinned / "jars.sha256").read_text().splitlines()
    expected = {name: digest for digest, name in map(str.split, lines)}
    found = {path.name: _sha256(path) for path in (build / "lib").iterdir()}
    if found != expected:
        wrong = sorted(name for name, _ in found.items() ^ expected.items())
        raise NodesMissing(f"not the pinned artifacts: {', '.join(dict.fromkeys(wrong))}")
    _run(str(home / "bin" / "javac"), "-cp", f"{build / 'lib'}/*", "-d", str(build / "classes"),
         str(pinned / "Modules.java"), str(main_class))  # fmt: skip
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
    release : one of RELEASES.
    """

    def __init__(
        self,
        home: Path,
        name: str,
        port: int,
        transport_port: int,
        names: Sequence[str],
        transport_ports: Sequence[int],
        release: str = DEFAULT_RELEASE,
    ) -> None:
        self.home, self.name, self.port, self.release = home, name, port, release
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

    def start(self, *, detached: bool = False, **settings: object) -> None:
        """Start the process; `wait` tells when it answers.

        The node ends when this process does, however that happens, unless it is `detached`.
        `settings` have __ for . in their names.
        """
        build = install(self.release)
        (self.home / "config").mkdir(parents=True, exist_ok=True)
        (self.home / "tmp").mkdir(exist_ok=True)
        (self.home / "config" / "log4j2.properties").write_text(_LOGGING)
        more = {name.replace("__", "."): value for name, value in settings.items()}
        command = [
            str(jdk(RELEASES[self.release]) / "bin" / "java"),
            f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Xshare:auto",
            f"-Djava.io.tmpdir={self.home / 'tmp'}",
            f"-Dlog4j2.configurationFile={self.home / 'config' / 'log4j2.properties'}",
            "-Dlog4j2.disable.jmx=true", "-Dio.netty.noUnsafe=true",
            "-Dio.netty.noKeySetOptimization=true", "-Dio.netty.allocator.numDirectArenas=0",
            "-cp", f"{build / 'classes'}:{build / 'lib'}/*", "SearchNode", str(self.home),
            str(detached).lower(),
            *(f"{name}={value}" for name, value in (self._settings | more).items()),
        ]  # fmt: skip
        with (self.home / "out.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                command, stdout=log, stderr=log, start_new_session=True,
                # Only this process holds the other end of the pipe, which the system closes.
                stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
            )  # fmt: skip
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
            if self._process.stdin is not None:
                self._process.stdin.close()
        (self.home / "pid").unlink(missing_ok=True)

    def is_running(self) -> bool:
        """True if the process that `start` made is still there."""
        try:
            return str(self.home).encode() in Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False


def cluster(
    home: Path, nodes: int, port: int | None = None, release: str = DEFAULT_RELEASE
) -> list[Node]:
    """Return the nodes of a cluster, not started; `port` is that of the first, None for free ones.

    The transport ports are 100 above.
    """
    names = [f"n{number}" for number in range(1, nodes + 1)]
    ports = [port + number if port else free_port() for number in range(nodes)]
    transport = [each + 100 if port else free_port() for each in ports]
    return [
        Node(home / name, name, own, inner, names, transport, release)
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
    parser.add_argument("--release", choices=[*RELEASES], default=DEFAULT_RELEASE)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--home", type=Path, default=BUILD.with_name("opensearch-data"))
    options = parser.parse_args()
    try:
        if options.action == "install":
            print(install(options.release))
            return
        if options.action == "stop":
            for path in options.home.glob("*/*/*/pid"):
                Node(path.parent, path.parent.name, 0, 0, [], []).kill(signal.SIGTERM)
            return
        home = options.home / options.release / str(options.nodes)
        nodes = cluster(home, options.nodes, options.port, options.release)
        for node in nodes:
            if not node.is_running():
                node.start(detached=True)
        for node in nodes:
            node.wait(len(nodes))
        print("TRACUU_OPENSEARCH_URL=" + ",".join(node.url for node in nodes))
    except NodesMissing as error:
        sys.exit(f"opensearch: {error}.")


if __name__ == "__main__":
    main()
