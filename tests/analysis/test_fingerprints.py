"""Fingerprints: equal for the same text however it is written, and never for another text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from copied_texts import SYLLABLES, edited, story
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis.batch import (
    MIN_BODY,
    MIN_SKETCHED,
    SHINGLE,
    SKETCH_BYTES,
    Fingerprints,
    analyze_many,
    fingerprints,
)

Page = tuple[str, str]
"""(title, body) of a document."""


def prints_of(pages: Sequence[Page], official: Sequence[str | None] | None = None) -> Fingerprints:
    columns = analyze_many([text for page in pages for text in page])
    return fingerprints(columns, official or [None] * len(pages))


def digest_of(body: str, title: str = "", official: str | None = None) -> int:
    return int(prints_of([(title, body)], [official]).digests[0])


def resemblance(one: list[str], other: list[str]) -> float:
    """Return the Jaccard similarity (0 to 1) of the sets of shingles of two bodies."""
    some, others = (
        {tuple(text[at : at + SHINGLE]) for at in range(len(text) - SHINGLE + 1)}
        for text in (one, other)
    )
    return len(some & others) / len(some | others)


bodies = st.lists(st.sampled_from([*SYLLABLES, "42", "12.000"]), max_size=90)
pages = st.tuples(
    st.lists(st.sampled_from(SYLLABLES), max_size=4).map(" ".join), bodies.map(" ".join)
)


@given(st.lists(pages | st.tuples(TEXTS, TEXTS), max_size=5))
@settings(deadline=None)
def test_the_fingerprints_of_a_document_do_not_depend_on_its_batch(given_pages: list[Page]) -> None:
    together = prints_of(given_pages)
    sketches = together.sketches.reshape(-1, SKETCH_BYTES)
    begin = 0
    for number, page in enumerate(given_pages):
        alone = prints_of([page])
        end = int(together.number_ends[number])
        assert together.digests[number] == alone.digests[0]
        assert (sketches[number] == alone.sketches).all()
        assert (together.numbers[begin:end] == alone.numbers).all()
        begin = end


@given(bodies, st.sampled_from([", ", ". ", "\n", " - "]), st.data())
@settings(deadline=None)
def test_signs_case_and_unicode_form_do_not_change_a_digest(
    body: list[str], sign: str, data: st.DataObject
) -> None:
    plain = " ".join(body)
    written = data.draw(st.sampled_from([
        plain.upper(), plain.title(), unicodedata.normalize("NFD", plain), sign.join(body),
        f"“{plain}”…",
    ]))  # fmt: skip
    assert digest_of(written) == digest_of(plain)


@given(bodies.filter(lambda body: len(body) >= MIN_BODY), st.data())
@settings(deadline=None)
def test_another_text_has_another_digest(one: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(one) - 1))
    inserted = data.draw(st.sampled_from([*SYLLABLES, "42"]))
    other = [*one[:at], inserted, *one[at + data.draw(st.sampled_from([0, 1])) :]]
    other = data.draw(st.sampled_from([other, one[::-1], one[:at], [*one[at:], *one[:at]]]))
    assume(one != other)
    assert digest_of(" ".join(one)) != digest_of(" ".join(other))


def test_the_place_of_a_tone_mark_does_not_change_a_digest() -> None:
    rest = " ".join(story(1, 20))
    assert digest_of(f"hòa bình, ủy ban, kĩ thuật, 06 tháng {rest}") == digest_of(
        f"hoà bình, uỷ ban, kỹ thuật, 6 tháng {rest}"
    )


def test_a_body_of_a_few_words_has_no_digest() -> None:
    title = "Nghị quyết của Hội đồng nhân dân huyện"
    assert digest_of("Chi tiết xem tệp đính kèm", title) == 0
    assert digest_of("", title) == 0
    assert digest_of(" ".join(story(1, MIN_BODY)), title) != 0


def test_the_title_of_a_long_body_counts_by_its_numbers_only() -> None:
    body = " ".join(story(1))
    assert digest_of(body, "Mùa vụ") == digest_of(body, "Báo Ninh Bình: Mùa vụ") == digest_of(body)
    assert digest_of(body, "Lịch cúp điện 5/3") != digest_of(body, "Lịch cúp điện 6/3")
    assert digest_of(body, "Đợt 5") != digest_of(body, "Đợt")


def test_the_whole_title_of_a_short_body_counts() -> None:
    body = " ".join(story(1, MIN_SKETCHED - 1))
    assert digest_of(body, "Họp tổ dân phố") != digest_of(body, "Họp chi bộ")
    assert digest_of(body, "Họp tổ dân phố") == digest_of(body, "HỌP TỔ DÂN PHỐ")


def test_documents_with_different_official_numbers_have_different_digests() -> None:
    body = " ".join(story(1))
    assert digest_of(body, official="15/QĐ-UBND") == digest_of(body, official="15 /qđ-ubnd")
    assert digest_of(body, official="15/QĐ-UBND") != digest_of(body, official="16/QĐ-UBND")


@pytest.mark.parametrize("changes", [1, 4, 10, 30])
def test_the_share_of_equal_bins_estimates_the_resemblance(changes: int) -> None:
    shares, expected = [], []
    for seed in range(40):
        one = story(seed)
        other = edited(one, changes, seed)
        prints = prints_of([("", " ".join(one)), ("", " ".join(other))])
        some, others = prints.sketches.reshape(2, -1)
        shares.append(np.mean(some == others))
        expected.append(resemblance(one, other))
    # Forty estimates with a standard error of at most 0.0625 each.
    assert np.mean(shares) == pytest.approx(np.mean(expected), abs=3 * 0.0625 / 40**0.5)


def test_a_short_body_has_no_sketch() -> None:
    short, enough = (" ".join(story(1, count)) for count in (MIN_SKETCHED - 1, MIN_SKETCHED))
    sketches = prints_of([("", short), ("", enough)]).sketches.reshape(2, -1)
    assert not sketches[0].any()
    assert sketches[1].any()


def numbers_of(body: str, title: str = "", official: str | None = None) -> list[tuple[int, int]]:
    """Return (surroundings, number) of each number of a document."""
    found = prints_of([(title, body)], [official]).numbers.tolist()
    return [(number >> 32, number & 0xFFFFFFFF) for number in found]


def test_a_number_is_kept_with_its_surroundings() -> None:
    ((here, five),) = numbers_of("giá gạo 5 đồng một ký")
    ((same, six),) = numbers_of("Hôm nay giá gạo 6 đồng một ký")
    ((elsewhere, also_five),) = numbers_of("giá muối 5 đồng một ký")
    assert here == same
    assert here != elsewhere
    assert five == also_five
    assert five != six


def test_numbers_side_by_side_are_one() -> None:
    ((here, day),) = numbers_of("ngày ký 12/3/2021 tại huyện")
    ((same, other),) = numbers_of("ngày ký 12/3/2022 tại huyện")
    assert here == same
    assert day != other


def test_numbers_at_the_ends_of_a_body_are_left_out() -> None:
    assert numbers_of("12/3/2021 14:30 dân vận khéo") == []
    assert numbers_of("dân vận khéo 12/3/2021") == []
    assert numbers_of("2021") == []
    assert len(numbers_of("dân vận khéo 12/3/2021 khéo", "Năm 2021")) == 2


def test_an_official_number_counts_as_a_number_in_a_place_of_its_own() -> None:
    ((place, one),) = numbers_of("dân vận", official="15/QĐ-UBND")
    ((same, other),) = numbers_of("dân vận khéo", official="16/QĐ-UBND")
    assert place == same
    assert one != other
