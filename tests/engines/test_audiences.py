"""An index for each audience: after any changes, each has what its readers may see, and answers as
one that never had anything else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from crash_states import lay_out, recorded
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from test_conformance import corpora
from test_incremental_update import answers, completions, opened, vocabulary
from test_power_loss import folder  # noqa: F401  (a fixture)

from indexer.engines.base import Kept, Withdrawn
from indexer.engines.whoosh import (
    WhooshEngine,
    audience_sizes,
    build,
    check,
    copy_index,
    current,
    open_engine,
    open_former_engine,
    rollback,
    update,
)
from indexer.engines.whoosh.generations import manifest
from indexer.errors import (
    DocumentNotFound,
    IndexDamaged,
    IndexMissing,
    NoSuchGroup,
    SourceError,
    UnusableIndex,
)
from indexer.models import Document, OwnValues
from indexer.profile.access import AccessRule
from indexer.profile.archive_profile import ArchiveProfile, FieldType, OwnField, Profiles

FIELD = OwnField("mat", FieldType.TEXT, "Độ mật", "Secrecy", facet=True)
RULE = AccessRule(
    "mat",
    ("thường",),
    (("lãnh đạo", ("nội bộ", "Mật")), ("cán bộ", ("nội bộ",)), ("khách", ("THƯỜNG",))),
)
VALUES = ("thường", "nội bộ", "mật", "tối mật")
SEEN = {
    "": {"thường"}, "khách": {"thường"}, "cán bộ": {"thường", "nội bộ"},
    "lãnh đạo": {"thường", "nội bộ", "mật"},
}  # fmt: skip


def profiles(rule: AccessRule | None = RULE) -> Profiles:
    return {"/kho": ArchiveProfile(fields=(FIELD,), access=rule)}


def marked(document: Document, *values: str) -> Document:
    return replace(document, own=(OwnValues("mat", "text", values),) if values else ())


def seen(documents: Mapping[str, Document], group: str) -> dict[str, Document]:
    """Return the documents that a group may see; written without the code that decides it."""
    return {
        name: document
        for name, document in documents.items()
        if document.own and set(document.own[0].values) <= SEEN[group]
    }


def note(name: str, *values: str, body: str = "công tác dân vận") -> Document:
    return marked(Document(id=name, title=f"Bản {name}", body=body), *values)


def ids(index: Path, group: str = "") -> list[str]:
    engine = open_engine(index, group)
    try:
        return list(engine.ids())
    finally:
        engine.close()


def build_some(index: Path) -> None:
    documents = [note("a", "thường"), note("b", "nội bộ"), note("c", "mật"), note("d", "tối mật")]
    build(index, [*documents, note("e")], access=RULE, profiles=profiles)


marks = st.lists(st.sampled_from(VALUES), max_size=2, unique=True)


@st.composite
def marked_corpora(draw: st.DrawFn) -> list[Document]:
    return [marked(document, *draw(marks)) for document in draw(corpora())]


steps = st.lists(
    st.tuples(
        marked_corpora(),  # given documents, which replace existing ones or change who sees them
        st.integers(0, 7),  # number added to their ids
        st.sets(st.integers(0, 15)),  # indexes of the other documents to delete
        st.sets(st.integers(0, 15)),  # and of those that nobody may see any more
        st.booleans(),  # prune
    ),
    max_size=4,
)


def assert_as_if_alone(engine: WhooshEngine, documents: Mapping[str, Document], at: Path) -> None:
    """Assert that an engine answers as an index of these documents that never had others."""
    build(at, documents.values(), profiles=lambda: profiles(None))
    with opened(at) as alone:
        names = alone.ids()
        assert engine.ids() == names
        assert [engine.document(n) for n in names] == [alone.document(n) for n in names]
        assert [engine.copies(n) for n in names] == [alone.copies(n) for n in names]
        assert vocabulary(engine) == vocabulary(alone)
        assert engine.lexicon.facet_values("field.mat") == alone.lexicon.facet_values("field.mat")
        assert completions(engine) == completions(alone)
        assert answers(engine) == answers(alone)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(first=marked_corpora(), then=steps)
def test_each_audience_has_an_index_as_if_there_were_nothing_else(first, then) -> None:
    with TemporaryDirectory() as name:
        index, expected = Path(name) / "index", {d.id: d for d in first}
        build(index, expected.values(), access=RULE, profiles=profiles)
        for coming, shift, going, withdrawn, prune in then:
            coming = [replace(d, id=f"d{int(d.id[1:]) + shift}") for d in coming]
            held = seen(expected, "lãnh đạo")
            others = sorted(held.keys() - {d.id for d in coming})
            delete = {n for at, n in enumerate(others) if at in going}
            hidden = {n for at, n in enumerate(others) if at in withdrawn} - delete
            kept = [n for n in others if n not in hidden | delete] if not prune else []
            given = [*coming, *map(Kept, kept), *map(Withdrawn, sorted(hidden))]
            changes = update(index, given, delete=delete, prune=prune)
            after = {} if prune else {n: d for n, d in held.items() if n not in delete | hidden}
            expected = after | {d.id: d for d in coming}
            now = seen(expected, "lãnh đạo")
            assert changes.added == len(now.keys() - held.keys())
            assert changes.deleted == len(held.keys() - now.keys())
            assert changes.replaced == sum(
                now[name] != held[name] for name in now.keys() & held.keys()
            )
            assert changes.status.documents == len(now)
            assert changes.unchanged + changes.added + changes.replaced + changes.absent == len(now)
        assert check(index) == []
        assert audience_sizes(index) == {
            group: len(seen(expected, group)) for group in ("", *RULE.names)
        }
        for group in SEEN:
            with_group = open_engine(index, group)
            try:
                assert_as_if_alone(with_group, seen(expected, group), Path(name) / group / "alone")
            finally:
                with_group.close()


def test_a_document_is_seen_by_those_who_may_see_all_its_values() -> None:
    for values, groups in (
        (("thường",), ("", "lãnh đạo", "cán bộ", "khách")),
        (("Nội  Bộ", "thường"), ("lãnh đạo", "cán bộ")),
        (("nội bộ", "mật"), ("lãnh đạo",)),
        (("nội bộ", "tối mật"), ()),
        ((), ()),
    ):
        assert RULE.seen_by(note("x", *values)) == groups


def test_a_visitor_of_several_groups_has_the_first_of_the_archive() -> None:
    assert RULE.group_among(["cán bộ", "LÃNH  ĐẠO", "khác"]) == "lãnh đạo"
    assert RULE.group_among(["khác", ""]) == ""
    assert RULE.group_among([]) == ""


def test_groups_that_see_the_same_share_an_index(tmp_path: Path) -> None:
    build_some(tmp_path)
    folders = [path.name for path in (tmp_path / current(tmp_path)).glob("audience-*")]
    assert sorted(folders) == ["audience-1", "audience-2"]
    assert ids(tmp_path, "khách") == ids(tmp_path) == ["a"]
    assert ids(tmp_path, "cán bộ") == ["a", "b"]
    assert ids(tmp_path, "lãnh đạo") == ["a", "b", "c"]
    with pytest.raises(NoSuchGroup, match=r"'ai'.*lãnh đạo, cán bộ, khách.*archive\.toml"):
        open_engine(tmp_path, "ai")


def test_a_plain_index_has_no_groups(tmp_path: Path) -> None:
    build(tmp_path, [note("a")])
    assert audience_sizes(tmp_path) == {}
    with pytest.raises(NoSuchGroup, match="it has: none"):
        open_engine(tmp_path, "cán bộ")


def test_all_audiences_are_rolled_back_backed_up_and_restored_together(tmp_path: Path) -> None:
    index, saved = tmp_path / "index", tmp_path / "saved"
    build_some(index)
    sizes = audience_sizes(index)
    copy_index(index, saved)
    update(index, [note("a", "mật"), note("b", "nội bộ", body="mới"), note("f", "thường")])
    assert [ids(index), ids(index, "cán bộ"), ids(index, "lãnh đạo")] == [
        ["f"], ["b", "f"], ["a", "b", "c", "f"],
    ]  # fmt: skip
    rollback(index)
    assert audience_sizes(index) == sizes
    rollback(index)
    shutil.rmtree(index / current(index) / "audience-1")
    assert any("audience-1" in problem for problem in check(index))
    copy_index(saved, index, keep_access=True)
    assert audience_sizes(index) == audience_sizes(saved) == sizes
    assert check(index) == check(saved) == []
    assert ids(index, "lãnh đạo") == ["a", "b", "c"]


def test_an_index_with_another_rule_leaves_no_former_one(tmp_path: Path) -> None:
    build(tmp_path, [note("a", "mật")])  # everyone sees it
    build_some(tmp_path)
    with pytest.raises(IndexMissing, match="no former index"):
        rollback(tmp_path)
    with pytest.raises(IndexMissing):
        open_former_engine(tmp_path)
    former = current(tmp_path)
    other = replace(RULE, public=("thường", "nội bộ"))
    build(tmp_path, [note("a", "mật")], access=other, profiles=lambda: profiles(other))
    assert not (tmp_path / former).exists()
    build(tmp_path, [note("b", "mật")], access=other, profiles=lambda: profiles(other))
    assert rollback(tmp_path).documents == 0
    assert ids(tmp_path, "lãnh đạo") == ["a"]


def test_a_backup_with_another_rule_is_not_restored_over_an_index(tmp_path: Path) -> None:
    index, saved = tmp_path / "index", tmp_path / "saved"
    build(index, [note("a", "mật")])
    copy_index(index, saved)
    build_some(index)
    with pytest.raises(UnusableIndex, match="tracuu rebuild"):
        copy_index(saved, index, keep_access=True)
    assert ids(index) == ["a"]
    assert ids(index, "lãnh đạo") == ["a", "b", "c"]
    copy_index(index, saved)  # a backup follows the index
    assert audience_sizes(saved) == audience_sizes(index)


def test_an_update_cannot_change_the_rule(tmp_path: Path) -> None:
    build_some(tmp_path)
    for rule in (None, replace(RULE, public=("mật",))):
        with pytest.raises(SourceError, match="tracuu rebuild"):
            update(tmp_path, [note("z", "thường")], profiles=lambda rule=rule: profiles(rule))
    assert ids(tmp_path) == ["a"]
    with pytest.raises(SourceError):
        build(tmp_path, [note("z", "mật")], profiles=profiles)
    assert ids(tmp_path) == ["a"]


def test_what_a_group_has_is_kept_apart_from_what_others_have(tmp_path: Path) -> None:
    build_some(tmp_path)
    place = tmp_path / current(tmp_path)
    (place / "audience-1").rename(place / "moved")
    (place / "audience-2").rename(place / "audience-1")
    (place / "moved").rename(place / "audience-2")
    for group in ("lãnh đạo", "cán bộ"):
        with pytest.raises(IndexDamaged, match="other readers"):
            open_engine(tmp_path, group)
    assert ids(tmp_path) == ["a"]
    assert check(tmp_path)


def test_a_document_that_its_readers_may_not_see_is_found_by_check(tmp_path: Path) -> None:
    build_some(tmp_path)
    place = tmp_path / current(tmp_path)
    listed = manifest.read(place)
    shutil.rmtree(place / "audience-2")
    shutil.copytree(place / "audience-1", place / "audience-2")
    inner = manifest.read(place / "audience-2")
    manifest.write(place / "audience-2", replace(inner, audience=RULE.audience("cán bộ")))
    assert check(tmp_path) == ["audience-2 has 'c', which its readers may not see"]
    assert listed.audience == ("thường",)


def test_damage_in_one_audience_leaves_the_others_alone(tmp_path: Path) -> None:
    build_some(tmp_path)
    damaged = tmp_path / current(tmp_path) / "audience-1" / "learned.json"
    damaged.write_bytes(damaged.read_bytes() + b" ")
    assert ids(tmp_path) == ["a"]
    assert ids(tmp_path, "cán bộ") == ["a", "b"]
    with pytest.raises(IndexDamaged, match=r"learned\.json"):
        open_engine(tmp_path, "lãnh đạo")
    assert [problem for problem in check(tmp_path) if r"learned.json" in problem]
    with pytest.raises(IndexDamaged):
        update(tmp_path, [note("z", "thường")])
    with pytest.raises(IndexDamaged):
        copy_index(tmp_path, tmp_path.parent / "saved-damaged")


def test_an_unknown_id_to_delete_changes_no_audience(tmp_path: Path) -> None:
    build_some(tmp_path)
    before = current(tmp_path)
    with pytest.raises(DocumentNotFound):
        update(tmp_path, [], delete=["c", "x"])
    assert current(tmp_path) == before
    changes = update(tmp_path, [], delete=["c"])
    assert (changes.deleted, changes.status.documents) == (1, 2)
    assert ids(tmp_path, "lãnh đạo") == ["a", "b"]


def test_an_update_without_changes_makes_no_generation_for_any_audience(tmp_path: Path) -> None:
    build_some(tmp_path)
    before = current(tmp_path)
    changes = update(tmp_path, [Kept("a"), note("b", "nội bộ"), Kept("c")])
    assert current(tmp_path) == before
    assert (changes.unchanged, changes.absent) == (3, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["CURRENT", "LOCK", before])


def content(index: Path) -> tuple[tuple[str, ...], ...]:
    """Verify an index; return the ids and titles that each group sees."""
    assert check(index) == []
    found = []
    for group in SEEN:
        engine = open_engine(index, group)
        try:
            found.append(tuple(f"{name} {engine.document(name).title}" for name in engine.ids()))
        finally:
            engine.close()
    return tuple(found)


def rebuilt(index: Path) -> None:
    documents = [note("a", "mật"), note("b", "thường"), note("z", "nội bộ")]
    build(index, documents, access=RULE, profiles=profiles)


def updated(index: Path) -> None:
    update(index, [note("a", "mật"), note("b", "thường"), Withdrawn("c"), note("z", "nội bộ")])


@pytest.mark.parametrize("operate", [rebuilt, updated, rollback])
def test_a_power_cut_leaves_the_old_or_the_new_index_to_all_audiences(
    folder: Path,  # noqa: F811
    operate: Callable[[Path], object],
) -> None:
    index, cut = folder / "index", folder / "cut"
    rebuilt(index)
    build_some(index)
    before = content(index)
    with recorded(index) as recorder:
        operate(index)
    after = content(index)
    assert all(one != other for one, other in zip(before, after, strict=True))
    seen = set()
    states = list(recorder.states.values())
    for state in (*states[:-12:25], *states[-12:]):  # the switch comes last
        lay_out(state, cut)
        seen.add(content(cut))
        shutil.rmtree(cut)
    assert seen == {before, after}
