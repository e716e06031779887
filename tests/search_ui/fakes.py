"""An archive in memory with the interface of `indexer.Archive`, simple enough to be obviously
right.

A document matches if every typed syllable, folded, is a substring of its title or body.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time

from indexer import (
    FACET_NAMES,
    ArchiveProfile,
    CopiedDocuments,
    Document,
    DocumentNotFound,
    Facet,
    FacetValue,
    Hit,
    Place,
    Results,
    Rung,
    SearchRequest,
    Snippet,
    Sort,
    Status,
    facet_field,
    name_key,
)

Range = tuple[int, int]

KIEN_GIANG = Document(
    id="000_kien-giang",
    title="Giang Thành Tổng kết công tác dân vận của Đảng năm 2020",
    body=(
        "Ngày 7/1/2021, Huyện Giang Thành tổ chức tổng kết công tác dân vận.\n\n"
        "Đến dự có đ/c Tạ Văn Dũng – Phó Bí thư thường trực Huyện ủy.\n\n"
        "Công tác dân vận tiếp tục được nâng lên."
    ),
    published=date(2021, 1, 8),
    published_time=time(14, 49),
    event_date=date(2021, 1, 7),
    places=(Place("Kiên Giang", "Giang Thành", "An Giang"),),
    report_type="tổng kết",
    publisher="Cổng thông tin điện tử huyện Giang Thành",
    author="Minh Trí",
    persons=("Tạ Văn Dũng",),
    cited=("Chương trình số 42",),
    url="https://giangthanh.example/dan-van",
)
TAM_NONG = Document(
    id="001_tam-nong",
    title="Tổ chức hội nghị sơ kết công tác Dân vận",
    body="Ngày 10-07-2020, Ban Dân vận Huyện ủy Tam Nông tổ chức hội nghị.\nÔng Trần Văn Tám dự.",
    event_date=date(2020, 7, 10),
    places=(
        Place("Đồng Tháp", "Tam Nông", "Đồng Tháp"),
        Place("Phú Thọ", "Tam Nông", "Phú Thọ"),
    ),
    report_type="sơ kết",
    period="06 tháng đầu năm 2020",
    url="javascript:alert(1)",
)
UNTITLED = Document(
    id="không tên/đây & <đó>?#",
    body="Quang cảnh hội nghị về dân vận khéo " + "và rất nhiều chữ nữa " * 20,
    source="baosoctrang.org.vn",
)
HOSTILE = Document(
    id='"><script>alert(1)</script>',
    title='<script>alert("dân vận")</script> \u202eđảo ngược',
    body='<img src=x onerror="alert(1)"> dân vận \u2067 & \' " <b>đậm</b>',
    author="<i>Ai đó</i>",
    published=date(2024, 1, 10),
    url="http://ví-dụ.example/\"onclick='x'",
)
DOCUMENTS = (KIEN_GIANG, TAM_NONG, UNTITLED, HOSTILE)


@dataclass(frozen=True)
class Highlights:
    title: tuple[Range, ...]
    body: tuple[Range, ...]


class FakeArchive:
    """An archive that searches a few documents by plain loops.

    `replies` maps a query text to the rung and the suggestion to return for it, `corrections` to
    the text whose results are shown instead.
    """

    damage = None

    def __init__(self, documents: tuple[Document, ...] = DOCUMENTS) -> None:
        self.documents = {document.id: document for document in documents}
        self.replies: dict[str, tuple[Rung, str | None]] = {}
        self.corrections: dict[str, str] = {}
        self.asked: list[SearchRequest] = []
        self.generation = "g1"

    group = ""

    def health(self) -> dict[str, object]:
        return {}

    def similar(self, document: Document, limit: int = 5) -> tuple[Document, ...]:
        return ()

    def copies(self, document: Document, limit: int = 20) -> CopiedDocuments:
        return CopiedDocuments()

    def search(self, request: SearchRequest) -> Results:
        if request.text in self.corrections:
            corrected = self.corrections[request.text]
            results = self.search(replace(request, text=corrected))
            return replace(results, request=request, corrected=corrected)
        self.asked.append(request)
        matching = [d for d in self.documents.values() if _matches(d, request.text)]
        found = [d for d in matching if _passes(d, request)]
        if request.sort is Sort.TITLE:
            found.sort(key=lambda document: name_key(document.title))
        elif request.sort is not Sort.RELEVANCE or not request.text.strip():
            newest = request.sort is not Sort.OLDEST
            dated = sorted((d for d in found if d.date), key=_day, reverse=newest)
            found = dated + [d for d in found if not d.date]
        rung, suggestion = self.replies.get(request.text, (Rung.EXACT, None))
        start = (request.page - 1) * request.size
        hits = tuple(self._hit(d, request, rung) for d in found[start : start + request.size])
        return Results(
            request,
            rung if found and request.text.strip() else None,
            suggestion,
            len(found),
            12.4,
            hits,
            tuple(_facets(matching, request)),
        )

    def _hit(self, document: Document, request: SearchRequest, rung: Rung) -> Hit:
        marks = self.highlight(document, request.text)
        ranges = tuple((start, end) for start, end in marks.body if end <= 120)
        snippet = Snippet(document.body[:120], ranges, 0, False, len(document.body) > 120)
        return Hit(document, 1.5, rung, marks.title, snippet)

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents:
            raise DocumentNotFound(f"No document {document_id!r}.", "Search for it.")
        return self.documents[document_id]

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self.documents))

    def highlight(self, document: Document, query_text: str) -> Highlights:
        return Highlights(
            tuple(_ranges(document.title, query_text)), tuple(_ranges(document.body, query_text))
        )

    def suggest(self, text: str, limit: int = 8) -> tuple[str, ...]:
        return tuple(d.title for d in self.documents.values() if _fold(text) in _fold(d.title))[
            :limit
        ]

    def overview(self) -> Results:
        return self.search(SearchRequest())

    def status(self) -> Status:
        return Status(self.generation, len(self.documents), "2025-01-01T00:00:00Z")

    def profile(self) -> ArchiveProfile:
        return ArchiveProfile()

    def close(self) -> None:
        pass


def many(count: int) -> tuple[Document, ...]:
    """Return `count` documents, for several pages and long facets."""
    return tuple(
        replace(
            KIEN_GIANG,
            id=f"trang-{number}",
            title=f"Công tác dân vận số {number}",
            persons=(f"Người {number}",),
        )
        for number in range(count)
    )


def _day(document: Document) -> date:
    assert document.date is not None
    return document.date


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")


def _syllables(text: str) -> set[str]:
    return {_fold(syllable) for syllable in re.findall(r"\w+", text)}


def _matches(document: Document, text: str) -> bool:
    return _syllables(text) <= _syllables(f"{document.title} {document.body}")


def _passes(document: Document, request: SearchRequest) -> bool:
    day = str(document.date) if document.date else ""
    first, last = request.date_from or "", request.date_to or "9999"
    if (request.date_from or request.date_to) and not (day and first <= day <= f"{last}~"):
        return False
    return all(
        set(chosen) & set(_values(document, name)) for name, chosen in request.filters.items()
    )


def _ranges(text: str, query: str) -> Iterator[Range]:
    wanted = _syllables(query)
    for match in re.finditer(r"\w+", text):
        if _fold(match[0]) in wanted:
            yield match.span()


def _values(document: Document, facet: str) -> tuple[str, ...]:
    if facet == "year":
        return (str(document.date.year),) if document.date else ()
    if facet == "month":
        return (f"{document.date:%Y-%m}",) if document.date else ()
    if facet == "place":
        paths = [
            (p.province, f"{p.province}/{p.district}", p.province_now) for p in document.places
        ]
        return tuple(dict.fromkeys(value for path in paths for value in path if value))
    many = {"person": document.persons, "cited": document.cited}
    if facet in many:
        return many[facet]
    if facet == "date":
        return (str(document.date),) if document.date else ()
    value = getattr(document, facet, None)
    return (value,) if value else ()


def _facets(found: list[Document], request: SearchRequest) -> Iterator[Facet]:
    for name in FACET_NAMES:
        counts = Counter(value for document in found for value in _values(document, name))
        chosen = request.filters.get(name, ())
        counts.update(dict.fromkeys(chosen, 0))
        values = tuple(
            FacetValue(value, value.capitalize(), counts[value], value in chosen)
            for value in sorted(counts)
        )
        if values:
            field = facet_field(name)
            yield Facet(name, f"Nhãn {name}", values, field.kind, field.parent)
