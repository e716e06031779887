"""Types of official documents and their short forms: nghị quyết, NQ. Used by `citations.py`.

The table is document_types.tsv; document_types.md names its sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold, terms_in
from indexer.query.entities.dictionary import PhraseDictionary, Terms


@cache
def long_forms() -> PhraseDictionary[Terms]:
    """Return a dictionary of the types: terms of the long form → the short forms. Built once."""
    return PhraseDictionary(document_types())


@cache
def short_forms() -> Mapping[str, Sequence[tuple[str, Terms]]]:
    """Return folded short form → (short form, terms of the long form) of each type that it stands
    for, in the order of the table. Built once."""
    table: dict[str, list[tuple[str, Terms]]] = {}
    for long_form, shorts in document_types():
        for short in shorts:
            table.setdefault(fold(short), []).append((short, long_form))
    return table


def document_types() -> Iterator[tuple[Terms, Terms]]:
    """Yield (terms of the long form, short forms) of each type, in the order of the table. A short
    form is one term."""
    text = (
        files("indexer.query.entities").joinpath("document_types.tsv").read_text(encoding="utf-8")
    )
    for line in text.splitlines():
        long_form, _, shorts = line.partition("\t")
        yield terms_in(long_form), terms_in(shorts)
