"""Read Markdown by markdown-it-py: headings, lists, tables, and the fields of the front matter."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.documents.content import Content
from indexer.documents.formats.html.html_reader import extract_fragment
from indexer.documents.source_file import SourceFile
from indexer.documents.text.encodings import decode

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_MARKUP = re.compile(r"<\w|<!--")
_KEY = re.compile(r"^(\w+):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)


def read(file: SourceFile) -> Content:
    """Return the content of a Markdown file.

    The keys title, author and date of a front matter become the fields `stated_title` and so on,
    its other keys with a value become `Content.stated`.

    Raises DocumentError if the file is not text or too large, or if it has HTML and lxml is not
    installed.
    """
    text = decode(file.read(), file.name).replace("\r\n", "\n")
    content = Content()
    if front := _FRONT_MATTER.match(text):
        stated = {key.lower(): value for key, value in _KEY.findall(front[1])}
        content.fields = {
            f"stated_{key}": stated[key] for key in ("title", "author", "date") if key in stated
        }
        content.stated = {
            key: _several(value)
            for key, value in _KEY.findall(front[1])
            if key.lower() not in ("title", "author", "date") and value
        }
        content.keeps_stated = True
        text = text[front.end() :]
    depth = 0
    kind = ""
    level = 0
    row: list[str] | None = None
    header = False
    for token in MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").parse(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "heading_open":
                kind, level = "heading", int(token.tag[1])
            case "thead_open":
                header = True
            case "tbody_open":
                header = False
            case "tr_open":
                row = []
            case "tr_close":
                content.table_row(row or (), header=header)
                row = None
            case "inline":
                line = "".join(map(_inline, token.children or ()))
                if row is not None:
                    row.append(line)
                elif kind == "heading":
                    content.heading(line, level)
                    kind = ""
                elif depth:
                    content.list_item(line.replace("\n", " "), depth)
                else:
                    content.paragraph(line.replace("\n", " "))
            case "html_block" if _MARKUP.search(token.content):
                content.parts += extract_fragment(token.content, file.name).parts
            case "code_block" | "fence" | "html_block":
                for line in token.content.split("\n"):
                    content.paragraph(line)
    return content


def _several(value: str) -> str | list[str]:
    """Return the items of a YAML list on one line ("[a, b]"); any other value unchanged."""
    if not (value.startswith("[") and value.endswith("]")):
        return value
    return [item.strip().strip("\"'") for item in value[1:-1].split(",") if item.strip()]


def _inline(token: Token) -> str:
    """Return the text of an inline token: "\\n" for a line break or <br>, "" for other tags."""
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "html_inline":
        return "\n" if token.content.lower().startswith("<br") else ""
    return token.content
