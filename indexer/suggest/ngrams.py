"""Count the phrases of documents at a rebuild: the candidates for completions (`selection.py`).

A phrase is a sequence of one to four of pyvi's words, two to eight syllables with single spaces
between them, so that none spans a comma or the end of a sentence. It neither begins nor ends with a
function word (`query/function_words.py`): "của dân tộc" is a fragment. It is written with
underscores inside words and with the capitals that it has within a sentence: "thủ_tướng
Phan_Văn_Khải".

The counts are numbers of documents, so they add up over batches, and those of deleted documents can
be subtracted. They are exact in a batch of at most SMALL_BATCH documents. Of a larger batch only
the beginnings of the texts are read, which tell the subject of a text, and phrases of a single
document are not counted; counts that are too small by that only affect the order of completions.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import Columns
from indexer.analysis.orthography import is_syllable
from indexer.query.function_words import function_words

Ints = np.ndarray[Any, np.dtype[np.int64]]
_Bools = np.ndarray[Any, np.dtype[np.bool_]]
_Hashes = np.ndarray[Any, np.dtype[np.uint64]]

MAX_WORDS = 4
"""Greatest number of words of a phrase."""
MIN_SYLLABLES, MAX_SYLLABLES = 2, 8
"""Least and greatest number of syllables of a phrase."""
MAX_TITLE_SYLLABLES = 16
"""Greatest number of syllables of a title that is counted as one phrase."""
SMALL_BATCH = 200
"""Greatest number of documents of a batch of which every phrase is counted."""
LEAD_POSITIONS = 250
"""Number of positions at the beginning of a text that are read in a larger batch."""

_MIN_EDGE_SHARE = 0.01
"""Least number of documents with a phrase, as a share of those with the lower-case syllable at its
edge, with which the phrase is counted in a larger batch. So "dân vận khéo" is, but not "cờ vua
làm", because làm ("make") stands in nearly all documents."""
_SIZE_BITS = 4
"""Bits that hold the number of syllables of a phrase."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ divided by the golden ratio, which spreads the numbers of forms over 64 bits (Knuth 1973,
multiplicative hashing)."""
_BASE = 0xBF58476D1CE4E5B9
"""Base of the polynomial hash of a phrase, arbitrary but odd, so that it has an inverse modulo 2 **
64."""


def count_phrases(columns: Columns, titles: Sequence[str] = ()) -> dict[str, int]:
    """Return phrase → number of documents that contain it in this written form.

    A phrase is written as the module describes: "thủ_tướng Phan_Văn_Khải". In a batch of more than
    SMALL_BATCH documents the counts are not complete (see the module).

    Parameters
    ----------
    columns : the analysis of title and body of each document in turn.
    titles : the titles of the documents as given; each is counted as a phrase of one word too, in a
        larger batch only if several documents have it.
    """
    is_small = len(columns.texts) == 0 or int(columns.texts.max()) < 2 * SMALL_BATCH
    least = 1 if is_small else 2
    columns = columns if is_small else _cut_to_lead(columns)
    counted = Counter(_count_titles(titles, least))
    words = _longest_words(columns)
    if not len(words.firsts):
        return dict(counted)
    forms, spellings = _written_forms(columns, words)
    begins, sizes, keys = _phrase_spans(columns, words, forms)
    bits = len(columns.terms).bit_length() + _SIZE_BITS
    mask = np.uint64((1 << bits) - 1)
    # One sort groups the spans that are written alike; their place is in the lower bits.
    packed = np.sort(keys << np.uint64(bits) | (begins << _SIZE_BITS | sizes).astype(np.uint64))
    heads = np.flatnonzero(np.append(True, np.diff(packed & ~mask) != 0)[: len(packed)])
    often = np.diff(heads, append=len(packed))
    heads, often = heads[often >= least], often[often >= least]
    before = np.cumsum(often) - often
    groups = np.repeat(np.arange(len(heads)), often)
    these = np.arange(len(groups)) + (heads - before)[groups]
    places = (packed[these] & mask).astype(np.int64)
    owners = columns.texts[places >> _SIZE_BITS] >> 1
    counts = np.bincount(_unique(groups << 32 | owners) >> 32, minlength=len(heads))
    examples = places[before]
    begins = examples >> _SIZE_BITS
    ends = begins + (examples & ((1 << _SIZE_BITS) - 1))
    good = counts >= least
    if not is_small:
        edges = _edge_frequencies(columns, forms, spellings, begins, ends)
        good &= counts >= _MIN_EDGE_SHARE * edges
    numbers = forms.tolist()
    found = [
        "".join([spellings[number] for number in numbers[begin:end]])[1:]
        for begin, end in zip(begins[good].tolist(), ends[good].tolist(), strict=True)
    ]
    counted.update(dict(zip(found, counts[good].tolist(), strict=True)))
    return dict(counted)


def _count_titles(titles: Sequence[str], least: int) -> dict[str, int]:
    """Return title → number of documents, for titles that at least `least` documents have.

    A title is written as one word (đại_hội_đảng). One with an underscore is left out, because the
    sign joins the syllables of words here, and so is one of fewer than MIN_SYLLABLES or more than
    MAX_TITLE_SYLLABLES.
    """
    plain = (unicodedata.normalize("NFC", title) for title in titles if "_" not in title)
    written = Counter("_".join(title.split()) for title in plain)
    return {
        title: count
        for title, count in written.items()
        if count >= least and MIN_SYLLABLES <= title.count("_") + 1 <= MAX_TITLE_SYLLABLES
    }


def _cut_to_lead(columns: Columns) -> Columns:
    """Return the columns of the tokens and words within the first LEAD_POSITIONS of each text.

    A word that the cut would divide is left out with its tokens. `gaps`, `starts` and `ends` stay
    as they were and no longer fit the tokens.
    """
    kept = columns.positions < LEAD_POSITIONS
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


class _Words(NamedTuple):
    """Words that do not overlap, in text order; three arrays `(words,)`, int64 and bool.

    Word k has the tokens `[firsts[k], lasts[k])`; `links[k]` is True if a single space, and no end
    of a sentence or text, separates it from word k + 1, so that a phrase may contain both.
    """

    firsts: Ints
    lasts: Ints
    links: _Bools


def _longest_words(columns: Columns) -> _Words:
    """Return the longest words of the texts, no word that lies within another.

    Words with other signs than spaces between their syllables (codes) are left out.
    """
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
    return _Words(firsts, lasts, links)


def _written_forms(columns: Columns, words: _Words) -> tuple[Ints, list[str]]:
    """Return the form of each token, `(tokens,)` int64, and the list of strings that the forms are
    indexes of.

    Such a string is " " at the beginning of a word or "_" inside it, and then the syllable, without
    capitals that carry no meaning: those of a line in capitals, and the first one of a sentence.
    The forms at the beginning of a word are odd, the others even.
    """
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
    has_capital = lowered != np.arange(len(lower))
    is_titled = np.array([s[1:].islower() or len(s) == 1 for s in columns.spellings])
    is_upper = np.array([s.isupper() and is_syllable(s.lower()) for s in columns.spellings])
    pieces = columns.pieces
    begins_sentence = np.append(True, columns.texts[1:] != columns.texts[:-1])
    begins_sentence |= np.append(True, np.diff(columns.positions) != 1)
    # "Hà Nội" begins a sentence as a name, "Thủ tướng" does not, and UBND is a name anywhere.
    begins_name = np.append(has_capital[pieces[1:]], False)
    begins_name[words.lasts - 1] = False
    # HỘI NGHỊ is written in capitals as a whole; UBND is not a syllable, and EU stands alone.
    upper = is_upper[pieces]
    beside_upper = upper[1:] & upper[:-1] & (columns.after_space[1:] == 1)
    in_upper_line = np.append(False, beside_upper) | np.append(beside_upper, False)
    is_lowered = (begins_sentence & ~begins_name & is_titled[pieces]) | in_upper_line
    pieces = np.where(is_lowered, lowered[pieces], pieces)
    forms = 2 * pieces
    forms[words.firsts] += 1
    return forms, [sign + spelling for spelling in spellings for sign in "_ "]


def _phrase_spans(columns: Columns, words: _Words, forms: Ints) -> tuple[Ints, Ints, _Hashes]:
    """Return where phrases occur: first token, number of syllables and hash of each occurrence.

    Three arrays `(occurrences,)`: indexes of tokens int64, syllables int64, hashes uint64; in no
    particular order. Occurrences that are written alike have the same hash. `forms (tokens,)` are
    those of `_written_forms`.
    """
    firsts, lasts = words.firsts, words.lasts
    can_be_edge = ~_is_particle(columns, words)
    # The hash of a span is the polynomial with its forms as coefficients, modulo 2 ** 64; prefix
    # sums of its terms give the hash of all spans at once.
    mixed = (forms.astype(np.uint64) + np.uint64(1)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    sums = np.append(np.uint64(0), np.cumsum(mixed * _powers(_BASE, len(forms))))
    inverses = _powers(pow(_BASE, -1, 1 << 64), len(forms))
    found: list[tuple[Ints, Ints, _Hashes]] = []
    chained = np.ones(len(firsts), np.bool_)
    for more in range(min(MAX_WORDS, len(firsts))):
        if more:
            chained = chained[:-1] & words.links[more - 1 : -1]
        sizes = lasts[more:] - firsts[: len(firsts) - more]
        good = chained & can_be_edge[: len(sizes)] & can_be_edge[more:]
        good &= (sizes >= MIN_SYLLABLES) & (sizes <= MAX_SYLLABLES)
        start, size = firsts[: len(sizes)][good], sizes[good]
        found.append((start, size, (sums[start + size] - sums[start]) * inverses[start]))
    begins, sizes, keys = (np.concatenate(column) for column in zip(*found, strict=True))
    return begins, sizes, keys


def _is_particle(columns: Columns, words: _Words) -> _Bools:
    """Return the mask `(words,)` of the function words and of the words of one syllable that has
    other characters than letters."""
    vocabulary = columns.vocabulary
    single = np.array([not term.isalpha() or term in function_words() for term in vocabulary])
    numbers = {term: number for number, term in enumerate(vocabulary)}
    double = np.array(
        [(numbers.get(a, -1), numbers.get(b, -1)) for a, b in _double_function_words()], np.int64
    )
    begins_double = np.zeros(len(vocabulary) + 1, np.bool_)
    begins_double[double[:, 0]] = True
    first, last = columns.terms[words.firsts], columns.terms[words.lasts - 1]
    sizes = words.lasts - words.firsts
    found: _Bools = (sizes == 1) & single[first]
    pairs = np.flatnonzero((sizes == 2) & begins_double[first])
    found[pairs] = np.isin(first[pairs] << 32 | last[pairs], double[:, 0] << 32 | double[:, 1])
    return found


def _powers(base: int, count: int) -> _Hashes:
    """Return the powers of `base` from 0 to `count - 1`, modulo 2 ** 64, `(count,)` uint64."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.multiply.accumulate(factors)


def _edge_frequencies(
    columns: Columns, forms: Ints, spellings: Sequence[str], begins: Ints, ends: Ints
) -> Ints:
    """Return the document frequency, in the batch, of the more frequent edge of each phrase.

    `(phrases,)` int64. The edges are the first and the last syllable; only lower-case ones that are
    words by themselves count, and the first not before a name, because a frequent word may stand
    there (huyện Mỹ Xuyên). 0 if neither counts.

    Parameters
    ----------
    forms, spellings : as `_written_forms` returns them.
    begins, ends : `(phrases,)` int64, the first token of an occurrence of each phrase, and one past
        its last.
    """
    present = _unique(columns.terms << 32 | columns.texts >> 1) >> 32
    documents = np.bincount(present, minlength=len(columns.vocabulary))
    is_lower = np.array([spelling.islower() for spelling in spellings])
    second, last = forms[begins + 1], forms[ends - 1]
    # Not if a name follows: a frequent word may stand before one (huyện Mỹ Xuyên).
    counts_first = _begins_word(second) & is_lower[forms[begins]] & is_lower[second]
    before = np.where(counts_first, documents[columns.terms[begins]], 0)
    counts_last = _begins_word(last) & is_lower[last]
    after = np.where(counts_last, documents[columns.terms[ends - 1]], 0)
    return np.maximum(before, after)


def _begins_word(forms: Ints) -> _Bools:
    """Return the mask `(n,)` of those of `forms (n,)` that begin a word, the odd ones."""
    odd: _Bools = forms & 1 == 1
    return odd


def _unique(values: Ints) -> Ints:
    """Return the distinct values of `values (n,)`, `(k,)` int64, ascending.

    All values are 0 or more. It does what `np.unique` does, faster.
    """
    ordered: Ints = np.sort(values)
    distinct: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return distinct


@cache
def _double_function_words() -> tuple[tuple[str, str], ...]:
    """Return the function words of two syllables, each as a pair of terms, ascending."""
    words = (word.split("_") for word in sorted(function_words()) if "_" in word)
    return tuple((first, second) for first, second in words)
