"""A folder with a file of every format: each goes in whole, with title and date."""

from __future__ import annotations

import base64
import csv
import gzip
import html
import io
import json
import lzma
import shutil
import unicodedata
from collections.abc import Callable
from difflib import SequenceMatcher
from email.message import EmailMessage
from pathlib import Path

import pytest
from test_archives import response, zipped

from indexer import Archive, rebuild
from indexer.documents.formats import ENDINGS

FILES = Path(__file__).parent / "files"
TITLE = "Huyện Giang Thành tổng kết công tác dân vận năm 2020"
DATE = "2021-03-05"
HEADING, ITEMS = "Kết quả đạt được", ("Xây dựng mười mô hình mới", "Vận động quỹ vì người nghèo")
LEAD = (
    "Ngày 5/3/2021, Ủy ban nhân dân huyện Giang Thành, tỉnh Kiên Giang, tổ chức hội nghị tổng kết "
    "công tác dân vận. Đồng bào ở vùng biên giới đã hoà thuận xây dựng nông thôn mới, thuỷ lợi "
    "được mở rộng đến từng thửa ruộng."
)
ROWS = (("Tên xã", "Số hộ"), ("Phú Lợi", "120"), ("Vĩnh Điều", "95"))
END = "Hội nghị kết thúc lúc 11 giờ cùng ngày, sau khi trao thưởng cho các tập thể xuất sắc."
LINES = [LEAD, HEADING, *ITEMS, *(f"{a} {b}" for a, b in ROWS), END]
TEXT = "\n".join(LINES)
NFD = unicodedata.normalize("NFD", LEAD)  # as some programs write; what comes out is composed


def _article(tag: Callable[[str], str] = html.escape) -> str:
    """Return the article as HTML without its title."""
    items = "".join(f"<li>{tag(item)}</li>" for item in ITEMS)
    rows = "".join(f"<tr><td>{tag(a)}</td><td>{tag(b)}</td></tr>" for a, b in ROWS)
    return (
        f"<p>{tag(NFD)}</p><h2>{tag(HEADING)}</h2><ul>{items}</ul>"
        f"<table>{rows}</table><p>{tag(END)}</p>"
    )


HTML = (
    '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>'
    f'<title>{TITLE} - Cổng thông tin</title><meta name="dc.date" content="{DATE}"/></head><body>'
    '<div class="header"><a href="/">Trang chủ</a> <a href="/lien-he">Liên hệ</a></div>'
    '<div class="menu"><ul><li><a href="/a">Giới thiệu</a></li></ul></div>'
    f'<div class="noidung"><h1>{TITLE}</h1>{_article()}</div>'
    '<div class="footer">Bản quyền thuộc về Cổng thông tin</div></body></html>'
)
MARKDOWN = (
    f"---\ntitle: {TITLE}\ndate: {DATE}\n---\n\n# {TITLE}\n\n{NFD}\n\n## {HEADING}\n\n"
    + "".join(f"- {item}\n" for item in ITEMS)
    + "\n| {} | {} |\n| --- | --- |\n".format(*ROWS[0])
    + "".join("| {} | {} |\n".format(*row) for row in ROWS[1:])
    + f"\n{END}\n"
)
RECORD = {"id": "", "title": TITLE, "date": DATE, "text": f"{NFD}\n" + "\n".join(LINES[1:])}
DUBLIN_CORE = (
    '<oai_dc:dc xmlns:oai_dc="o" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    f"<dc:title>{TITLE}</dc:title><dc:date>{DATE}</dc:date>"
    f"<dc:description>{RECORD['text']}</dc:description></oai_dc:dc>"
)
RSS = (
    f'<rss version="2.0"><channel><title>Tin</title><item><guid>NAME</guid><title>{TITLE}</title>'
    "<pubDate>Fri, 05 Mar 2021 08:00:00 +0700</pubDate>"
    f"<description><![CDATA[{_article()}]]></description></item></channel></rss>"
)
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>NAME</id><title>{TITLE}</title>'
    f'<published>{DATE}T08:00:00+07:00</published><content type="html">'
    f"{html.escape(_article())}</content></entry></feed>"
)
MARCXML = (
    '<collection xmlns="http://www.loc.gov/MARC21/slim"><record>'
    "<leader>00000nam a2200000 a 4500</leader>"
    '<controlfield tag="001">NAME</controlfield><datafield tag="245" ind1="0" ind2="0">'
    f'<subfield code="a">{TITLE}</subfield></datafield><datafield tag="260" ind1=" " ind2=" ">'
    f'<subfield code="c">{DATE}</subfield></datafield><datafield tag="520" ind1=" " ind2=" ">'
    f'<subfield code="a">{RECORD["text"]}</subfield></datafield></record></collection>'
)


def _jsonl(name: str) -> bytes:
    return (json.dumps(RECORD | {"id": name}, ensure_ascii=False) + "\n").encode()


def _table(name: str, delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [("Mã", "Tiêu đề", "Ngày", "Nội dung"), (name, TITLE, "5/3/2021", RECORD["text"])]
    )
    return out.getvalue().encode("utf-8-sig")


def _mhtml() -> bytes:
    page = base64.encodebytes(HTML.encode()).decode()
    return (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X\r\n\r\n--X\r\n"
        "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: http://x.vn/a\r\n\r\n{page}\r\n--X--\r\n"
    ).encode()


def _epub() -> bytes:
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{TITLE}</dc:title><dc:date>{DATE}</dc:date></metadata><manifest>"
        '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    )
    chapter = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{_article()}</body></html>'
    root = '<c><rootfile full-path="book.opf"/></c>'
    return zipped({"META-INF/container.xml": root, "book.opf": package, "c.xhtml": chapter})


def _mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["Date"] = TITLE, "Fri, 05 Mar 2021 08:00:00 +0700"
    message.set_content(RECORD["text"])
    return bytes(message)


def _marc(name: str) -> bytes:
    pymarc = pytest.importorskip("pymarc", reason="pymarc is not installed")
    record = pymarc.Record(force_utf8=True)
    record.add_field(pymarc.Field("001", data=name))
    for tag, code, value in (("245", "a", TITLE), ("260", "c", DATE), ("520", "a", RECORD["text"])):
        subfields = [pymarc.Subfield(code, value)]
        record.add_field(pymarc.Field(tag, pymarc.Indicators(" ", " "), subfields=subfields))
    return bytes(record.as_marc())


def _warc(name: str) -> bytes:
    return response(f"http://x.vn/{name}", HTML.encode())


def _plain(name: str) -> bytes:
    return "\n".join((TITLE, "Thứ sáu, 05/03/2021, 08:00", NFD, *LINES[1:])).encode()


WRITTEN: dict[str, Callable[[str], bytes]] = {
    ".txt": _plain, ".text": _plain,
    **dict.fromkeys((".html", ".htm", ".xhtml"), lambda _: HTML.encode()),
    **dict.fromkeys((".mhtml", ".mht"), lambda _: _mhtml()),
    **dict.fromkeys((".md", ".markdown"), lambda _: MARKDOWN.encode()),
    ".jsonl": _jsonl, ".ndjson": _jsonl,
    ".jsonl.gz": lambda name: gzip.compress(_jsonl(name)),
    ".jsonl.xz": lambda name: lzma.compress(_jsonl(name)),
    ".json": lambda name: json.dumps([RECORD | {"id": name}]).encode(),
    ".csv": lambda name: _table(name, ";"), ".tsv": lambda name: _table(name, "\t"),
    ".epub": lambda _: _epub(), ".eml": lambda _: _mail(),
    ".mbox": lambda _: b"From c@x.vn Fri Mar  5 08:00:00 2021\n" + _mail(),
    ".xml": lambda _: DUBLIN_CORE.encode(),
    ".marcxml": lambda name: MARCXML.replace("NAME", name).encode(),
    ".rss": lambda name: RSS.replace("NAME", name).encode(),
    ".atom": lambda name: ATOM.replace("NAME", name).encode(),
    ".mrc": _marc, ".marc": _marc,
    ".zip": lambda name: zipped({f"{name}.txt": _plain(name)}),
    ".warc": _warc, ".warc.gz": lambda name: gzip.compress(_warc(name)),
    ".wacz": lambda name: zipped({"archive/data.warc": _warc(name)}),
}  # fmt: skip
"""Ending → the content of a file with the article of this module, given the name of the file."""

STORED = {
    "report.docx": (".docx", ".docm", ".dotx"), "report.odt": (".odt", ".ott"),
    "report.rtf": (".rtf",), "report.doc": (".doc", ".dot", ".wps"), "decision.pdf": (".pdf",),
    "register.xlsx": (".xlsx", ".xlsm"), "register.xls": (".xls",), "register.ods": (".ods",),
}  # fmt: skip
"""Name of an office file in `files` → the endings under which it is put into the folder."""

SLIDES = (".odp", ".ppt", ".pptx")
"""Endings of presentations, which only the Impress of LibreOffice writes and reads."""

NOT_WRITTEN = {
    ".msg": "tested in test_outlook_files.py",
    ".xlsb": "no free program writes it", ".fodt": "tested in test_office_files.py",
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff"), "tested in test_pictures.py"),
}  # fmt: skip
"""Endings without a file here, with the reason."""


def test_every_ending_has_a_file_or_a_reason() -> None:
    stored = {ending for endings in STORED.values() for ending in endings}
    assert sorted([*WRITTEN, *stored, *SLIDES, *NOT_WRITTEN]) == sorted(ENDINGS)


def _kept(expected: str, found: str) -> tuple[float, float]:
    """Return the share of the syllables of `expected` that `found` has in their order, and the
    share of those of `found` that are of `expected`."""
    wanted, has = expected.split(), found.replace("|", " ").split()
    blocks = SequenceMatcher(None, wanted, has, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return same / len(wanted), same / len(has)


def test_a_folder_with_every_format_goes_in_whole(tmp_path: Path) -> None:
    source, index = tmp_path / "sources", tmp_path / "index"
    source.mkdir()
    for ending, written in WRITTEN.items():
        name = f"bai{ending.replace('.', '-')}"
        (source / f"{name}{ending}").write_bytes(written(name))
    reading = rebuild([source], index).reading
    assert reading.broken == ()
    assert [str(warning) for warning in reading.warnings] == []
    assert reading.is_complete
    assert sum(reading.read.values()) == len(WRITTEN)
    with Archive.open(index) as archive:
        documents = [archive.document(id_) for id_ in archive.ids()]
    for document in documents:
        assert document is not None
        kept, right = _kept(TEXT, document.body.removeprefix(TITLE))
        assert kept >= 0.995, (document.id, document.body)
        assert right >= 0.99, (document.id, document.body)
        assert document.title == TITLE, document.id
        # MARC states the year of publication only.
        date = DATE[:4] if "mrc" in document.id or "marc" in document.id else DATE
        assert str(document.published) == date, document.id
        assert unicodedata.is_normalized("NFC", document.body)


def test_office_files_go_in_whole_under_each_of_their_endings(tmp_path: Path) -> None:
    source, index = tmp_path / "sources", tmp_path / "index"
    source.mkdir()
    endings = [
        (name, ending)
        for name, stored in STORED.items()
        for ending in stored
        if name != "report.doc" or shutil.which("soffice")
    ]
    for name, ending in endings:
        shutil.copy(FILES / name, source / f"{Path(name).stem}{ending.replace('.', '-')}{ending}")
    reading = rebuild([source], index).reading
    assert reading.broken == ()
    assert reading.is_complete
    with Archive.open(index) as archive:
        documents = [archive.document(id_) for id_ in archive.ids()]
    reports = [each for each in documents if each.id.startswith("report")]
    decisions = [each for each in documents if each.id.startswith("decision")]
    rows = [each for each in documents if each.number in ("12/BC-UBND", "13/KH-UBND")]
    rows = [each for each in rows if each not in reports]
    assert len(reports) == sum(name.startswith("report") for name, _ in endings)
    assert len(rows) == 2 * sum(name.startswith("register") for name, _ in endings)
    assert len(documents) == len(reports) + len(rows) + len(decisions)
    body = (FILES / "report.body.txt").read_text("utf-8")
    for report in reports:
        assert report.body.split() == body.split(), report.id
        assert report.title == "Báo cáo Kết quả thực hiện công tác dân vận quý I năm 2021"
        assert str(report.published) == "2021-03-05"
    for row in rows:
        assert str(row.published) in ("2021-03-05", "2021-03-06")
    (decision,) = decisions
    assert decision.title == "Quyết định Về việc phê duyệt kế hoạch dân vận khéo"
    assert str(decision.published) == "2022-03-15"
