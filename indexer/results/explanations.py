"""Why a document was found and what it scored for, said to a person in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexer.facets import FACETS, label
from indexer.models import Document, Explanation, Rung, ScorePart
from indexer.query.plan import FeatureKind, FeatureScore, Node, positive_values

_RUNGS: Mapping[Rung, str] = {
    Rung.EXACT: "Trang có đủ các từ như đã gõ.",
    Rung.PARTIAL: "Trang có đủ các từ; chữ gõ thiếu dấu được hiểu theo mọi dấu.",
    Rung.FOLDED: "Trang có đủ các từ, không kể dấu.",
    Rung.APPROXIMATE: "Trang không có đủ các từ đã gõ, chỉ có một phần trong đó.",
}
_EVERYTHING = "Không gõ từ nào: mọi trang đều được liệt kê."

_KINDS: Mapping[FeatureKind, str] = {
    FeatureKind.SYLLABLE: "âm tiết",
    FeatureKind.PAIR: "cặp",
    FeatureKind.WORD: "từ",
}
_MOST_FORMS = 4


def explanation(
    document: Document, rung: Rung | None, match: Node, scores: Sequence[FeatureScore]
) -> Explanation:
    """What led to a document; `rung` is None where nothing was typed."""
    said = _RUNGS[rung] if rung else _EVERYTHING
    return Explanation((said, *_values(document, match)), tuple(map(_part, scores)))


def _values(document: Document, match: Node) -> Iterator[str]:
    """The values of the page's own fields that were asked for, or were as good as the words."""
    wanted: dict[str, set[str]] = {}
    for node in positive_values(match):
        wanted.setdefault(node.facet, set()).update(node.values)
    for facet in FACETS:
        has = [value for value in facet.values(document) if value in wanted.get(facet.name, ())]
        if has:
            yield f"{facet.label} của trang: {', '.join(label(facet.name, v) for v in has)}."


def _part(score: FeatureScore) -> ScorePart:
    feature = score.feature
    forms = sorted(feature.variants, key=lambda form: -form[1])
    text = " / ".join(term.replace("_", " ") for term, _ in forms[:_MOST_FORMS])
    if len(forms) > _MOST_FORMS:
        text += " / …"
    return ScorePart(text, _KINDS[feature.kind], score.tf, feature.weight, score.points)
