"""The walls of the house: who may import whom (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("search_ui/**/*.py")])

# Lower floors never import higher ones. A module is on the floor of its longest prefix here.
FLOORS = {
    "indexer.errors": 0,
    "indexer.models": 0,
    "indexer.settings": 0,
    "indexer.facets": 1,
    "indexer.analysis": 1,
    "indexer.documents": 1,
    "indexer.harvest": 1,
    "indexer.query": 2,
    "indexer.suggest": 3,
    "indexer.results": 3,
    "indexer.engines.base": 4,
    "indexer.engines.bm25": 4,
    "indexer.engines": 5,
    "indexer.relaxation": 6,
    "indexer.search": 6,
    "indexer.similar": 6,
    "indexer.evaluation": 7,
    "indexer.archive": 7,
    "indexer.rebuild": 7,
    "indexer.update": 7,
    "indexer": 8,
    "indexer.cli": 9,
    "search_ui": 9,
}
# Rooms of one floor that must not know each other.
APART = [
    ("indexer.analysis", "indexer.documents"),
    ("indexer.archive", "indexer.rebuild"),
    ("indexer.harvest", "indexer.analysis"),
    ("indexer.harvest", "indexer.documents"),
]

# Outside libraries, and the only places that may know them.
KEPT = {
    "whoosh": ["indexer.engines.whoosh.whoosh_adapter"],
    "flask": ["search_ui"],
    "werkzeug": ["search_ui"],
    "prometheus_client": ["search_ui.http"],
    "waitress": ["indexer.cli"],
    "click": ["indexer.cli"],
    "rich": ["indexer.cli"],
    "trafilatura": ["indexer.documents"],
    "warcio": ["indexer.harvest", "indexer.documents"],
    "socket": ["indexer.harvest"],
    "ssl": ["indexer.harvest"],
    "pyvi": [],
    "sklearn": [],
    "pickle": ["indexer.engines.whoosh"],
}
MAX_LINES = 320


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) for every import; name is empty for `import module`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def floor(module: str) -> int:
    return FLOORS[max((name for name in FLOORS if within(module, name)), key=len)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_floor_may(path: Path) -> None:
    here = name_of(path)
    for module, name in imports(path):
        if within(module, "indexer") or within(module, "search_ui"):
            target = f"{module}.{name}" if f"{module}.{name}" in FLOORS else module
            if not within(here, "search_ui") and not within(here, "indexer.cli"):
                assert floor(target) <= floor(here), f"{here} imports {target}, a higher floor"
            for one, other in APART:
                assert not (within(here, one) and within(target, other)), f"{here} imports {target}"
                assert not (within(here, other) and within(target, one)), f"{here} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_outside_libraries_stay_in_their_rooms(path: Path) -> None:
    here = name_of(path)
    for module, _ in imports(path):
        rooms = KEPT.get(module.split(".")[0])
        assert rooms is None or any(within(here, room) for room in rooms), f"{here}: {module}"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if within(name_of(p), "search_ui")], ids=name_of
)
def test_the_page_knows_only_the_face_of_the_engine(path: Path) -> None:
    for module, name in imports(path):
        assert not module.startswith("indexer."), f"{name_of(path)} imports {module}"
        if module == "indexer":
            import indexer

            assert name in indexer.__all__, f"{name} is not a public name"


def test_only_the_command_line_knows_the_page() -> None:
    for path in MODULES:
        if any(within(module, "search_ui") for module, _ in imports(path)):
            assert within(name_of(path), "search_ui") or within(name_of(path), "indexer.cli")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_grows_into_a_heap(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_the_public_names_are_those_of_the_face() -> None:
    import indexer

    assert sorted(indexer.__all__) == sorted(set(indexer.__all__))
    for name in indexer.__all__:
        assert getattr(indexer, name) is not None
