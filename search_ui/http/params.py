"""Convert between the query string of a URL and a SearchRequest.

Law: `parse(build(request)) == request` for every request within the limits below. Parameters with
their default are left out of URLs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from indexer import (
    BUILT_IN,
    FACET_NAMES,
    MAX_PAGE,
    MAX_SIZE,
    FacetKind,
    FacetSchema,
    RequestError,
    SearchRequest,
    Sort,
    in_url_order,
    is_own_facet,
    is_reversed,
    is_reversed_range,
    parse_range_date,
    parse_range_number,
)
from search_ui.http.i18n import say

Pairs = tuple[tuple[str, str], ...]
"""(name, value) pairs in the order of the URL; a name may occur more than once."""

MAX_TEXT = 1_000  # the engine reads 64 syllables; every link of a page repeats the text
MAX_CHOSEN = 50
MAX_VALUE = 2_000  # a paragraph; one of each facet must fit into the header of a request
MAX_ID = 2_000

_WHOLE = re.compile(r"[0-9]{1,9}")  # not str.isdigit: "²" and "١" are digits to Python
FLAGS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a parameter of the URL must be, in words.

    Attributes
    ----------
    wanted : English phrase that completes the message "Parameter … must be …" of the API.
    vietnamese : Vietnamese phrase that completes "Tham số … phải …" on the page.
    example : a valid parameter with its name.
    """

    wanted: str
    vietnamese: str
    example: str


TEXT = Rule(
    f"at most {MAX_TEXT} characters long",
    "dài không quá 1.000 ký tự",
    "q=dân vận",
)
PAGE = Rule(f"a whole number from 1 to {MAX_PAGE}", "là một số nguyên từ 1 đến 1.000", "page=1")
SIZE = Rule(f"a whole number from 1 to {MAX_SIZE}", "là một số nguyên từ 1 đến 100", "size=10")
SORT = Rule(
    "one of relevance, newest, oldest, title",
    "là một trong các cách sắp xếp: relevance, newest, oldest, title",
    "sort=newest",
)
EXACT = Rule("1 or 0", "là 1 hoặc 0", "exact=1")
EXPLAIN = Rule("1 or 0", "là 1 hoặc 0", "explain=1")
GROUPED = Rule("1 or 0", "là 1 hoặc 0", "grouped=0")
COPIES = Rule(
    f"at most {MAX_ID} characters long", "dài không quá 2.000 ký tự", "copies=000_kien-giang"
)
DATE = Rule(
    "a date such as 2010, 3/2010 or 15/3/2010, from 1500 to 2099",
    "là một ngày như 2010, 3/2010 hoặc 15/3/2010, từ năm 1500 đến năm 2099",
    "from=2010",
)
NUMBER = Rule(
    "a number such as 1200 or 1.234,5 (a comma before the decimals)",
    "là một số như 1200 hoặc 1.234,5",
    "field.so_trang.from=1200",
)
FROM, TO = ".from", ".to"
"""What the names of the parameters for a range of an own facet end in: "field.so_trang.from"."""
CITATION_FORMAT = Rule("one of bib, ris", "là bib hoặc ris", "dang=bib")
FILTER = Rule(
    f"at most {MAX_VALUE} characters long, and of each name at most {MAX_CHOSEN} may be chosen",
    "dài không quá 2.000 ký tự, và mỗi tên không quá 50 điều kiện lọc",
    "year=2021",
)


class BadParameter(RequestError):
    """A parameter of the URL breaks its rule; answered with 400.

    The message is in English, `page_message` in the language of the page; `example` is a valid
    parameter.
    """

    def __init__(self, name: str, rule: Rule) -> None:
        super().__init__(f"Parameter {name!r} must be {rule.wanted}.", f"Example: {rule.example}")
        sentence = "Tham số “{name}” trong địa chỉ phải {wanted}."
        self.page_message = say(sentence, name=name, wanted=say(rule.vietnamese))
        self.example = rule.example


def parse(
    pairs: Iterable[tuple[str, str]], page_size: int = 10, schema: FacetSchema = BUILT_IN
) -> SearchRequest:
    """Return the request for which a URL asks.

    Unknown names are ignored. Of a repeated name, the first value counts; only filters may have
    several. An empty value counts as absent, because untouched form fields send one. The ends of a
    reversed range are exchanged. Raises BadParameter if a value breaks its rule.

    Parameters
    ----------
    pairs : (name, value) pairs of the query string, decoded.
    page_size : number of hits per page if the URL states none.
    schema : the facets of the archive; some of its own have ranges.
    """
    first: dict[str, str] = {}
    given: dict[str, list[str]] = {}
    ends = _range_parameters(schema)
    for name, value in pairs:
        if name in ends:
            if value.strip():
                first.setdefault(name, value)
        elif name in FACET_NAMES or is_own_facet(name):
            given.setdefault(name, []).append(value)
        elif value:
            first.setdefault(name, value)
    for name, values in given.items():
        if len(values) > MAX_CHOSEN or any(len(value) > MAX_VALUE for value in values):
            raise BadParameter(name, FILTER)
    date_from, date_to = _date("from", first.get("from")), _date("to", first.get("to"))
    if is_reversed(date_from, date_to):  # what is meant is plain, and the boxes show it
        date_from, date_to = date_to, date_from
    return SearchRequest(
        text=_text(first.get("q", "")),
        page=_whole("page", first.get("page", "1"), MAX_PAGE, PAGE),
        size=_whole("size", first["size"], MAX_SIZE, SIZE) if "size" in first else page_size,
        sort=_sort(first.get("sort", Sort.RELEVANCE)),
        exact=_flag("exact", first.get("exact", "0"), EXACT),
        filters={
            name: chosen
            for name in in_url_order(given)
            if (chosen := tuple(dict.fromkeys(filter(None, given[name]))))
        },
        grouped=_flag("grouped", first.get("grouped", "1"), GROUPED),
        copies_of=_id(first.get("copies", "")),
        date_from=date_from,
        date_to=date_to,
        ranges=_ranges(first, ends),
    )


def parse_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Return only the query text of a URL, or "".

    Raises BadParameter if it has more than MAX_TEXT characters.
    """
    return _text(next((value for name, value in pairs if name == "q" and value), ""))


def parse_explain(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return True if a URL of the API asks for explanations.

    Raises BadParameter if the value of `explain` is neither 1 nor 0.
    """
    value = next((value for name, value in pairs if name == "explain" and value), "0")
    return _flag("explain", value, EXPLAIN)


def build(request: SearchRequest, page_size: int = 10) -> Pairs:
    """Return the (name, value) pairs of the URL of `request`, always in the same order.

    Values that are the default are left out, and so is a size equal to `page_size`.
    """
    pairs = [("q", request.text)] if request.text else []
    filters = request.filters
    if filters:
        pairs += [(name, value) for name in in_url_order(filters) for value in filters[name]]
    pairs += [
        (name, date)
        for name, date in (("from", request.date_from), ("to", request.date_to))
        if date is not None
    ]
    # With a comma, the point of a number is not taken for one between thousands.
    pairs += [
        (facet + end, value.replace(".", ","))
        for facet, ends in sorted(request.ranges.items())
        for end, value in zip((FROM, TO), ends, strict=True)
        if value is not None
    ]
    if request.copies_of:
        pairs.append(("copies", request.copies_of))
    if not request.grouped:
        pairs.append(("grouped", "0"))
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("sort", request.sort.value))
    if request.exact:
        pairs.append(("exact", "1"))
    if request.page != 1:
        pairs.append(("page", str(request.page)))
    if request.size != page_size:
        pairs.append(("size", str(request.size)))
    return tuple(pairs)


def text_parameter(name: str, value: str) -> str:
    """Return the value of a parameter that is a query text. Raises BadParameter if it is too
    long."""
    if len(value) > MAX_TEXT:
        raise BadParameter(name, TEXT if name == "q" else replace(TEXT, example=f"{name}=dân vận"))
    return value


def _text(value: str) -> str:
    return text_parameter("q", value)


def _id(value: str) -> str:
    if len(value) > MAX_ID:
        raise BadParameter("copies", COPIES)
    return value


def _date(name: str, value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    date = parse_range_date(value[:MAX_VALUE])
    if date is None:
        own = replace(DATE, example=f"{name}=2010")
        raise BadParameter(name, own if is_own_facet(name) else DATE)
    return date


def _range_parameters(schema: FacetSchema) -> dict[str, tuple[str, FacetKind]]:
    """Return name of a parameter for an end of a range → (name of the facet, its kind)."""
    return {
        facet.name + end: (facet.name, facet.kind)
        for facet in schema.facets
        if facet.kind.has_ranges
        for end in (FROM, TO)
    }


def _ranges(
    given: Mapping[str, str], names: Mapping[str, tuple[str, FacetKind]]
) -> dict[str, tuple[str | None, str | None]]:
    """Return the ranges of own facets in a URL, in the order of their names.

    `given` maps names of parameters to their values, `names` is of `_range_parameters`.
    """
    found: dict[str, tuple[str | None, str | None]] = {}
    for facet, kind in sorted({names[name] for name in given.keys() & names.keys()}):
        first, last = (_range_end(facet + end, given.get(facet + end), kind) for end in (FROM, TO))
        found[facet] = (last, first) if is_reversed_range(first, last, kind) else (first, last)
    return found


def _range_end(name: str, value: str | None, kind: FacetKind) -> str | None:
    if kind is not FacetKind.NUMBER:
        return _date(name, value)
    if value is None:
        return None
    number = parse_range_number(value[:MAX_VALUE])
    if number is None:
        raise BadParameter(name, replace(NUMBER, example=f"{name}=1200"))
    return number


def _whole(name: str, value: str, most: int, rule: Rule) -> int:
    if not _WHOLE.fullmatch(value) or not 1 <= int(value) <= most:
        raise BadParameter(name, rule)
    return int(value)


def _sort(value: str) -> Sort:
    try:
        return Sort(value)
    except ValueError:
        raise BadParameter("sort", SORT) from None


def _flag(name: str, value: str, rule: Rule) -> bool:
    if value not in FLAGS:
        raise BadParameter(name, rule)
    return FLAGS[value]
