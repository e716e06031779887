"""The count_phrases that documents are made of, counted: what a completion may be.

A phrase is one to four of pyvi's words on end, two to eight syllables with nothing but a space
between them, so that none crosses a comma or the end of a sentence. It neither begins nor ends
with a function word (particles.txt): "của dân tộc" is half a phrase. It is written with the words
joined by underscores and the capitals it has within a sentence: "thủ_tướng Phan_Văn_Khải".

Only numbers of documents are kept, so they add up over batches, and those of documents that are no
more can be subtracted. In a batch of SMALL documents or fewer they are exact. Of a larger one only
the beginnings of the texts are read (what a text is about stands there), and a phrase that just one
of its documents has is not counted; a number may be that much too small, which changes nothing but
the order of completions.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import Columns
from indexer.analysis.orthography import is_syllable

Ints = np.ndarray[Any, np.dtype[np.int64]]
_Bools = np.ndarray[Any, np.dtype[np.bool_]]
_Hashes = np.ndarray[Any, np.dtype[np.uint64]]

WORDS = 4
SHORTEST, LONGEST = 2, 8
"""Syllables of a phrase."""
LONGEST_TITLE = 16
"""Syllables of a title that is a phrase as a whole."""
SMALL = 200
"""Documents of a batch, up to which every phrase counts."""
LEAD = 250
"""Positions at the beginning of a text that are read in a larger batch."""

# A lower-case syllable at the edge is part of a phrase where this share of the documents that have
# it have it there: khéo in "dân vận khéo", but not "làm" in "cờ vua làm".
_SHARE = 0.01
_SIZE_BITS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ODD = 0xBF58476D1CE4E5B9


def count_phrases(columns: Columns, titles: Sequence[str] = ()) -> dict[str, int]:
    """Each phrase, as it is written, with the number of documents that write it so.

    Parameters
    ----------
    columns : of a title and a body of each document, in turn.
    titles : of the documents; in few of them they are count_phrases as a whole.
    """
    small = len(columns.texts) == 0 or int(columns.texts.max()) < 2 * SMALL
    least = 1 if small else 2
    columns = columns if small else _leads(columns)
    counted = Counter(_titles(titles, least))
    word_spans = _units(columns)
    if not len(word_spans.firsts):
        return dict(counted)
    forms, spellings = _written(columns, word_spans)
    begins, sizes, keys = _spans(columns, word_spans, forms)
    bits = len(columns.terms).bit_length() + _SIZE_BITS
    mask = np.uint64((1 << bits) - 1)
    # One sort brings together what is written alike.
    packed = np.sort(keys << np.uint64(bits) | (begins << _SIZE_BITS | sizes).astype(np.uint64))
    heads = np.flatnonzero(np.append(True, np.diff(packed & ~mask) != 0)[: len(packed)])
    often = np.diff(heads, append=len(packed))
    heads, often = heads[often >= least], often[often >= least]
    before = np.cumsum(often) - often
    groups = np.repeat(np.arange(len(heads)), often)
    these = np.arange(len(groups)) + (heads - before)[groups]
    places = (packed[these] & mask).astype(np.int64)
    owners = columns.texts[places >> _SIZE_BITS] >> 1
    counts = np.bincount(_once(groups << 32 | owners) >> 32, minlength=len(heads))
    examples = places[before]
    begins = examples >> _SIZE_BITS
    ends = begins + (examples & ((1 << _SIZE_BITS) - 1))
    good = counts >= least
    if not small:
        good &= counts >= _SHARE * _edges(columns, forms, spellings, begins, ends)
    numbers = forms.tolist()
    found = [
        "".join([spellings[number] for number in numbers[begin:end]])[1:]
        for begin, end in zip(begins[good].tolist(), ends[good].tolist(), strict=True)
    ]
    counted.update(dict(zip(found, counts[good].tolist(), strict=True)))
    return dict(counted)


def _titles(titles: Sequence[str], least: int) -> dict[str, int]:
    """The titles, each as a phrase of one word, whatever it is made of.

    None that has the sign itself which joins words here: it could not be told from a space.
    """
    plain = (unicodedata.normalize("NFC", title) for title in titles if "_" not in title)
    written = Counter("_".join(title.split()) for title in plain)
    return {
        title: count
        for title, count in written.items()
        if count >= least and SHORTEST <= title.count("_") + 1 <= LONGEST_TITLE
    }


def _leads(columns: Columns) -> Columns:
    """The columns of the beginnings of the texts; none ends within a word."""
    kept = columns.positions < LEAD
    cut = kept[columns.firsts] & ~kept[columns.lasts - 1]
    for first, last in zip(columns.firsts[cut], columns.lasts[cut], strict=True):
        kept[first:last] = False
    numbers = np.append(0, np.cumsum(kept))
    words = kept[columns.firsts] & kept[columns.lasts - 1]
    return columns._replace(
        terms=columns.terms[kept],
        pieces=columns.pieces[kept],
        texts=columns.texts[kept],
        positions=columns.positions[kept],
        after_space=columns.after_space[kept],
        firsts=numbers[columns.firsts[words]],
        lasts=numbers[columns.lasts[words]],
    )


class _Units(NamedTuple):
    """The words: tokens `[firsts[k], lasts[k])`; `links[k]` where the next one touches it."""

    firsts: Ints
    lasts: Ints
    links: _Bools


def _units(columns: Columns) -> _Units:
    """The longest words; none that something else than a space stands in (codes)."""
    longest = np.diff(columns.firsts, append=-1) != 0
    firsts, lasts = columns.firsts[longest], columns.lasts[longest]
    outer = firsts >= np.maximum.accumulate(np.append(0, lasts))[:-1]
    firsts, lasts = firsts[outer], lasts[outer]
    joined = np.cumsum(columns.after_space)
    whole = joined[lasts - 1] - joined[firsts] == lasts - firsts - 1
    firsts, lasts = firsts[whole], lasts[whole]
    links = np.zeros(len(firsts), np.bool_)
    after = firsts[1:]
    links[:-1] = (lasts[:-1] == after) & (columns.after_space[after] == 1)
    links[:-1] &= columns.positions[after] == columns.positions[after - 1] + 1
    return _Units(firsts, lasts, links)


def _written(columns: Columns, word_spans: _Units) -> tuple[Ints, list[str]]:
    """Per token the number of its form, and the forms: "_" within a word, " " where one begins, and
    the piece without capitals that say nothing (those of a whole line in capitals, and the first
    one of a sentence)."""
    spellings = list(columns.spellings)
    numbers = {spelling: number for number, spelling in enumerate(spellings)}
    lower = []
    for spelling in columns.spellings:
        small = spelling.lower()
        number = numbers.setdefault(small, len(spellings))
        if number == len(spellings):
            spellings.append(small)
        lower.append(number)
    lowered = np.array(lower)
    capital = lowered != np.arange(len(lower))
    titled = np.array([s[1:].islower() or len(s) == 1 for s in columns.spellings])
    shouted = np.array([s.isupper() and is_syllable(s.lower()) for s in columns.spellings])
    pieces = columns.pieces
    begins = np.append(True, columns.texts[1:] != columns.texts[:-1])
    begins |= np.append(True, np.diff(columns.positions) != 1)
    # "Hà Nội" begins a sentence as a name, "Thủ tướng" does not, and UBND is one anywhere.
    name = np.append(capital[pieces[1:]], False)
    name[word_spans.lasts - 1] = False
    # HỘI NGHỊ is shouted; UBND is none, and EU alone is not.
    loud = shouted[pieces]
    beside = loud[1:] & loud[:-1] & (columns.after_space[1:] == 1)
    loud = np.append(False, beside) | np.append(beside, False)
    plain = (begins & ~name & titled[pieces]) | loud
    pieces = np.where(plain, lowered[pieces], pieces)
    forms = 2 * pieces
    forms[word_spans.firsts] += 1
    return forms, [sign + spelling for spelling in spellings for sign in "_ "]


def _spans(columns: Columns, word_spans: _Units, forms: Ints) -> tuple[Ints, Ints, _Hashes]:
    """Where each phrase begins, its syllables, and its key: the same where it is written alike."""
    firsts, lasts = word_spans.firsts, word_spans.lasts
    good_edge = ~_idle(columns, word_spans)
    # The key of a span: its forms as the coefficients of a polynomial, modulo 2 ** 64. Sums of
    # powers up to each token give that of any span at once.
    mixed = (forms.astype(np.uint64) + np.uint64(1)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    sums = np.append(np.uint64(0), np.cumsum(mixed * _powers(_ODD, len(forms))))
    undo = _powers(pow(_ODD, -1, 1 << 64), len(forms))
    found: list[tuple[Ints, Ints, _Hashes]] = []
    chained = np.ones(len(firsts), np.bool_)
    for more in range(min(WORDS, len(firsts))):
        if more:
            chained = chained[:-1] & word_spans.links[more - 1 : -1]
        sizes = lasts[more:] - firsts[: len(firsts) - more]
        good = chained & good_edge[: len(sizes)] & good_edge[more:]
        good &= (sizes >= SHORTEST) & (sizes <= LONGEST)
        start, size = firsts[: len(sizes)][good], sizes[good]
        found.append((start, size, (sums[start + size] - sums[start]) * undo[start]))
    begins, sizes, keys = (np.concatenate(column) for column in zip(*found, strict=True))
    return begins, sizes, keys


def _idle(columns: Columns, word_spans: _Units) -> _Bools:
    """The words that neither begin nor end a phrase: function words, and what has no letters."""
    vocabulary = columns.vocabulary
    single = np.array([not term.isalpha() or term in particles() for term in vocabulary])
    numbers = {term: number for number, term in enumerate(vocabulary)}
    double = np.array(
        [(numbers.get(a, -1), numbers.get(b, -1)) for a, b in _double_particles()], np.int64
    )
    begins_one = np.zeros(len(vocabulary) + 1, np.bool_)
    begins_one[double[:, 0]] = True
    first, last = columns.terms[word_spans.firsts], columns.terms[word_spans.lasts - 1]
    sizes = word_spans.lasts - word_spans.firsts
    found: _Bools = (sizes == 1) & single[first]
    pairs = np.flatnonzero((sizes == 2) & begins_one[first])
    found[pairs] = np.isin(first[pairs] << 32 | last[pairs], double[:, 0] << 32 | double[:, 1])
    return found


def _powers(base: int, count: int) -> _Hashes:
    """base ** 0 … base ** (count - 1), modulo 2 ** 64."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.multiply.accumulate(factors)


def _edges(
    columns: Columns, forms: Ints, spellings: Sequence[str], begins: Ints, ends: Ints
) -> Ints:
    """For each phrase the documents of the commoner syllable at its edges, 0 for none there (a word
    of more syllables, a name)."""
    present = _once(columns.terms << 32 | columns.texts >> 1) >> 32
    documents = np.bincount(present, minlength=len(columns.vocabulary))
    small = np.array([spelling.islower() for spelling in spellings])
    second, last = forms[begins + 1], forms[ends - 1]
    # A common word may stand before a name: huyện Mỹ Xuyên.
    single = _heads(second) & small[forms[begins]] & small[second]
    before = np.where(single, documents[columns.terms[begins]], 0)
    after = np.where(_heads(last) & small[last], documents[columns.terms[ends - 1]], 0)
    return np.maximum(before, after)


def _heads(forms: Ints) -> _Bools:
    """Which forms begin a word."""
    odd: _Bools = forms & 1 == 1
    return odd


def _once(values: Ints) -> Ints:
    ordered: Ints = np.sort(values)
    kept: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return kept


@cache
def particles() -> frozenset[str]:
    """The function words, as pyvi writes them: của, đối_với."""
    text = files("indexer.suggest").joinpath("particles.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


@cache
def _double_particles() -> tuple[tuple[str, str], ...]:
    """Those of two syllables."""
    both = (word.split("_") for word in sorted(particles()) if "_" in word)
    return tuple((first, second) for first, second in both)
