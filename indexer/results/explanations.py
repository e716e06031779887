"""Explain in Vietnamese why a document was found and which features scored, for a hit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexer.facets import BUILT_IN, FacetSchema
from indexer.models import Document, Explanation, Rung, ScorePart
from indexer.query.plan import (
    FeatureKind,
    FeatureScore,
    Node,
    PlacementKind,
    PlacementScore,
    positive_values,
)

_RUNG_REASONS: Mapping[Rung, str] = {
    Rung.EXACT: "Trang có đủ các từ như đã gõ.",
    Rung.PARTIAL: "Trang có đủ các từ; chữ gõ thiếu dấu được hiểu theo mọi dấu.",
    Rung.FOLDED: "Trang có đủ các từ, không kể dấu.",
    Rung.APPROXIMATE: "Trang không có đủ các từ đã gõ, chỉ có một phần trong đó.",
}
PINNED_REASON = "Người quản trị kho đã ghim trang này cho từ khóa này."
_NO_QUERY_REASON = "Không gõ từ nào: mọi trang đều được liệt kê."

_KIND_LABELS: Mapping[FeatureKind, str] = {
    FeatureKind.SYLLABLE: "âm tiết",
    FeatureKind.PAIR: "cặp",
    FeatureKind.WORD: "từ",
}
_PLACEMENT_LABELS: Mapping[PlacementKind, str] = {
    PlacementKind.CLOSENESS: "đứng gần nhau",
    PlacementKind.EARLINESS: "đứng ở đầu trang",
}
_MAX_FORMS = 4
"""Greatest number of variants of a feature, or of terms near each other, that are listed, the
heaviest of them."""


def explanation(
    document: Document,
    rung: Rung | None,
    match: Node,
    scores: Sequence[FeatureScore | PlacementScore],
    schema: FacetSchema = BUILT_IN,
) -> Explanation:
    """Return the reasons for a hit, as Vietnamese sentences, and the parts of its score.

    Parameters
    ----------
    rung : the rung that the document is on, or None if nothing was typed.
    match : the match tree of the plan that found it.
    scores : what `SearchEngine.explain` returns; the parts have its order.
    schema : the facets of the archive.
    """
    reason = _RUNG_REASONS[rung] if rung else _NO_QUERY_REASON
    return Explanation(
        (reason, *_value_reasons(document, match, schema)), tuple(map(_part, scores))
    )


def _value_reasons(document: Document, match: Node, schema: FacetSchema) -> Iterator[str]:
    """Yield a sentence for each facet of which the document has values that the match tree asks
    for, in the order of the schema."""
    wanted: dict[str, set[str]] = {}
    for node in positive_values(match):
        wanted.setdefault(node.facet, set()).update(node.values)
    for facet in schema.facets:
        has = [value for value in facet.values(document) if value in wanted.get(facet.name, ())]
        if has:
            yield f"{facet.label} của trang: {', '.join(map(facet.label_of, has))}."


def _part(score: FeatureScore | PlacementScore) -> ScorePart:
    """Return the part of the score that a feature or the places of the terms make.

    The text of a feature lists its variants, heaviest first, separated by " / ". That of places
    lists the terms, each in its first variant, in the order of the plan, separated by " … ". After
    _MAX_FORMS of them, "…" stands for the rest.
    """
    if isinstance(score, PlacementScore):
        text = " … ".join(" ".join(term.variants[0]) for term in score.terms[:_MAX_FORMS])
        if len(score.terms) > _MAX_FORMS:
            text += " …"
        label = _PLACEMENT_LABELS[score.kind]
        return ScorePart(text, label, score.share, score.weight, score.points)
    feature = score.feature
    forms = sorted(feature.variants, key=lambda form: -form[1])
    text = " / ".join(term.replace("_", " ") for term, _ in forms[:_MAX_FORMS])
    if len(forms) > _MAX_FORMS:
        text += " / …"
    return ScorePart(text, _KIND_LABELS[feature.kind], score.tf, feature.weight, score.points)
