"""Documents that only some may see (`[access]`): a visitor receives exactly what an archive would
send that was built only from what he may see."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from archives import write_jsonl
from browsing import serving, visitor
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pages import app_of, read
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

from indexer import Archive, SettingError, rebuild, update
from search_ui.access.passwords import hash_password, login_line

PASSWORD = "mật khẩu"
HASHED = hash_password(PASSWORD)
FIELD = """
[fields.mat]
type = "text"
label.vi = "Độ mật"
facet = true
"""
ACCESS = """
[access]
field = "mat"
public = ["thường"]
default = "nội bộ"
[access.groups]
"lãnh đạo" = ["nội bộ", "mật"]
"cán bộ" = ["nội bộ"]
"""
SEEN = {"": {"thường"}, "cán bộ": {"thường", "nội bộ"}, "lãnh đạo": {"thường", "nội bộ", "mật"}}
"""Group → the values that it may see."""
LOGIN = {"": None, "cán bộ": "binh", "lãnh đạo": "an"}
VALUES = ("thường", "nội bộ", "mật", "tối mật")

Record = dict[str, Any]


def login(name: str | None, password: str = PASSWORD) -> dict[str, str]:
    if name is None:
        return {}
    raw = f"{name}:{password}".encode()
    return {"Authorization": f"Basic {b64encode(raw).decode()}"}


def source(folder: Path, records: Sequence[Record], access: str = ACCESS) -> Path:
    """Write a source folder with these records; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "archive.toml").write_text(FIELD + access, encoding="utf-8")
    write_jsonl(folder / "a.jsonl", *records)
    return folder


def visible(records: Sequence[Record], group: str) -> list[Record]:
    """Return the records that a group may see, with their values written out."""
    stated = [record | {"mat": record.get("mat") or ["nội bộ"]} for record in records]
    return [record for record in stated if set(record["mat"]) <= SEEN[group]]


def write_logins(path: Path, environment: pytest.MonkeyPatch) -> None:
    """Write a file of logins, and set that a server has them and guests."""
    lines = [
        login_line("an", HASHED, ("ban khác", "Lãnh Đạo", "cán bộ")),
        login_line("binh", HASHED, ("cán bộ",)),
        login_line("khach", HASHED),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment.setenv("TRACUU_PASSWORD_FILE", str(path))
    environment.setenv("TRACUU_GUESTS", "1")


@pytest.fixture
def logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of logins of a server that also has guests."""
    write_logins(tmp_path / "logins", monkeypatch)
    return tmp_path / "logins"


WORDS = ("dân vận", "công tác", "huyện ủy", "văn hóa", "nông thôn", "báo cáo", "hội nghị")
PERSONS = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Cường")
SENTENCES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=6).map(" ".join), min_size=1, max_size=4
)


@st.composite
def records_of_everyone(draw: st.DrawFn) -> list[Record]:
    """Draw records with random audiences; some are copies of each other."""
    records: list[Record] = []
    for number in range(draw(st.integers(3, 14))):
        if records and draw(st.integers(0, 3)) == 0:
            text = draw(st.sampled_from(records))["text"]
        else:
            # A word that no other document has, so that a leak is seen also by itself.
            text = ". ".join([*draw(SENTENCES), f"Riêng chuyenmat{number} thế"])
        record: Record = {
            "id": f"tl/{number}",
            "title": f"{draw(st.sampled_from(WORDS)).capitalize()} {number}",
            "text": text,
            "persons": draw(st.lists(st.sampled_from(PERSONS), max_size=2)),
            "number": f"{number}/QĐ-UBND",
            "date": draw(st.sampled_from(("2019-03-01", "2020-05-17", "2021"))),
        }
        values = draw(st.lists(st.sampled_from(VALUES), max_size=2, unique=True))
        if values:
            record["mat"] = values
        records.append(record)
    return records


def addresses(records: Sequence[Record]) -> list[str]:
    """Return addresses of everything that a server sends."""
    texts = [
        "dân vận", "cong tac", '"huyện ủy"', "văn hóa -nông", "chuyenmat1", "chuyenmat", "bao*",
        "Nguyễn Văn An", "người:cường", "mat:mật", "năm:2019..2020", "dan vna", "coong tacs", "",
        "số 3/QĐ-UBND", "báo cáo công tác dân vận huyện ủy",
    ]  # fmt: skip
    found = ["/", "/huong-dan", "/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml", "/robots.txt",
             "/opensearch.xml", "/api/openapi.json", "/?page=0", "/api/search?x=1",
             "/nowhere", "/api/nowhere"]  # fmt: skip
    for text in texts:
        q = urlencode({"q": text})
        found += [f"/?{q}", f"/api/search?{q}&explain=1", f"/atom.xml?{q}", f"/api/export.csv?{q}"]
        found += [f"/api/suggest?{q}", f"/api/opensearch-suggest?{q}", f"/api/export.json?{q}"]
    for text in ("d", "dâ", "cong", "h", "chuyen", "nguyen v"):
        found.append(f"/api/suggest?{urlencode({'q': text})}")
    for narrowed in ({"person": PERSONS[0]}, {"field.mat": "mật"}, {"year": "2020"},
                     {"field.mat": "nội bộ", "year": "2019"}, {"number": "1/QĐ-UBND"}):  # fmt: skip
        q = urlencode(narrowed | {"q": "dân vận", "sort": "newest", "grouped": "0"})
        found += [f"/?{q}", f"/api/search?{q}", f"/chon/person?{q}", f"/api/export-all.csv?{q}"]
    for facet in ("year", "month", "person", "number", "field.mat", "author", "x"):
        found.append(f"/chon/{facet}")
    found += ["/api/export-all.jsonl", "/api/export-all.csv"]
    for name in [*(record["id"] for record in records), "tl/99"]:
        at = quote(name, safe="")
        found += [f"/doc/{at}", f"/doc/{at}?q=dan+van", f"/doc/{at}?tim=chuyenmat",
                  f"/trich-dan/{at}", f"/api/documents/{at}", f"/ban-goc/{at}",
                  f"/api/search?copies={at}",
                  f"/trich-dan/{at}?dang=ris", f"/?copies={at}"]  # fmt: skip
    return found


VOLATILE = re.compile(
    r'"took_ms": [\d.]+|"generation": "[^"]*"|"built_at": "[^"]*"|<updated>[^<]*'
    r"|(dưới )?\d+(,\d+)? giây"
)


def received(answer: TestResponse) -> tuple[int, str | None, str]:
    """Return what a visitor receives, without times and the name of the generation."""
    return answer.status_code, answer.headers.get("Content-Type"), VOLATILE.sub("", answer.text)


def compare(records: Sequence[Record], index: Path, folder: Path) -> None:
    """Compare all answers of an index, to each group, with those of an archive of what it sees."""
    everything = addresses(records)
    with Archive.open(index) as archive:
        client = app_of(archive, index).test_client()
        for group, name in LOGIN.items():
            seen = visible(records, group)
            own = folder / f"own-{len(SEEN[group])}"
            headers = login(name)
            hidden = [
                f"chuyenmat{number}"
                for number, record in enumerate(records)
                if f"chuyenmat{number}" in record["text"]
                and not any(f"chuyenmat{number}" in each["text"] for each in seen)
            ]
            answers = {}
            for address in everything:
                answer = client.get(address, headers=headers)
                answers[address] = received(answer)
                asked = {word for word in hidden if word in address}
                shown = [word for word in hidden if word in answer.text and word not in asked]
                assert not shown, (group, address)
            if not seen:
                continue  # no archive can be built from nothing
            rebuild([source(own, seen, access="")], own / "index")
            with Archive.open(own / "index") as alone:
                other = app_of(alone, own / "index").test_client()
                for address in everything:
                    expected = received(other.get(address, headers=headers))
                    assert answers[address] == expected, (group, address)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(records=records_of_everyone())
def test_a_visitor_receives_what_an_archive_of_his_documents_would_send(
    records: list[Record],
) -> None:
    if not any(visible([record], "lãnh đạo") for record in records):
        return
    with TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as environment:
        folder = Path(scratch)
        write_logins(folder / "logins", environment)
        rebuild([source(folder / "kho", records)], folder / "index")
        compare(records, folder / "index", folder)


RECORDS: list[Record] = [
    {
        "id": "chung",
        "title": "Lịch tiếp dân",
        "text": "Công tác dân vận chung",
        "mat": "thường",
        "date": "2020-01-01",
    },
    {"id": "noi", "title": "Bản nội bộ", "text": "Công tác dân vận nội bộ Cao Bằng"},
    {"id": "kin", "title": "Bản kín", "text": "Công tác dân vận kín Trường Sa", "mat": "mật"},
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    rebuild([source(tmp_path / "kho", RECORDS)], tmp_path / "index")
    return tmp_path / "index"


def found(client: Any, headers: Mapping[str, str] = {}) -> list[str]:
    answer = client.get("/api/search?q=dân+vận", headers=headers)
    assert answer.status_code == 200
    return sorted(hit["id"] for hit in answer.json["hits"])


def test_a_login_shows_what_its_groups_may_see(index: Path, logins: Path) -> None:
    client = app_of(index_dir=index).test_client()
    assert found(client) == ["chung"]
    assert found(client, login("khach")) == ["chung"]
    assert found(client, login("binh")) == ["chung", "noi"]
    assert found(client, login("an")) == ["chung", "kin", "noi"]
    assert found(client) == ["chung"]


def test_a_wrong_login_is_told_and_not_taken_for_a_guest(index: Path, logins: Path) -> None:
    client = app_of(index_dir=index).test_client()
    for headers in (login("an", "x"), login("ai"), login("", "")):
        refused = client.get("/?q=dân", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert "dân vận" not in refused.text


def test_without_guests_nothing_is_public(
    index: Path, logins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_GUESTS", "0")
    client = app_of(index_dir=index).test_client()
    assert client.get("/?q=dân").status_code == 401
    assert found(client, login("khach")) == ["chung"]
    assert found(client, login("binh")) == ["chung", "noi"]


def test_the_login_page_asks_for_a_login_and_the_other_forgets_it(
    index: Path, logins: Path
) -> None:
    client = app_of(index_dir=index).test_client()
    front = client.get("/")
    assert 'href="/dang-nhap"' in front.text
    refused = client.get("/dang-nhap")
    assert refused.status_code == 401
    assert read(refused.text).one("main").link("Đăng nhập") == "/dang-nhap"
    entered = client.get("/dang-nhap", headers=login("an"))
    assert (entered.status_code, entered.location) == (303, "/")
    front = client.get("/", headers=login("an"))
    assert "an</bdi>" in front.text
    assert 'href="/dang-xuat"' in front.text
    left = client.get("/dang-xuat", headers=login("an"))
    assert left.status_code == 401
    assert left.headers["WWW-Authenticate"].startswith("Basic ")
    assert "Đã đăng xuất" in left.text
    assert 'href="/dang-xuat"' not in left.text
    assert client.get("/dang-xuat").status_code == 303


def test_an_archive_without_logins_has_no_page_to_log_in(index: Path) -> None:
    client = app_of(index_dir=index).test_client()
    assert client.get("/dang-nhap").status_code == client.get("/dang-xuat").status_code == 404
    assert "dang-nhap" not in client.get("/").text
    assert found(client) == ["chung"]


def test_no_cache_gives_one_reader_the_answer_of_another(index: Path, logins: Path) -> None:
    client = app_of(index_dir=index).test_client()
    tags = set()
    for name in (None, "khach", "binh", "an"):
        answer = client.get("/?q=dân+vận", headers=login(name))
        control = answer.headers["Cache-Control"]
        assert "private" in control
        assert "public" not in control
        assert "Authorization" in answer.headers["Vary"]
        assert ("no-store" in control) == (name in ("binh", "an"))
        tags.add(answer.headers["ETag"])
        again = client.get(
            "/?q=dân+vận", headers={**login(name), "If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
    assert len(tags) == 4
    for tag in tags:  # what another has is never said to be current
        states = [
            client.get("/?q=dân+vận", headers={**login(name), "If-None-Match": tag}).status_code
            for name in (None, "khach", "binh", "an")
        ]
        assert sorted(states) == [200, 200, 200, 304]


def test_a_proxy_may_name_the_groups_of_a_visitor(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOGIN_HEADER", "X-User"), ("TRUSTED_PROXIES", "1"), ("GUESTS", "1"),
                        ("GROUP_HEADER", "X-Groups")):  # fmt: skip
        monkeypatch.setenv(f"TRACUU_{name}", value)
    client = app_of(index_dir=index).test_client()
    # WSGI has the bytes of a header as Latin-1.
    groups = "kế toán, Cán Bộ,,".encode().decode("latin-1")
    assert found(client) == ["chung"]
    assert found(client, {"X-Groups": groups}) == ["chung"]  # nobody logged in
    assert found(client, {"X-User": "an"}) == ["chung"]
    assert found(client, {"X-User": "an", "X-Groups": groups}) == ["chung", "noi"]
    page = client.get("/", headers={"X-User": "an", "X-Groups": groups})
    assert "an</bdi>" in page.text
    assert "dang-xuat" not in page.text  # the proxy knows how to
    monkeypatch.setenv("TRACUU_GUESTS", "0")
    client = app_of(index_dir=index).test_client()
    assert client.get("/").status_code == 401
    assert found(client, {"X-User": "an"}) == ["chung"]


def test_groups_of_a_proxy_need_its_header_of_logins(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_GROUP_HEADER", "X-Groups")
    with pytest.raises(SettingError, match="TRACUU_LOGIN_HEADER"):
        app_of(index_dir=index)


def test_an_administrator_sees_what_his_groups_see(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "admins"
    path.write_text(login_line("chu", HASHED, ("lãnh đạo",)) + "\n" + login_line("phu", HASHED))
    monkeypatch.setenv("TRACUU_ADMIN_PASSWORD_FILE", str(path))
    client = app_of(index_dir=index).test_client()

    def exported(headers: Mapping[str, str]) -> list[str]:
        answer = client.get("/api/export-all.jsonl", headers=headers)
        assert answer.status_code == 200
        return sorted(json.loads(line)["id"] for line in answer.text.splitlines())

    assert exported(login("chu")) == ["chung", "kin", "noi"]
    assert exported(login("phu")) == ["chung"]
    assert exported({}) == ["chung"]  # from an address of the administrator
    assert found(client, login("chu")) == ["chung", "kin", "noi"]


def test_an_administrator_of_a_private_archive_is_not_taken_for_a_wrong_login(
    index: Path, logins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "admins"
    path.write_text(login_line("chu", hash_password("x")))
    monkeypatch.setenv("TRACUU_ADMIN_PASSWORD_FILE", str(path))
    monkeypatch.setenv("TRACUU_GUESTS", "0")
    client = app_of(index_dir=index).test_client()
    for _ in range(15):  # more than wrong passwords are accepted
        assert client.get("/", headers=login("chu", "x")).status_code == 200


def test_a_server_follows_a_document_that_becomes_secret(
    index: Path, logins: Path, tmp_path: Path
) -> None:
    client = app_of(index_dir=index).test_client()
    assert found(client) == ["chung"]
    assert found(client, login("binh")) == ["chung", "noi"]
    records = [RECORDS[0] | {"mat": "mật"}, RECORDS[1] | {"mat": "thường"}, RECORDS[2]]
    update([source(tmp_path / "kho", records)], index)
    assert found(client) == ["noi"]
    assert client.get("/doc/chung").status_code == 404
    assert found(client, login("binh")) == ["noi"]
    assert found(client, login("an")) == ["chung", "kin", "noi"]


def test_a_group_that_is_gone_sees_what_everyone_sees(
    index: Path, logins: Path, tmp_path: Path
) -> None:
    client = app_of(index_dir=index).test_client()
    assert found(client, login("binh")) == ["chung", "noi"]
    fewer = ACCESS.replace('"cán bộ" = ["nội bộ"]', "")
    rebuild([source(tmp_path / "kho", RECORDS, fewer)], index)
    assert found(client, login("binh")) == ["chung"]
    assert found(client, login("an")) == ["chung", "kin", "noi"]
    rebuild([source(tmp_path / "kho", RECORDS)], index)
    assert found(client, login("binh")) == ["chung", "noi"]


def test_damage_in_the_index_of_a_group_is_named_and_hurts_nobody_else(
    index: Path, logins: Path
) -> None:
    client = app_of(index_dir=index).test_client()
    (folder,) = [path for path in index.glob("*/audience-1") if path.is_dir()]
    (folder / "learned.json").write_bytes(b"{}")
    assert found(client) == ["chung"]
    assert found(client, login("binh")) == ["chung", "noi"]
    broken = client.get("/?q=dân", headers=login("an"))
    assert broken.status_code == 503
    assert "dân vận" not in broken.text


def test_an_original_is_sent_only_to_those_who_see_its_document(
    tmp_path: Path, logins: Path
) -> None:
    folder = source(tmp_path / "kho", RECORDS, ACCESS + '[access.paths]\n"kín" = "mật"\n'
                    '"công khai" = "thường"\n[originals]\ndownload = true\n')  # fmt: skip
    for name in ("kín", "công khai"):
        (folder / name).mkdir()
        (folder / name / "văn bản.txt").write_text(f"Công tác dân vận {name}", encoding="utf-8")
    rebuild([folder], tmp_path / "index")
    client = app_of(index_dir=tmp_path / "index").test_client()
    address = f"/ban-goc/{quote('kín/văn bản.txt', safe='')}"
    hidden = client.get(address)
    missing = client.get(address.replace("k", "z", 1))
    assert hidden.status_code == missing.status_code == 404
    assert client.get(address, headers=login("an")).text == "Công tác dân vận kín"
    # Its name tells nobody that there is another file of this name.
    assert found(client) == ["chung", "công khai/văn bản.txt"]


def test_a_message_is_not_offered_with_attachments_that_fewer_may_see(
    tmp_path: Path, logins: Path
) -> None:
    folder = source(tmp_path / "kho", RECORDS, ACCESS + '[access.paths]\n"*.eml" = "thường"\n'
                    '"*.txt" = "mật"\n[originals]\ndownload = true\n')  # fmt: skip
    (folder / "thu.eml").write_text(
        "Subject: Thu moi\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nMoi hop chi bo\n"
        '--x\nContent-Type: text/plain; name="kin.txt"\n'
        'Content-Disposition: attachment; filename="kin.txt"\n\nDanh sach kin Truong Sa\n--x--\n'
    )
    rebuild([folder], tmp_path / "index")
    client = app_of(index_dir=tmp_path / "index").test_client()
    listed = client.get("/sitemap-1.xml").text
    assert "thu.eml" in listed
    assert "kin.txt" not in listed
    assert client.get("/doc/thu.eml").status_code == 200
    assert client.get("/ban-goc/thu.eml").status_code == 404


def test_the_guide_and_the_front_page_do_not_remember_for_others(index: Path, logins: Path) -> None:
    client = app_of(index_dir=index).test_client()
    pages = {}
    for name in ("an", None, "binh", "an", None):
        for path in ("/", "/huong-dan"):
            text = received(client.get(path, headers=login(name)))[2]
            assert pages.setdefault((path, name), text) == text
    assert "Bản kín" in pages["/", "an"]
    assert "Bản kín" not in pages["/", None]


@pytest.mark.browser
def test_a_reader_logs_in_and_stays_logged_in(browser: Browser, index: Path, logins: Path) -> None:
    with (
        Archive.open(index) as archive,
        serving(app_of(archive, index)) as site,
        visitor(browser, site) as visit,
    ):
        page = visit("/", http_credentials={"username": "an", "password": PASSWORD})
        expect(page.locator(".bottom")).not_to_contain_text("Đăng xuất")
        page.get_by_role("link", name="Đăng nhập").click()
        expect(page.get_by_role("link", name="Đăng xuất")).to_be_visible()
        expect(page.locator(".bottom bdi").first).to_have_text("an")
        page.locator("#q").fill("dân vận")
        page.keyboard.press("Enter")
        expect(page.locator(".tally strong")).to_have_text("3 kết quả")
        # Results that a script fetches without a page load.
        page.get_by_role("region", name="Độ mật").get_by_role("link", name="nội bộ").click()
        expect(page.locator(".tally strong")).to_have_text("1 kết quả")
        page.get_by_role("link", name="Bỏ lọc Độ mật: nội bộ").click()
        expect(page.locator(".tally strong")).to_have_text("3 kết quả")
        page.get_by_role("link", name="Bản kín").click()
        expect(page.locator("article h1")).to_have_text("Bản kín")
