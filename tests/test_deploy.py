"""The files in deploy/ are checked by their own programs (nginx, systemd …), and run before a real
server.

A test is skipped if its program is not installed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
import yaml
from click import Context
from prometheus_client.parser import text_string_to_metric_families

from indexer import SETTINGS, rebuild
from indexer.cli import cli
from search_ui import create_app

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
TEXTS = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
SITE = "tim.example.vn"
LIMIT = 30.0


def _program(name: str) -> str:
    """Return the path of a program; skip the test if it is not installed."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def _accepts(*command: str | Path) -> None:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_only_settings_and_commands_that_exist_are_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"TRACUU_[A-Z_]*[A-Z]", text)) <= {s.variable for s in SETTINGS}
    commands = re.findall(r"(?:/bin/|run --rm |remedy: |[;`] ?)tracuu ([a-z]+)", text)
    assert set(commands) <= set(cli.list_commands(Context(cli)))


# --- systemd --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the systemd units, changed to call a program that is installed here."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/tracuu/bin/tracuu", "/bin/true")
        (folder / unit.name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_systemd_accepts_the_units(unit: Path, units: Path) -> None:
    done = subprocess.run(
        [_program("systemd-analyze"), "verify", "--man=no", units / unit.name],
        capture_output=True, text=True, check=False, timeout=LIMIT,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "tracuu" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda p: p.name)
def test_the_services_may_do_little(unit: Path, units: Path) -> None:
    # The exposure level in tenths: below 2 is what systemd calls "OK" or "SAFE".
    _accepts(
        _program("systemd-analyze"), "security", "--no-pager", "--offline=true", "--threshold=20",
        units / unit.name,
    )  # fmt: skip


@pytest.mark.parametrize("unit", SERVICES, ids=lambda p: p.name)
def test_the_commands_of_the_units_have_their_options(unit: Path) -> None:
    commands = re.findall(r"^ExecStart=\S+/tracuu (.+)$", unit.read_text("utf-8"), re.MULTILINE)
    assert commands
    for command in commands:
        name, *arguments = command.split()
        context = cli.resolve_command(Context(cli), [name])[1].make_context(name, arguments)
        assert context.command.name == name


def test_the_settings_for_the_units_are_valid(tmp_path: Path) -> None:
    text = (DEPLOY / "tracuu.env").read_text(encoding="utf-8")
    for hidden in ("", "#"):
        lines = re.findall(rf"^{hidden}(TRACUU_\w+)=(.*)$", text, re.MULTILINE)
        assert lines
        environ = {**os.environ, **dict(lines), "TRACUU_QUERY_LOG": str(tmp_path / "log")}
        for name in ("TRACUU_PASSWORD_FILE", "TRACUU_ADMIN_PASSWORD_FILE"):
            environ.pop(name, None)
        code = "from pathlib import Path; import search_ui; search_ui.create_app(None, Path('x'))"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


# --- containers -----------------------------------------------------------------------------------


def _dockerfile() -> list[tuple[str, str]]:
    """Return (instruction, arguments) of each line of the Dockerfile."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", "")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line]


def test_the_image_copies_files_that_exist_and_are_not_ignored() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    for instruction, text in _dockerfile():
        if instruction == "COPY" and "--from" not in text:
            for source in text.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignore


def test_the_image_runs_as_an_ordinary_user() -> None:
    users = [text for instruction, text in _dockerfile() if instruction == "USER"]
    assert users[-1] == "10001"


@pytest.mark.parametrize("file", ["compose.yaml", "compose.opensearch.yaml"])
def test_compose_uses_what_the_image_has(file: str) -> None:
    compose = yaml.safe_load((DEPLOY / file).read_text(encoding="utf-8"))
    created = next(
        text for name, text in _dockerfile() if name == "RUN" and "install --dir" in text
    )
    for name, service in compose["services"].items():
        for variable in service.get("environment", {}):
            if variable.startswith("TRACUU_"):
                assert variable in {each.variable for each in SETTINGS}, variable
        if name.startswith("node"):  # another image
            continue
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        for volume in service["volumes"]:
            assert f" {volume.split(':')[1]}" in created, volume
        if "command" in service:
            command, *arguments = service["command"]
            assert cli.resolve_command(Context(cli), [command])[1].make_context(command, arguments)
    assert (DEPLOY / compose["services"]["tracuu"]["build"]["context"]).resolve() == ROOT
    if _compose_is_installed():
        _accepts("docker", "compose", "--file", DEPLOY / file, "config", "--quiet")


def _compose_is_installed() -> bool:
    docker = shutil.which("docker")
    return (
        bool(docker)
        and not subprocess.run(
            ["docker", "compose", "version"], capture_output=True, check=False
        ).returncode
    )


# --- before a server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "index"
    rebuild([ROOT / "seeds"], folder)
    return folder


@contextmanager
def _running(
    command: list[str], port: int, environ: dict[str, str], stop: signal.Signals = signal.SIGTERM
) -> Iterator[None]:
    """Context manager: run a server until the end of the block; it listens on `port`."""
    with subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            until = time.monotonic() + LIMIT
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=LIMIT).close()
                    break
                except ConnectionRefusedError:
                    if process.poll() is not None or time.monotonic() > until:
                        process.kill()
                        pytest.fail(process.communicate()[1].decode())
                    time.sleep(0.02)
            yield
        finally:
            process.send_signal(stop)
            try:
                process.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _serving(index: Path, **settings: str) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "indexer.cli", "serve", "--port", str(port)]
    environ = {"TRACUU_INDEX": str(index), "TRACUU_WORKERS": "2", **settings}
    with _running(command, port, environ):
        yield port


def test_the_health_check_of_the_image_tells_answers_from_failures(index: Path) -> None:
    text = next(text for instruction, text in _dockerfile() if instruction == "HEALTHCHECK")
    command = yaml.safe_load(text.split(" CMD ")[1])
    command[0] = sys.executable

    def check(port: int) -> int:
        environ = {**os.environ, "TRACUU_PORT": str(port)}
        return subprocess.run(command, env=environ, capture_output=True, check=False).returncode

    with _serving(index) as port:
        assert check(port) == 0
    assert check(port) == 1


def _ask(connection: HTTPConnection, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": SITE, **names})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def _check_proxy(connection: HTTPConnection, scheme: str) -> None:
    """Assert what visitors get through a proxy, also if they forge the headers that it sends."""
    forged = {
        "X_Forwarded_For": "127.0.0.1", "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Prefix": "/evil", "X_Forwarded_Port": "666", "X_Forwarded_Proto": "gopher",
    }  # fmt: skip
    for headers in ({}, forged):
        answer, text = _ask(connection, "/atom.xml?q=dan+van", **headers)
        assert answer.status == 200
        assert "evil" not in text
        assert "666" not in text.replace(" ", "")[:2000]
        assert f"{scheme}://{SITE}" in text, re.findall(r'href="([^"]+)"', text)[:5]
        assert _ask(connection, "/metrics", **headers)[0].status == 404
        assert _ask(connection, "/healthz", **headers)[0].status == 200
    answer, text = _ask(connection, "/api/export.csv?q=dan+van")
    assert answer.status == 200
    assert text.count("\n") > 1
    assert "max-age" in str(answer.getheader("Strict-Transport-Security"))


def test_nginx_passes_on_what_visitors_may_see(index: Path, tmp_path: Path) -> None:
    nginx = _program("nginx")
    openssl = _program("openssl")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    _accepts(
        openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", f"/CN={SITE}", "-addext", f"subjectAltName=DNS:{SITE}",
        "-keyout", key, "-out", certificate,
    )  # fmt: skip
    port, plain = _free_port(), _free_port()
    with _serving(index, TRACUU_TRUSTED_PROXIES="1") as backend:
        site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        site = re.sub(r"(?m)^    listen \[::\].*\n", "", site)  # IPv6 may be missing here
        for old, new in (
            ("listen 443 ", f"listen 127.0.0.1:{port} "),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("server 127.0.0.1:8000;", f"server 127.0.0.1:{backend};"),
            (f"/etc/letsencrypt/live/{SITE}/", f"{tmp_path}/"),
            ("$server_port", "443"),
        ):
            assert old in site
            site = site.replace(old, new)
        (tmp_path / "site.conf").write_text(site, encoding="utf-8")
        folders = "".join(
            f"{name}_temp_path {tmp_path}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = tmp_path / "nginx.conf"
        whole.write_text(
            f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{folders}include {tmp_path}/site.conf;\n}}\n",
            encoding="utf-8",
        )
        arguments = [nginx, "-p", str(tmp_path), "-e", "stderr", "-c", str(whole)]
        _accepts(*arguments, "-t")
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False  # the connection is to 127.0.0.1
        with _running(arguments, port, {}):
            with closing(HTTPSConnection("127.0.0.1", port, context=context)) as visitor:
                _check_proxy(visitor, "https")
            with closing(HTTPConnection("127.0.0.1", plain)) as visitor:
                answer, _ = _ask(visitor, "/doc/x?q=a")
            assert answer.status == 301
            assert answer.getheader("Location") == f"https://{SITE}/doc/x?q=a"


def test_caddy_passes_on_what_visitors_may_see(index: Path, tmp_path: Path) -> None:
    caddy = _program("caddy")
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    port = _free_port()
    with _serving(index, TRACUU_TRUSTED_PROXIES="1") as backend:
        _accepts(caddy, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
        site = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
        # Without a certificate, which it would ask the authority for.
        for old, new in (
            (f"\n{SITE} {{", f"\nhttp://{SITE}:{port} {{"),
            (":8000 ", f":{backend} "),
        ):
            assert old in site
            site = site.replace(old, new)
        config = tmp_path / "Caddyfile"
        config.write_text("{\n\tadmin off\n}\n" + site, encoding="utf-8")
        arguments = [caddy, "run", "--adapter", "caddyfile", "--config", str(config)]
        with _running(arguments, port, own), closing(HTTPConnection("127.0.0.1", port)) as visitor:
            _check_proxy(visitor, "http")


# --- monitoring -----------------------------------------------------------------------------------


def test_prometheus_accepts_the_alerts() -> None:
    _accepts(_program("promtool"), "check", "rules", DEPLOY / "prometheus-alerts.yml")


def test_the_alerts_use_figures_that_exist(index: Path) -> None:
    app = create_app(index_dir=index)
    client = app.test_client()
    client.get("/?q=dan+van")
    samples = [
        sample
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    ]
    rules = yaml.safe_load((DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8"))
    expressions = " ".join(rule["expr"] for rule in rules["groups"][0]["rules"])
    used = set(re.findall(r"tracuu_\w+", expressions))
    assert used
    assert used <= {sample.name for sample in samples}
    for endpoint in re.findall(r'endpoint="([^"]+)"', expressions):
        assert endpoint in app.view_functions
