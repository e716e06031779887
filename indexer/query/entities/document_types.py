"""Kinds of official documents and the short forms of their codes (document_types.tsv): nghị quyết, NQ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold, terms_in
from indexer.query.entities.dictionary import PhraseDictionary, Terms


@cache
def longs() -> PhraseDictionary[Terms]:
    """The long forms, each with its short ones."""
    return PhraseDictionary(rows())


@cache
def shorts() -> Mapping[str, Sequence[tuple[str, Terms]]]:
    """Folded short form → short forms, each with a long one that it stands for."""
    table: dict[str, list[tuple[str, Terms]]] = {}
    for long_form, short_forms in rows():
        for short in short_forms:
            table.setdefault(fold(short), []).append((short, long_form))
    return table


def rows() -> Iterator[tuple[Terms, Terms]]:
    """The rows of the table: a long form and its short forms."""
    text = (
        files("indexer.query.entities").joinpath("document_types.tsv").read_text(encoding="utf-8")
    )
    for line in text.splitlines():
        long_form, _, short_forms = line.partition("\t")
        yield terms_in(long_form), terms_in(short_forms)
