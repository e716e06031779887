"""Laws of URL parameters: `parse` inverts `build`, and values out of bounds are rejected."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import FACET_NAMES, RequestError, SearchRequest, Sort
from search_ui.http.links import Links, toggled
from search_ui.http.params import MAX_PAGE, MAX_SIZE, MAX_TEXT, MAX_VALUE, build, parse

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
names = st.sampled_from(
    ["q", "page", "size", "sort", "exact", "from", "to", "grouped", "copies", "x", *FACET_NAMES]
)


@st.composite
def dates(draw: st.DrawFn, first: int, last: int) -> str | None:
    """Draw a date of any precision in ISO 8601, or None."""
    day = draw(st.dates(date(first, 1, 1), date(last, 12, 31))).isoformat()
    return draw(st.sampled_from([None, day, day[:7], day[:4]]))


requests = st.builds(
    SearchRequest,
    date_from=dates(1500, 1899),
    date_to=dates(1900, 2099),
    text=texts,
    page=st.integers(1, MAX_PAGE),
    size=st.integers(1, MAX_SIZE),
    sort=st.sampled_from(Sort),
    exact=st.booleans(),
    grouped=st.booleans(),
    copies_of=texts,
    filters=st.dictionaries(
        st.sampled_from(FACET_NAMES),
        st.lists(texts.filter(bool), min_size=1, max_size=4, unique=True).map(tuple),
        max_size=4,
    ),
)


@settings(deadline=None)
@given(requests)
def test_what_is_built_is_read_back(request: SearchRequest) -> None:
    assert parse(build(request)) == request


@settings(deadline=None)
@given(requests)
def test_the_url_of_a_request_is_parsed_to_the_same_request(request: SearchRequest) -> None:
    query = urlsplit(Links().search(request)).query
    assert parse(parse_qsl(query, keep_blank_values=True)) == request


@settings(deadline=None)
@given(requests, st.sampled_from(FACET_NAMES), texts.filter(bool))
def test_toggling_twice_changes_nothing_but_the_page(
    request: SearchRequest, facet: str, value: str
) -> None:
    once = toggled(request, facet, value)
    assert (value in once.filters.get(facet, ())) != (value in request.filters.get(facet, ()))
    twice = toggled(once, facet, value)
    assert twice.page == 1
    if facet != "year":  # its months go with it: see below
        assert {k: set(v) for k, v in twice.filters.items()} == {
            k: set(v) for k, v in request.filters.items()
        }


@given(requests, st.integers(1990, 2030), st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_removing_a_year_removes_its_months(
    request: SearchRequest, year: int, months: set[int], others: set[int]
) -> None:
    def named(year: int, months: set[int]) -> tuple[str, ...]:
        return tuple(f"{year}-{month:02d}" for month in sorted(months))

    filters = {**request.filters, "year": (str(year), str(year + 1))}
    filters["month"] = named(year, months) + named(year + 1, others)
    left = toggled(replace(request, filters=filters), "year", str(year)).filters
    assert left.get("month", ()) == named(year + 1, others)
    assert left["year"] == (str(year + 1),)
    rest = request.filters.keys() - {"year", "month"}
    assert {k: left[k] for k in rest} == {k: request.filters[k] for k in rest}


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.text(max_size=20) | st.sampled_from(["1", "oldest", "on"]))))
def test_any_pairs_are_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(RequestError):
        assert parse(build(parse(pairs))) == parse(pairs)


@settings(deadline=None)
@given(requests, st.sampled_from(FACET_NAMES), texts.filter(bool))
def test_chooser_and_toggle_give_the_same_url(
    request: SearchRequest, facet: str, value: str
) -> None:
    if value not in request.filters.get(facet, ()):
        assert Links().chooser(request, facet)(value) == Links().toggle(request, facet, value)


@given(requests, st.integers(1, MAX_PAGE), st.sampled_from(Sort), st.booleans())
def test_other_pages_and_orders_have_the_address_of_their_search(
    request: SearchRequest, page: int, sort: Sort, exact: bool
) -> None:
    other = Links().others(request)
    wanted = replace(request, page=page, sort=sort, exact=exact)
    assert other(page, sort, exact, "x") == Links().search(wanted, "x")
    assert other() == Links().search(replace(request, page=1))


def test_defaults_are_left_out_of_the_url() -> None:
    assert build(SearchRequest()) == ()
    assert build(SearchRequest(size=20), page_size=20) == ()
    assert parse([], page_size=20) == SearchRequest(size=20)


@pytest.mark.parametrize(
    "query",
    ["utm=x", "q=&page=&size=&sort=&exact=", "facet=1&__proto__=2", "Year=2021", "year="],
)
def test_unknown_and_empty_parameters_are_ignored(query: str) -> None:
    assert parse(parse_qsl(query, keep_blank_values=True)) == SearchRequest()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "1001"),
        ("page", "-1"),
        ("page", "1.0"),
        ("page", "một"),
        ("page", "²"),
        ("page", "1_0"),
        ("page", "9" * 5000),
        ("size", "0"),
        ("size", "101"),
        ("sort", "random"),
        ("exact", "có"),
        ("q", "a" * (MAX_TEXT + 1)),
        ("year", "2" * (MAX_VALUE + 1)),
    ],
)
def test_what_is_out_of_bounds_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse([(name, value)])
    assert repr(name) in caught.value.message
    assert caught.value.hint
    assert f"“{name}”" in caught.value.page_message


def test_too_many_filters_are_refused() -> None:
    with pytest.raises(RequestError):
        parse([("person", str(number)) for number in range(51)])


def test_a_filter_value_as_long_as_a_paragraph_is_taken() -> None:
    assert MAX_VALUE == 2_000
    value = "2" * MAX_VALUE
    assert parse([("year", value)]).filters == {"year": (value,)}


def test_the_longest_query_is_taken() -> None:
    text = "đ" * MAX_TEXT
    assert parse(parse_qsl(urlencode({"q": text}))).text == text


@pytest.mark.parametrize("document_id", ["a/b", "/etc/passwd", "../x", "..", ".", "a?b#c", "đ%2F"])
def test_the_address_of_a_document_is_one_step_of_a_path(document_id: str) -> None:
    url = Links().document(document_id, SearchRequest("dân vận"))
    parts = urlsplit(url)
    assert parts.path.count("/") == 2
    assert not parts.path.endswith(("/.", "/.."))
    assert ("q", "dân vận") in parse_qsl(parts.query)
