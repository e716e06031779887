"""The distributed engine on a real node: whole commands, generations, updates, errors.

What it finds is compared with the reference in `test_conformance.py`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zlib import crc32

import pytest
from copied_texts import edited, story
from opensearch_support import engine_backend, environment, remove, running_node, settings_for

from indexer import Archive, SearchRequest, rebuild, update
from indexer.engines.base import Copies, Kept
from indexer.errors import (
    DocumentError,
    DocumentNotFound,
    EngineUnavailable,
    IndexBusy,
    IndexMissing,
    RequestError,
    SettingError,
    UnsupportedByEngine,
    UnusableIndex,
)
from indexer.models import Document, OwnValues
from indexer.profile.archive_profile import ArchiveProfile, FieldType, OwnField
from indexer.query.plan import EVERYTHING, Plan
from indexer.search import search
from scripts.opensearch_nodes import Node, free_port

NAME = "engine"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """The node, with the settings that use it."""
    found = running_node()
    with environment(settings_for(NAME, found) | {"TRACUU_INDEX": str(tmp_path / "front")}):
        yield found
    remove(found, NAME)


def indices(node: Node) -> set[str]:
    return {entry["index"] for entry in node.ask("GET", f"/_cat/indices/{NAME}-*?format=json")}


def documents(*texts: str) -> list[Document]:
    return [
        Document(f"d{number}", title=f"văn bản {number}", body=text, published=date(2020, 1, 1))
        for number, text in enumerate(texts)
    ]


def test_an_updated_archive_answers_as_a_rebuilt_one(node: Node, tmp_path: Path) -> None:
    texts = [*[" ".join(story(n, 40)) for n in range(6)], "", "dân vận khéo (DVK)"]
    rng = random.Random(5)
    engine = engine_backend()
    before = [
        Document(f"d{n:02}", title=rng.choice(["", "dân vận"]), body=rng.choice(texts))
        for n in range(30)
    ]
    before.append(Document("copy", body=" ".join(story(1, 300))))
    engine.build(tmp_path, before)
    after = [d for d in before if rng.random() > 0.3]
    after += [Document("near", body=" ".join(edited(story(1, 300), 1)))]
    after += [Document(f"x{n}", body=rng.choice(texts)) for n in range(5)]
    after = [
        Document(d.id, title=d.title, body="dân vận mới") if rng.random() < 0.2 else d
        for d in after
    ]
    done = engine.update(tmp_path, after, prune=True)
    assert done.status.documents == len(after)
    assert engine.check(tmp_path) == []
    updated = engine.open_engine(tmp_path)
    lexicon = updated.lexicon
    with environment({"TRACUU_OPENSEARCH_INDEX": f"{NAME}-two"}):
        engine.build(tmp_path, after)
        fresh = engine.open_engine(tmp_path)
        other = fresh.lexicon
        for text in ("dân vận", "khéo", "story", "DVK"):
            assert lexicon.frequency(text) == other.frequency(text)
        assert lexicon.folds(10_000) == other.folds(10_000)
        assert lexicon.learned == other.learned
        assert lexicon.phrases("", 10_000) == other.phrases("", 10_000)
        assert updated.ids() == fresh.ids()
        for document in after:
            assert updated.document(document.id) == document
            assert updated.copies(document.id) == fresh.copies(document.id)


def test_an_update_changes_what_changed_and_nothing_is_left_over(
    node: Node, tmp_path: Path
) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents("một hai", "ba bốn", "năm sáu"))
    first = engine.current(tmp_path)
    same = engine.update(tmp_path, [Kept("d0"), *documents("một hai", "ba bốn")[1:]])
    assert (same.unchanged, same.absent, same.status.generation) == (2, 1, first)
    changed = engine.update(tmp_path, documents("một hai", "bảy tám"), delete=["d2"])
    assert (changed.added, changed.replaced, changed.deleted) == (0, 1, 1)
    second = engine.current(tmp_path)
    found = {name for name in indices(node) if "-lock" not in name}
    assert found == {first, f"{first}-files", second, f"{second}-files"}
    opened = engine.open_engine(tmp_path)
    assert [opened.document(name).body for name in opened.ids()] == ["một hai", "bảy tám"]
    with pytest.raises(DocumentNotFound, match="d9"):
        engine.update(tmp_path, [], delete=["d9"])
    with pytest.raises(DocumentError, match="twice"):
        engine.build(tmp_path, [*documents("a"), *documents("a")])
    assert engine.current(tmp_path) == second
    engine.build(tmp_path, documents("chín"))
    third = engine.current(tmp_path)
    found = {name for name in indices(node) if "-lock" not in name}
    assert found == {second, f"{second}-files", third, f"{third}-files"}


def test_rollback_returns_to_the_former_generation_and_back(node: Node, tmp_path: Path) -> None:
    engine = engine_backend()
    with pytest.raises(IndexMissing, match="tracuu rebuild"):
        engine.current(tmp_path)
    engine.build(tmp_path, documents("cũ"))
    first = engine.current(tmp_path)
    with pytest.raises(IndexMissing, match="former"):
        engine.rollback(tmp_path)
    engine.update(tmp_path, documents("mới"))
    second = engine.current(tmp_path)
    assert engine.rollback(tmp_path).generation == first == engine.current(tmp_path)
    assert engine.open_engine(tmp_path).document("d0").body == "cũ"
    assert engine.rollback(tmp_path).generation == second
    assert engine.open_former_engine(tmp_path).document("d0").body == "cũ"


def test_an_open_archive_follows_a_rebuild(node: Node, tmp_path: Path) -> None:
    source = tmp_path / "pages"
    source.mkdir()
    (source / "a.txt").write_text("Dân vận khéo\n\nMột câu về dân vận.", "utf-8")
    rebuild([source], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        assert archive.search(SearchRequest("dan van")).total == 1
        (source / "b.txt").write_text("Dân vận khéo\n\nHai câu về dân vận.", "utf-8")
        report = update([source], tmp_path / "index")
        assert (report.added, report.unchanged) == (1, 1)
        until = time.monotonic() + 30
        while archive.search(SearchRequest("dan van")).total != 2:
            assert time.monotonic() < until
        assert archive.health()["status"] == "ok"


def test_check_names_what_is_wrong(node: Node, tmp_path: Path) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents("một", "hai"))
    name = engine.current(tmp_path)
    assert engine.check(tmp_path) == []
    node.ask("POST", f"/{name}/_delete_by_query?refresh=true", {"query": {"match_all": {}}})
    hit = node.ask("POST", f"/{name}/_search", {"query": {"term": {"id": "d0"}}})["hits"]["hits"]
    if hit:  # the module that deletes by query is not part of a node made of jars
        node.ask("DELETE", f"/{name}/_doc/{hit[0]['_id']}?refresh=true")
    assert "'d0' is missing" in engine.check(tmp_path)
    node.ask("DELETE", f"/{name}-files/_doc/lexicon.arrays.0?refresh=true")
    assert any("lacks a part of lexicon.arrays" in line for line in engine.check(tmp_path))


def test_only_one_process_builds_and_a_dead_one_holds_nothing(node: Node, tmp_path: Path) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents("một"))
    held = {"token": "other", "host": "elsewhere", "boot": "", "pid": 1, "renewed": time.time()}
    node.ask("PUT", f"/{NAME}-lock/_doc/lock?refresh=true", held)
    with pytest.raises(IndexBusy, match="process 1 on elsewhere"):
        engine.build(tmp_path, documents("hai"))
    node.ask("PUT", f"/{NAME}-lock/_doc/lock?refresh=true", held | {"renewed": time.time() - 3600})
    leftover = f"{NAME}-20200101t000000z-00000000"
    node.ask("PUT", f"/{leftover}", {"settings": {"number_of_replicas": 0}})
    engine.build(tmp_path, documents("hai"))
    assert leftover not in indices(node)
    assert engine.open_engine(tmp_path).document("d0").body == "hai"


def test_a_document_that_the_cluster_refuses_is_named_and_the_rest_is_indexed(
    node: Node, tmp_path: Path
) -> None:
    engine = engine_backend()
    named: list[str] = []
    # More fields than an index may have.
    own = tuple(OwnValues(f"k{n}", FieldType.TEXT, ("x",)) for n in range(10_001))
    refused = Document("d1", body="dân vận", own=own)

    def note(error: DocumentError) -> None:
        named.append(error.message)

    engine.build(tmp_path, [*documents("dân"), refused], rejected=note)
    assert len(named) == 1
    assert named[0].startswith("The cluster refuses the document 'd1': Limit of total fields")
    opened = engine.open_engine(tmp_path)
    assert opened.ids() == ("d0",)
    assert opened.lexicon.frequency("vận") == 0
    engine.update(tmp_path, [Document("d0", body="vận", own=own)], rejected=note)
    assert len(named) == 2
    assert engine.open_engine(tmp_path).document("d0").body == "dân"
    assert engine.check(tmp_path) == []


def test_any_text_can_be_a_value_but_not_an_id(node: Node, tmp_path: Path) -> None:
    engine = engine_backend()
    odd = Document("odd", "x" * 50_000, "dân vận", author="lẻ \udfff", section="y" * 50_000)
    named: list[DocumentError] = []
    strange = [Document("\ud800", body="a"), Document("z" * 9000, body="b")]
    engine.build(tmp_path, [odd, *strange, *documents("dân")], rejected=named.append)
    assert len(named) == 2
    opened = engine.open_engine(tmp_path)
    assert opened.ids() == ("d0", "odd")
    assert opened.document(odd.id) == odd
    assert engine.check(tmp_path) == []
    assert opened.lexicon.frequency("x" * 50_000) == 1


def test_a_generation_that_was_removed_meanwhile_is_one_sentence(
    node: Node, tmp_path: Path
) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents("dân"))
    opened = engine.open_engine(tmp_path)
    remove(node, NAME)
    for use in (
        lambda: opened.find(Plan(EVERYTHING), filters={}),
        lambda: opened.document("d0"),
        lambda: opened.copies("d0"),
    ):
        with pytest.raises(UnusableIndex, match="Try again"):
            use()


def test_own_fields_are_facets(node: Node, tmp_path: Path) -> None:
    engine = engine_backend()
    own = OwnField("phong", FieldType.HIERARCHY, "Phông", "Fonds", True)
    profile = ArchiveProfile(name="Kho", fields=(own,))
    archived = Document(
        "a", body="dân vận", own=(OwnValues("phong", FieldType.HIERARCHY, ("Tỉnh ủy/Ban",)),)
    )
    engine.build(tmp_path, [archived, *documents("dân vận")], profiles=lambda: {"/k": profile})
    opened = engine.open_engine(tmp_path)
    assert opened.profile == profile
    found = search(opened, SearchRequest("dan van", filters={"field.phong": ("Tỉnh ủy",)}))
    assert [hit.document for hit in found.hits] == [archived]
    (facet,) = [facet for facet in found.facets if facet.name == "field.phong"]
    assert {value.value: value.count for value in facet.values} == {"Tỉnh ủy": 1, "Tỉnh ủy/Ban": 1}
    assert search(opened, SearchRequest('phong:"Tỉnh ủy"')).total == 1


def test_several_processes_share_a_rebuild_and_the_last_one_switches(
    node: Node, tmp_path: Path
) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents("cũ"))
    before = engine.current(tmp_path)
    texts = [" ".join(story(n % 7, 300 if n % 7 < 2 else 20)) for n in range(40)]
    source = tmp_path / "docs.jsonl"
    lines = [json.dumps({"id": f"d{n}", "title": "", "text": text}) for n, text in enumerate(texts)]
    source.write_text("\n".join(lines), "utf-8")

    def start(part: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "indexer.cli", "rebuild", str(source), "--part", part],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    killed = start("1/3")
    killed.kill()
    killed.communicate()
    alone = start("2/3")
    said, _ = alone.communicate()
    assert (alone.returncode, said) == (0, f"{_of(2, 3, 40)} documents of this part; "
                                           "still to come: 1, 3\n")  # fmt: skip
    assert engine.current(tmp_path) == before
    again = start("2/3")
    assert "Part 2 is done already; missing: 1, 3." in again.communicate()[1]
    other = start("1/2")
    assert "A rebuild in 3 parts is under way." in other.communicate()[1]
    assert (again.returncode, other.returncode) == (2, 2)
    both = [start("1/3"), start("3/3")]
    assert sorted(done.communicate()[0].partition(" ")[0] for done in both)[-1] == "40"
    assert engine.check(tmp_path) == []
    shared = engine.open_engine(tmp_path)
    rebuild([source], tmp_path)
    whole = engine.open_engine(tmp_path)
    assert shared.ids() == whole.ids()
    assert shared.lexicon.folds(1000) == whole.lexicon.folds(1000)
    assert shared.copies("d0") == whole.copies("d0") != Copies()


def _of(part: int, parts: int, count: int) -> int:
    return sum(crc32(f"d{n}".encode()) % parts == part - 1 for n in range(count))


def test_more_groups_and_values_than_one_search_may_count(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_backend()
    texts = [" ".join(story(n // 2, 60)) for n in range(10)]
    engine.build(
        tmp_path,
        [replace(d, title="", author=d.id) for d in documents(*texts)],
    )
    opened = engine.open_engine(tmp_path)
    whole = opened.find(Plan(EVERYTHING), filters={}, grouped=True)
    assert (whole.total, whole.distinct) == (10, 5)
    monkeypatch.setattr("indexer.engines.opensearch.reader.find_request._MAX_BUCKETS", 2)
    assert opened.find(Plan(EVERYTHING), filters={}, grouped=True) == whole
    monkeypatch.setattr("indexer.engines.opensearch.reader.find_request._MAX_VALUES", 3)
    few = opened.find(Plan(EVERYTHING), filters={"year": ("2020",)}, grouped=True)
    assert (few.distinct, len(few.facets["author"]), few.facets["year"]) == (5, 3, {"2020": 10})


def test_a_query_that_is_too_large_for_the_cluster_is_one_sentence(
    node: Node, tmp_path: Path
) -> None:
    engine = engine_backend()
    engine.build(tmp_path, documents(" ".join(story(1, 200))))
    opened = engine.open_engine(tmp_path)
    text = " ".join(story(1, 60))
    assert search(opened, SearchRequest(text)).total == 1
    limit = "indices.query.bool.max_clause_count"
    node.ask("PUT", "/_cluster/settings", {"transient": {limit: 20}})
    try:
        with pytest.raises(RequestError, match=r"more words and forms .*max_clause_count"):
            search(opened, SearchRequest(text))
    finally:
        node.ask("PUT", "/_cluster/settings", {"transient": {limit: None}})


def test_what_the_engine_does_not_do_is_one_sentence(node: Node, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedByEngine, match="snapshots"):
        engine_backend().copy_index(tmp_path, tmp_path / "b")


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"URL": "http://127.0.0.1:{free}"}, EngineUnavailable, "No node of the cluster answers"),
        ({"URL": "https://127.0.0.1:{port}"}, UnusableIndex, "No secure connection"),
        ({"URL": "127.0.0.1"}, SettingError, "is no address"),
        ({"CA_FILE": "/nowhere"}, SettingError, "there is no file"),
        ({"PASSWORD_FILE": "/nowhere"}, SettingError, "cannot be read"),
        ({"INDEX": "other"}, IndexMissing, "has no archive 'other'"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_one_sentence(
    changed: dict[str, str], error: type[Exception], match: str, node: Node, tmp_path: Path
) -> None:
    values = {
        f"TRACUU_OPENSEARCH_{name}": value.format(free=free_port(), port=node.port)
        for name, value in changed.items()
    }
    with environment(values), pytest.raises(error, match=match) as caught:
        engine_backend().open_engine(tmp_path)
    assert "\n" not in str(caught.value)


def test_forked_processes_do_not_read_the_answers_to_each_other(node: Node) -> None:
    script = """
import os, sys
from indexer.engines.opensearch.client import Cluster
cluster = Cluster()
def ask(text):
    body = {"analyzer": "keyword", "text": text}
    return cluster.ask("POST", "/_analyze", body)["tokens"][0]["token"]
ask("parent")  # opens a connection
children = []
for name in ("one", "two", "three"):
    child = os.fork()
    if not child:
        right = False
        try:
            right = all(ask(f"{name} {n}") == f"{name} {n}" for n in range(100))
        finally:
            os._exit(0 if right else 1)
    children.append(child)
ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
sys.exit(f"exit codes {ended}" if any(ended) else 0)
"""
    environ = {**os.environ, "TRACUU_OPENSEARCH_TIMEOUT": "5"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stderr
