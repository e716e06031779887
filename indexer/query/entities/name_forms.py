"""Find names with several written forms: places, countries, foreign names.

    TP.HCM · TPHCM · thành phố Hồ Chí Minh        Đắk Lắk · Đăk Lăk · Daklak        Úc · Australia
    Pu-tin · Putin        Mát-xcơ-va · Matxcơva · Moskva        Q.1 · quận 1        H. Củ Chi

Most come from name_forms.tsv. Beyond it, the syllables of a foreign name may be joined by hyphens,
written as one, or spaced, and the kind of a place may be abbreviated. A document matches by any of
the written forms that the index has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, has_marks, terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.documents.text.honorifics import surnames
from indexer.documents.text.text_keys import key
from indexer.query.entities.dictionary import HasTerm, PhraseDictionary, Terms
from indexer.query.entities.foreign_names import find_foreign_name
from indexer.query.entities.number_forms import variant_entity
from indexer.query.entities.place_kinds import find_kind_of_place
from indexer.query.model import Entity, SurfaceForm, Surroundings, Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

_AMBIGUOUS, _OTHER_NAME = "~", "+"
"""Signs before a written form in name_forms.tsv: "~" if it is also an everyday word, "+" if it is a
different name of the place, not a different spelling."""

_NAMED_AFTER = (
    "sông", "cảng", "cầu", "đường", "phố", "báo", "clb", "câu lạc bộ", "bệnh viện", "khách sạn",
    "trường", "đại học", "hãng", "công ty", "tổng công ty", "bia", "chợ", "nhà hát", "núi", "hồ",
    "vịnh", "ga", "trận", "chiến thắng", "chiến dịch", "ngân hàng", "đội", "đội bóng", "rạp",
    "sân bay",
)  # fmt: skip
"""Words for things that are named after places (river, bridge, newspaper, battle …). After one of
them, the name of a place does not mean the place: sông Sài Gòn is a river."""
_ALSO_ENDINGS = ("đường", "phố", "trường", "đội")
"""Those of them with which other words end: thành phố Sài Gòn, thị trường Sài Gòn."""

_SAYS_COUNTRY = ("nước", "người", "tiếng", "quân", "chính phủ", "tuyển", "đội tuyển", "tổng thống",
                 "thủ tướng")  # fmt: skip
"""Words after which an everyday word (đức, anh) is the name of a country. The name of a country is
looked for after each of them, too."""
_TAKES_COUNTRY = (
    *_SAYS_COUNTRY, "vương quốc", "cộng hoà", "quốc vương", "vua", "nữ hoàng", "hoàng hậu",
    "hoàng tử", "hoàng gia", "ngoại trưởng", "đại sứ", "đại sứ quán", "lãnh sự quán", "quốc hội",
    "thượng viện", "quân đội", "hải quân", "không quân", "lính",
)  # fmt: skip
"""_SAYS_COUNTRY, and rarer words with the same effect: heads of states, offices, forces (quốc vương
Anh, đại sứ Đức)."""


_MIN_EXPLANATIONS = 2
"""Least number of documents that must give a foreign name and its transliteration: one may err."""

_learned_of_lexicon: WeakKeyDictionary[Lexicon, PhraseDictionary[Terms]] = WeakKeyDictionary()
"""Lexicon → the result of `_learned_names`; freed with the lexicon."""


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
        or _learned_name(syllables, at, lexicon)
        or find_kind_of_place(syllables, gaps, at, lexicon)
        or find_foreign_name(syllables, gaps, at, lexicon)
        or _part_of_longer_name(syllables, at)
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


def outside_longer_names(entity: Entity, syllables: Sequence[Syllable]) -> Entity:
    """Return the entity with surface forms that do not count within a name of longer_names.txt.

    A page about Thái Bình Dương, the Pacific, is none about Thái Bình.
    """
    forms = []
    for form in entity.surface_forms:
        terms = (
            syllables[slot].term if isinstance(slot, int) else slot[0] if len(slot) == 1 else ""
            for slot in form.slots
        )
        longer = _longer_than().get(tuple(map(fold, terms)), ())
        forms.append(replace(form, outside=(*form.outside, *longer)) if longer else form)
    return replace(entity, surface_forms=tuple(forms))


def _part_of_longer_name(syllables: Sequence[Syllable], at: int) -> Entity | None:
    """Return the place in a line of longer_names.txt that begins at syllable `at`, typed with all
    its marks, as an entity of one written form, or None. After a surname it is part of a person's
    name."""
    if at and key(syllables[at - 1].restored.term) in surnames():
        return None
    for place in _places_in_longer_names():
        end = at + len(place)
        if tuple(syllable.term for syllable in syllables[at:end]) == place:
            return Entity(at, end, (SurfaceForm(tuple(range(at, end))),))
    return None


def _listed_name(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the name of name_forms.tsv that begins at syllable `at`, or None.

    "nước" ("country") before a name belongs to it.
    """
    if syllables[at].term == "nước" and at + 1 < len(syllables):
        return _country(syllables, at, lexicon)
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
        other_names = {
            tuple((term,) for term in written)
            for written, other in _rows()[name.row]
            if other.is_other_name
        }
        others = [
            SurfaceForm(form.slots, condition, _after_things() if form.slots in other_names else ())
            for form in others
        ]
        return Entity(
            at,
            end,
            (as_typed, *others),
            synonyms=() if condition else entity.synonyms,
            name_terms=tuple(enumerate(terms, at)),
        )
    return None


def _learned_name(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the foreign name that begins at syllable `at`, if the archive explains it by its
    transliteration, or the other way round; or None."""
    for terms, other in _learned_names(lexicon).matches_at(syllables, at):
        if any(each.is_capitalized for each in syllables[at : at + len(terms)]) or not all(
            map(is_syllable, terms)
        ):
            return variant_entity(syllables, at, at + len(terms), [other], lexicon)
    return None


def _learned_names(lexicon: Lexicon) -> PhraseDictionary[Terms]:
    """Return a dictionary of the foreign names of an index that _MIN_EXPLANATIONS documents or more
    explain: terms → terms of the other form. Cached per lexicon."""
    found = _learned_of_lexicon.get(lexicon)
    if found is None:
        pairs = [
            (terms_in(name), terms_in(other))
            for name, counts in lexicon.learned.names.items()
            for other, count in counts.items()
            if count >= _MIN_EXPLANATIONS
        ]
        found = PhraseDictionary([*pairs, *((other, name) for name, other in pairs)])
        _learned_of_lexicon[lexicon] = found
    return found


def _country(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the name after "nước" at syllable `at`, with that word, or None.

    The name alone means the country, too, unless it is also an everyday word: "nước Nhật" is found
    as "Nhật", "nước Anh" not as "anh".
    """
    named = next(
        (
            (terms, name)
            for terms, name in _names().matches_at(syllables, at + 1)
            if _is_meant(syllables, at + 1, terms, name)
        ),
        None,
    )
    if named is None:
        return None
    terms, name = named
    end = at + 1 + len(terms)
    country = _listed_name(syllables, at + 1, lexicon)
    others = country.surface_forms[1:] if country else ()
    if not name.is_ambiguous:
        others = (SurfaceForm(tuple(range(at + 1, end))), *others)
    if not others:
        return None
    synonyms = country.synonyms if country else ()
    name_terms = tuple(enumerate(terms, at + 1))
    as_typed = SurfaceForm(tuple(range(at, end)))
    return Entity(at, end, (as_typed, *others), synonyms=synonyms, name_terms=name_terms)


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
    if syllable.restored.term != terms[0]:
        return False
    if _follows(syllables, at, _takes_country()):
        return True
    if syllable.term != terms[0]:
        return False
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


def countries_meant(items: Sequence[HasTerm], at: int) -> Sequence[str]:
    """Return the names of countries of one syllable that item `at` may be with marks missing, if a
    word of _TAKES_COUNTRY, also with marks missing, stands before it; else ().

    This is known before the marks are restored: "thu tuong uc" is the prime minister of Australia,
    not ức ("breast").
    """
    found = [
        country
        for country in _countries().get(fold(items[at].term), ())
        if is_compatible(items[at].term, country)
    ]
    before = (
        start + len(terms) == at
        for start in range(max(at - 3, 0), at)
        for terms, _ in _takes_country().matches_at(items, start)
    )
    return found if found and any(before) else ()


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


@cache
def _rows() -> Sequence[Sequence[tuple[Terms, _Name]]]:
    """Return the rows of name_forms.tsv: (terms, _Name) of each form of one name. Read once.

    A transliteration is a form in one word, too (Ăngghen for "Ăng ghen"). Its syllables after the
    first are in small letters, unlike those of a Sino-Vietnamese name (Ba Lê).
    """
    text = files("indexer.query.entities").joinpath("name_forms.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    rows: list[dict[Terms, _Name]] = []
    for row, line in enumerate(lines):
        forms: dict[Terms, _Name] = {}
        for entry in line.split("\t"):
            written = entry.lstrip(_AMBIGUOUS + _OTHER_NAME)
            forms[terms_in(written)] = _Name(row, entry[0] == _AMBIGUOUS, entry[0] == _OTHER_NAME)
            if any(syllable.islower() for syllable in written.split()[1:]):
                forms.setdefault(terms_in(written.replace(" ", "")), _Name(row, False, False))
        rows.append(forms)
    return [list(forms.items()) for forms in rows]


@cache
def _names() -> PhraseDictionary[_Name]:
    return PhraseDictionary(entry for row in _rows() for entry in row)


@cache
def _longer_names() -> PhraseDictionary[None]:
    return PhraseDictionary((longer, None) for longer, _ in _lines_of_longer_names())


@cache
def _longer_than() -> Mapping[Terms, tuple[Surroundings, ...]]:
    """Return folded terms of a place → what surrounds it in longer names. Read once."""
    found: dict[Terms, tuple[Surroundings, ...]] = {}
    for longer, places in _lines_of_longer_names():
        for place in places:
            start = next(at for at in range(len(longer)) if longer[at : at + len(place)] == place)
            around = (
                tuple((term,) for term in longer[:start]),
                tuple((term,) for term in longer[start + len(place) :]),
            )
            folds = tuple(map(fold, place))
            found[folds] = (*found.get(folds, ()), around)
    return found


@cache
def _places_in_longer_names() -> Sequence[Terms]:
    """Return the places in the names of longer_names.txt, each once."""
    return [*dict.fromkeys(place for _, places in _lines_of_longer_names() for place in places)]


def _lines_of_longer_names() -> Iterator[tuple[Terms, Sequence[Terms]]]:
    """Yield (terms of the longer name, those of the places in it) of each line of
    longer_names.txt."""
    text = files("indexer.query.entities").joinpath("longer_names.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and line[0] != "#":
            longer, *places = line.split("\t")
            yield terms_in(longer), [*map(terms_in, places)]


@cache
def _after_things() -> tuple[Surroundings, ...]:
    """Return the surroundings of a place that follows a word of _NAMED_AFTER, except those of
    _ALSO_ENDINGS. The words of one syllable are one slot."""
    words = [terms_in(word) for word in _NAMED_AFTER if word not in _ALSO_ENDINGS]
    single = tuple(word[0] for word in words if len(word) == 1)
    longer = [tuple((term,) for term in word) for word in words if len(word) > 1]
    return (((single,), ()), *((word, ()) for word in longer))


@cache
def _named_after() -> PhraseDictionary[None]:
    return PhraseDictionary((terms_in(words), None) for words in _NAMED_AFTER)


@cache
def _takes_country() -> PhraseDictionary[None]:
    return PhraseDictionary((terms_in(words), None) for words in _TAKES_COUNTRY)


@cache
def _countries() -> Mapping[str, Sequence[str]]:
    """Return fold → the names of countries with that fold, of those that are one Vietnamese
    syllable with marks (úc, đức, mỹ)."""
    found: dict[str, list[str]] = {}
    for row in _rows():
        terms = [written[0] for written, _ in row if len(written) == 1]
        for term in filter(has_marks, filter(is_syllable, terms)):
            found.setdefault(fold(term), []).append(term)
    return found
