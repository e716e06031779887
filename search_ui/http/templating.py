"""Templates, compiled once for each language and each place that the app is mounted at.

What stands in a template and is the same for every request, `_("…")`, `route("…")` and
`static_url("…")`, is worked out when the template is compiled: some eighty on a page. Partials
are put in at the same time, for one that is looked up anew gets a copy of all names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app, request
from jinja2 import BaseLoader, Environment
from jinja2.ext import Extension

from search_ui.http import i18n
from search_ui.http.current_request import route, static_url
from search_ui.http.i18n import say

_CONSTANTS: dict[str, Callable[[str], str]] = {"_": say, "route": route, "static_url": static_url}
_CALL = re.compile(rf"""\b({"|".join(_CONSTANTS)})\((?:"([^"\\]+)"|'([^'\\]+)')\)""")
_PARTIAL = re.compile(r"""\{% (?:include|from) "([^"]+)" (?:import [\w, ]+ )?%\}""")


class _Constants(Extension):
    """Works the constants out, in the language that is spoken when a template is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        def partial(named: re.Match[str]) -> str:
            loader = cast(BaseLoader, self.environment.loader)
            return loader.get_source(self.environment, named[1])[0]

        def constant(call: re.Match[str]) -> str:
            text = _CONSTANTS[call[1]](call[2] or call[3])
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'

        return _CALL.sub(constant, _PARTIAL.sub(partial, source))


def init_app(app: Flask) -> None:
    """Offer templates what is not constant too; make environments as they are needed."""
    app.jinja_env.globals |= {**_CONSTANTS}

    @lru_cache(maxsize=16)
    def environment(_language: str, _root: str) -> Environment:
        made = app.jinja_env.overlay(extensions=[_Constants])
        # Attributes are all that contexts have; Jinja's own way asks for items too, and is slow.
        made.getattr = getattr  # type: ignore[method-assign, assignment]
        return made

    app.extensions["tracuu.templates"] = environment


def render(template: str, context: dict[str, Any]) -> str:
    """The template in the language spoken now."""
    environment = current_app.extensions["tracuu.templates"]
    current_app.update_template_context(context)
    found: Environment = environment(i18n.current(), request.script_root)
    return found.get_template(template).render(context)
