"""The visitor's language and colour scheme, stored in two cookies and nowhere else.

The server writes both into the page, so nothing flickers and no script is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

from flask import Flask, Response, g, request

from search_ui.http import i18n
from search_ui.http.current_request import route
from search_ui.http.i18n import LANGUAGES, say
from search_ui.http.links import Link

LANGUAGE_COOKIE = "tracuu_lang"
THEME_COOKIE = "tracuu_theme"
THEMES = {"auto": "Tự động", "light": "Sáng", "dark": "Tối"}
LONGEST_BACK = 500  # five links repeat it; longer URLs lead back to the front page instead
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes a preference; `value` is what its cookie will have."""

    link: Link
    value: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language ("vi" or "en") and the colour scheme that the current visitor uses, as codes."""

    language: str
    theme: str

    @property
    def languages(self) -> tuple[Link, ...]:
        """Links that choose a language, each labelled with the language's own name."""
        return tuple(
            Link(name, url, code == self.language)
            for (code, name), url in _switches("lang", LANGUAGES)
        )

    @property
    def themes(self) -> tuple[Choice, ...]:
        """Links that choose a colour scheme."""
        return tuple(
            Choice(Link(say(name), url, code == self.theme), code)
            for (code, name), url in _switches("theme", THEMES)
        )


def init_app(app: Flask) -> None:
    """Make `app` read the preferences from the cookies before each request.

    Templates get them as `preferences`.
    """

    @app.before_request
    def read() -> None:
        wanted = request.cookies.get(LANGUAGE_COOKIE, "")
        theme = request.cookies.get(THEME_COOKIE, "")
        i18n.use(wanted)
        g.preferences = Preferences(i18n.current(), theme if theme in THEMES else "auto")

    @app.context_processor
    def offer() -> dict[str, object]:
        return {"preferences": g.preferences}


def change() -> Response:
    """Store the language or the colour scheme that the URL names in a cookie.

    Redirects to the page in the parameter `back`.
    """
    response = Response(status=303)
    response.location = _local(request.args.get("back", ""))
    for name, cookie, known in (
        ("lang", LANGUAGE_COOKIE, LANGUAGES),
        ("theme", THEME_COOKIE, THEMES),
    ):
        value = request.args.get(name, "")
        if value in known:
            path = route("pages.search")
            response.set_cookie(cookie, value, max_age=YEAR, path=path, samesite="Lax")
    response.cache_control.no_store = True
    return response


def _switches(parameter: str, known: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield ((code, name), URL) for each known code; the URL stores the code and leads back here.

    `parameter` is the name of the parameter and cookie, `known` maps codes to names.
    """
    tail = _tail(request.path, request.query_string)
    head = f"{route('pages.preferences')}?{parameter}="
    return ((item, f"{head}{item[0]}{tail}") for item in known.items())


@lru_cache(maxsize=64)  # a page has two rows of switches
def _tail(path: str, query_string: bytes) -> str:
    """Return the parameters that lead back to the page at this URL, or "" if they would be too
    long."""
    query = quote(query_string, safe="%&=+!$'()*,-./:;@_~?")
    path = quote(path, errors="replace")
    back = f"{path}?{query}" if query else path
    return f"&back={quote_plus(back, errors='replace')}" if len(back) <= LONGEST_BACK else ""


def _local(back: str) -> str:
    """Return `back` if it stays within this site, else the front page."""
    root = request.script_root
    printable = back.isprintable() and "\\" not in back
    if not printable or not back.startswith("/") or back.startswith("//"):
        return root + "/"
    return root + back
