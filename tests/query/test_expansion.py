"""The forms of a syllable that the rungs accept."""

from __future__ import annotations

import pytest

from indexer.query.expansion import likely_forms
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_restoration import Restored


def syllable(term: str, probabilities: dict[str, float], *, literal: bool = False) -> Syllable:
    likeliest = max(probabilities, key=lambda form: probabilities[form])
    forms = tuple(dict.fromkeys((*probabilities, term)))
    restored = Restored(likeliest, probabilities)
    return Syllable(term, 0, len(term), term, forms, restored, literal)


@pytest.mark.parametrize(
    ("probabilities", "accepted"),
    [
        ({"vận": 1.0, "văn": 0.05, "vạn": 0.049}, ("vận", "văn")),
        ({"vận": 0.5, "văn": 0.025, "vạn": 0.024}, ("vận", "văn")),
        ({"vận": 0.4, "văn": 0.35, "vạn": 0.25}, ("vận", "văn", "vạn")),
    ],
)
def test_a_form_is_likely_from_a_twentieth_of_the_likeliest_on(
    probabilities: dict[str, float], accepted: tuple[str, ...]
) -> None:
    assert likely_forms(syllable("van", probabilities)) == accepted


def test_a_literal_is_only_what_was_typed() -> None:
    assert likely_forms(syllable("van", {"vận": 0.9, "van": 0.1}, literal=True)) == ("van",)
