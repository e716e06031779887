"""Fingerprints of texts, by which copies are recognised: a digest, a sketch, and the numbers.

`indexer.engines.copies` compares them. They are computed from the columns of `analyze_many`, whose
terms are normalised: letter case, Unicode form, the place of a tone mark, signs and line breaks
make no difference.

- *Digest*: equal for documents of the same text, that is, the same syllables in the same order in
  the body, and the same official number; of the title only a part counts (`_digests`).
- *Sketch*: SKETCH_BYTES bytes; the share in which two sketches agree estimates the resemblance of
  the texts (Jaccard similarity of their sets of SHINGLE neighbouring syllables; Broder 1997, "On
  the resemblance and containment of documents"). It is a one-permutation MinHash (Li, Owen and
  Zhang 2012) of which one byte per bin is kept (b-bit minwise hashing, Li and König 2010).
- *Numbers*: for each number of the text (a term with a digit, or several side by side), a hash of
  the syllables around it (its *surroundings*) and a hash of the number itself. Two editions of a
  form or a price list have almost the same shingles and different numbers in the same places; two
  reprints of one text have the same numbers there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch.analyzer import Columns
from indexer.analysis.batch.code_points import Ints
from indexer.analysis.memo import memoize

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

SHINGLE = 4
"""Number of syllables of a shingle: two to three words. Unrelated texts share many shorter
shingles; of longer ones each edited syllable changes more."""
SKETCH_BYTES = 64
"""Number of bins, of one byte each, in a sketch. The standard error of a resemblance of 0.8 is then
sqrt(0.8 * 0.2 / 64) = 0.05."""
MIN_BODY = 8
"""Least number of syllables of a body that has a digest. Different documents may share a shorter
one ("Xem tệp đính kèm")."""
MIN_SKETCHED = 64
"""Least number of syllables of a body that has a sketch. In a shorter one, one sentence more or
less would change a quarter of the shingles."""

_AROUND = 2
"""Number of syllables on each side of a number that make up its surroundings."""
_BIN_BITS = 6
"""Upper bits of a shingle's hash that name its bin: log2 of SKETCH_BYTES."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ divided by the golden ratio, the increment of SplitMix64 (Steele, Lea and Flood 2014); makes
the same syllable count differently in each place."""
_FACTORS = tuple(
    np.uint64(factor) for factor in (1, 0xD1342543DE82EF95, 0xF1357AEA2E62A9C5, 0xAF251AF3B0F025B5)
)
"""One factor for each place in a shingle. They are odd, so that multiplying by them loses no bit;
apart from that the values are arbitrary."""
_NUMBER = np.uint64(0x2545F4914F6CDD1D)
"""Arbitrary hash that stands for any number in the surroundings of another one."""
_EDGE = np.uint64(0x5851F42D4C957F2D)
"""Arbitrary hash that stands for each place beyond the beginning or end of a text."""
_TITLE = np.uint64(0xDA942042E4DD58B5)
"""Arbitrary hash that all numbers of a title have as their surroundings, because titles are worded
freely."""
_DIGIT = re.compile(r"\d")


class Fingerprints(NamedTuple):
    """Fingerprints of n documents.

    Attributes
    ----------
    digests : `(n,)` uint64; 0 for a body of less than MIN_BODY syllables.
    sketches : `(n * SKETCH_BYTES,)` uint8, SKETCH_BYTES bins for each document; a bin without a
        shingle is 0, and so are all bins of a body of less than MIN_SKETCHED syllables.
    numbers : `(m,)` uint64, the numbers of each document in turn, ascending and distinct within it:
        the hash of the surroundings in the upper 32 bits, that of the number in the lower. They
        include those of the title, and the official number, whose upper bits are all ones. (With 16
        bits each, two of 500 decisions of one form would be confused.)
    number_ends : `(n,)` int64, the index in `numbers` at which those of each document end.
    """

    digests: Hashes
    sketches: np.ndarray[Any, np.dtype[np.uint8]]
    numbers: Hashes
    number_ends: Ints


def _hash_term(term: str) -> int:
    found = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "little")


_term_hash = memoize(_hash_term, 1 << 16)


def fingerprints(columns: Columns, official_numbers: Sequence[str | None]) -> Fingerprints:
    """Return the fingerprints of documents, of which `columns` has titles and bodies in turn.

    `official_numbers (documents,)` are number and symbol of official documents ("15/QĐ-UBND"), None
    or "" if unknown; two documents with different ones are never copies. The fingerprints of a
    document do not depend on the others of the batch, nor on the process or machine.
    """
    hashes = np.array(list(map(_term_hash, columns.vocabulary)), np.uint64)[columns.terms]
    counts = np.bincount(columns.texts, minlength=2 * len(official_numbers))
    ends = np.cumsum(counts)
    is_number = np.array([_DIGIT.search(term) is not None for term in columns.vocabulary], np.bool_)
    at_numbers = np.flatnonzero(is_number[columns.terms])
    official = _official(official_numbers)
    digests = _digests(hashes, columns.texts, ends - counts, counts, at_numbers, official)
    sketches = _sketches(hashes, columns.texts, counts)
    return Fingerprints(
        digests, sketches, *_numbers(hashes, columns.texts, ends, at_numbers, official)
    )


def _official(numbers: Sequence[str | None]) -> Hashes:
    """Return a hash of each official number, `(documents,)`; 0 for None or "". Letter case and
    spaces make no difference."""
    plain = ("".join((number or "").lower().split()) for number in numbers)
    return np.array([_term_hash(number) if number else 0 for number in plain], np.uint64)


def _digests(
    hashes: Hashes, texts: Ints, begins: Ints, counts: Ints, at_numbers: Ints, official: Hashes
) -> Hashes:
    """Return the digest of each document, `(documents,)`; 0, which stands for none, for a body of
    less than MIN_BODY syllables.

    It is a hash of the body, the official number and a part of the title. Portals change the title
    of a reprint, and many files have none, so of the title of a long body only the numbers count,
    in any order: the power cuts of 5/3 and of 6/3 may have the same text otherwise. A body of less
    than MIN_SKETCHED syllables ("Chi tiết xem tệp đính kèm") may occur under any title, so there
    the whole title counts.

    Parameters
    ----------
    hashes, texts : `(tokens,)`, the hash of each token's term, and the index of its text; text 2k
        is the title of document k, text 2k + 1 its body.
    begins, counts : `(texts,)`, the index of the first token of each text, and their number.
    at_numbers : `(n,)`, the indexes of the tokens that are numbers, ascending.
    official : `(documents,)`, as `_official` returns it.
    """
    bodies = counts[1::2]
    places = (np.arange(len(texts)) - begins[texts]).astype(np.uint64)
    mixed = _mix(hashes + places * _GOLDEN)
    is_title = texts & 1 == 0
    whole = is_title & (bodies[texts >> 1] < MIN_SKETCHED)
    mixed[is_title & ~whole] = 0
    titles = at_numbers[is_title[at_numbers] & ~whole[at_numbers]]
    mixed[titles] = hashes[titles]
    mixed[is_title] *= _FACTORS[1]
    sums = official.copy()
    owners = texts >> 1
    heads = np.flatnonzero(np.diff(owners, prepend=-1))
    if len(heads):
        sums[owners[heads]] += np.add.reduceat(mixed, heads)
    return np.where(bodies >= MIN_BODY, np.maximum(_mix(sums), np.uint64(1)), np.uint64(0))


def _sketches(hashes: Hashes, texts: Ints, counts: Ints) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return the sketches of the bodies, `(documents * SKETCH_BYTES,)`.

    The upper bits of the hash of a shingle name its bin; each bin keeps one byte, 1 to 255, made
    from the least hash in it. `hashes`, `texts` and `counts` are as in `_digests`.
    """
    sketched = (texts & 1 == 1) & (counts[texts] >= MIN_SKETCHED)
    last = len(texts) - SHINGLE + 1
    if last <= 0:
        return np.zeros(len(counts) // 2 * SKETCH_BYTES, np.uint8)
    firsts = np.flatnonzero(sketched[:last] & (texts[:last] == texts[SHINGLE - 1 :]))
    shingles = hashes[firsts].copy()
    for step, factor in enumerate(_FACTORS[1:], 1):
        shingles += hashes[firsts + step] * factor
    shingles = _mix(shingles)
    bins = (shingles >> np.uint64(64 - _BIN_BITS)).astype(np.int64)
    bins += (texts[firsts] >> 1) * SKETCH_BYTES
    least = np.full(len(counts) // 2 * SKETCH_BYTES, ~np.uint64(0))
    np.minimum.at(least, bins, shingles)
    return np.where(least == ~np.uint64(0), np.uint64(0), 1 + least % np.uint64(255)).astype(
        np.uint8
    )


def _numbers(
    hashes: Hashes, texts: Ints, ends: Ints, at_numbers: Ints, official: Hashes
) -> tuple[Hashes, Ints]:
    """Return `numbers` and `number_ends` of the fingerprints.

    Numbers side by side ("12/3/2007") are one. One at the beginning or end of a body is left out,
    because portals write the date of publication there. `ends (texts,)` are the indexes at which
    the tokens of each text end; the other parameters are as in `_digests`.
    """
    first = np.diff(at_numbers, prepend=-2) > 1
    first |= np.diff(texts[at_numbers], prepend=-1) != 0
    starts = at_numbers[first]
    number_of_run = np.searchsorted(starts, at_numbers, side="right") - 1
    places = (at_numbers - starts[number_of_run]).astype(np.uint64)
    values = np.zeros(len(starts), np.uint64)
    np.add.at(values, number_of_run, _mix(hashes[at_numbers] + places * _GOLDEN))
    lasts = starts + np.bincount(number_of_run, minlength=len(starts)) - 1
    masked = hashes.copy()
    masked[at_numbers] = _NUMBER
    owners = texts[starts]
    around = np.zeros(len(starts), np.uint64)
    inside = np.ones(len(starts), np.bool_)
    begins = ends - np.diff(ends, prepend=0)
    for step in range(1, _AROUND + 1):
        for at, known, factor in (
            (starts - step, starts - step >= begins[owners], 2 * step),
            (lasts + step, lasts + step < ends[owners], 2 * step + 1),
        ):
            beside = np.where(known, masked[np.where(known, at, 0)], _EDGE)
            around = _mix(around + (beside ^ np.uint64(factor)))
            if step == 1:
                inside &= known
    is_title = owners & 1 == 0
    around[is_title] = _TITLE
    kept = np.flatnonzero(inside | is_title)
    # The surroundings of an official number are all ones.
    upper, half = np.uint64(0xFFFFFFFF00000000), np.uint64(32)
    stated = np.flatnonzero(official)
    packed = np.append(
        around[kept] & upper | values[kept] >> half, upper | official[stated] >> half
    )
    documents = np.append(owners[kept] >> 1, stated)
    order = np.lexsort((packed, documents))
    packed, documents = packed[order], documents[order]
    fresh = (np.diff(packed, prepend=np.uint64(0)) != 0) | (np.diff(documents, prepend=-1) != 0)
    sizes = np.bincount(documents[fresh], minlength=len(official))
    return packed[fresh], np.cumsum(sizes)


def _mix(values: Hashes) -> Hashes:
    """Return a hash of each number, same shape: a bijection of 64-bit numbers in which every bit of
    the input changes about half of the output (the finaliser of SplitMix64; Steele, Lea and Flood
    2014)."""
    values = values ^ values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values
