"""Parse a page into elements and text for tests, and check its HTML."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from search_ui import create_app


class Reader(FlaskClient):
    """A test client that reads every response to its end, so that no file stays open."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **options})


def app_of(archive: object | None = None, index_dir: Path | None = None) -> Flask:
    """Return the app over an archive, for tests."""
    app = create_app(archive, index_dir)  # type: ignore[arg-type]
    app.test_client_class = Reader
    return app


VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, len(found))
        return found[0]

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def link(self, text: str) -> str:
        """Return the URL of the only link with this text; fails if there is not exactly one."""
        found = [e for e in self.all("a") if " ".join(e.text.split()) == text]
        assert len(found) == 1, (text, [e.text for e in self.all("a")])
        return found[0].attributes["href"] or ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("root", {})]
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        repeated = [name for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        self.faults += [f"<{tag}> repeats {name}" for name in repeated]
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """Return the root element of a page; fail the test if the HTML is malformed or has `faults`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    root = reader.open[0]
    assert reader.faults == []
    assert len(reader.open) == 1, reader.open[-1].tag
    assert faults(root) == []
    return root


def faults(root: Element) -> list[str]:
    """Return the problems of a page: repeated ids, missing labels, inline scripts, skipped levels
    of headings."""
    elements = list(root.walk())
    ids = Counter(e.attributes["id"] for e in elements if "id" in e.attributes)
    found = [f"id {name!r} occurs {n} times" for name, n in ids.items() if n > 1]
    for element in elements:
        for name in ("for", "aria-labelledby"):
            if name in element.attributes and element.attributes[name] not in ids:
                found.append(f"<{element.tag} {name}> leads nowhere")
        found += [
            f"<{element.tag}> has {name}"
            for name in element.attributes
            if name == "style" or name.startswith("on")
        ]
        is_data = element.attributes.get("type") == "application/ld+json"
        if element.tag == "script" and "src" not in element.attributes and not is_data:
            found.append("inline script")
    labelled = {e.attributes.get("for") for e in elements if e.tag == "label"}
    wrapped = [id(field) for label in root.all("label") for field in label.all("input")]
    for element in root.all("input"):
        hidden = element.attributes.get("type") == "hidden"
        named = id(element) in wrapped or element.attributes.get("id") in labelled
        if not hidden and not named:
            found.append("an input has no label")
    for tag in ("h1", "main", "title"):
        if len(root.all(tag)) != 1:
            found.append(f"{len(root.all(tag))} <{tag}>")
    levels = [int(e.tag[1]) for e in elements if e.tag in ("h1", "h2", "h3", "h4")]
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        found.append(f"headings leap: {levels}")
    if root.one("html").attributes.get("lang") not in ("vi", "en"):
        found.append("no language")
    return found


def query(url: str) -> dict[str, list[str]]:
    """Return the parameters of a URL: name → values."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return values
