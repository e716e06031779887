"""Laws of the page rules: they accept any text, and invent nothing."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.documents import read_page
from indexer.documents.text.lines import split_lines

PAGES = [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).resolve().parents[2] / "seeds").glob("*.txt"))
] + [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).resolve().parent / "pages").glob("*.txt"))
]
LINES = sorted({line.strip() for page in PAGES for line in page.split("\n")})

pages = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40)), max_size=25).map("\n".join),
    st.lists(st.sampled_from(" \n.,:;()-–/|đ0123456789 ngày đồng chí số Nguyễn HUYỆN".split(" ")))
    .map(" ".join),
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(pages)
def test_the_body_of_any_text_consists_of_its_lines_in_order(text: str) -> None:
    document = read_page(text, "x")
    source = iter([line.raw for line in split_lines(text)])
    for line in document.body.split("\n"):
        if line:
            assert line in source  # consumes the iterator up to the line, so this checks the order
    for name in document.persons:
        assert " " in name
    assert document == read_page(text, "x")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(PAGES), st.integers(0, 40))
def test_prose_inserted_anywhere_is_in_the_body(text: str, at: int) -> None:
    sentence = (
        "Nhân dân trong xóm tự nguyện góp công, góp của làm con đường mới, ai cũng phấn khởi vì "
        "từ nay mưa nắng đi lại đều thuận tiện hơn trước."
    )
    lines = text.split("\n")
    lines.insert(min(at, len(lines)), f"\n{sentence}\n")
    assert sentence in read_page("\n".join(lines), "x").body.split("\n")
