from __future__ import annotations

import operator
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh_support import VOCABULARY, news, open_segment

from indexer.analysis import analyze, pairs
from indexer.engines.bm25 import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.whoosh.postings import elias_fano, list_merge
from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.list_merge import SmallNumbers, write_small_numbers
from indexer.engines.whoosh.reader.segment_files import NO_POSTINGS, PARTS
from indexer.engines.whoosh.terms.string_table import StringTable, write_strings
from indexer.engines.whoosh.whoosh_adapter.schema import decode_term, encode_term
from indexer.engines.whoosh.writer import segment_builder
from indexer.engines.whoosh.writer.worker_pool import WorkerPool
from indexer.errors import UnusableIndex
from indexer.models import Document

UNIVERSE = 5000
ascending = st.lists(st.integers(0, UNIVERSE - 1), min_size=1, max_size=40, unique=True).map(sorted)


def packed(bits: np.ndarray) -> np.ndarray:
    """In two parts that do not end with a byte."""
    packer = elias_fano.BitPacker()
    parts = [packer.pack(bits[:13]), packer.pack(bits[13:]), packer.flush()]
    assert packer.length == len(bits)
    return np.concatenate(parts)


@given(st.lists(ascending, min_size=1, max_size=6), st.booleans(), st.data())
def test_lists_give_back_what_went_in(found, weighted, data):
    values = np.array([number for one in found for number in one])
    counts = np.array(list(map(len, found)))
    weights = None
    if weighted:
        weight = st.integers(1, 9)
        weights = np.array(data.draw(st.lists(weight, min_size=len(values), max_size=len(values))))
    bits, bounds = elias_fano.encode(values, counts, UNIVERSE, weights)
    raw = packed(bits)
    at = 0
    for number, one in enumerate(found):
        start, end = int(bounds[number]), int(bounds[number + 1])
        assert elias_fano.decode(raw, start, len(one), UNIVERSE).tolist() == one
        size = int(elias_fano.encoded_sizes(counts, UNIVERSE)[number])
        if weights is None:
            assert end - start == size
            assert size <= len(one) * (2 + np.log2(UNIVERSE / len(one))) + 2
        else:
            own = weights[at : at + len(one)].tolist()
            assert elias_fano.decode_weights(raw, start + size, end, len(one)).tolist() == own
        at += len(one)


@given(ascending, st.integers(0, 200), st.integers(0, 7))
def test_a_damaged_list_is_a_value_error_or_other_numbers(one, byte, bit):
    bits, _ = elias_fano.encode(np.array(one), np.array([len(one)]), UNIVERSE)
    raw = packed(bits)
    raw[byte % len(raw)] ^= 1 << bit
    try:
        assert len(elias_fano.decode(raw, 0, len(one), UNIVERSE)) == len(one)
    except ValueError:
        return


def test_arrays_and_strings_and_small_numbers(tmp_path: Path):
    words = sorted(["", "dân", "dần", "văn", "\ud800"])
    numbers = np.array([1, 254, 255, 256, 70000, 3])
    with ArrayWriter(tmp_path / "a") as file:
        file.put("numbers", shrink_dtype(numbers))
        write_strings(file, "words", words)
        write_small_numbers(file, "small", [shrink_dtype(numbers[:2]), shrink_dtype(numbers[2:])])
    found = ArrayFile(tmp_path / "a")
    assert found["numbers"].tolist() == numbers.tolist()
    strings = StringTable(found, "words")
    assert strings.all() == list(strings) == words
    assert [strings.find(word) for word in words] == list(range(len(words)))
    assert strings.find("vận") == -1
    assert strings.prefix_range("d") == (1, 3)
    for start in range(6):
        assert SmallNumbers(found, "small")[start:6].tolist() == numbers[start:].tolist()
    with pytest.raises(ValueError, match="no others"):
        found["others"]
    whole = (tmp_path / "a").read_bytes()
    for broken in (whole[:-1], whole[:10], whole[:-16] + b"x" * 16):
        (tmp_path / "a").write_bytes(broken)
        with pytest.raises(ValueError, match=r"too short|not a file"):
            ArrayFile(tmp_path / "a")


def test_postings_of_many_documents(tmp_path: Path):
    count = 2055
    documents = (Document(id=str(n), body="dân vận " + "dân " * (n % 3)) for n in range(count))
    with open_segment(tmp_path / "s", documents) as segment:
        found = segment.read_postings("text", "dân")
        assert found.ids.tolist() == list(range(count))
        assert found.weights.tolist() == [1 + n % 3 for n in range(count)]
        assert len(segment.global_positions("dân")) == sum(1 + n % 3 for n in range(count))
        assert segment.read_postings("text", "vắng") is NO_POSTINGS
        matcher = segment.reader.postings("text", "dân")
        matcher.skip_to(count - 2)
        assert matcher.id() == count - 2
        assert matcher.value_as("positions")[:2] == [TITLE_GAP, TITLE_GAP + 2]


def test_every_posting_is_there(tmp_path: Path):
    chance = random.Random(5)

    def text(most: int) -> str:
        return " ".join(chance.choices((*VOCABULARY, "."), k=chance.randrange(most)))

    documents = [Document(id=str(n), title=text(6), body=text(40)) for n in range(80)]
    with open_segment(tmp_path / "s", documents) as segment:
        expected: dict[tuple[str, str], dict[int, int]] = {}
        for number, document in enumerate(documents):
            for part, weight in ((document.title, TITLE_WEIGHT), (document.body, 1)):
                found = analyze(part)
                terms = [("text", token.term) for token in found.syllables]
                terms += [("words", token.term) for token in found.words]
                terms += [("pairs", pair) for pair in pairs(found.syllables)]
                for term in terms:
                    weights = expected.setdefault(term, {})
                    weights[number] = weights.get(number, 0) + weight
        for field in ("text", "words", "pairs"):
            assert segment.terms(field) == sorted(term for f, term in expected if f == field)
        for (field, term), weights in expected.items():
            found = segment.read_postings(field, term)
            assert dict(zip(found.ids.tolist(), found.weights.tolist(), strict=True)) == weights
            assert segment.frequency(field, term) == len(weights)
            if field == "text":
                places = segment.global_positions(term)
                assert (np.diff(places) > 0).all()
                assert set(segment.files.documents_of(places).tolist()) == set(weights)


@given(st.text())
def test_any_string_can_be_a_term(text: str):
    assert decode_term(encode_term(text)) == text


def test_lone_surrogates_in_every_field(tmp_path: Path):
    odd = "x\ud800y"
    document = Document(id=odd, title=odd, body=f"{odd} {odd}", author=odd, persons=(odd,))
    with open_segment(tmp_path / "s", [document]) as segment:
        assert segment.ids == [odd]
        assert Document.from_record(segment.record(0)) == document
        assert segment.terms("facet_author") == [odd]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_segment_does_not_depend_on_batches_and_workers(tmp_path, monkeypatch, workers):
    with open_segment(tmp_path / "whole", news(200)):
        monkeypatch.setattr(segment_builder, "usable_processors", lambda: workers)
        monkeypatch.setattr(segment_builder, "BATCH_DOCUMENTS", 30)
        monkeypatch.setattr(list_merge, "SLICE_POSTINGS", 10)
        with open_segment(tmp_path / "parts", news(200)) as parts:
            monkeypatch.undo()
            for part in set(PARTS) - {"docs", "texts"}:  # compression learns from batches
                whole = (tmp_path / "whole" / f"archive_1.{part}").read_bytes()
                assert (tmp_path / "parts" / f"archive_1.{part}").read_bytes() == whole, part
            assert [Document.from_record(parts.record(n)) for n in range(200)] == list(news(200))
    assert not list((tmp_path / "parts").glob("runs*"))


def test_what_fails_in_a_worker_fails_here():
    with WorkerPool(1, int) as workers:
        assert workers.submit(divmod, 7, 2).result() == (3, 1)
        with pytest.raises(ZeroDivisionError):
            workers.submit(divmod, 7, 0).result()
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_work_goes_on_where_its_preparation_failed():
    with WorkerPool(1, operator.itemgetter) as workers:  # wants an argument
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_the_parent_does_what_no_process_has_begun():
    with WorkerPool(0, int) as workers:
        futures = [workers.submit(divmod, 7, divisor) for divisor in (2, 0)]
        assert workers.queued == 2
        assert [workers.run_next() for _ in range(3)] == [True, True, False]
        assert futures[0].result() == (3, 1)
        with pytest.raises(ZeroDivisionError):
            futures[1].result()


def test_a_worker_that_was_killed():
    with (
        WorkerPool(1, int) as workers,
        pytest.raises(UnusableIndex, match="more memory"),
    ):
        workers.submit(exec, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)").result()


def test_workers_end_with_their_parent_in_the_midst_of_a_long_call():
    hours = "import itertools, sys; print('begun', file=sys.stderr, flush=True)\n"
    hours += "sum(itertools.repeat(0, 10**13))"  # lets no other thread run
    script = f"""
from indexer.engines.whoosh.writer.worker_pool import WorkerPool
with WorkerPool(2, int) as workers:
    [workers.submit(exec, {hours!r}) for _ in range(2)][0].result()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as parent:
        assert parent.stderr is not None
        assert [parent.stderr.readline() for _ in range(2)] == [b"begun\n"] * 2
        parent.kill()
        # WorkerPool hold the same pipe: there is an end only when all of them are gone.
        assert parent.communicate(timeout=60) == (None, b"")


def test_where_not_all_workers_can_start_the_program_says_so_and_ends():
    script = """
import resource
from indexer.engines.whoosh.writer.worker_pool import WorkerPool
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (20, most))
try:
    WorkerPool(20, int)
except OSError as error:
    print(error.strerror)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "Too many open files\n"


def test_an_empty_segment(tmp_path: Path):
    with open_segment(tmp_path / "s", []) as segment:
        assert segment.documents == 0
        assert segment.read_postings("text", "dân") is NO_POSTINGS
        assert segment.terms("text") == []
