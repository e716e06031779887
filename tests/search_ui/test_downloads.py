"""Downloads of original files: types, headers, ranges, and what a reader sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import serving, visitor
from flask.testing import FlaskClient
from pages import app_of, read
from playwright.sync_api import Browser

from indexer import rebuild
from search_ui import create_app

HTML = (
    "<html><head><title>Công tác dân vận khéo ở xã</title></head><body><article><h1>Công tác dân "
    "vận khéo ở xã</h1><p>" + "Phong trào dân vận khéo được nhân dân hưởng ứng. " * 8 + "</p>"
    "<script>document.title = 'đã chạy'</script></article></body></html>"
)


def pdf(text: str) -> bytes:
    """Return a PDF of one page with a line of ASCII text."""
    stream = f"BT /F1 18 Tf 60 700 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


PDF = pdf("Cong tac dan van kheo cua xa nam 2020")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("originals")
    folder = base / "kho"
    (folder / "a").mkdir(parents=True)
    (folder / "archive.toml").write_text("[originals]\ndownload = true\n", "utf-8")
    (folder / "a/báo cáo.txt").write_text("Công tác dân vận\n\n" + "Dân vận khéo. " * 200, "utf-8")
    (folder / "trang.html").write_text(HTML, "utf-8")
    (folder / "quyết định.pdf").write_bytes(PDF)
    (folder / "mất.txt").write_text("Sẽ mất đi\n\nMột câu.", "utf-8")
    (folder / "kho.jsonl").write_text('{"id": "r", "text": "Dân vận"}\n', "utf-8")
    rebuild([folder], base / "index")
    (folder / "mất.txt").unlink()
    return base / "index"


@pytest.fixture
def client(index: Path) -> Iterator[FlaskClient]:
    app = app_of(index_dir=index)
    app.testing = True
    yield app.test_client()
    app.extensions["tracuu.source"].get().close()


def test_the_document_page_links_to_it_with_type_and_size(client: FlaskClient) -> None:
    page = read(client.get(f"/doc/{quote('báo cáo')}").text)
    line = page.one("p", class_="download")
    assert line.text == "Tải tệp gốc (TXT, 3,6 kB)"
    assert line.link("Tải tệp gốc") == f"/ban-goc/{quote('báo cáo')}"
    pdf_page = read(client.get(f"/doc/{quote('quyết định')}").text)
    assert pdf_page.one("p", class_="download").text.startswith("Mở tệp gốc (PDF, ")
    assert not read(client.get("/doc/r").text).all("p", class_="download")


def test_a_text_is_a_download_with_its_name_and_type(client: FlaskClient) -> None:
    answer = client.get(f"/ban-goc/{quote('báo cáo')}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.data.decode().startswith("Công tác dân vận\n\nDân vận khéo.")
    assert answer.mimetype == "text/plain"
    assert answer.content_length == len(answer.data)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"bao cao.txt\"; filename*=UTF-8''b%C3%A1o%20c%C3%A1o.txt"
    )


@pytest.mark.parametrize("name", ["trang", "quyết định", "báo cáo"])
def test_nothing_of_a_file_can_run_in_the_page(client: FlaskClient, name: str) -> None:
    headers = client.get(f"/ban-goc/{quote(name)}").headers
    assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
    (policy,) = headers.getlist("Content-Security-Policy")
    assert policy == "default-src 'none'; sandbox"
    is_pdf = name == "quyết định"
    assert headers["Content-Disposition"].startswith("inline" if is_pdf else "attachment")
    if name == "trang":
        assert headers["Content-Type"] == "application/octet-stream"


def test_a_client_gets_the_ranges_that_it_asks_for(client: FlaskClient) -> None:
    address = f"/ban-goc/{quote('quyết định')}"
    whole = client.get(address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.mimetype == "application/pdf"
    part = client.get(address, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, PDF[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(PDF)}"
    assert client.get(address, headers={"Range": "bytes=-4"}).data == PDF[-4:]
    assert client.get(address, headers={"Range": f"bytes={len(PDF)}-"}).status_code == 416
    tag = whole.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(address)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(PDF))


@pytest.mark.parametrize("name", ["mất", "r"])
def test_a_file_that_is_not_there_is_a_page_that_says_so(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/ban-goc/{quote(name)}")
    assert answer.status_code == 404
    assert read(answer.text).one("h1").text == "Không có tệp gốc"


def test_an_unknown_document_has_no_file(client: FlaskClient) -> None:
    answer = client.get("/ban-goc/../archive.toml")
    assert answer.status_code == 404
    assert read(answer.text).one("h1").text == "Không có tài liệu này"


def test_a_browser_saves_html_and_shows_pdf(browser: Browser, index: Path) -> None:
    app = create_app(index_dir=index)
    with serving(app) as site, visitor(browser, site) as visit:
        page = visit("/doc/trang")
        with page.expect_download() as started:
            page.get_by_role("link", name="Tải tệp gốc").click()
        assert started.value.suggested_filename == "trang.html"
        assert Path(started.value.path()).read_text("utf-8") == HTML
        assert page.title() != "đã chạy"
        page = visit(f"/doc/{quote('quyết định')}")
        link = page.get_by_role("link", name="Mở tệp gốc")
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.body() == PDF
    app.extensions["tracuu.source"].get().close()
