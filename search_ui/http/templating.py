"""Compile templates once per language and mount path, and render them.

Calls with constant arguments (`_("…")`, `route("…")`, `static_url("…")`), some eighty per page, are
evaluated when a template is compiled. Partials are inlined then too, because each include at run
time would copy the whole context.
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
    """A Jinja extension that evaluates calls with constant arguments when a template is
    compiled."""

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
    """Prepare `app` for `render`: set the global functions of templates, and make a cache of
    compiled ones."""
    app.jinja_env.globals |= {**_CONSTANTS}

    @lru_cache(maxsize=16)
    def environment(_language: str, _root: str) -> Environment:
        made = app.jinja_env.overlay(extensions=[_Constants])
        # Contexts have attributes only; Jinja's own look-up tries items too and is slow.
        made.getattr = getattr  # type: ignore[method-assign, assignment]
        return made

    app.extensions["tracuu.templates"] = environment


def render(template: str, context: dict[str, Any]) -> str:
    """Render the template at a path below templates/ in the current language.

    Must be called during a request, whose template context is added to `context`. Raises
    jinja2.TemplateNotFound if there is none.
    """
    environment = current_app.extensions["tracuu.templates"]
    current_app.update_template_context(context)
    found: Environment = environment(i18n.current(), request.script_root)
    return found.get_template(template).render(context)
