"""`tracuu evaluate`: measure relevance and latency with judged queries."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from indexer.cli.language import say
from indexer.cli.options import index_option, json_option, progress_bar
from indexer.engines import backend
from indexer.evaluation.evaluate import changes, read_previous_run, read_queries
from indexer.evaluation.evaluate import evaluate as run_evaluation
from indexer.evaluation.noise import Noise


@click.command()
@click.argument("queries", type=click.Path(path_type=Path))
@click.option(
    "--unaccented", "noise", flag_value=Noise.UNACCENTED.value,
    help="Take the accents from the queries first.",
)  # fmt: skip
@click.option(
    "--half", "noise", flag_value=Noise.HALF.value,
    help="Take them from every other syllable, by a fixed seed.",
)  # fmt: skip
@click.option(
    "--typos", "noise", flag_value=Noise.TYPOS.value,
    help="Make one slip in each query first, by a fixed seed.",
)  # fmt: skip
@click.option(
    "--page", is_flag=True,
    help="Judge the page as a reader sees it, without the hits of looser rungs.",
)  # fmt: skip
@click.option(
    "--compare", "previous", type=click.Path(path_type=Path), metavar="OLD.json",
    help="Name the queries that scored otherwise in what --json printed before.",
)  # fmt: skip
@json_option
@index_option
def evaluate(
    queries: Path,
    noise: str | None,
    page: bool,
    previous: Path | None,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Measure relevance and latency with the judged queries in QUERIES (.jsonl).

    A line is {"qid", "query", "relevant": [ids]}. If a rung has too few hits, the ranking continues
    with those of the next, looser rung; not with --page.
    """

    judged = read_queries(queries)
    before = read_previous_run(previous) if previous else None
    engine = backend().open_engine(index_dir)
    try:
        with progress_bar(say("Evaluating")) as advance:
            done = iter(range(1, len(judged) + 1))
            measures = run_evaluation(
                engine,
                judged,
                corruption=Noise(noise or Noise.NONE),
                page=page,
                progress=lambda: advance(next(done), len(judged)),
            )
    finally:
        engine.close()
    changed = changes(before, measures.by_query) if before is not None else []
    if as_json:
        payload = asdict(measures) | ({"changes": list(map(asdict, changed))} if previous else {})
        click.echo(json.dumps(payload, indent=2))
        return
    texts = {query.qid: query.text for query in judged}
    for change in changed:
        click.echo(f"{change.before:.3f} -> {change.after:.3f}  {change.qid}  {texts[change.qid]}")
    click.echo(
        f"queries {measures.queries}  nDCG@10 {measures.ndcg_10:.4f}  MRR@10 {measures.mrr_10:.4f}"
        f"  recall@100 {measures.recall_100:.4f}  p50 {measures.p50_ms:.1f} ms"
        f"  p95 {measures.p95_ms:.1f} ms"
    )
