"""Messages that Outlook saved (.msg) are read with what is attached."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from outlook_files import attachment, compound, message

from indexer.documents import Skipped, read_sources
from indexer.documents.formats.outlook import unpack_rtf
from indexer.errors import DocumentError
from indexer.models import Document

pytest.importorskip("olefile", reason="olefile is not installed")

SENT = datetime(2021, 3, 4, 23, 30, tzinfo=UTC)  # the next day in Vietnam
LETTER = {"0037": "Gửi báo cáo dân vận", "0C1A": "Nguyễn Văn C, Sở Nội vụ", "5D01": "c@x.vn"}
BODY = "Kính gửi các\r\nđồng chí.\r\n\r\nXin xem tệp."


def read(path: Path, data: bytes) -> tuple[list[Document], list[object]]:
    path.write_bytes(data)
    items = list(read_sources([path]))
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if not isinstance(item, Document)]


def test_a_message_of_outlook_and_its_attachments_are_documents(tmp_path: Path) -> None:
    inner = message({"0037": "Thư gốc", "1000": "Nội dung thư gốc."}, header=24)
    large = "Dân vận khéo. " * 500
    parts = [
        attachment({"3707": "báo cáo.txt", "3701": large.encode()}),
        attachment({"3704": "ANH.PNG", "3701": b"\x89PNG", "3712": "anh1", "370E": "image/png"}),
        attachment({"3707": "phim.mp4", "3701": b"\0"}),
        attachment({"3707": "Thư gốc"}, inner),
    ]
    data = compound(message(LETTER | {"1000": BODY}, *parts, sent=SENT))
    documents, others = read(tmp_path / "thư.msg", data)
    assert [(d.id, d.title) for d in documents] == [
        ("thư", LETTER["0037"]), ("báo cáo", ""), ("Thư gốc", "Thư gốc"),
    ]  # fmt: skip
    first, report, original = documents
    assert first.body == "Kính gửi các đồng chí.\n\nXin xem tệp."
    assert first.author == LETTER["0C1A"]
    assert str(first.published) == "2021-03-05"
    assert report.body.split() == large.split()
    assert original.body == "Nội dung thư gốc."
    assert [(o.ending, o.name) for o in others if isinstance(o, Skipped)] == [
        (".mp4", f"{tmp_path}/thư.msg/phim.mp4")
    ]
    assert len(others) == 1


def test_a_message_is_not_offered_if_fewer_may_see_what_is_attached(tmp_path: Path) -> None:
    secret = attachment({"3707": "kín.txt", "3701": "Danh sách kín".encode()})
    (tmp_path / "thư.msg").write_bytes(compound(message(LETTER | {"1000": BODY}, secret)))
    settings = "[originals]\ndownload = true\n"
    access = '[fields.mat]\ntype = "text"\n[access]\nfield = "mat"\ndefault = "a"\npublic = ["a"]\n'
    for text, is_offered in ((settings, True), (access + settings, False)):
        (tmp_path / "archive.toml").write_text(text, "utf-8")
        documents = [item for item in read_sources([tmp_path]) if isinstance(item, Document)]
        assert [d.original_sha256 is not None for d in documents] == [is_offered, False]


RTF = rb"{\rtf1\ansi \u272?o\u7841?n m\u7897?t\par \u272?o\u7841?n hai}"
STORED_RTF = struct.pack("<II4sI", len(RTF) + 12, len(RTF), b"MELA", 0) + RTF
MARKED = "Đoa\u0323n mô\u0323t\n\nĐoa\u0323n hai"  # windows-1258 has tones as marks after the vowel


@pytest.mark.parametrize(
    ("stored", "numbers"),
    [
        ({"1013": "<p>Đoạn <b>một</b></p><p>Đoạn hai</p>".encode()}, {0x3FDE: 65001}),
        ({"1013": "<p>Đoạn một</p><p>Đoạn hai</p>"}, {}),
        ({"1000001E": MARKED.encode("cp1258")}, {0x3FFD: 1258}),
        ({"1009": STORED_RTF}, {}),
    ],
    ids=["HTML", "HTML in Unicode", "code page", "RTF"],
)
def test_the_text_of_a_message_is_read_in_each_form(
    tmp_path: Path, stored: dict[str, str | bytes], numbers: dict[int, int]
) -> None:
    data = compound(message({"0037": "Thông báo", **stored}, numbers=numbers))
    (document,), others = read(tmp_path / "a.msg", data)
    assert others == []
    assert document.body == "Đoạn một\n\nĐoạn hai"


def test_the_date_of_the_header_counts_before_that_of_outlook(tmp_path: Path) -> None:
    headers = "Received: x\r\nDate: Tue, 2 Mar 2021 08:00:00 +0700\r\n\r\n"
    data = compound(message(LETTER | {"1000": "A", "007D": headers}, sent=SENT))
    (document,), _ = read(tmp_path / "a.msg", data)
    assert str(document.published) == "2021-03-02"


def test_compressed_rtf_is_unpacked() -> None:
    """The example of [MS-OXRTFCP], section 3.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
        "05b06c647d0a800fa0"
    )
    text = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(packed) == text
    for end in range(len(packed)):
        assert text.startswith(unpack_rtf(packed[:end]))


WHOLE = compound(
    message(LETTER | {"1000": BODY}, attachment({"3707": "a.txt", "3701": b"A" * 5000}))
)


@pytest.mark.parametrize(
    "data",
    [b"", b"Subject: A\n\nB\n", WHOLE[:1024], WHOLE[:512] + b"\0" * 4096, compound({})],
    ids=["empty", "no OLE", "cut", "zeros", "no message"],
)
def test_a_damaged_message_is_one_error(tmp_path: Path, data: bytes) -> None:
    documents, (error,) = read(tmp_path / "a.msg", data)
    assert documents == []
    assert isinstance(error, DocumentError)


def test_messages_nested_very_deeply_are_read_to_a_bound(tmp_path: Path) -> None:
    tree = message({"0037": "Thư 30", "1000": "Sâu."}, header=24)
    for number in range(29, 0, -1):
        inner = attachment({"3707": "thư"}, tree)
        tree = message(
            {"0037": f"Thư {number}", "1000": "A"}, inner, header=24 if number > 1 else 32
        )
    documents, _ = read(tmp_path / "a.msg", compound(tree))
    assert [d.title for d in documents][:3] == ["Thư 1", "Thư 2", "Thư 3"]
    assert len(documents) < 10
