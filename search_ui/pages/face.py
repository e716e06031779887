"""The logo and the accent colour of the archive, which `archive.toml` states.

The colour is a style sheet of its own, because the policy of the pages forbids styles within them.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, Flask, Response, abort, request, url_for

from indexer import Shades, shades
from search_ui.http import site
from search_ui.http.middleware.headers import YEAR

face = Blueprint("face", __name__)


@face.get("/bieu-trung")
def logo() -> Response:
    """Return the logo, a PNG or JPEG; 404 if the archive has none.

    The parameter `v`, which the pages put into the address, lets browsers keep it for a year.
    """
    found = site.profile().logo
    if found is None:
        abort(404)
    # The type is one of two that `indexer` recognised by the bytes; nothing of the picture can run.
    return _lasting(Response(found.bytes, content_type=found.media_type), found.data)


@face.get("/mau-nhan.css")
def accent() -> Response:
    """Return the style sheet with the shades of the accent colour for light and dark pages; 404 if
    the archive has no accent colour. The parameter `v` is as for `logo`."""
    colour = site.profile().accent
    if not colour:
        abort(404)
    return _lasting(
        Response(_sheet(shades(colour)), content_type="text/css; charset=utf-8"), colour
    )


def init_app(app: Flask) -> None:
    """Add the two routes to `app`, and give templates `logo` (None without one), `logo_url` and
    `accent_url` ("" without one)."""
    app.register_blueprint(face)

    @app.context_processor
    def offer() -> dict[str, object]:
        profile = site.profile()
        return {
            "logo": profile.logo,
            "logo_url": _url("face.logo", profile.logo.data) if profile.logo else "",
            "accent_url": _url("face.accent", profile.accent) if profile.accent else "",
        }


def _url(endpoint: str, content: str) -> str:
    return url_for(endpoint, v=_tag(content))


def _tag(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def _lasting(answer: Response, content: str) -> Response:
    """Return the answer with a Cache-Control by which browsers keep it for a year if `v` in its URL
    is the tag of `content`, and else ask each time."""
    if request.args.get("v") == _tag(content):
        answer.cache_control.public = True
        answer.cache_control.max_age = YEAR
        answer.cache_control.immutable = True
    else:
        answer.cache_control.no_cache = True
    return answer


def _sheet(found: Shades) -> str:
    light = f"--link: {found.link}; --button: {found.button}; --bar: {found.bar};"
    dark = f"--link: {found.dark_link}; --button: {found.dark_button}; --bar: {found.dark_bar};"
    return (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{\n"
        f':root:not([data-theme="light"]) {{ {dark} }}\n'
        f"}}\n"
        f':root[data-theme="dark"] {{ {dark} }}\n'
        f"@media (prefers-contrast: more) {{ :root {{ --bar: var(--link); }} }}\n"
    )
