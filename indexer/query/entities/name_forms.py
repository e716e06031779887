"""Find names with several written forms: places, countries, foreign names.

    TP.HCM · TPHCM · thành phố Hồ Chí Minh        Đắk Lắk · Đăk Lăk · Daklak        Úc · Australia
    Pu-tin · Putin        Mát-xcơ-va · Matxcơva · Moskva        Q.1 · quận 1        H. Củ Chi

Most come from name_forms.tsv. Beyond it, the syllables of a foreign name may be joined by hyphens,
written as one, or spaced, and the kind of a place may be abbreviated. A document matches by any of
the written forms that the index has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from indexer.analysis import fold, terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.documents.text.honorifics import surnames
from indexer.documents.text.text_keys import key
from indexer.query.entities.dictionary import PLACE_KINDS, PhraseDictionary, Terms
from indexer.query.entities.number_forms import variant_entity
from indexer.query.model import Entity, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

_AMBIGUOUS, _OTHER_NAME = "~", "+"
"""Signs before a written form in name_forms.tsv: "~" if it is also an everyday word, "+" if it is a
different name of the place, not a different spelling."""

_NAMED_AFTER = (
    "sông", "cảng", "cầu", "đường", "phố", "báo", "clb", "câu lạc bộ", "bệnh viện", "khách sạn",
    "trường", "đại học", "hãng", "công ty", "tổng công ty", "bia", "chợ", "nhà hát", "núi", "hồ",
    "vịnh", "ga", "trận", "chiến thắng", "chiến dịch", "ngân hàng", "đội", "đội bóng", "rạp",
)  # fmt: skip
"""Words for things that are named after places (river, bridge, newspaper, battle …). After one of
them, the name of a place does not mean the place: sông Sài Gòn is a river."""

_SAYS_COUNTRY = ("nước", "người", "tiếng", "quân", "chính phủ", "tuyển", "đội tuyển", "tổng thống",
                 "thủ tướng")  # fmt: skip
"""Words after which an everyday word (đức, anh) is the name of a country."""

_KINDS: Mapping[str, Terms] = {**PLACE_KINDS, "t": ("tỉnh",)}
"""PLACE_KINDS, and the abbreviation of a province."""
_NUMBERED_KINDS = ("q", "p")
"""Abbreviations of the kinds of places that may have a number as their name (Q.1)."""
_NUMBERED = re.compile(r"([qp])(\d{1,2})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_NAME_SYLLABLES = 4
"""Greatest number of syllables of the name after the kind of a place."""

_MIN_JOINT_SHARE = 0.5
"""Least share of the documents with the rarer part of a foreign name in which the parts stand side
by side. With less they are taken for two words that meet by chance."""
_MIN_JOINED_LENGTH, _MAX_JOINED_LENGTH = 4, 16
"""Least and greatest number of letters of a foreign name in one word that is cut into syllables."""
_MAX_FORMS = 8
"""Greatest number of forms of a syllable of a foreign name that are tried, the most frequent
ones."""


class _Name(NamedTuple):
    """A written form of a name in name_forms.tsv.

    Attributes
    ----------
    row : index of its row in `_rows`.
    is_ambiguous : True if it is also an everyday word.
    is_other_name : True if it is another name of the place, not another spelling.
    """

    row: int
    is_ambiguous: bool
    is_other_name: bool


def find_name(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the name that begins at syllable `at` if it has several written forms, or None.

    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    gaps : for each syllable, the text between it and the one before; "" for the first.
    """
    return (
        _longer_name(syllables, at)
        or _listed_name(syllables, at, lexicon)
        or _kind_of_place(syllables, gaps, at, lexicon)
        or _foreign_name(syllables, gaps, at, lexicon)
    )


def _longer_name(syllables: Sequence[Syllable], at: int) -> Entity | None:
    """Return a name of longer_names.txt as an entity of one written form, or None.

    Such a name contains that of a place without meaning it: Thái Bình Dương, the Pacific, contains
    Thái Bình.
    """
    for terms, _ in _longer_names().matches_at(syllables, at):
        end = at + len(terms)
        return Entity(at, end, (SurfaceForm(tuple(range(at, end))),))
    return None


def _listed_name(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the name of name_forms.tsv that begins at syllable `at`, or None.

    "nước" ("country") before a name belongs to it.
    """
    if syllables[at].term == "nước" and at + 1 < len(syllables):
        country = _listed_name(syllables, at + 1, lexicon)
        if country is None:
            return None
        as_typed = SurfaceForm(tuple(range(at, country.end)))
        return replace(country, start=at, surface_forms=(as_typed, *country.surface_forms[1:]))
    found = list(_names().matches_at(syllables, at))
    # Đăk Lăk may also be Đắk Lắk with marks left out: the form as typed comes first.
    found.sort(key=lambda entry: (-len(entry[0]), not _is_typed_so(syllables, at, entry[0])))
    for terms, name in found:
        end = at + len(terms)
        if not _is_meant(syllables, at, terms, name):
            continue
        named_after = is_named_after(syllables, at)
        forms = [
            form
            for written, other in _rows()[name.row]
            if not (named_after and (name.is_other_name or other.is_other_name))
            for form in _sought(written, other)
        ]
        typed = tuple(syllable.term for syllable in syllables[at:end])
        # Marks may be missing: then the other written forms count on the rungs that allow for it.
        condition = tuple(
            (at + n, term)
            for n, (term, other) in enumerate(zip(terms, typed, strict=True))
            if term != other
        )
        entity = variant_entity(syllables, at, end, [terms, *_shortest(forms)], lexicon)
        if entity is None:
            continue
        as_typed, *others = entity.surface_forms
        return Entity(
            at,
            end,
            (as_typed, *(SurfaceForm(form.slots, condition) for form in others)),
            synonyms=() if condition else entity.synonyms,
            name_terms=tuple(enumerate(terms, at)),
        )
    return None


def _shortest(forms: Sequence[Terms]) -> list[Terms]:
    """Return the forms, in order, without those that contain another one.

    A document with the longer one (Karl Marx) has the other (Marx), too.
    """
    written = [f" {' '.join(form)} " for form in forms]
    return [
        form
        for form, text in zip(forms, written, strict=True)
        if not any(other in text for other in written if other != text)
    ]


def _is_typed_so(syllables: Sequence[Syllable], at: int, terms: Terms) -> bool:
    return all(syllable.term == term for syllable, term in zip(syllables[at:], terms, strict=False))


def _is_meant(syllables: Sequence[Syllable], at: int, terms: Terms, name: _Name) -> bool:
    """True if the syllables from index `at` on mean the name, not an everyday word or a part of
    another name.

    Capitalised after a surname, they mean a person. A name of several syllables that is also in
    pyvi's dictionary needs a capital in any of them. A name of one syllable that is not Vietnamese
    is always meant. One of a Vietnamese syllable must be typed with all its marks. After a word of
    _SAYS_COUNTRY it is then meant; elsewhere it must have a capital if it is ambiguous, make no
    word of pyvi's dictionary with a neighbour, and have no capitalised Vietnamese syllable after it
    and no capitalised one before it, except the first of the query text.
    """
    end = at + len(terms)
    typed = syllables[at:end]
    if at and key(syllables[at - 1].restored.term) in surnames() and typed[0].is_capitalized:
        return False
    if len(terms) > 1:
        return not in_dictionary(terms) or any(each.is_capitalized for each in typed)
    (syllable,) = typed
    if not is_syllable(syllable.term):
        return True
    if syllable.term != terms[0]:
        return False
    if _follows(syllables, at, _says_country()):
        return True
    if name.is_ambiguous and not syllable.is_capitalized:
        return False
    before, after = syllables[max(at - 1, 0) : at], syllables[end : end + 1]
    if any(each.is_capitalized and is_syllable(each.term) for each in after):
        return False
    if any(each.is_capitalized and at - 1 for each in before):
        return False
    return not any(
        in_dictionary([each.restored.term for each in pair])
        for pair in ((*before, syllable), (syllable, *after))
        if len(pair) > 1
    )


def is_named_after(syllables: Sequence[Syllable], at: int) -> bool:
    """True if the word before syllable `at` is something named after a place: a river, a street, a
    battle, a team (_NAMED_AFTER)."""
    return _follows(syllables, at, _named_after())


def _follows(syllables: Sequence[Syllable], at: int, words: PhraseDictionary[None]) -> bool:
    """True if one of `words`, of three syllables at most, ends directly before syllable `at`."""
    return any(
        start + len(terms) == at
        and all(syllables[start + n].restored.term == term for n, term in enumerate(terms))
        for start in range(max(at - 3, 0), at)
        for terms, _ in words.matches_at(syllables, start)
    )


def _sought(written: Terms, name: _Name) -> Iterator[Terms]:
    """Yield the sequences of terms to search for one written form of a name.

    That is the written form itself or, if it is also an everyday word (`name.is_ambiguous`), only
    the written form after each entry of _SAYS_COUNTRY: "nước Mỹ".
    """
    if not name.is_ambiguous:
        yield written
        return
    for before in map(terms_in, _SAYS_COUNTRY):
        yield (*before, *written)


def _kind_of_place(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the kind of a place, in short or in full, with the number or name after it, as an
    entity with the other way to write the kind; or None."""
    joined = _NUMBERED.fullmatch(syllables[at].term)
    if joined:
        if at + 1 < len(syllables) and _YEAR.fullmatch(syllables[at + 1].term):
            return None  # a quarter of a year
        short, number = joined.groups()
        forms = [(short, number), (*_KINDS[short], number)]
        return variant_entity(syllables, at, at + 1, forms, lexicon)
    for short, kind in _kinds_by_first().get(syllables[at].term, ()):
        is_short = syllables[at].term == short
        start = at + (1 if is_short else len(kind))
        if start >= len(syllables):
            continue
        if is_short:
            dotted = gaps[start].strip() == "."
            if not dotted and not (syllables[at].typed[0].isupper() and gaps[start].isspace()):
                continue
        elif tuple(each.term for each in syllables[at:start]) != kind:
            continue
        if syllables[start].term.isdigit():
            if short not in _NUMBERED_KINDS or len(syllables[start].term) > 2:
                continue
            number = syllables[start].term
            others = [(short, number), (*kind, number), (short + number,)]
            return variant_entity(syllables, at, start + 1, others, lexicon)
        end = _capitalized_end(syllables, gaps, start)
        if end == start:
            continue
        other = kind if is_short else (short,)
        if not all(map(lexicon.frequency, other)):
            continue
        name = tuple(range(start, end))
        return Entity(
            at,
            end,
            (
                SurfaceForm(tuple(range(at, end))),
                SurfaceForm((*((term,) for term in other), *name)),
            ),
        )
    return None


def _capitalized_end(syllables: Sequence[Syllable], gaps: Sequence[str], start: int) -> int:
    """Return the index after the capitalised syllables from `start` on, with spaces between them;
    `start` if there is none, at most _MAX_NAME_SYLLABLES more."""
    end = start
    while (
        end < min(len(syllables), start + _MAX_NAME_SYLLABLES)
        and syllables[end].is_capitalized
        and (end == start or gaps[end].isspace())
    ):
        end += 1
    return end


def _foreign_name(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the foreign name from syllable `at` on whose syllables are joined by hyphens or
    written as one word, with the other written forms that the index has; or None."""
    if not syllables[at].term.isalpha() or syllables[at].typed.isupper():
        return None  # in capitals, it is an abbreviation
    end = at + 1
    while end < len(syllables) and gaps[end] == "-" and syllables[end].term.isalpha():
        end += 1
    if end > at + 1:
        typed = syllables[at:end]
        if not typed[0].typed[0].isupper() and all(is_syllable(each.term) for each in typed):
            return None
        joined = "".join(each.term for each in typed)
        forms = [(term,) for term in lexicon.variants(fold(joined))]
        return variant_entity(syllables, at, end, forms, lexicon)
    term = syllables[at].term
    if is_syllable(term) or not _MIN_JOINED_LENGTH <= len(term) <= _MAX_JOINED_LENGTH:
        return None
    return variant_entity(syllables, at, end, _split(term, lexicon), lexicon)


def _split(term: str, lexicon: Lexicon) -> Iterator[Terms]:
    """Yield the ways to cut a foreign name into two syllables that the index has side by side; if
    there are none, those into three."""
    for count in (1, 2):
        found = False
        for cuts in combinations(range(1, len(term)), count):
            bounds = [0, *cuts, len(term)]
            parts = [term[a:b] for a, b in pairwise(bounds)]
            forms = [lexicon.variants(fold(part))[:_MAX_FORMS] for part in parts]
            if all(forms):
                for path in _side_by_side(forms, lexicon):
                    found = True
                    yield path
        if found:
            return


def _side_by_side(forms: Sequence[Sequence[str]], lexicon: Lexicon) -> Iterator[Terms]:
    """Yield the sequences, of one form of each part, whose neighbours mostly stand side by side in
    the index (_MIN_JOINT_SHARE)."""
    paths: list[Terms] = [(form,) for form in forms[0]]
    for following in forms[1:]:
        ends = [path[-1] for path in paths]
        together = lexicon.pair_frequencies(ends, list(following))
        alone = np.minimum.outer(
            np.array(list(map(lexicon.frequency, ends))),
            np.array(list(map(lexicon.frequency, following))),
        )
        rows, columns = np.nonzero((together > 0) & (together >= _MIN_JOINT_SHARE * alone))
        paths = [
            (*paths[a], following[b]) for a, b in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
    yield from paths


@cache
def _kinds_by_first() -> Mapping[str, Sequence[tuple[str, Terms]]]:
    """Return first term of a kind of place, in short or in full → (short form, terms) of the kinds
    that begin so. Built once."""
    found: dict[str, list[tuple[str, Terms]]] = {}
    for short, kind in _KINDS.items():
        found.setdefault(short, []).append((short, kind))
        found.setdefault(kind[0], []).append((short, kind))
    return found


@cache
def _rows() -> Sequence[Sequence[tuple[Terms, _Name]]]:
    """Return the rows of name_forms.tsv: (terms, _Name) of each form of one name. Read once."""
    text = files("indexer.query.entities").joinpath("name_forms.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    return [
        [
            (
                terms_in(written.lstrip(_AMBIGUOUS + _OTHER_NAME)),
                _Name(row, written[0] == _AMBIGUOUS, written[0] == _OTHER_NAME),
            )
            for written in line.split("\t")
        ]
        for row, line in enumerate(lines)
    ]


@cache
def _names() -> PhraseDictionary[_Name]:
    return PhraseDictionary(entry for row in _rows() for entry in row)


@cache
def _longer_names() -> PhraseDictionary[None]:
    text = files("indexer.query.entities").joinpath("longer_names.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and line[0] != "#")
    return PhraseDictionary((terms_in(line), None) for line in lines)


@cache
def _named_after() -> PhraseDictionary[None]:
    return PhraseDictionary((terms_in(words), None) for words in _NAMED_AFTER)


@cache
def _says_country() -> PhraseDictionary[None]:
    return PhraseDictionary((terms_in(words), None) for words in _SAYS_COUNTRY)
