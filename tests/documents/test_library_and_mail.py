"""Library records, feeds and messages are read whole, with the fields that they state."""

from __future__ import annotations

import io
import json
import unicodedata
from email.message import EmailMessage
from pathlib import Path

import pytest
from test_archives import zipped

from indexer.documents import Skipped, Warned, read_sources
from indexer.documents.formats.mail import read_mailbox
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError
from indexer.models import Document


def read(path: Path) -> tuple[list[Document], list[str]]:
    found = list(read_sources([path]))
    documents = [item for item in found if isinstance(item, Document)]
    return documents, [str(item) for item in found if isinstance(item, DocumentError)]


MARC = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
    '<controlfield tag="001">k7</controlfield><datafield tag="245" ind1="0" ind2="0">'
    '<subfield code="a">Lịch sử tỉnh Kiên Giang /</subfield></datafield>'
    '<datafield tag="260" ind1=" " ind2=" "><subfield code="b">NXB Trẻ,</subfield>'
    '<subfield code="c">1998.</subfield></datafield></record>'
)


def oai(metadata: str) -> str:
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>'
        f"<identifier>oai:x:1</identifier></header><metadata>{metadata}</metadata></record>"
        '<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>'
        "</ListRecords></OAI-PMH>"
    )


DUBLIN_CORE = (
    '<oai_dc:dc xmlns:oai_dc="o" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>Lịch sử tỉnh Kiên Giang</dc:title><dc:creator>Trần Văn A</dc:creator>"
    "<dc:publisher>NXB Trẻ</dc:publisher><dc:date>1998</dc:date></oai_dc:dc>"
)


@pytest.mark.parametrize(
    ("text", "document_id"),
    [
        (f"<collection>{MARC}</collection>", "k7"),
        (MARC, "k7"),
        (oai(MARC), "oai:x:1"),
        (oai(DUBLIN_CORE), "oai:x:1"),
    ],
    ids=["MARCXML", "one record", "MARCXML by OAI-PMH", "Dublin Core by OAI-PMH"],
)
def test_a_library_record_is_a_document(tmp_path: Path, text: str, document_id: str) -> None:
    (tmp_path / "a.xml").write_text(text, "utf-8")
    documents, errors = read(tmp_path / "a.xml")
    assert errors == []
    assert [d.id for d in documents] == [document_id]
    assert documents[0].title == "Lịch sử tỉnh Kiên Giang"
    assert documents[0].publisher == "NXB Trẻ"
    assert str(documents[0].published).startswith("1998")


def test_a_marc_file_gives_the_records_before_its_damage(tmp_path: Path) -> None:
    pymarc = pytest.importorskip("pymarc", reason="pymarc is not installed")
    record = pymarc.Record(force_utf8=True)
    record.add_field(pymarc.Field("001", data="k7"))
    stated = [pymarc.Subfield("a", "Đất và người Kiên Giang")]
    record.add_field(pymarc.Field("245", pymarc.Indicators("0", "0"), subfields=stated))
    data = record.as_marc()
    (tmp_path / "a.mrc").write_bytes(data + data[:-20])
    documents, errors = read(tmp_path / "a.mrc")
    assert [d.title for d in documents] == ["Đất và người Kiên Giang"]
    assert len(errors) == 1
    assert "a.mrc:2" in errors[0]


def test_the_paragraphs_of_a_feed_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "a.atom").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>e1</id><title>Tin mới</title>'
        '<author><name>Lê Thị B</name><email>b@x.vn</email></author><link rel="self" href="http://s"/>'
        '<link href="http://x.vn/1"/><updated>2021-03-05T01:02:03Z</updated><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Đoạn một</p><p>Đoạn hai</p></div></content>'
        "</entry></feed>",
        "utf-8",
    )
    (document,), errors = read(tmp_path / "a.atom")
    assert errors == []
    assert document.body == "Đoạn một\n\nĐoạn hai"
    assert document.author == "Lê Thị B"
    assert document.url == "http://x.vn/1"
    assert str(document.published) == "2021-03-05"


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [f'<!ENTITY a0 "ha">{LAUGHS}', '<!ENTITY a9 SYSTEM "file:///etc/hostname">'],
    ids=["entity bomb", "a file"],
)
@pytest.mark.parametrize("content", [MARC, DUBLIN_CORE], ids=["marc", "dc"])
def test_entities_are_not_expanded(
    tmp_path: Path, declared: str, content: str, encoding: str
) -> None:
    text = f"<!DOCTYPE collection [{declared}]><collection>{content}</collection>"
    text = text.replace("Lịch sử", "&a9;")
    (tmp_path / "a.xml").write_bytes(
        f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    )
    documents, errors = read(tmp_path / "a.xml")
    assert documents == []
    assert len(errors) == 1
    assert "entities" in errors[0]


@pytest.mark.parametrize("text", ["", "<a>" * 100_000, "<a>\0</a>", "<svg/>", "không"])
def test_other_xml_is_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.xml").write_text(text, "utf-8")
    documents, errors = read(tmp_path / "a.xml")
    assert documents == []
    assert len(errors) == 1


def message(subject: str, text: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Nguyễn Văn C <c@x.vn>"
    made["Subject"] = subject
    made["Date"] = "Fri, 05 Mar 2021 10:00:00 +0700"
    made.set_content(text)
    return made


def test_a_forwarded_message_and_attachments_are_documents(tmp_path: Path) -> None:
    outer = message("Chuyển tiếp thư", "Kính gửi các\nđồng chí.\n\nXin xem tệp.")
    outer.add_attachment(message("Thư gốc", "Nội dung thư gốc."))
    outer.add_attachment("Dân vận khéo.".encode(), "text", "plain", filename="báo cáo.txt")
    (tmp_path / "a.eml").write_bytes(outer.as_bytes())
    documents, errors = read(tmp_path / "a.eml")
    assert errors == []
    assert [d.title for d in documents[:2]] == ["Chuyển tiếp thư", "Thư gốc"]
    assert documents[0].body == "Kính gửi các đồng chí.\n\nXin xem tệp."
    assert documents[0].author == "Nguyễn Văn C"
    assert documents[1].body == "Nội dung thư gốc."
    assert documents[2].id == "báo cáo"


@pytest.mark.parametrize("text", ["Đoạn một của thư, đã gửi cho các đồng chí.", "Ổ khóa"])
def test_a_message_in_decomposed_letters_is_read(tmp_path: Path, text: str) -> None:
    """As macOS writes, and keyboards that are set to "Unicode tổ hợp"."""
    made = message("Thông báo", unicodedata.normalize("NFD", text))
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    (document,), errors = read(tmp_path / "a.eml")
    assert errors == []
    assert document.body == text


def test_an_html_message_is_read_as_text(tmp_path: Path) -> None:
    made = message("Thông báo", "")
    made.set_content("<p>Đoạn <b>một</b></p><script>alert(1)</script><p>Đoạn hai</p>", "html")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    (document,), errors = read(tmp_path / "a.eml")
    assert errors == []
    assert document.body == "Đoạn một\n\nĐoạn hai"


def test_html_counts_if_the_plain_text_is_a_stub(tmp_path: Path) -> None:
    page = "<p>Kính gửi các đồng chí,</p><table><tr><td>Phông UBND</td><td>12</td></tr></table>"
    for plain, expected in (
        ("Xem bản HTML.", "Kính gửi các đồng chí,\n\nPhông UBND\t12"),
        ("Kính gửi các đồng chí, phông 12", "Kính gửi các đồng chí, phông 12"),
    ):
        made = message("Thông báo", plain)
        made.add_alternative(page, "html")
        (tmp_path / "a.eml").write_bytes(made.as_bytes())
        (document,), errors = read(tmp_path / "a.eml")
        assert errors == []
        assert document.body == expected


def test_lines_that_a_message_quotes_are_joined_by_themselves(tmp_path: Path) -> None:
    text = (
        "Tôi đồng ý với\nđề nghị.\n\nAnh B viết:\n> Mời họp lúc\n> tám giờ.\n>\n> Địa điểm:\n"
        ">> hội trường\n> > nhà A\nHết.\n"
    )
    (tmp_path / "a.eml").write_bytes(message("Họp", text).as_bytes())
    (document,), errors = read(tmp_path / "a.eml")
    assert errors == []
    assert document.body.split("\n\n") == [
        "Tôi đồng ý với đề nghị.", "Anh B viết:", "> Mời họp lúc tám giờ.", "> Địa điểm:",
        ">> hội trường nhà A", "Hết.",
    ]  # fmt: skip


def test_a_subject_in_plain_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(
        "Subject: Báo cáo dân vận\nFrom: Đỗ Văn D <d@x.vn>\n\nXin chào.\n".encode()
    )
    (document,), errors = read(tmp_path / "a.eml")
    assert errors == []
    assert (document.title, document.author) == ("Báo cáo dân vận", "Đỗ Văn D")


def test_a_page_saved_by_a_browser_is_read(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Huyện Giang Thành tổng kết</title></head><body>"
        "<h1>Huyện Giang Thành tổng kết</h1><p>Dân vận khéo thì việc gì cũng thành công.</p>"
        '<img src="cid:frame"></body></html>'
    )
    made = EmailMessage()
    made["From"] = "<Saved by Blink>"
    made["Snapshot-Content-Location"] = "https://x.vn/tin/1"
    made["Subject"] = "Huyện Giang Thành tổng kết"
    made.make_related()
    part = EmailMessage()
    part.set_content(page, "html", cte="quoted-printable")
    part["Content-Location"] = "https://x.vn/tin/1"
    made.attach(part)
    style = EmailMessage()
    style.set_content("p { color: red }", "css")
    made.attach(style)
    (tmp_path / "a.mhtml").write_bytes(made.as_bytes())
    (document,), errors = read(tmp_path / "a.mhtml")
    assert errors == []
    assert document.title == "Huyện Giang Thành tổng kết"
    assert document.body == "Dân vận khéo thì việc gì cũng thành công."
    assert document.url == "https://x.vn/tin/1"


def test_records_of_json_are_composed(tmp_path: Path) -> None:
    record = {"id": "1", "title": "Đường đi", "text": "Hoà thuận", "ghi chú": ["Tốt"]}
    text = unicodedata.normalize("NFD", json.dumps([record], ensure_ascii=False))
    (tmp_path / "a.json").write_text(text, "utf-8")
    (document,), errors = read(tmp_path / "a.json")
    assert errors == []
    assert (document.title, document.body) == ("Đường đi", "Hoà thuận")
    assert document.extra == (("ghi chú", "Tốt"),)


def test_a_record_nested_deeply_does_not_cost_the_others(tmp_path: Path) -> None:
    deep = "[" * 800 + "]" * 800
    (tmp_path / "a.json").write_text(
        f'[{{"id": "1", "text": "Một", "x": {deep}}}, {{"id": "2", "text": "Hai"}}]', "utf-8"
    )
    documents, errors = read(tmp_path / "a.json")
    assert [d.id for d in documents][-1] == "2"
    assert len(documents) + len(errors) == 2


def test_repeated_elements_of_dublin_core_are_all_kept(tmp_path: Path) -> None:
    names = ["title", "title", "description", "description", "relation", "relation"]
    dc = "".join(f"<dc:{name}>Phần {n}</dc:{name}>" for n, name in enumerate(names))
    path = tmp_path / "a.xml"
    path.write_text(f'<dc xmlns:dc="http://purl.org/dc/elements/1.1/">{dc}</dc>', "utf-8")
    document = next(item for item in read_sources([path]) if isinstance(item, Document))
    assert (document.title, document.body) == ("Phần 0", "Phần 2\n\nPhần 3")
    assert {"Phần 1", "Phần 4", "Phần 5"} <= {value for _, value in document.extra}


def test_what_is_attached_without_a_name_is_read_or_counted(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Gửi tài liệu"
    message.set_content("Kính gửi các đồng chí.\n")
    message.add_attachment(b"{\\rtf1 N\\u7897?i dung}", maintype="application", subtype="rtf")
    message.add_attachment("Tái bút: họp lúc 8 giờ.\n")  # as mail programs write below a picture
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    message.add_attachment(b"\0", maintype="video", subtype="mp4")
    message.add_attachment(b"", maintype="application", subtype="pdf", filename="rỗng.pdf")
    (tmp_path / "m.eml").write_bytes(bytes(message))
    items = list(read_sources([tmp_path]))
    documents = {item.id: item.body for item in items if isinstance(item, Document)}
    assert documents["m"].split() == "Kính gửi các đồng chí. Tái bút: họp lúc 8 giờ.".split()
    assert len(documents) == 2
    assert [item.ending for item in items if isinstance(item, Skipped)] == [".mp4"]
    assert ["rỗng.pdf" in str(item) for item in items if isinstance(item, Warned)] == [True]


def test_attachments_beyond_the_bound_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.documents.formats.mail.MAX_PARTS", 2)
    message = EmailMessage()
    message.set_content("Kính gửi các đồng chí.\n")
    for number in range(5):
        message.add_attachment(f"Tệp thứ {number}", filename=f"{number}.txt")
    (tmp_path / "m.eml").write_bytes(bytes(message))
    items = list(read_sources([tmp_path]))
    assert sorted(item.id for item in items if isinstance(item, Document)) == ["0", "1", "m"]
    (warned,) = (str(item) for item in items if isinstance(item, Warned))
    assert "first 2 of 5 attachments" in warned


def test_records_of_dublin_core_under_another_name_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "dc.xml"
    path.write_text(
        '<records xmlns:dc="http://purl.org/dc/elements/1.1/"><record><dc:title>Sử ký</dc:title>'
        "<dc:date>1697</dc:date></record><record><dc:title>Gia phả</dc:title></record>"
        "<record><dc:rights>Của thư viện</dc:rights></record></records>",
        "utf-8",
    )
    first, second, empty = read_sources([path])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.title, str(first.published), second.title) == ("Sử ký", "1697", "Gia phả")
    assert isinstance(empty, DocumentError)
    assert "dc.xml:3: no text found" in str(empty)


BEGIN = b"From c@x.vn Fri Mar  5 10:00:00 2021\n"


def mailbox(*messages: EmailMessage, begin: bytes = BEGIN) -> bytes:
    return b"".join(begin + m.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n" for m in messages)


@pytest.mark.parametrize(
    "begin",
    [BEGIN, b"From - Fri Mar 05 10:00:00 2021\n", b"From 17@xxx Fri Mar 05 03:00:00 +0000 2021\n"],
    ids=["mbox", "Thunderbird", "Google Takeout"],
)
def test_each_message_of_a_mailbox_is_a_document(tmp_path: Path, begin: bytes) -> None:
    first = message("Thư một", "Kính gửi.\n\nFrom the beginning of 2021 to now.")
    first.add_attachment("Dân vận khéo.".encode(), "text", "plain", filename="báo cáo.txt")
    deleted = message("Thư đã xóa", "Xin bỏ.")
    deleted["X-Mozilla-Status"] = "0009"
    data = mailbox(first, deleted, message("Thư ba", "Nội dung."), begin=begin)
    (tmp_path / "hộp thư.mbox").write_bytes(data)
    documents, errors = read(tmp_path / "hộp thư.mbox")
    assert errors == []
    assert [(d.id, d.title, d.format) for d in documents] == [
        ("hộp thư:1", "Thư một", "mbox"), ("báo cáo", "", "text"),
        ("hộp thư:3", "Thư ba", "mbox"),
    ]  # fmt: skip
    assert documents[0].body == "Kính gửi.\n\nFrom the beginning of 2021 to now."


def test_a_line_that_begins_with_from_ends_no_message(tmp_path: Path) -> None:
    letter = b"Subject: A\n\nXin.\n\nFrom 2020 on, 12:30 is the hour.\n\nHai.\n"
    (tmp_path / "a.mbox").write_bytes(BEGIN + letter)
    (document,), errors = read(tmp_path / "a.mbox")
    assert errors == []
    assert document.body.split("\n\n")[1:] == ["From 2020 on, 12:30 is the hour.", "Hai."]


def test_what_is_damaged_in_a_mailbox_does_not_cost_the_other_messages(tmp_path: Path) -> None:
    damaged = BEGIN + b"\nkhong co dau thu\n\n"
    data = mailbox(message("Thư dài", "x " * 4000)) + damaged + mailbox(message("Thư ba", "Ba."))
    (tmp_path / "a.zip").write_bytes(zipped({"a.mbox": data}))
    documents, errors = read(tmp_path / "a.zip")
    assert [d.title for d in documents] == ["Thư dài", "Thư ba"]
    assert ["a.mbox:2: no message headers" in error for error in errors] == [True]
    file = SourceFile("a.mbox", "a", len(data), lambda: io.BytesIO(data), max_bytes=4096)
    found = [each for _, each in read_mailbox(file, lambda _: None)]
    assert [isinstance(each, DocumentError) for each in found] == [True, False, False]


def test_a_file_that_is_no_mailbox_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(b"Hello\n")
    documents, errors = read(tmp_path / "a.mbox")
    assert documents == []
    assert ["no mailbox" in error for error in errors] == [True]
