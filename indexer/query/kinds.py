"""Kinds of official documents and the short forms of their codes (kinds.tsv): nghị quyết, NQ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold, tokens

Terms = tuple[str, ...]


@cache
def longs() -> Mapping[str, Sequence[tuple[Terms, Terms]]]:
    """Folded first syllable → long forms with their short ones, the longest first."""
    table: dict[str, list[tuple[Terms, Terms]]] = {}
    for long_form, short_forms in sorted(_rows(), key=lambda row: -len(row[0])):
        table.setdefault(fold(long_form[0]), []).append((long_form, short_forms))
    return table


@cache
def shorts() -> Mapping[str, Sequence[tuple[str, Terms]]]:
    """Folded short form → short forms, each with a long one that it stands for."""
    table: dict[str, list[tuple[str, Terms]]] = {}
    for long_form, short_forms in _rows():
        for short in short_forms:
            table.setdefault(fold(short), []).append((short, long_form))
    return table


def _rows() -> Iterator[tuple[Terms, Terms]]:
    text = files("indexer.query").joinpath("kinds.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        long_form, _, short_forms = line.partition("\t")
        yield _terms(long_form), _terms(short_forms)


def _terms(text: str) -> Terms:
    return tuple(token.term for token in tokens(text))
