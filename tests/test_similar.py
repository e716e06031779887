"""`Archive.similar`: documents about the same subject, never the document itself."""

from __future__ import annotations

from pathlib import Path

from archives import build

from indexer import Archive, rebuild

SEEDS = Path(__file__).parents[1] / "seeds"

TOPICS = {
    "bong": "Đội tuyển bóng đá thắng trận giao hữu, huấn luyện viên khen các cầu thủ trên sân cỏ.",
    "vang": "Giá vàng trong nước tăng mạnh, các ngân hàng và doanh nghiệp lo thị trường tiền tệ.",
    "hoc": "Học sinh thi tốt nghiệp, giáo viên chấm bài, nhà trường công bố điểm thi đại học.",
}


def test_documents_about_the_same_subject_come_first(tmp_path: Path) -> None:
    records = [
        {"id": f"{topic}-{number}", "title": "", "text": f"Bài số {number}. {text}"}
        for topic, text in TOPICS.items()
        for number in range(4)
    ]
    with Archive.open(build(tmp_path / "i", *records)) as archive:
        for topic in TOPICS:
            found = archive.similar(archive.document(f"{topic}-1"), 3)
            assert {near.id for near in found} == {f"{topic}-{number}" for number in (0, 2, 3)}
            assert archive.similar(archive.document(f"{topic}-1"), 1) == found[:1]
        assert archive.similar(archive.document("bong-1"), 0) == ()


def test_the_seed_pages_are_similar_and_none_to_itself(tmp_path: Path) -> None:
    rebuild([SEEDS], tmp_path / "i")
    with Archive.open(tmp_path / "i") as archive:
        names = [hit.document.id for hit in archive.overview().hits]
        for name in names:
            found = [near.id for near in archive.similar(archive.document(name))]
            assert found
            assert name not in found
            assert len(set(found)) == len(found)


def test_documents_without_shared_words_have_no_similar_ones(tmp_path: Path) -> None:
    records = [
        {"id": "empty", "title": "", "text": ""},
        {"id": "numbers", "title": "1 2 3", "text": "10/01/2024 và 42"},
        {"id": "alone", "title": "Thiên văn", "text": "Kính viễn vọng nhìn thấy thiên hà."},
    ]
    with Archive.open(build(tmp_path / "i", *records)) as archive:
        for record in records:
            assert archive.similar(archive.document(record["id"])) == ()


def test_only_words_of_several_syllables_make_documents_alike(tmp_path: Path) -> None:
    records = [
        {"id": "one", "title": "", "text": "Thị trường chứng khoán, mua xe ngày 10/01/2024"},
        {"id": "words", "title": "", "text": "chứng khoán, thị trường"},
        {"id": "syllables", "title": "", "text": "mua, xe"},
        {"id": "date", "title": "", "text": "10/01/2024"},
        *({"id": str(number), "title": "", "text": "khác hẳn"} for number in range(9)),
    ]
    with Archive.open(build(tmp_path / "i", *records)) as archive:
        found = archive.similar(archive.document("one"))
        assert [near.id for near in found] == ["words"]
