"""Say what may have been typed for what: the terms that a misspelt syllable may stand for.

This is the noisy channel of `spelling.py`: wrong or missing marks, letters left out, doubled,
swapped or beside the right key, and sounds that dialects confuse, each with its probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from string import ascii_lowercase
from weakref import WeakKeyDictionary

from indexer.analysis import fold, has_marks
from indexer.analysis.folding import could_have_marks
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible, parts
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.runtime.time_limit import check_time
from indexer.suggest.right_words import LARGE_ARCHIVE, Kept
from indexer.suggest.telex_vni import telex, vni

# Probabilities of a typed syllable if another was meant. Studies of typing find one slip in
# a hundred syllables (Grudin 1983; Norvig 2009 uses a similar rate); a given slip is one of many.
_WRONG_MARK = 1e-2
"""Probability that one given other mark was typed."""
_ANOTHER_MARK = 0.1
"""Factor of that for each further wrong mark of the syllable."""
_CONFUSED_TONE, _CONFUSED_TONES = 0.05, {"\u0309", "\u0303"}
"""Probability that hỏi was typed for ngã or the other way round; the dialects of the south and the
centre do not distinguish them (Đoàn Thiện Thuật 1977, "Ngữ âm tiếng Việt")."""
_SLIP = 2e-4
"""Probability of one given slip in a letter."""
_LIKELY_SLIP = 5e-3
"""Probability of one given slip of the commonest kinds: a letter left out or doubled, a
neighbouring key, two letters swapped (Grudin 1983)."""
_CONFUSED = 5e-3
"""Probability that one given sound was typed for another that dialects confuse it with."""
_AND_WRONG_MARK = 0.003
"""Factor of the probability of a slip in a letter that also changes the marks, in a query with
marks."""
_MARKS_OF_LETTER = 0.1
"""The same if only the letter that is wrong lacks its marks."""
_RAW_KEYS = 0.05
"""Probability that one syllable was typed with the input method off."""
_MARKS_LEFT_OUT = 0.02
"""Probability that one syllable was typed without its marks in a query with marks elsewhere; in a
query without marks it is 1."""
_SOUNDS = (("s", "x"), ("ch", "tr"), ("n", "l"), ("d", "gi"), ("d", "r"), ("gi", "r"), ("d", "v"))
"""Pairs of initial sounds that dialects confuse (Đoàn Thiện Thuật 1977, "Ngữ âm tiếng Việt"), as
they are written."""
_ENDS = (("n", "ng"), ("c", "t"), ("n", "nh"), ("i", "y"), ("ch", "t"))
"""Pairs of final sounds that dialects confuse (the same book), as they are written."""
_VOWELS = frozenset("aeiouy")
_MAX_CANDIDATES = 24
"""Greatest number of candidates for a misspelt syllable besides its forms."""
_MAX_VARIANTS = 16
"""Greatest number of forms of a folded syllable that a slip may be corrected to, the most frequent
ones."""
_MAX_FOLDS = 50_000
"""Greatest number of folded syllables of the index that a slip may be corrected to, the most
frequent ones."""
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS_BESIDE = {
    row[at]: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in _KEYBOARD
    for at in range(len(row))
}
"""Letter → the letters beside it in its row of the keyboard."""
_folds: WeakKeyDictionary[Lexicon, frozenset[str]] = WeakKeyDictionary()
"""Lexicon → the result of `_vocabulary`; freed with the lexicon."""


def forms_as_typed(syllable: Syllable, marked: bool) -> dict[str, float]:
    """Return the terms that a correctly typed syllable may stand for, as term → probability.

    The probability is that of typing the syllable if the term is meant, so they need not sum to 1.
    At most 16 terms, the first of `Syllable.forms`. `marked` is True if any syllable of the query
    has marks.
    """
    if syllable.literal or syllable.marked or not could_have_marks(syllable.term):
        return {syllable.term: 1.0}
    chance = _MARKS_LEFT_OUT if marked else 1.0
    return {form: 1.0 if form == syllable.term else chance for form in syllable.forms[:16]}


def can_be_misspelt(term: str) -> bool:
    """True if a term has only letters, at most 12, so that it may be a syllable with a slip."""
    return term.isalpha() and len(term) <= 12


def candidates(
    syllable: Syllable, forms: Mapping[str, float], lexicon: Lexicon, marked: bool, keep: Kept
) -> dict[str, float]:
    """Return the terms that a syllable may stand for if it is misspelt, as term → probability.

    These are `forms`, as `forms_as_typed` returns them, and at most _MAX_CANDIDATES others: the
    likeliest terms with other marks or, if `keep` is NOTHING, with one slip in the letters; the
    latter only of a syllable that the index lacks, or in an archive of LARGE_ARCHIVE documents. A
    literal syllable has no others. The probability is that of typing the syllable if the term is
    meant.
    """
    check_time()
    if syllable.literal:
        return dict(forms)
    chances = dict(forms)
    known = any(map(lexicon.frequency, forms))
    doubt = min(1.0, lexicon.documents / LARGE_ARCHIVE) if known else 1.0
    for form in syllable.forms:
        chances.setdefault(form, _chance_of_marks(form, syllable.term) * doubt)
    # Wrong marks are the commonest slip in Vietnamese, so a small archive considers them too; it
    # considers slips in letters only of unknown syllables.
    if doubt == 1.0 and keep < Kept.LETTERS:
        for form, chance in _misspelt(syllable.term, lexicon, marked):
            if chance > chances.get(form, 0.0):
                chances[form] = chance
    ranked = sorted(chances, key=lambda form: -chances[form] * (lexicon.frequency(form) + 0.01))
    return {form: chances[form] for form in (*forms, *ranked[:_MAX_CANDIDATES])}


def _chance_of_marks(meant: str, typed: str) -> float:
    """Return the probability that the marks of `typed` were typed if `meant`, a term with the same
    fold, is meant."""
    if is_compatible(typed, meant):
        return _MARKS_LEFT_OUT
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    wrong = sum(mark != other for (_, mark), (_, other) in zip(letters, typed_letters, strict=True))
    if tone == typed_tone:
        return _WRONG_MARK * _ANOTHER_MARK ** (wrong - 1)
    of_tone = _CONFUSED_TONE if {tone, typed_tone} == _CONFUSED_TONES else _WRONG_MARK
    return of_tone * _ANOTHER_MARK**wrong


def _misspelt(term: str, lexicon: Lexicon, marked: bool) -> Iterator[tuple[str, float]]:
    """Yield (term of the index one slip in the letters away, probability of typing `term` for it).

    A term may be yielded twice. `marked` is True if the query has marks; then terms with other
    marks are less likely, and of a `term` without marks the term that it is in Telex or VNI is
    yielded too, if the index has it.
    """
    folded = fold(term)
    for other, chance in _near(folded, lexicon):
        for form in lexicon.variants(other)[:_MAX_VARIANTS]:
            if marked and not keeps_marks(form, term):
                chance_of_marks = _MARKS_OF_LETTER if _loses_marks(form, term) else _AND_WRONG_MARK
            else:
                chance_of_marks = 1.0
            yield form, chance * chance_of_marks
    if marked and not has_marks(term):
        for decode in (telex, vni):
            decoded = decode(term)
            if decoded and lexicon.frequency(decoded):
                yield decoded, _RAW_KEYS


def keeps_marks(meant: str, typed: str) -> bool:
    """True if `typed` has the marks of `meant` and no others, in any order, because letters may be
    swapped; if it has fewer letters, marks of the letters that were left out may be missing."""
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    wanted = [mark for _, mark in letters if mark]
    found = [mark for _, mark in typed_letters if mark]
    if len(letters) <= len(typed_letters):
        return (sorted(found), typed_tone) == (sorted(wanted), tone)
    rest = iter(wanted)
    return typed_tone in ("", tone) and all(mark in rest for mark in found)


def _loses_marks(meant: str, typed: str) -> bool:
    """True if a letter of `meant` was typed wrong and `typed` lacks the marks of that letter only
    ("lvn" for lên)."""
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    if len(letters) != len(typed_letters):
        return False
    pairs = [*zip(letters, typed_letters, strict=True)]
    wrong = [a for (a, _), (b, _) in pairs if a != b]
    return all(mark == other for (a, mark), (b, other) in pairs if a == b or other) and (
        typed_tone == tone or (not typed_tone and not _VOWELS.isdisjoint(wrong))
    )


def _near(folded: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return (folded syllable of the index, probability) for each that is one slip away from
    `folded`, ascending.

    A slip is a letter dropped, added, swapped with its neighbour, or wrong, or a sound that is
    confused with another (_SOUNDS, _ENDS).
    """
    vocabulary = _vocabulary(lexicon)
    chances: dict[str, float] = {}
    for slip in _one_slip_away(folded):
        other = fold(slip) if slip.endswith("y") else slip  # mmỹ: "my" is folded to "mi"
        if other in vocabulary:
            chance = _LIKELY_SLIP if is_likely_slip(slip, folded) else _SLIP
            chances[other] = max(chances.get(other, 0.0), chance)
    chances.update((other, _CONFUSED) for other in vocabulary.intersection(confused(folded)))
    return sorted(chances.items())


def confused(folded: str) -> set[str]:
    """Return the strings that differ from a folded syllable in one sound that dialects confuse, at
    its beginning or end."""
    found = set()
    for pairs, cut in ((_SOUNDS, str.removeprefix), (_ENDS, str.removesuffix)):
        for pair in pairs:
            for typed, meant in (pair, pair[::-1]):
                rest = cut(folded, typed)
                if rest != folded and rest:
                    found.add(meant + rest if pairs is _SOUNDS else rest + meant)
    return found - {folded}


def is_likely_slip(meant: str, typed: str) -> bool:
    """True if `typed`, which is one slip away from `meant`, lacks a letter of it, or has a
    neighbouring key, a letter doubled or two letters swapped."""
    if len(meant) == len(typed):
        differing = [(a, b) for a, b in zip(meant, typed, strict=True) if a != b]
        return len(differing) > 1 or differing[0][1] in _KEYS_BESIDE.get(differing[0][0], "")
    return len(meant) > len(typed) or any(
        a == b and typed[:at] + typed[at + 1 :] == meant
        for at, (a, b) in enumerate(pairwise(typed))
    )


def _one_slip_away(typed: str) -> set[str]:
    """Return all strings one slip away from `typed`, `typed` itself excluded (Norvig 2009, "Natural
    language corpus data").

    They are fewer than the syllables of an index, so looking them up is faster than comparing all.
    """
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (dropped | swapped | wrong | added) - {typed}


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    """Return the folded syllables of an index that a slip may be corrected to, cached per lexicon.

    Of a large index these are only the _MAX_FOLDS most frequent.
    """
    folds = _folds.get(lexicon)
    if folds is None:
        folds = frozenset(filter(can_be_misspelt, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = folds
    return folds
