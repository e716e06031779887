"""Groups of copies: which texts belong together, and which do not although they look alike."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest
from copied_texts import decision, edited, price_list, story
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints, analyze_many, fingerprints
from indexer.engines import copies
from indexer.engines.copies import (
    _NEIGHBOURS,
    CopiedDocuments,
    Documents,
    _pairs_in_band,
    bands_of,
    group_copies,
    regroup_copies,
)


def prints_of(bodies: Sequence[str], official: Sequence[str | None] | None = None) -> Fingerprints:
    columns = analyze_many([text for body in bodies for text in ("", body)])
    return fingerprints(columns, official or [None] * len(bodies))


def groups_of(
    bodies: Sequence[str], official: Sequence[str | None] | None = None
) -> tuple[list[int], list[int]]:
    """Return for each document the number of the first exact copy, and that of the leader of its
    group; earlier documents lead."""
    found = group_copies(prints_of(bodies, official), np.arange(len(bodies)))
    return found.texts.tolist(), found.leaders.tolist()


STORY = story(1)
TEXT = " ".join(STORY)
LEAD = " ".join(story(2, 20))


def test_a_reprint_with_another_lead_is_a_near_copy() -> None:
    assert groups_of([TEXT, f"{LEAD}. {TEXT}", " ".join(story(3))]) == ([0, 1, 2], [0, 0, 2])


def test_a_reprint_with_a_date_line_is_a_near_copy() -> None:
    bodies = [f"12/3/2021 14:30 {TEXT}", f"{TEXT} 13/3/2021", f"(Báo mới) {TEXT}"]
    assert groups_of(bodies)[1] == [0, 0, 0]


def test_the_same_text_is_an_exact_copy_and_joins_the_near_ones() -> None:
    reprint = f"{LEAD}. {TEXT}"
    assert groups_of([TEXT, reprint, TEXT.upper(), reprint]) == ([0, 1, 0, 1], [0, 0, 0, 0])


def test_short_texts_are_exact_copies_only() -> None:
    short = " ".join(STORY[:40])
    assert groups_of([short, f"{short} khéo", short]) == ([0, 1, 0], [0, 1, 0])


def test_price_lists_of_different_weeks_are_no_copies() -> None:
    weeks = [price_list(week) for week in range(1, 60)]
    assert groups_of(weeks)[1] == list(range(59))


def test_the_same_price_list_on_two_portals_is_a_copy() -> None:
    listed = price_list(7)
    bodies = [price_list(6), listed, f"Theo trang tin của huyện. {listed}", price_list(8)]
    assert groups_of(bodies)[1] == [0, 1, 1, 3]


def test_decisions_of_one_form_are_no_copies() -> None:
    people = ["ông Trần Văn An", "bà Lê Thị Bình", "ông Danh Út"]
    bodies = [decision(15 + at, 9, name) for at, name in enumerate(people)]
    assert groups_of(bodies)[1] == [0, 1, 2]
    # Even if all that differs is the number, or the day.
    bodies = [decision(15, 9, people[0]), decision(16, 9, people[0]), decision(15, 10, people[0])]
    assert groups_of(bodies)[1] == [0, 1, 2]


def test_documents_with_different_official_numbers_are_no_copies() -> None:
    assert groups_of([TEXT, TEXT], ["15/QĐ-UBND", "16/QĐ-UBND"]) == ([0, 1], [0, 1])
    assert groups_of([TEXT, TEXT], ["15/QĐ-UBND", "15/QĐ-UBND"]) == ([0, 0], [0, 0])


def test_a_document_whose_official_number_is_unknown_is_a_near_copy() -> None:
    assert groups_of([TEXT, TEXT], ["15/QĐ-UBND", None]) == ([0, 1], [0, 0])


def test_pages_with_one_body_are_no_copies_if_their_titles_have_different_numbers() -> None:
    titles = ["Đề thi 2019, trường A", "Đề thi 2020 của trường B", "Đề thi", "Báo Cà Mau: đề thi"]
    columns = analyze_many([text for title in titles for text in (title, TEXT)])
    found = group_copies(fingerprints(columns, [None] * 4), np.arange(4))
    assert found.leaders.tolist()[:2] == [0, 1]
    assert found.texts.tolist() == [0, 1, 2, 2]


def test_a_text_with_more_numbers_is_a_copy_if_those_of_the_other_are_among_them() -> None:
    half = " ".join(STORY[:150])
    one = f"{half} họp ngày 5 tháng này {TEXT}"
    more = f"{one} họp ngày 6 tháng này khéo"
    assert groups_of([more, one])[1] == [0, 0]


def test_a_chain_of_small_changes_does_not_join_its_ends() -> None:
    chain = [STORY]
    for step in range(1, 16):
        at = step * 15
        chain.append([*chain[-1][:at], *story(100 + step, 15), *chain[-1][at + 15 :]])
    leaders = groups_of([" ".join(text) for text in chain])[1]
    assert leaders[0] != leaders[-1]
    assert len(set(leaders)) < len(chain)
    shingles = [{tuple(text[at : at + 4]) for at in range(len(text) - 3)} for text in chain]
    for text, leader in enumerate(leaders):
        some, others = shingles[text], shingles[leader]
        assert len(some & others) / len(some | others) > 0.6


stories = st.integers(0, 2).map(story)
reprints = st.one_of(
    stories,
    st.builds(edited, stories, st.sampled_from([1, 3, 8, 40])),
    st.builds(lambda text, count: text[count:], stories, st.sampled_from([10, 30, 250])),
)


@given(st.lists(reprints.map(" ".join), max_size=7), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_groups_do_not_depend_on_the_order_of_the_documents(
    bodies: list[str], random: np.random.Generator
) -> None:
    order = list(range(len(bodies)))
    random.shuffle(order)
    expected = group_copies(prints_of(bodies), np.arange(len(bodies)))
    found = group_copies(prints_of([bodies[at] for at in order]), np.array(order, np.int64))
    for labels, others in zip(expected, found, strict=True):
        back = {old: order[label] for old, label in zip(order, others.tolist(), strict=True)}
        assert [back[old] for old in range(len(bodies))] == labels.tolist()


@given(st.lists(reprints.map(" ".join), max_size=7))
@settings(deadline=None)
def test_groups_are_stars_around_leaders(bodies: list[str]) -> None:
    texts, leaders = groups_of(bodies)
    for document, (text, leader) in enumerate(zip(texts, leaders, strict=True)):
        assert bodies[document] == bodies[text]
        assert leaders[text] == leader
        assert leaders[leader] == leader == texts[leader]
        assert leader <= text <= document


@st.composite
def contents(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]]]:
    """Draw sketches that share many bands and often resemble each other, and numbers for each."""
    bases = [[base] * SKETCH_BYTES for base in (1, 2)]
    sketches, numbers = [], []
    for _ in range(draw(st.integers(1, 12))):
        sketch = list(draw(st.sampled_from(bases)))
        for at in draw(st.lists(st.integers(0, SKETCH_BYTES - 1), max_size=9)):
            sketch[at] = draw(st.integers(0, 3))
        sketches.append(sketch)
        place = draw(st.integers(1, 2)) << 32
        numbers.append([place | draw(st.integers(1, 2))] if draw(st.booleans()) else [])
    return sketches, numbers


@given(contents(), st.data(), st.integers(1, _NEIGHBOURS), st.sampled_from([0, 32]))
@settings(deadline=None, max_examples=300)
def test_groups_after_some_changes_are_those_of_all_documents(
    content, data: st.DataObject, neighbours: int, values_at_once: int
) -> None:
    """Also if bands are too large to compare all their documents."""
    sketches, numbers = content
    some = st.integers(0, len(sketches) - 1)
    chosen = data.draw(st.lists(some, min_size=1, max_size=16))
    count = len(chosen)
    prints = Fingerprints(
        np.array([0 if data.draw(st.booleans()) else 1 + at for at in chosen], np.uint64),
        np.array([sketches[at] for at in chosen], np.uint8).ravel(),
        np.array([number for at in chosen for number in numbers[at]], np.uint64),
        np.cumsum([len(numbers[at]) for at in chosen]),
    )
    ranks = np.array(data.draw(st.permutations(range(count))))
    masks = st.lists(st.booleans(), min_size=count, max_size=count).map(np.array)
    before, after = data.draw(masks), data.draw(masks)

    def take(those: np.ndarray) -> Fingerprints:
        begins = np.append(0, prints.number_ends)
        parts = [prints.numbers[begins[at] : begins[at + 1]] for at in those.tolist()]
        return Fingerprints(
            prints.digests[those],
            prints.sketches.reshape(-1, SKETCH_BYTES)[those].ravel(),
            np.concatenate([prints.numbers[:0], *parts]),
            np.cumsum([len(part) for part in parts], dtype=np.int64),
        )

    def copied(live: np.ndarray) -> CopiedDocuments:
        those = np.flatnonzero(live)
        texts, leaders = group_copies(take(those), ranks[those])
        with_copies = np.flatnonzero(np.bincount(leaders, minlength=len(those))[leaders] > 1)
        return CopiedDocuments(
            *(those[of] for of in (with_copies, texts[with_copies], leaders[with_copies]))
        )

    with (
        patch.object(copies, "_NEIGHBOURS", neighbours),
        patch.object(copies, "_VALUES_AT_ONCE", values_at_once),
    ):
        former = copied(before)
        staying = after[former.documents]
        found = regroup_copies(
            Documents(after, prints.digests, bands_of(prints.sketches), take, ranks.__getitem__),
            CopiedDocuments(*(column[staying] for column in former)),
            np.flatnonzero(after & ~before),
            take(np.flatnonzero(before & ~after)),
        )
        wanted = copied(after)
    assert [column.tolist() for column in found] == [column.tolist() for column in wanted]


def test_a_band_that_all_documents_share_is_compared_in_linear_time() -> None:
    count = 20_000
    likeness = np.sort(np.arange(count, dtype=np.uint32) // 300)
    pairs = _pairs_in_band(np.ones(count, np.uint32), likeness)
    assert sum(len(firsts) for firsts, _ in pairs) <= (_NEIGHBOURS + 1) * count


def test_a_hundred_copies_of_one_form_are_found_among_a_thousand_others() -> None:
    """All documents share every band; only the numbers tell which belong together."""
    columns = analyze_many(
        [
            text
            for number in [*range(1000), *[5] * 100]
            for text in ("", f"{TEXT} số {number} tháng này {LEAD}")
        ]
    )
    prints = fingerprints(columns, [None] * 1100)
    same = np.tile(prints.sketches[:SKETCH_BYTES], 1100)
    # The digests would join them at once.
    prints = prints._replace(sketches=same, digests=np.arange(1, 1101, dtype=np.uint64))
    leaders = group_copies(prints, np.arange(1100)).leaders
    assert leaders[1000:].tolist() == [5] * 100
    assert leaders[:1000].tolist() == list(range(1000))


@pytest.mark.parametrize("bodies", [[], [""], ["", "dân vận"]])
def test_documents_without_text_are_in_no_group(bodies: list[str]) -> None:
    assert groups_of(bodies) == (list(range(len(bodies))),) * 2
