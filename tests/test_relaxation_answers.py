"""Which rung answers a query, and which rung each hit is reported on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import build
from hypothesis import example, given
from hypothesis import strategies as st

from indexer import Rung, SearchRequest, Sort
from indexer.analysis import strip_marks
from indexer.analysis.normalize import normalize
from indexer.engines.base import SearchEngine
from indexer.engines.whoosh.generations.index_directory import open_engine
from indexer.query.interpret import interpret
from indexer.relaxation import Relaxation
from indexer.search import search

TEXTS = {
    "title": "Nông dân Gia Viễn trồng lúa sạch, bán gạo cho cả nước.",
    "scattered": "Nước về. Nông dân vui. Gạo trắng, lúa vàng. Cả làng trồng rau sạch, rồi bán.",
    "most": "Nông dân trồng lúa sạch và bán gạo.",
    "folded": "Nóng dần, giá viên trông lửa sách; bạn gao chợ cá nuốc.",
    "little": "Chợ bán cá.",
    "half": "Dân trồng rau, bán gạo.",
}
# Documents with the words apart, so that no two of them count as one unit of the index.
APART = ["Nông. Viễn. Lúa. Bán. Cho. Nước.", "Dân. Gia. Trồng. Sạch. Gạo. Trắng. Cả."] * 6
TEXTS |= {f"apart-{at}": text for at, text in enumerate(APART)}
WORDS = "nông dân gia viễn trồng lúa sạch bán gạo cho cả nước rau chợ blockchain".split()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    folder = tmp_path_factory.mktemp("climbing") / "index"
    records = [
        {"id": name, "title": "", "text": text, "date": f"2024-01-{day:02}"}
        for day, (name, text) in enumerate(TEXTS.items(), 1)
    ]
    with closing(open_engine(build(folder, *records))) as engine:
        yield engine


TYPED = st.lists(
    st.sampled_from(WORDS).flatmap(lambda word: st.sampled_from([word, strip_marks(word)])),
    min_size=1,
    max_size=12,
).map(" ".join) | st.sampled_from([*TEXTS.values(), *map(strip_marks, TEXTS.values())])


@given(TYPED, st.sampled_from([1, 2, 5, 20]))
@example("ca blockchain", 5)  # neither it nor "cả blockchain" has a content word of the index
def test_every_hit_is_on_the_tightest_rung_that_it_satisfies(
    engine: SearchEngine, text: str, size: int
) -> None:
    """Compared with a search of each rung alone; pages neither repeat hits nor lose any."""
    on: dict[str, Rung] = {}
    tightest: set[str] = set()
    for step in Relaxation(interpret(normalize(text).text, engine.lexicon), engine.lexicon).steps():
        found = engine.find(step.plan, filters={}, limit=len(TEXTS), with_facets=False)
        for document_id, _ in found.hits:
            on.setdefault(document_id, step.rung)
        tightest = tightest or set(on)
    whole = search(engine, SearchRequest(text, size=100))
    assert {hit.document.id: hit.rung for hit in whole.hits}.items() <= on.items()
    assert whole.total == len(whole.hits)
    if whole.rung is None:
        assert not on
        return
    assert tightest <= {hit.document.id for hit in whole.hits}
    assert whole.rung is on[next(iter(tightest))]
    pages = [
        search(engine, SearchRequest(text, size=size, page=page))
        for page in range(1, 2 + (len(TEXTS) - 1) // size)
    ]
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {(page.total, page.rung) for page in pages} == {(whole.total, whole.rung)}


@given(TYPED)
def test_a_query_of_few_words_or_by_date_is_answered_by_one_rung(
    engine: SearchEngine, text: str
) -> None:
    few = " ".join(text.split()[:3])
    for request in (SearchRequest(few), SearchRequest(text, sort=Sort.NEWEST)):
        results = search(engine, request)
        assert {hit.rung for hit in results.hits} <= {results.rung}


def test_for_a_description_pages_with_most_words_stand_beside_those_with_all(
    engine: SearchEngine,
) -> None:
    results = search(engine, SearchRequest("nông dân trồng lúa sạch bán gạo trắng"))
    assert results.rung is Rung.EXACT
    assert [(hit.document.id, hit.rung) for hit in results.hits][:3] == [
        ("most", Rung.APPROXIMATE),  # all words but one, nearly side by side, in a short page
        ("title", Rung.APPROXIMATE),
        ("scattered", Rung.EXACT),
    ]
    assert "little" not in [hit.document.id for hit in results.hits]


def test_a_page_with_three_fifths_of_a_description_is_most_of_it(tmp_path: Path) -> None:
    words = "lúa gạo rau cá tôm muối than dầu thép đường".split()  # each in two pages
    texts = {"all": words, "three fifths": words[:6], "two fifths": words[6:]}
    records = [
        {"id": name, "title": "", "text": ". ".join(chosen)} for name, chosen in texts.items()
    ]
    with closing(open_engine(build(tmp_path / "index", *records))) as engine:
        found = search(engine, SearchRequest(" ".join(words)))
    assert [hit.document.id for hit in found.hits] == ["all", "three fifths"]


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("name", ["title", "scattered", "most"])
def test_a_copied_sentence_finds_its_page_first(
    engine: SearchEngine, name: str, fold: bool
) -> None:
    text = strip_marks(TEXTS[name]) if fold else TEXTS[name]
    results = search(engine, SearchRequest(text))
    # Without marks, the page with other marks on the same letters is as good.
    best = [hit.document.id for hit in results.hits if not fold or hit.document.id != "folded"]
    assert best[0] == name
    assert results.hits[0].rung is results.rung


def test_filters_do_not_change_the_rung_of_a_description(engine: SearchEngine) -> None:
    text = "nông dân trồng lúa sạch bán gạo trắng"
    every = search(engine, SearchRequest(text))
    (year,) = (facet for facet in every.facets if facet.name == "year")
    assert [value.count for value in year.values] == [every.total]
    narrowed = search(engine, SearchRequest(text, filters={"year": ("2024",)}))
    assert [hit.document.id for hit in narrowed.hits] == [hit.document.id for hit in every.hits]
    none = search(engine, SearchRequest(text, filters={"year": ("1999",)}))
    assert (none.rung, none.total) == (Rung.EXACT, 0)


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("nông dân trồng lúa sạch bán gạo", True),
        ("nong dan trong lua sach ban gao", True),
        ("nông dân trồng lúa sạch bán gạo -rau", True),
        ("năm:2024 nông dân trồng lúa sạch bán gạo", True),
        ("trồng lúa sạch", False),
        ('"nông dân" trồng lúa sạch bán gạo cả', False),
        ("=nông dân trồng lúa sạch bán gạo cả", False),
        ("nông dân trồng lúa sạch bán gạo cả nướ*", False),
        ("tiêu_đề:nông dân trồng lúa sạch bán gạo cả", False),
        ("nông dân trồng lúa sạch bán OR gạo cả", False),
        ("ai trồng lúa", True),
        ("gạo là gì", True),
        ("ai", False),
        ("=ai trồng lúa", False),
        ("nghị định 100/2019/NĐ-CP trồng lúa sạch bán gạo", True),
        ("nghị định 100/2019/NĐ-CP", False),
        ("", False),
    ],
)
def test_many_words_or_a_question_describe_a_page(
    engine: SearchEngine, text: str, described: bool
) -> None:
    assert Relaxation(interpret(text, engine.lexicon), engine.lexicon).is_descriptive is described


@pytest.mark.parametrize("documents", range(20, 30))
def test_two_thirds_of_equal_weights_are_enough(tmp_path: Path, documents: int) -> None:
    words = ["ghế", "bàn", "tủ", "nồi", "chảo", "dao"]
    texts = [words, words, words[:4], words[:4], words[4:], words[4:]]
    records = [{"id": str(at), "text": ". ".join(text)} for at, text in enumerate(texts)]
    records += [{"id": str(at), "text": "xin chào"} for at in range(len(texts), documents)]
    with closing(open_engine(build(tmp_path / "index", *records))) as engine:
        found = search(engine, SearchRequest(" ".join(words)))
        assert [hit.document.id for hit in found.hits] == ["0", "1", "2", "3"]
