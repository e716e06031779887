"""The JSON of results and documents."""

from __future__ import annotations

import json
from datetime import date, time

from indexer.models import (
    CopiedDocuments,
    Document,
    Facet,
    FacetValue,
    Hit,
    Place,
    Results,
    Rung,
    SearchRequest,
    Snippet,
    Sort,
)
from indexer.results.payload import document_payload, results_payload

DOCUMENT = Document(
    "a/b 1",
    "Dân vận",
    "Thân bài",
    published=date(2021, 1, 8),
    published_time=time(14, 49),
    places=(Place("Kiên Giang", "Giang Thành"),),
    persons=("Tạ Văn Dũng",),
)
HIT = Hit(
    DOCUMENT,
    1.23456789,
    Rung.FOLDED,
    ((0, 7),),
    Snippet("Thân bài", ((0, 4),), 0),
    copies=(Document("y", "Dân vận"),),
    copy_count=2,
    near_count=1,
)
RESULTS = Results(
    SearchRequest("dan van", page=2, size=5, sort=Sort.NEWEST),
    Rung.FOLDED,
    "dân vận & khéo",
    6,
    1.23456,
    (HIT,),
    (Facet("year", "Năm", (FacetValue("2021", "2021", 6, True),)),),
    hidden=2,
)


def test_the_payload_of_a_search_has_the_keys_of_the_contract() -> None:
    """The contract is in the README, "JSON"."""
    payload = json.loads(json.dumps(results_payload(RESULTS), ensure_ascii=False))
    assert payload == {
        "query": {
            "text": "dan van",
            "rung": "folded",
            "suggestion": {
                "text": "dân vận & khéo",
                "url": "/?q=d%C3%A2n+v%E1%BA%ADn+%26+kh%C3%A9o",
            },
            "corrected": None,
        },
        "total": 6,
        "distinct": 4,
        "incomplete": False,
        "took_ms": 1.235,
        "page": 2,
        "size": 5,
        "sort": "newest",
        "hits": [
            {
                "id": "a/b 1",
                "title": "Dân vận",
                "title_ranges": [[0, 7]],
                "url": "/doc/a%2Fb%201",
                "score": 1.234568,
                "rung": "folded",
                "fields": {
                    "published": "2021-01-08",
                    "published_time": "14:49:00",
                    "places": [{"province": "Kiên Giang", "district": "Giang Thành"}],
                    "persons": ["Tạ Văn Dũng"],
                    "date": "2021-01-08",
                    "date_kind": "published",
                },
                "snippet": {
                    "text": "Thân bài",
                    "ranges": [[0, 4]],
                    "start": 0,
                    "more_before": False,
                    "more_after": False,
                },
                "copies": [{"id": "y", "title": "Dân vận", "url": "/doc/y", "fields": {}}],
                "copy_count": 2,
                "near_count": 1,
            }
        ],
        "facets": [
            {
                "name": "year",
                "label": "Năm",
                "values": [{"value": "2021", "label": "2021", "count": 6, "selected": True}],
            }
        ],
    }


def test_a_search_without_hits_and_suggestion_has_null_and_empty_values() -> None:
    payload = results_payload(Results(SearchRequest(""), None, None, 0, 0.0, (), ()))
    assert payload["query"] == {"text": "", "rung": None, "suggestion": None, "corrected": None}
    assert (payload["hits"], payload["facets"]) == ([], [])


def test_urls_are_made_by_the_caller() -> None:
    payload = results_payload(
        RESULTS, document_url=lambda i: f"doc:{i}", search_url=lambda q: f"search:{q}"
    )
    assert payload["hits"][0]["url"] == "doc:a/b 1"
    assert payload["query"]["suggestion"]["url"] == "search:dân vận & khéo"


def test_the_payload_of_a_document_has_the_keys_of_the_contract() -> None:
    assert document_payload(Document("x", "T", "B", event_date=date(2020, 7, 10))) == {
        "id": "x",
        "title": "T",
        "text": "B",
        "fields": {"event_date": "2020-07-10", "date": "2020-07-10", "date_kind": "event"},
    }


def test_the_payload_of_a_document_lists_its_copies() -> None:
    near = (Document("y", "Dân vận"),)
    copies = CopiedDocuments((), near, 0, 7)
    assert document_payload(Document("x"), copies, lambda name: f"doc:{name}")["copies"] == {
        "exact": [],
        "near": [{"id": "y", "title": "Dân vận", "url": "doc:y", "fields": {}}],
        "exact_count": 0,
        "near_count": 7,
    }


def test_unknown_fields_are_left_out() -> None:
    assert document_payload(Document("x"))["fields"] == {}
