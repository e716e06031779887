"""Describe the addresses below /api/ in OpenAPI 3.1; tests validate answers against it."""

from __future__ import annotations

from typing import Any

from indexer import (
    FACET_NAMES,
    MAX_PAGE,
    MAX_SIZE,
    NO_PROFILE,
    ArchiveProfile,
    FieldType,
    OwnField,
    Rung,
    Sort,
    __version__,
    own_facet,
)
from search_ui.api import exports
from search_ui.http import params

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
RUNG: Schema = {"enum": [*Rung, None]}
RANGES: Schema = {
    "type": "array",
    "items": {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2},
    "description": "[start, end) in code points",
}


def record(**properties: Schema) -> Schema:
    """Return the schema of an object that must have these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def array(items: Schema) -> Schema:
    """Return the schema of an array of `items`."""
    return {"type": "array", "items": items}


QUERY = record(
    text=STRING,
    rung=RUNG,
    suggestion={"anyOf": [{"type": "null"}, record(text=STRING, url=STRING)]},
)
QUERY["properties"]["corrected"] = {
    "anyOf": [{"type": "null"}, record(**{"from": STRING, "to": STRING})],
    "description": "the hits are those of another text, because nothing matches the requested one",
}
SNIPPET = record(text=STRING, ranges=RANGES, start=COUNT, more_before=FLAG, more_after=FLAG)
COPY = record(id=STRING, title=STRING, url=STRING, fields={"type": "object"})
HIT = record(
    id=STRING, title=STRING, title_ranges=RANGES, url=STRING, score=NUMBER, rung=RUNG,
    fields={"type": "object"}, snippet=SNIPPET,
    copies=array(COPY), copy_count=COUNT, near_count=COUNT,
)  # fmt: skip
PART = record(text=STRING, kind=STRING, tf=NUMBER, weight=NUMBER, points=NUMBER)
EXPLAINED: Schema = {
    **HIT,
    "properties": {
        **HIT["properties"],
        "pinned": {
            **FLAG,
            "description": "true: the administrator put it first for this query text",
        },
        "explanation": {
            **record(reasons=array(STRING), parts=array(PART)),
            "description": "with explain=1: why it was found, and what its score is made of",
        },
    },
}
VALUE = record(value=STRING, label=STRING, count=COUNT, selected=FLAG)
FACET = record(name=STRING, label=STRING, values=array(VALUE))
RESULTS = record(
    query=QUERY, total=COUNT, distinct=COUNT, incomplete=FLAG, took_ms=NUMBER, page=COUNT,
    size=COUNT, sort={"enum": [*Sort]}, hits=array(EXPLAINED), facets=array(FACET),
)  # fmt: skip
EXPORT = record(query=QUERY, total=COUNT, hits=array(HIT))
COPIES = record(exact=array(COPY), near=array(COPY), exact_count=COUNT, near_count=COUNT)
DOCUMENT = record(id=STRING, title=STRING, text=STRING, copies=COPIES, fields={"type": "object"})
SUGGESTIONS = record(query=STRING, suggestions=array(STRING))
PROBLEM = record(error=record(code=STRING, message=STRING, hint=STRING))


_DAYS = (
    "(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?",
    "(0[13-9]|1[0-2])-(29|30)",
    "(0[13578]|1[02])-31",
)
_LEAP_YEAR = "(1[5-9]|20)(0[48]|[2468][048]|[13579][26])|(16|20)00"
DATE: Schema = {
    "type": "string",
    # Vietnamese written forms (15/3/2010) are read too; programs need only one.
    "pattern": f"^((1[5-9]|20)[0-9]{{2}}(-({'|'.join(_DAYS)}))?|({_LEAP_YEAR})-02-29)?$",
}
"""Schema of a day, month or year from 1500 to 2099 in ISO 8601, or "", which an untouched form
field sends."""
DECIMAL: Schema = {
    "type": "string",
    # Dots and spaces between thousands are read too; a dot before three digits is one of them.
    "pattern": "^([+-]?[0-9]{1,15}(,[0-9]{1,9})?)?$",
}
"""Schema of a number with a comma before the decimals, as Vietnamese writes it, or ""."""
_PRECISION = "a year, month or day; reversed ends are swapped"


_ADMIN_PROBLEMS = ("400", "401", "403")


def document(root: str = "", profile: ArchiveProfile = NO_PROFILE) -> dict[str, Any]:
    """Return the OpenAPI document of an archive as a dict that can be written as JSON.

    `root` is the path at which the app is mounted, `profile` what the archive says of itself.
    """
    search = (
        *SEARCH,
        *(_filter(own_facet(own.key), own.label_en) for own in profile.fields),
        *(end for own in profile.fields for end in _ends(own)),
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": profile.name or "Tra Cứu",
            "version": __version__,
            "description": profile.description or "Full-text search for Vietnamese archives.",
            **({"contact": {"name": profile.contact}} if profile.contact else {}),
        },
        "servers": [{"url": root or "/"}],
        "paths": {
            "/api/search": _get("Search", RESULTS, *search, EXPLAIN),
            "/api/suggest": _get("Completions of what is being typed", SUGGESTIONS, TEXT),
            "/api/documents/{id}": _get(
                "One document",
                DOCUMENT,
                {"name": "id", "in": "path", "required": True, "schema": STRING},
                problems=("404",),
            ),
            "/api/export.json": _get(f"The first {exports.MOST} hits", EXPORT, *search),
            "/api/export.csv": _get(
                f"The first {exports.MOST} hits", STRING, *search, media="text/csv"
            ),
            "/api/export-all.csv": _get(
                "All hits, for the administrator",
                STRING,
                *search,
                media="text/csv",
                problems=_ADMIN_PROBLEMS,
            ),
            "/api/export-all.jsonl": _get(
                "All documents found, one a line, for the administrator",
                STRING,
                *search,
                media="application/jsonl",
                problems=_ADMIN_PROBLEMS,
            ),
        },
    }


def _parameter(name: str, schema: Schema, about: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": about, "schema": schema, **more}


def _filter(name: str, of: str = "") -> dict[str, Any]:
    values = {
        "type": "array",
        "items": {"type": "string", "maxLength": params.MAX_VALUE},
        "maxItems": params.MAX_CHOSEN,
    }
    about = f"{of}: " if of else ""
    about += "chosen values, each of them an alternative"
    return _parameter(name, values, about, style="form", explode=True)


def _ends(own: OwnField) -> list[dict[str, Any]]:
    """Return the parameters for a range of an own field; none for one that is no number or date."""
    if own.type not in (FieldType.NUMBER, FieldType.DATE):
        return []
    schema, precision = (DECIMAL, "") if own.type is FieldType.NUMBER else (DATE, f", {_PRECISION}")
    return [
        _parameter(own_facet(own.key) + end, schema, f"{own.label_en}: {which} value{precision}")
        for end, which in ((params.FROM, "first"), (params.TO, "last"))
    ]


def _whole(most: int) -> Schema:
    """Return the schema of a number from 1 to `most`, or "", which an untouched form field
    sends."""
    return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": most}, {"const": ""}]}


EXPLAIN = _parameter(
    "explain", {"type": "string", "enum": [*params.FLAGS, ""]}, "1: why, of each hit"
)
TEXT = _parameter("q", {"type": "string", "maxLength": params.MAX_TEXT}, "the query text")
SEARCH = (
    TEXT,
    _parameter("page", _whole(MAX_PAGE), "from 1"),
    _parameter("size", _whole(MAX_SIZE), "hits"),
    _parameter("sort", {"type": "string", "enum": [*Sort, ""]}, "order of the hits"),
    _parameter(
        "grouped",
        {"type": "string", "enum": [*params.FLAGS, ""]},
        "0: every copy of a text is a hit",
    ),
    _parameter(
        "copies", {"type": "string", "maxLength": params.MAX_ID}, "id: only it and its copies"
    ),
    _parameter(
        "exact", {"type": "string", "enum": [*params.FLAGS, ""]}, "1: only accents as typed"
    ),
    _parameter("from", DATE, f"first date, {_PRECISION}"),
    _parameter("to", DATE, f"last date, {_PRECISION}"),
    *map(_filter, FACET_NAMES),
)


def _get(
    summary: str,
    schema: Schema,
    *parameters: dict[str, Any],
    media: str = "application/json",
    problems: tuple[str, ...] = ("400",),
) -> dict[str, Any]:
    def answer(about: str, schema: Schema, media: str = "application/json") -> dict[str, Any]:
        return {"description": about, "content": {media: {"schema": schema}}}

    return {
        "get": {
            "summary": summary,
            "parameters": list(parameters),
            "responses": {
                "200": answer(summary, schema, media),
                **{
                    status: answer("What was wrong, and the remedy", PROBLEM) for status in problems
                },
                "503": answer("There is no index yet, or the search takes too long", PROBLEM),
            },
        }
    }
