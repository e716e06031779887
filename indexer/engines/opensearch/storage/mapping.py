"""The index of one generation: its settings, its fields, and the record of a document.

    id                       keyword; `_id` is a digest of it, for `_id` must be short
    syllables, pairs, words  text of "term|weight"; a weight is how often the term occurs, in the
                             title TITLE_WEIGHT times
    title_at, body_at        the syllables in order; a stop word stands for the end of a sentence
    length, day              the length as BM25 counts it; the date, absent without one
    title                    keyword: the `collation.title_key`, to sort by
    facet.<name>             keyword: the values of each facet
    group, copies            keyword: the leader of the group of copies; `copies` only with copies
    text                     keyword: stands for the text; the same for exact copies
    record                   the document as JSON, not searched
    spans                    where the syllables of title and body stand in them (`token_spans`),
                             not searched; absent if that cannot be written

The words and the syllables in order are stored, so that hits can be scored exactly, and the places
of their syllables found, without analysing their texts again.

Lucene's BM25 does not do for the scores: it knows a length by its first four bits only, and cannot
saturate a weighted sum of forms. The similarity here returns boost times weight, and scripts do the
rest (`score_query`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any

from indexer.analysis.batch import Columns
from indexer.analysis.collation import title_key
from indexer.engines.opensearch.storage.occurrences import DocumentTerms, Occurrences
from indexer.engines.opensearch.storage.token_spans import encode_spans
from indexer.facets import values_by_facet
from indexer.models import Document
from indexer.query.plan import FeatureKind

FORMAT = 3
"""Raised when the index of an older program cannot be used."""
MAX_RESULT_WINDOW = 100_000
"""Hits that a page may reach down to: MAX_PAGE times MAX_SIZE of `indexer.search`."""
MAX_TERMS = 1 << 20
"""Values of one `terms` query; the cluster refuses more."""

SENTENCE_END = "\u241e"
"""A token that is removed, and leaves its position free."""
_JOIN = "\u241f"
"""Between the two syllables of a pair, for a token has no space."""
_WEIGHT = "|"
"""Before the weight of a term; no term contains it."""
_LONGEST = 8000
"""Code points of the longest value or term that is indexed as it is; Lucene takes 32,766 bytes."""

FIELDS: Mapping[FeatureKind, str] = {
    FeatureKind.SYLLABLE: "syllables",
    FeatureKind.PAIR: "pairs",
    FeatureKind.WORD: "words",
}
STORED = ("title_at", "body_at", "words")
"""The stored fields that `exact_scores.Row` is made of."""


def index_body(shards: int, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings and mappings with which the index of a generation is created.

    `shards` is its number of primary shards; there are no replicas before it is complete. `meta` is
    stored with the mappings.
    """
    weighted = {
        "type": "text", "analyzer": "weighted", "index_options": "freqs", "norms": False,
        "similarity": "weight",
    }  # fmt: skip
    placed = {
        "type": "text", "analyzer": "placed", "norms": False, "similarity": "weight", "store": True,
    }  # fmt: skip
    keyword = {"type": "keyword"}
    unsearched = {"type": "keyword", "index": False, "doc_values": False}
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "max_result_window": MAX_RESULT_WINDOW,
            "max_terms_count": MAX_TERMS,
            "mapping.total_fields.limit": 10_000,
            # A lost node comes back in seconds or not at all.
            "unassigned.node_left.delayed_timeout": "10s",
            "similarity": {
                "weight": {
                    "type": "scripted",
                    "script": {"source": "return query.boost * doc.freq;"},
                }
            },
            "analysis": {
                "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 100_000}},
                "filter": {
                    "ends": {"type": "stop", "stopwords": [SENTENCE_END]},
                    "weights": {"type": "delimited_term_freq", "delimiter": _WEIGHT},
                },
                "analyzer": {
                    "placed": {"type": "custom", "tokenizer": "spaces", "filter": ["ends"]},
                    "weighted": {"type": "custom", "tokenizer": "spaces", "filter": ["weights"]},
                },
            },
        },
        "mappings": {
            "_meta": meta,
            "dynamic": "strict",
            "date_detection": False,
            "dynamic_templates": [
                {
                    "facets": {
                        "path_match": "facet.*",
                        "match_mapping_type": "string",
                        "mapping": keyword,
                    }
                }
            ],
            "_source": {"includes": ["record", "spans"]},
            "properties": {
                "id": keyword,
                "length": {"type": "integer", "index": False},
                "day": {"type": "integer", "index": False},
                "title": {"type": "keyword", "index": False},
                "title_at": placed,
                "body_at": placed,
                **dict.fromkeys(FIELDS.values(), weighted),
                FIELDS[FeatureKind.WORD]: {**weighted, "store": True},
                "facet": {"type": "object", "dynamic": True},
                "group": keyword,
                "copies": keyword,
                "text": keyword,
                **dict.fromkeys(("record", "spans"), unsearched),
            },
        },
    }


def key_of(document_id: str) -> str:
    """Return the `_id` of the document with this id: 32 hexadecimal digits."""
    return blake2b(document_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def keyword(value: str) -> str:
    """Return an id or a facet value as it is indexed: lone surrogates escaped, and the end of one
    longer than _LONGEST code points replaced by a digest of the whole. Most are returned as they
    are; different values stay different."""
    if len(value) > _LONGEST:
        value = f"{value[: _LONGEST - 40]}…{key_of(value)}"
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def token(term: str) -> str:
    """Return a syllable, a pair ("first second") or a word as it is indexed: without spaces, and a
    digest of it if it is longer than _LONGEST code points."""
    if len(term) > _LONGEST:
        return key_of(term)
    return term.replace(" ", _JOIN)


_FEW = 40
"""With fewer tokens than this, looking for each in a stored field is quicker than parsing it."""


def weights_in(stored: str, tokens: Sequence[str]) -> dict[str, int]:
    """Return token → weight of those of `tokens` that a stored field of terms has.

    `stored` is "term|weight" for each term, with a space before and after each; `tokens` are
    written as by `token`.
    """
    if len(tokens) >= _FEW:
        every = dict(entry.split(_WEIGHT) for entry in stored.split())
        return {name: int(every[name]) for name in tokens if name in every}
    found = {}
    for name in tokens:
        wanted = f" {name}{_WEIGHT}"
        at = stored.find(wanted)
        if at >= 0:
            start = at + len(wanted)
            found[name] = int(stored[start : stored.index(" ", start)])
    return found


def records(
    documents: Sequence[Document],
    columns: Columns,
    found: Occurrences,
    copies: Mapping[str, tuple[str, str]] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield (`_id`, record as UTF-8 JSON) of each document, in order.

    Parameters
    ----------
    columns : text 2n is the title of document n, text 2n + 1 its body.
    found : the terms in `columns`.
    copies : id → (id that stands for its text, leader of its group) of the documents that have
        copies; None if none is known.
    """
    vocabulary = list(map(token, found.vocabulary))
    terms = {
        "syllables": _weighted(found.syllables, vocabulary, len(documents)),
        "pairs": _weighted_pairs(found.pairs, vocabulary, len(documents)),
        "words": _weighted(found.word_lists, list(map(token, found.words)), len(documents)),
    }
    texts = _places(columns, 2 * len(documents))
    spans = encode_spans(columns.texts, columns.starts, columns.ends, 2 * len(documents))
    lengths = found.lengths.tolist()
    for at, document in enumerate(documents):
        record = {
            "id": keyword(document.id),
            "length": lengths[at],
            "title": keyword(title_key(document.title)),
            "title_at": texts[2 * at],
            "body_at": texts[2 * at + 1],
            **{field: every[at] for field, every in terms.items()},
            "facet": {
                name: [*dict.fromkeys(map(keyword, values))]
                for name, values in values_by_facet(document)
                if values
            },
            "group": keyword(document.id),
            "text": keyword(document.id),
            "record": _json(document.to_record()),
        }
        where = spans[2 * at : 2 * at + 2]
        if None not in where:
            record["spans"] = where
        if document.date:
            record["day"] = document.date.toordinal()
        if copies and document.id in copies:
            text, leader = copies[document.id]
            record |= {"text": keyword(text), "group": keyword(leader), "copies": keyword(leader)}
        yield key_of(document.id), json.dumps(record, ensure_ascii=False).encode()


def _json(record: Mapping[str, Any]) -> str:
    """Return a record as JSON; with a lone surrogate, which UTF-8 has no bytes for, as ASCII."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(record, separators=(",", ":"))
    return text


def _weighted(found: DocumentTerms, names: Sequence[str], documents: int) -> list[str]:
    """Return for each document its terms as a stored field, " " if it has none; `names` are those
    of the term numbers."""
    rows = [" "] * documents
    every = zip(found.documents.tolist(), found.terms.tolist(), found.weights.tolist(), strict=True)
    for owner, row in groupby(every, key=lambda entry: entry[0]):
        rows[owner] = f" {' '.join([f'{names[t]}{_WEIGHT}{weight}' for _, t, weight in row])} "
    return rows


def _weighted_pairs(found: DocumentTerms, names: Sequence[str], documents: int) -> list[str]:
    """Return for each document its pairs as a stored field, as `_weighted` does for terms; `names`
    are the tokens of the syllables by number."""
    rows = [" "] * documents
    firsts, seconds = (found.terms >> 32).tolist(), (found.terms & 0xFFFFFFFF).tolist()
    every = zip(found.documents.tolist(), firsts, seconds, found.weights.tolist(), strict=True)
    for owner, row in groupby(every, key=lambda entry: entry[0]):
        joined = [f"{names[a]}{_JOIN}{names[b]}{_WEIGHT}{weight}" for _, a, b, weight in row]
        rows[owner] = f" {' '.join(joined)} "
    return rows


def _places(columns: Columns, texts: int) -> list[str]:
    """Return each text as its syllables in order, with SENTENCE_END in each free position."""
    rows: list[list[str]] = [[] for _ in range(texts)]
    names = list(map(token, columns.vocabulary))
    ends = [0] * texts
    every = zip(
        columns.terms.tolist(), columns.texts.tolist(), columns.positions.tolist(), strict=True
    )
    for term, text, position in every:
        row = rows[text]
        if position > ends[text]:
            row.extend([SENTENCE_END] * (position - ends[text]))
        row.append(names[term])
        ends[text] = position + 1
    return list(map(" ".join, rows))
