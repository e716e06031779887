"""Templates, compiled once for each language.

A sentence that stands in a template, `_("…")`, is translated when the template is compiled: half a
hundred of them on a page would otherwise be looked up each time it is shown.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, current_app
from jinja2 import Environment
from jinja2.ext import Extension

from search_ui import language
from search_ui.language import LANGUAGES, say

_SENTENCE = re.compile(r"""\b_\((?:"([^"\\]+)"|'([^'\\]+)')\)""")


class _Spoken(Extension):
    """Says the sentences of a template, in the language that is spoken when it is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _SENTENCE.sub(lambda found: _literal(say(found[1] or found[2])), source)


def init_app(app: Flask) -> None:
    """Make an environment for each language: the globals of `app`, templates of its own."""
    app.extensions["tracuu.templates"] = {
        language: app.jinja_env.overlay(extensions=[_Spoken]) for language in LANGUAGES
    }


def render(template: str, context: dict[str, Any]) -> str:
    """The template in the language spoken now."""
    environments: dict[str, Environment] = current_app.extensions["tracuu.templates"]
    current_app.update_template_context(context)
    return environments[language.current()].get_template(template).render(context)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
