"""Abbreviations learned from the documents that define them."""

from __future__ import annotations

import unicodedata

import pytest
from texts import LONG_RUNS, long_run

from indexer.models import Document
from indexer.query.vocabulary.learning import Learned, Learner, findings


def learned(*bodies: str) -> Learned:
    learner = Learner()
    for body in bodies:
        learner.add(findings(Document("x", body=body)))
    return learner.learned()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("của Mặt trận Tổ quốc (MTTQ) các cấp", {"MTTQ": {"mặt trận tổ quốc": 1}}),
        ("Hội đồng nhân dân (HĐND) xã", {"HĐND": {"hội đồng nhân dân": 1}}),
        ("Ủy ban nhân dân (UBND)", {"UBND": {"ủy ban nhân dân": 1}}),
        ("ban nhân dân (HĐND)", {}),
        ("Mặt trận Tổ quốc, (MTTQ)", {}),
        ("quốc (QUOC)", {}),
    ],
)
def test_an_abbreviation_is_learned_from_its_definition(
    text: str, expected: dict[str, dict[str, int]]
) -> None:
    assert learned(text).abbreviations == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nhà thơ Ốp-xki (Obski) nói", {"ốp-xki": {"obski": 1}}),
        ("Boris Obski (Bô-rít Ốp-xki)", {"bô-rít ốp-xki": {"boris obski": 1}}),
        ("ông Khơ-lép-nhi-cốp (Chlebnikov)", {"khơ-lép-nhi-cốp": {"chlebnikov": 1}}),
        ("ông Ốp-xki (Hungary)", {}),  # where he comes from
        ("Tel-Aviv (Tarin), T-Mobile (Tarin)", {}),  # no transliterations
        ("ông Ốp-xki (Obski Boris)", {}),
        ("ông ốp-xki (Obski), Ốp-xki, (Obski)", {}),
    ],
)
def test_a_foreign_name_is_learned_from_both_its_forms(
    text: str, expected: dict[str, dict[str, int]]
) -> None:
    assert learned(text).names == expected


def test_what_is_subtracted_was_never_learned() -> None:
    texts = ("Mặt trận Tổ quốc (MTTQ), Ốp-xki (Obski)", "Ốp-xki (Obski)")
    learner = Learner(learned(*texts))
    learner.remove(findings(Document("x", body=texts[0])))
    assert learner.learned() == learned(texts[1])
    learner.add_all(learned(texts[1]), -1)
    assert learner.learned() == Learned()


def test_decomposed_text_gives_the_same() -> None:
    text = "Hội đồng nhân dân (HĐND), Ủy ban nhân dân (UBND)"
    assert learned(unicodedata.normalize("NFD", text)) == learned(text)
    assert set(learned(text).abbreviations) == {"HĐND", "UBND"}


def test_definitions_are_counted_once_a_document() -> None:
    one = "Mặt trận Tổ quốc (MTTQ), Mặt trận Tổ quốc (MTTQ)"
    assert learned(one, one).abbreviations == {"MTTQ": {"mặt trận tổ quốc": 2}}


def test_the_payload_restores_the_learned_value() -> None:
    found = learned("Mặt trận Tổ quốc (MTTQ), ông Ốp-xki (Obski)")
    assert Learned.from_payload(found.payload()) == found


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_long_repetitions_are_handled(piece: str) -> None:
    assert learned(long_run(piece)).abbreviations == {}
