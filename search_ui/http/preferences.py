"""Keep a visitor's language, colours and way to list hits in cookies, and nowhere else.

The server renders the page with them, so nothing flickers and no script is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

from flask import Flask, Response, current_app, g, request

from search_ui.http import i18n
from search_ui.http.current_request import route
from search_ui.http.i18n import LANGUAGES, say
from search_ui.http.links import Link

LANGUAGE_COOKIE = "tracuu_lang"
THEME_COOKIE = "tracuu_theme"
THEMES = {"auto": "Tự động", "light": "Sáng", "dark": "Tối"}
"""Code of a colour scheme → its name; "auto" follows the browser."""
SIZE_COOKIE = "tracuu_size"
LIST_COOKIE = "tracuu_list"
SIZES = (10, 20, 50)
"""Numbers of hits on a page that a visitor may choose, besides that of the setting."""
LISTS = {"full": "Đầy đủ", "compact": "Thu gọn"}
"""Code of a way to list hits, with or without snippets → its name."""

_PAGING = re.compile(rb"(?:^|&)(?:size|page)=[^&]*")
LONGEST_BACK = 500  # five links repeat it; longer URLs lead back to the front page instead
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes a preference; `value` is what the cookie is set to."""

    link: Link
    value: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the current visitor prefers.

    Its links need a request of Flask.

    Attributes
    ----------
    language : "vi" or "en".
    theme : a key of THEMES.
    page_size : number of hits on a page whose URL does not state it.
    listing : a key of LISTS.
    """

    language: str
    theme: str
    page_size: int
    listing: str

    @property
    def languages(self) -> tuple[Link, ...]:
        """Links that choose a language, each labelled with its name in that language."""
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

    @property
    def sizes(self) -> tuple[Link, ...]:
        """Links that choose the number of hits on a page; they lead to the first page."""
        return tuple(
            Link(name, url, code == str(self.page_size))
            for (code, name), url in _switches(
                "size", _sizes(), _PAGING.sub(b"", request.query_string)
            )
        )

    @property
    def listings(self) -> tuple[Link, ...]:
        """Links that choose whether hits are listed with snippets."""
        return tuple(
            Link(say(name), url, code == self.listing)
            for (code, name), url in _switches("list", LISTS)
        )


def init_app(app: Flask) -> None:
    """Make `app` read the preferences from the cookies before each request, as `g.preferences`.

    Templates get them as `preferences`. An unknown value counts as absent.
    """

    @app.before_request
    def read() -> None:
        wanted = request.cookies.get(LANGUAGE_COOKIE, "")
        theme = request.cookies.get(THEME_COOKIE, "")
        i18n.use(wanted)
        # Programs get what their URL states, whatever a person prefers in the same browser.
        is_page = request.blueprint == "pages"
        size = request.cookies.get(SIZE_COOKIE, "") if is_page else ""
        listing = request.cookies.get(LIST_COOKIE, "") if is_page else ""
        g.preferences = Preferences(
            i18n.current(),
            theme if theme in THEMES else "auto",
            int(size) if size in _sizes() else app.config["PAGE_SIZE"],
            listing if listing in LISTS else "full",
        )

    @app.context_processor
    def offer() -> dict[str, object]:
        return {"preferences": g.preferences}


def change() -> Response:
    """Return a response that stores each preference in the URL in a cookie, and redirects to the
    page in the parameter `back`.

    Unknown values are ignored; a `back` outside of this site leads to the front page.
    """
    response = Response(status=303)
    response.location = _local(request.args.get("back", ""))
    choices: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("lang", LANGUAGE_COOKIE, LANGUAGES),
        ("theme", THEME_COOKIE, THEMES),
        ("size", SIZE_COOKIE, _sizes()),
        ("list", LIST_COOKIE, LISTS),
    )
    for name, cookie, known in choices:
        value = request.args.get(name, "")
        if value in known:
            path = route("pages.search")
            response.set_cookie(cookie, value, max_age=YEAR, path=path, samesite="Lax")
    response.cache_control.no_store = True
    return response


def _sizes() -> dict[str, str]:
    """Return the page sizes to choose from, ascending, each as code and name: SIZES and that of the
    setting."""
    return {str(n): str(n) for n in sorted({*SIZES, current_app.config["PAGE_SIZE"]})}


def _switches(
    parameter: str, known: Mapping[str, str], query: bytes | None = None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield ((code, name), URL) for each code of a preference; the URL stores the code and leads
    back to the current page.

    Parameters
    ----------
    parameter : name of the preference in the URL.
    known : code → name.
    query : query string to lead back to; None for that of the current page.
    """
    tail = _tail(request.path, request.query_string if query is None else query)
    head = f"{route('pages.preferences')}?{parameter}="
    return ((item, f"{head}{item[0]}{tail}") for item in known.items())


@lru_cache(maxsize=64)  # a page has two rows of switches
def _tail(path: str, query_string: bytes) -> str:
    """Return the parameter that leads back to the page at this URL, with "&" before it; "" if it
    would be longer than LONGEST_BACK."""
    query = quote(query_string, safe="%&=+!$'()*,-./:;@_~?")
    path = quote(path, errors="replace")
    back = f"{path}?{query}" if query else path
    return f"&back={quote_plus(back, errors='replace')}" if len(back) <= LONGEST_BACK else ""


def _local(back: str) -> str:
    """Return the path `back` below the mount path if it stays within this site, else the path of
    the front page."""
    root = request.script_root
    printable = back.isprintable() and "\\" not in back
    if not printable or not back.startswith("/") or back.startswith("//"):
        return root + "/"
    return root + back
