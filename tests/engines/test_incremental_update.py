"""Law: an index that reached its documents by any updates answers like one rebuilt from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_conformance import QUERIES, SYLLABLES, UNKNOWN, corpora, filters, long_corpora, plans
from whoosh_support import flip_bytes, news, only_file, update_manifest

from indexer.engines.whoosh import build, check, current, open_engine, update
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import manifest, merge_policy
from indexer.engines.whoosh.generations.incremental_update import Changes
from indexer.engines.whoosh.reader.segment_files import PARTS
from indexer.engines.whoosh.terms import table_changes
from indexer.engines.whoosh.terms.phrase_table import count_by_phrase
from indexer.engines.whoosh.writer import copy_lists, segment_builder
from indexer.errors import DocumentError, DocumentNotFound, IndexDamaged, IndexMissing
from indexer.facets import FACET_NAMES
from indexer.models import Document, SearchRequest, Sort
from indexer.query.plan import EVERYTHING, Phrase, Plan
from indexer.search import search
from indexer.suggest.complete import complete
from indexer.suggest.ngrams import SMALL_BATCH
from indexer.suggest.selection import terms_of

ALL = Plan(EVERYTHING)


@contextmanager
def opened(index: Path) -> Iterator[WhooshEngine]:
    engine = open_engine(index)
    try:
        yield engine
    finally:
        engine.close()


def generation_folder(index: Path) -> Path:
    return index / current(index)


def segment_count(index: Path) -> int:
    return len(list(generation_folder(index).glob("*.docs")))


# Updated and rebuilt indexes are equal


def vocabulary(engine: WhooshEngine) -> object:
    """Return all answers of a lexicon to fixed questions, to compare two lexicons."""
    lexicon = engine.lexicon
    terms = sorted(t for folded in lexicon.folds(10_000) for t in lexicon.variants(folded))
    asked = [*terms, *SYLLABLES, UNKNOWN]
    return (
        lexicon.documents,
        terms,
        lexicon.learned,
        lexicon.folds(2),
        lexicon.folds(100),
        [lexicon.frequency(term) for term in asked],
        {(a, b): lexicon.pair_frequency(a, b) for a in asked for b in asked},
        [lexicon.word_frequency(word) for word in ("dân_vận", "công_tác", "dân_văn", "hội_nghị")],
        [lexicon.variants(folded) for folded in ("dan", "van", "kheo", "xyz", "")],
        [lexicon.with_prefix(prefix, n) for prefix in ("d", "dâ", "", "4") for n in (1, 3, 99)],
        [lexicon.folded_with_prefix(prefix, n) for prefix in ("d", "va", "") for n in (1, 3, 99)],
        [lexicon.facet_values(facet) for facet in (*FACET_NAMES, "unknown")],
    )


def completions(engine: WhooshEngine) -> object:
    """Return what is offered while a query is typed."""
    lexicon = engine.lexicon
    return (
        lexicon.phrases("", 10_000),
        [lexicon.phrases(key, 8) for key in ("dan van", "cong tac", "k", "")],
        [complete(text, lexicon, 8) for text in ("d", "dan v", "công t", "kh")],
    )


def answers(engine: WhooshEngine) -> object:
    """Return the results of fixed searches without their times, to compare two engines."""
    found = [search(engine, SearchRequest(text)) for text in QUERIES]
    found += [search(engine, SearchRequest("dan van", sort=sort, size=2)) for sort in Sort]
    return [replace(results, took_ms=0.0) for results in found]


steps = st.lists(
    st.tuples(
        corpora(),  # given documents d0, d1, …; they replace existing ones, some equal
        st.integers(0, 7),  # number added to their ids
        st.sets(st.integers(0, 15)),  # indexes of the other documents to delete
        st.booleans(),  # prune
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    growth=st.sampled_from([0, 2]),
    max_deleted_share=st.sampled_from([0.2, 1.0]),
    merge_share=st.sampled_from([0, 3, 64]),
)
def test_an_updated_index_equals_a_rebuilt_one(
    data, growth, max_deleted_share, merge_share
) -> None:
    """Only the phrases for completion may be older; then their counts are those of now."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr(table_changes, "MERGE_SHARE", merge_share)
        patch.setattr(copy_lists, "REGROUP_SHARE", merge_share)
        merge_only_larger(patch, growth)
        patch.setattr(merge_policy, "MAX_DELETED_SHARE", max_deleted_share)
        index, expected = Path(name) / "updated", {d.id: d for d in data.draw(corpora())}
        build(index, expected.values())
        for coming, shift, going, prune in data.draw(steps):
            coming = [replace(d, id=f"d{int(d.id[1:]) + shift}") for d in coming]
            names = {d.id for d in coming}
            delete = {n for at, n in enumerate(sorted(expected)) if at in going and n not in names}
            assert_changes(
                update(index, coming, delete=delete, prune=prune), expected, coming, delete, prune
            )
            remaining = {} if prune else {n: d for n, d in expected.items() if n not in delete}
            expected = remaining | {d.id: d for d in coming}
        rebuilt = Path(name) / "rebuilt"
        build(rebuilt, expected.values())
        assert check(index) == []
        with opened(index) as engine, opened(rebuilt) as other:
            ids = other.ids()
            assert engine.ids() == ids
            assert [engine.document(n) for n in ids] == [other.document(n) for n in ids]
            assert vocabulary(engine) == vocabulary(other)
            if merge_share == 64:
                assert completions(engine) == completions(other)
            counted = counts_of_phrases(rebuilt)
            for phrase in engine.lexicon.phrases("", 10_000):
                assert phrase.documents == counted[terms_of(phrase.text)] > 0
            assert answers(engine) == answers(other)
            assert [engine.copies(n) for n in ids] == [other.copies(n) for n in ids]
            for _ in range(4):
                plan = data.draw(plans)
                options = {
                    "filters": data.draw(filters),
                    "sort": data.draw(st.sampled_from(list(Sort))),
                    "offset": data.draw(st.sampled_from([0, 0, 1, 9])),
                    "limit": data.draw(st.sampled_from([0, 1, 3, 10])),
                    "grouped": data.draw(st.booleans()),
                }
                found, wanted = engine.find(plan, **options), other.find(plan, **options)
                assert (found.matched, found.total) == (wanted.matched, wanted.total)
                assert (found.distinct, found.copies) == (wanted.distinct, wanted.copies)
                assert [n for n, _ in found.hits] == [n for n, _ in wanted.hits]
                assert dict(found.hits) == pytest.approx(dict(wanted.hits), rel=1e-9)
                assert with_values(found.facets) == with_values(wanted.facets)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(long_corpora(), min_size=2, max_size=4),
    st.sampled_from([0, 2]),
    st.sets(st.integers(0, 8)),
)
def test_updates_leave_the_groups_of_copies_that_a_rebuild_makes(
    generations: list[list[Document]], growth: int, deleted: set[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr(copy_lists, "REGROUP_SHARE", 0)
        merge_only_larger(patch, growth)
        patch.setattr(merge_policy, "MAX_DELETED_SHARE", 1.0)
        index, expected = Path(name) / "updated", {d.id: d for d in generations[0]}
        build(index, expected.values())
        for shift, coming in enumerate(generations[1:]):
            coming = [replace(d, id=f"d{int(d.id[1:]) + 2 * shift}") for d in coming]
            update(index, coming)
            expected |= {d.id: d for d in coming}
        going = [name for at, name in enumerate(sorted(expected)) if at in deleted]
        update(index, [], delete=going)
        rebuilt = Path(name) / "rebuilt"
        build(rebuilt, [d for n, d in expected.items() if n not in going])
        with opened(index) as engine, opened(rebuilt) as other:
            ids = other.ids()
            assert [engine.copies(n) for n in ids] == [other.copies(n) for n in ids]
            for sort in Sort:
                for offset in range(0, 9, 3):
                    options = {"filters": {}, "sort": sort, "offset": offset, "limit": 3}
                    found = engine.find(ALL, grouped=True, **options)
                    assert found == other.find(ALL, grouped=True, **options)


def test_a_damaged_list_of_copies_is_reported(tmp_path: Path) -> None:
    document = Document("a", body="dân vận khéo ở xã và công tác dân vận")
    build(tmp_path, [document, replace(document, id="b")])
    with opened(tmp_path) as engine:
        assert engine.copies("a").exact == ("b",)
    path = only_file(generation_folder(tmp_path), "copies.arrays")
    for content in (path.read_bytes()[:-1], b"", path.read_bytes().replace(b"\1", b"\7", 1)):
        path.write_bytes(content)
        update_manifest(generation_folder(tmp_path))
        with pytest.raises(IndexDamaged, match="rebuild"):
            open_engine(tmp_path)


def counts_of_phrases(index: Path) -> Counter[str]:
    """Return in how many documents of a rebuilt index each phrase occurs, by its terms."""
    found = Counter()
    path = only_file(generation_folder(index), "*.phrases")
    for written, count in count_by_phrase(path).items():
        found[terms_of(written)] += count
    return found


def with_values(facets):  # type: ignore[no-untyped-def]
    return {name: dict(values) for name, values in facets.items() if values}


def merge_only_larger(patch: pytest.MonkeyPatch, growth: int) -> None:
    """Merge no segment because it is small, so that a few documents make several segments."""
    patch.setattr(merge_policy, "GROWTH", growth)
    patch.setattr(merge_policy, "SMALL", 0)
    patch.setattr(merge_policy, "TINY", 0)


def assert_changes(
    changes: Changes,
    former: dict[str, Document],
    coming: list[Document],
    delete: set[str],
    prune: bool,
) -> None:
    names = {document.id for document in coming}
    absent = former.keys() - names - delete
    assert changes.added == len(names - former.keys())
    assert changes.unchanged == sum(former.get(d.id) == d for d in coming)
    assert changes.replaced == len(coming) - changes.added - changes.unchanged
    assert changes.deleted == len(delete) + (len(absent) if prune else 0)
    assert changes.absent == (0 if prune else len(absent))
    assert changes.status.documents == len(names) + changes.absent


def test_batches_and_workers_do_not_change_the_result(tmp_path: Path, monkeypatch) -> None:
    documents = [replace(d, title="Mới") if d.id < "0030" else d for d in news(150)]
    build(tmp_path / "rebuilt", documents)
    monkeypatch.setattr(segment_builder, "usable_processors", lambda: 1)
    monkeypatch.setattr(segment_builder, "BATCH_DOCUMENTS", 20)
    build(tmp_path / "updated", news(140))
    changes = update(tmp_path / "updated", documents)
    assert (changes.added, changes.replaced, changes.unchanged) == (10, 30, 110)
    assert check(tmp_path / "updated") == []
    with opened(tmp_path / "updated") as engine, opened(tmp_path / "rebuilt") as other:
        assert vocabulary(engine) == vocabulary(other)
        assert completions(engine) == completions(other)
        assert answers(engine) == answers(other)


# Effects of an update


def test_unchanged_segments_are_linked_not_rewritten(tmp_path: Path) -> None:
    build(tmp_path, news(60))
    before = generation_folder(tmp_path)
    changed = [replace(d, body="Mới.") if d.id == "0007" else d for d in news(62)]
    changes = update(tmp_path, changed)
    assert (changes.added, changes.replaced, changes.unchanged, changes.absent) == (2, 1, 59, 0)
    assert (changes.status.documents, changes.status.generation) == (62, current(tmp_path))
    for part in PARTS:
        path = only_file(before, f"archive_1.{part}")
        assert path.samefile(generation_folder(tmp_path) / path.name)
    assert segment_count(tmp_path) == 2
    assert not [path for path in generation_folder(tmp_path).iterdir() if path.is_dir()]
    assert check(tmp_path) == []
    with opened(tmp_path) as engine:
        assert engine.document("0007").body == "Mới."
        assert list(engine.ids()) == [f"{n:04}" for n in range(62)]


def test_an_update_without_changes_makes_no_generation(tmp_path: Path) -> None:
    status = build(tmp_path, news(5))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert update(tmp_path, news(5)) == Changes(status, 0, 0, 0, 5, 0)
    assert update(tmp_path, news(3)) == Changes(status, 0, 0, 0, 3, 2)
    assert update(tmp_path, []) == Changes(status, 0, 0, 0, 0, 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == left


def test_a_deleted_document_is_not_found_and_can_be_added_again(tmp_path: Path) -> None:
    build(tmp_path, news(60))
    assert update(tmp_path, [], delete=["0003", "0004", "0003"]).deleted == 2
    assert segment_count(tmp_path) == 1
    with opened(tmp_path) as engine:
        assert engine.find(ALL, filters={}).total == 58
        with pytest.raises(DocumentNotFound):
            engine.document("0003")
        assert engine.lexicon.frequency("3") == 8  # 0003, 0010, …, 0059 without 0003
    with pytest.raises(DocumentNotFound, match="0003"):
        update(tmp_path, [], delete=["0003"])
    assert update(tmp_path, news(4)).added == 1
    with opened(tmp_path) as engine:
        assert engine.document("0003") == list(news(4))[3]


def test_deleted_ids_are_skipped_in_the_sources(tmp_path: Path) -> None:
    build(tmp_path, news(5))
    changes = update(tmp_path, news(6), delete=["0002"], prune=True)
    assert (changes.added, changes.deleted, changes.unchanged) == (1, 1, 4)
    with opened(tmp_path) as engine:
        assert engine.ids() == ("0000", "0001", "0003", "0004", "0005")


def test_all_documents_can_be_deleted(tmp_path: Path) -> None:
    build(tmp_path, news(5))
    assert update(tmp_path, [], prune=True).status.documents == 0
    assert check(tmp_path) == []
    with opened(tmp_path) as engine:
        assert (engine.ids(), engine.lexicon.folds(9)) == ((), ())
    update(tmp_path, news(2))
    with opened(tmp_path) as engine:
        assert engine.ids() == ("0000", "0001")
    assert segment_count(tmp_path) == 1


def test_files_are_copied_if_hard_links_fail(tmp_path: Path, monkeypatch) -> None:
    build(tmp_path, news(60))
    former = generation_folder(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refuse)
    update(tmp_path, [Document(id="mới", body="dân vận")])
    assert check(tmp_path) == []
    for path in former.glob("archive_1.*"):
        assert path.read_bytes() == (generation_folder(tmp_path) / path.name).read_bytes()
        assert not path.samefile(generation_folder(tmp_path) / path.name)


# Errors during an update


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("source"), OSError("disk")])
def test_an_interrupted_update_keeps_the_former_generation(tmp_path: Path, error) -> None:
    build(tmp_path, news(20))
    before, left = current(tmp_path), sorted(path.name for path in tmp_path.iterdir())

    def failing() -> Iterable[Document]:
        yield from news(40)
        raise error

    with pytest.raises(type(error)):
        update(tmp_path, failing(), delete=["0019"])
    assert (current(tmp_path), sorted(path.name for path in tmp_path.iterdir())) == (before, left)
    assert check(tmp_path) == []


def test_updating_with_a_duplicate_id_is_rejected(tmp_path: Path) -> None:
    before = build(tmp_path, news(3)).generation
    with pytest.raises(DocumentError, match="0001"):
        update(tmp_path, [*news(3), *list(news(2))[1:]])
    assert current(tmp_path) == before


def test_updating_a_missing_index_raises_index_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        update(tmp_path / "index", news(1))


def test_unreadable_records_raise_index_damaged(tmp_path: Path) -> None:
    build(tmp_path, news(20))
    folder = generation_folder(tmp_path)
    path = next(folder.glob("*.docs"))
    whole = path.read_bytes()
    path.write_bytes(whole[:64] + bytes(len(whole) - 64))
    update_manifest(folder)
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        update(tmp_path, [], delete=["0001"])
    assert generation_folder(tmp_path) == folder


# Files and merges


def build_several_segments(index: Path) -> Path:
    """Build an index of three segments with deletes in two; return the folder of its generation."""
    build(index, news(200))
    update(index, [replace(d, title="Mới") for d in news(20)])
    for number in (300, 301):
        update(
            index,
            [Document(id=str(number), body=f"dân vận {number}")],
            delete=[f"00{number - 290}"],
        )
    assert segment_count(index) >= 3
    return generation_folder(index)


def test_check_names_the_file_with_a_flipped_byte_among_several_segments(tmp_path: Path) -> None:
    folder = build_several_segments(tmp_path)
    names = {path.name.rpartition(".")[2] for path in folder.iterdir()}
    assert {"deletes", "arrays", "docs", "toc", "json"} <= names
    flip_bytes(folder, tmp_path)


@pytest.mark.parametrize("pattern", ["*.deletes", "terms.arrays", "changes.arrays"])
def test_damage_with_matching_checksums_raises_index_damaged(tmp_path: Path, pattern: str) -> None:
    folder = build_several_segments(tmp_path)
    path = next(folder.glob(pattern))
    path.write_bytes(b"\xff" * path.stat().st_size)
    update_manifest(folder)
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        open_engine(tmp_path)
    assert check(tmp_path)


def test_phrases_of_deleted_documents_are_not_offered(tmp_path: Path) -> None:
    """A name that only deleted documents contain is no completion, however many are deleted with
    them."""
    secret = "Gặp bà Trần Thị Bích hôm qua."
    build(
        tmp_path,
        [
            Document(id=f"d{n:04}", body=f"Công tác dân vận. {secret if n in (5, 1000) else ''}")
            for n in range(1100)
        ],
    )
    deleted = [f"d{number:04}" for number in range(SMALL_BATCH + 10)]
    for delete, offered in ([], True), (deleted, True), (["d1000"], False):
        update(tmp_path, [], delete=delete)
        with opened(tmp_path) as engine:
            found = engine.lexicon.phrases("tran thi", 10)
            assert bool(found) == offered


@pytest.mark.parametrize("part", [*PARTS, "phrases"])
def test_updating_a_damaged_index_raises_index_damaged(tmp_path: Path, part: str) -> None:
    build(tmp_path, news(30))
    path = only_file(generation_folder(tmp_path), f"*.{part}")
    whole = path.read_bytes()
    for at in range(0, len(whole), max(len(whole) // 12, 1)):
        path.write_bytes(whole[:at] + b"\xff" * len(whole[at : at + 64]) + whole[at + 64 :])
        former = current(tmp_path)
        try:
            update(tmp_path, [Document(id="new", body="dân vận")], delete=["0003", "0004"])
        except IndexDamaged:
            assert current(tmp_path) == former
            continue
        build(tmp_path, news(30))  # the update read no damaged byte; start from a whole index again
        path = only_file(generation_folder(tmp_path), f"*.{part}")


def test_check_reports_a_segment_file_missing_from_the_manifest(tmp_path: Path) -> None:
    folder = build_several_segments(tmp_path)
    listed = manifest.read(folder)
    name = next(folder.glob("*.words")).name
    del listed.files[name]
    manifest.write(folder, listed)
    assert f"{name} does not belong here" in check(tmp_path)[0]


def test_many_small_updates_leave_few_segments(tmp_path: Path) -> None:
    build(tmp_path, news(100))
    most = 0
    for number in range(30):
        update(tmp_path, [Document(id=f"n{number}", body=f"dân vận {number}")])
        most = max(most, segment_count(tmp_path))
    assert 2 <= most <= 5
    with opened(tmp_path) as engine:
        assert engine.find(Plan(Phrase((("dân",), ("vận",)))), filters={}).total == 130


@given(
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(0, 2000)).map(
            lambda n: merge_policy.SegmentSize(max(n), min(n))
        ),
        max_size=8,
    ),
    st.integers(0, 500),
)
def test_segments_that_are_not_merged_are_large_with_few_deletes(
    sizes: list[merge_policy.SegmentSize], new_documents: int
) -> None:
    merged = merge_policy.segments_to_merge(sizes, new_documents)
    total = new_documents + sum(sizes[number].live for number in merged)
    for number, size in enumerate(sizes):
        if number not in merged:
            assert size.live > merge_policy.largest_to_merge(total)
            assert size.live > max(merge_policy.TINY, merge_policy.GROWTH * total)
            assert size.documents - size.live <= merge_policy.MAX_DELETED_SHARE * size.documents
