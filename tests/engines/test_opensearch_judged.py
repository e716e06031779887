"""The judged queries on both engines: the same ranking of each, so the same measures.

The sets lie beside the checkout (`../shared/data`); some queries of two of them are asked here, and
with TRACUU_TEST_OPENSEARCH=whole all of all, which takes half an hour.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from opensearch_support import environment, remove, running_node, settings_for

from indexer import rebuild
from indexer.engines import backend
from indexer.evaluation.evaluate import ndcg, read_queries
from indexer.evaluation.noise import Noise, add_noise
from indexer.search import rank

DATA = Path(__file__).parents[3] / "shared" / "data"
NAME = "judged"
WHOLE = os.environ.get("TRACUU_TEST_OPENSEARCH") == "whole"
ASKED = {"xquad_vi": 25, "mailong25_qa": 25}
SETS = sorted(path.parent.name for path in DATA.glob("*/queries.jsonl"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SETS, reason=f"no judged queries in {DATA}"),
]


@pytest.mark.parametrize("name", SETS if WHOLE else [name for name in SETS if name in ASKED])
def test_judged_queries_are_ranked_the_same_on_both_engines(name: str, tmp_path: Path) -> None:
    node = running_node()
    queries = read_queries(DATA / name / "queries.jsonl")
    if not WHOLE:
        queries = queries[:: len(queries) // ASKED[name]]
    rebuild([DATA / name / "corpus.jsonl"], tmp_path / "embedded")
    embedded = backend().open_engine(tmp_path / "embedded")
    try:
        with environment(settings_for(NAME, node) | {"TRACUU_OPENSEARCH_SHARDS": "2"}):
            rebuild([DATA / name / "corpus.jsonl"], tmp_path / "front")
            distributed = backend().open_engine(tmp_path / "front")
        for noise in (Noise.NONE, Noise.UNACCENTED):
            values: list[list[float]] = [[], []]
            for query in queries:
                text = add_noise(query.text, noise, query.qid)
                one, other = (list(rank(engine, text, 100)) for engine in (embedded, distributed))
                assert [found for found, _ in other] == [found for found, _ in one], text
                assert [score for _, score in other] == pytest.approx(
                    [score for _, score in one], rel=1e-12
                )
                for ranked, measured in zip((one, other), values, strict=True):
                    found = [document_id for document_id, _ in ranked]
                    measured.append(ndcg(found, query.relevant, 10))
            assert values[0] == values[1]
            print(name, noise, len(queries), f"nDCG@10 {sum(values[0]) / len(queries):.4f}")
    finally:
        embedded.close()
        remove(node, NAME)
