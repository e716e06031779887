"""Compile templates once per language and mount path, and render them.

Compiled templates are kept in `__pycache__` below this package, as Python keeps compiled modules,
since compiling them takes a fifth of the time until a server's first page. Where that folder cannot
be written, each process compiles them anew.

Calls with constant arguments (`_("…")`, `route("…")`, `static_url("…")`), some eighty per page, are
evaluated when a template is compiled. Partials are inlined then too, because each include at run
time would copy the whole context.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, request
from jinja2 import BaseLoader, Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from search_ui.http import i18n
from search_ui.http.current_request import route, static_url
from search_ui.http.i18n import say

_CONSTANTS: dict[str, Callable[[str], str]] = {"_": say, "route": route, "static_url": static_url}
_CALL = re.compile(rf"""\b({"|".join(_CONSTANTS)})\((?:"([^"\\]+)"|'([^'\\]+)')\)""")
_PARTIAL = re.compile(r"""\{% (?:include|from) "([^"]+)" (?:import [\w, ]+ )?%\}""")


_COMPILED = Path(__file__).parents[1] / "templates" / "__pycache__"
"""The folder of the compiled templates."""


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


class _CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates in files, one for each template, language and mount path.

    A file holds for the source after `_Constants`, so that changed translations or partials make it
    void. Nothing is written if the folder cannot be, or if Python writes no compiled modules.
    """

    def __init__(self, language: str, root: str) -> None:
        mounted = sha256(root.encode()).hexdigest()[:8]
        super().__init__(str(_COMPILED), f"{language}-{mounted}-%s.jinja")

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        constant = environment.preprocess(source, name, filename)
        return super().get_bucket(environment, name, filename, constant)

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # unreadable, or cut short, on which Jinja fails with errors of pickle
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            _COMPILED.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    """Prepare `app` for `render`: set the global functions of templates, and make a cache of
    compiled ones."""
    app.jinja_env.globals |= {**_CONSTANTS}

    @lru_cache(maxsize=16)
    def environment(language: str, root: str) -> Environment:
        made = app.jinja_env.overlay(
            extensions=[_Constants], bytecode_cache=_CompiledTemplates(language, root)
        )
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
