"""Who may see statistics, metrics and an archive that is not public."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from fakes import FakeArchive
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import SettingError
from search_ui import create_app
from search_ui.access import gate
from search_ui.access.passwords import hash_password, is_password, read_logins

PASSWORD = "mật khẩu: dài"
HASHED = hash_password(PASSWORD)
EVERY_ADDRESS = ("/", "/?q=dân", "/api/search?q=dân", "/api/export.csv", "/atom.xml", "/huong-dan",
                 "/api/suggest?q=d", "/opensearch.xml", "/chon/year", "/thong-ke", "/metrics",
                 "/api/openapi.json", "/doc/x", "/nowhere")  # fmt: skip


def login(name: str, password: str) -> dict[str, str]:
    raw = f"{name}:{password}".encode()
    return {"Authorization": f"Basic {b64encode(raw).decode()}"}


ADMIN, VISITOR = login("chu", PASSWORD), login("khach", PASSWORD)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Return a function that makes a client of an app with settings.

    In the value of a setting, `{name}` stands for a file with a login of this name.
    """

    def make(**settings: str) -> FlaskClient:
        for name, value in settings.items():
            if value.startswith("file:"):
                path = tmp_path / value[5:]
                path.write_text(f"# logins\n\n{value[5:]}:{HASHED}\n", encoding="utf-8")
                value = str(path)
            monkeypatch.setenv(f"TRACUU_{name.upper()}", value)
        return create_app(FakeArchive()).test_client()  # type: ignore[arg-type]

    return make


@settings(max_examples=5, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_a_hash_accepts_its_password_only(password: str, other: str) -> None:
    hashed = hash_password(password)
    assert is_password(password, hashed)
    assert is_password(other, hashed) == (other == password)
    assert password not in hashed or len(password) < 3


def test_a_password_file_with_a_wrong_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "logins"
    for content in ("", "a", "a:", "a:scrypt$x", f":{HASHED}", "a:bcrypt$1$2$3$4$5", "a:md5"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(SettingError, match="tracuu password"):
            read_logins(path, "TRACUU_PASSWORD_FILE")
    with pytest.raises(SettingError, match="cannot be read"):
        read_logins(tmp_path / "none", "TRACUU_PASSWORD_FILE")


def test_the_command_writes_a_line_that_the_server_reads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "indexer.cli", "password", "chủ"]
    done = subprocess.run(
        command, input=f"{PASSWORD}\n", capture_output=True, text=True, check=True
    )
    path = tmp_path / "logins"
    path.write_text(done.stdout, encoding="utf-8")
    logins = gate.Logins(read_logins(path, "TRACUU_PASSWORD_FILE"))
    assert logins.accept("chủ", PASSWORD)
    assert logins.accept("chủ", PASSWORD)  # remembered
    assert not logins.accept("chủ", PASSWORD + "x")
    assert not logins.accept("ai", PASSWORD)
    for arguments, text in ((["a:b"], "x\n"), (["a"], "\n")):
        wrong = subprocess.run(
            [*command[:-1], *arguments], input=text, capture_output=True, text=True, check=False
        )
        assert wrong.returncode == 2
        assert wrong.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["/metrics", "/thong-ke"])
def test_the_administrators_pages_are_for_local_addresses_only(client, path: str) -> None:  # type: ignore[no-untyped-def]
    app = client(stats="1")
    assert app.get(path).status_code == 200
    remote = {"REMOTE_ADDR": "203.0.113.5"}
    assert app.get(path, environ_overrides=remote).status_code == 403
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):  # through a proxy on this machine
        assert app.get(path, headers={header: "127.0.0.1"}).status_code == 403


def test_all_documents_of_a_private_archive_need_a_login_too(client) -> None:  # type: ignore[no-untyped-def]
    app = client(password_file="file:khach", admin_password_file="file:chu", stats="1")
    for kind in ("csv", "jsonl"):
        assert app.get(f"/api/export-all.{kind}").status_code == 401  # from this machine
        assert app.get(f"/api/export-all.{kind}", headers=ADMIN).status_code == 200
        assert app.get(f"/api/export-all.{kind}", headers=VISITOR).status_code == 200
        remote = {"REMOTE_ADDR": "203.0.113.5"}
        answer = app.get(f"/api/export-all.{kind}", headers=VISITOR, environ_overrides=remote)
        assert answer.status_code == 401
    assert app.get("/thong-ke").status_code == 200


def test_the_administrator_logs_in_from_anywhere(client) -> None:  # type: ignore[no-untyped-def]
    app = client(stats="1", admin_password_file="file:chu", admin_addresses="off")
    remote = {"REMOTE_ADDR": "203.0.113.5"}
    refused = app.get("/thong-ke", environ_overrides=remote)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert app.get("/thong-ke", environ_overrides=remote, headers=ADMIN).status_code == 200
    assert app.get("/thong-ke", environ_overrides=remote, headers=VISITOR).status_code == 401
    assert app.get("/?q=dân", environ_overrides=remote).status_code == 200


def test_addresses_of_the_administrator_can_be_chosen(client) -> None:  # type: ignore[no-untyped-def]
    app = client(admin_addresses="10.1.0.0/16, 2001:db8::/32")
    for address, status in (
        ("10.1.2.3", 200),
        ("2001:db8::1", 200),
        ("127.0.0.1", 403),
        ("x", 403),
    ):
        answer = app.get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == status
    with pytest.raises(SettingError, match="TRACUU_ADMIN_ADDRESSES"):
        client(admin_addresses="10.1.0.0/99")


@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_nothing_of_a_private_archive_is_shown_without_a_login(client, path: str) -> None:  # type: ignore[no-untyped-def]
    app = client(password_file="file:khach", stats="1", admin_addresses="off")
    for headers in ({}, login("khach", "x"), login("ai", PASSWORD), {"Authorization": "Bearer x"},
                    {"Authorization": "Basic ???"}):  # fmt: skip
        refused = app.get(path, headers=headers)
        assert refused.status_code in (401, 403)
        assert "Kiên Giang" not in refused.text
        assert "no-store" in refused.headers["Cache-Control"]
    answer = app.get(path, headers=VISITOR)
    if path in ("/thong-ke", "/metrics"):
        assert answer.status_code == 403
    else:
        assert answer.status_code in (200, 404)
        assert "public" not in answer.headers["Cache-Control"]
        assert "Authorization" in answer.headers["Vary"]


def test_health_and_style_need_no_login(client) -> None:  # type: ignore[no-untyped-def]
    app = client(password_file="file:khach")
    assert app.get("/healthz").status_code == 200
    with app.get("/static/base.css") as style:
        assert style.status_code == 200


def test_many_wrong_passwords_from_one_address_are_stopped(client) -> None:  # type: ignore[no-untyped-def]
    app = client(password_file="file:khach")
    for _ in range(gate.MAX_FAILURES):
        assert app.get("/", headers=login("khach", "x")).status_code == 401
    stopped = app.get("/", headers=VISITOR)
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    other = {"REMOTE_ADDR": "203.0.113.5"}
    assert app.get("/", headers=VISITOR, environ_overrides=other).status_code == 200


def test_a_proxy_may_say_who_logged_in(client) -> None:  # type: ignore[no-untyped-def]
    app = client(login_header="X-Remote-User", trusted_proxies="1")
    assert app.get("/?q=dân").status_code == 401
    assert app.get("/?q=dân", headers={"X-Remote-User": " "}).status_code == 401
    assert app.get("/?q=dân", headers={"X-Remote-User": "lan"}).status_code == 200
    with pytest.raises(SettingError, match="TRACUU_TRUSTED_PROXIES"):
        client(login_header="X-Remote-User", trusted_proxies="0")
