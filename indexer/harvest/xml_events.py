"""Read XML as a sequence of elements, by expat.

A document type or an entity declaration is refused before anything is expanded, so that neither
"billion laughs" nor external entities (XXE) work. Only the text of open elements is kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from indexer.errors import HarvestError

_CHUNK = 64 * 1024
_MAX_DEPTH = 100


class Element(NamedTuple):
    """An element whose end tag was read.

    Attributes
    ----------
    path : the local names of the elements from the root to it.
    attributes : name → value.
    text : its text, without that of the elements in it and without white space at the ends.
    """

    path: tuple[str, ...]
    attributes: Mapping[str, str]
    text: str


def read_elements(data: bytes) -> Iterator[Element]:
    """Yield the elements of a document in the order in which they end, without namespaces.

    Raises HarvestError, while it is iterated, if the document is not well-formed, has a document
    type, or is nested deeper than 100 elements.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    path: list[str] = []
    opened: list[tuple[dict[str, str], list[str]]] = []
    ended: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) >= _MAX_DEPTH:
            raise _unusable("is nested too deeply")
        path.append(name.rpartition(" ")[2])
        opened.append((attributes, []))

    def text(data: str) -> None:
        if opened:
            opened[-1][1].append(data)

    def end(name: str) -> None:
        attributes, pieces = opened.pop()
        ended.append(Element(tuple(path), attributes, "".join(pieces).strip()))
        path.pop()

    def refuse(*declaration: object) -> None:
        raise _unusable("declares a document type or entities")

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        for begin in range(0, len(data), _CHUNK):
            parser.Parse(data[begin : begin + _CHUNK], False)
            yield from ended
            ended.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _unusable(f"is not well-formed ({error})") from None
    yield from ended


def _unusable(why: str) -> HarvestError:
    return HarvestError(f"{why}.", "Ask the site to mend its XML.", kind="xml")
