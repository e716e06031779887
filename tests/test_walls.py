"""Which modules may import which, and which libraries may be imported where (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("search_ui/**/*.py")])

# Lower layers never import higher ones. A module belongs to the layer of its longest prefix here.
LAYERS = {
    "indexer.errors": 0,
    "indexer.analysis.collation": 0,
    "indexer.partial_date": 0,
    "indexer.models": 0,
    "indexer.validity": 0,
    "indexer.profile": 0,
    "indexer.runtime": 0,
    "indexer.facets": 1,
    "indexer.analysis": 1,
    "indexer.documents": 2,
    "indexer.harvest": 1,
    "indexer.query": 2,
    "indexer.suggest": 3,
    "indexer.results": 3,
    "indexer.engines.base": 4,
    "indexer.engines.bm25": 4,
    "indexer.engines.copies": 4,
    "indexer.engines": 5,
    "indexer.copies": 6,
    "indexer.relaxation": 6,
    "indexer.search": 6,
    "indexer.similar": 6,
    "indexer.evaluation": 7,
    "indexer.archive": 7,
    "indexer.rebuild": 7,
    "indexer.update": 7,
    "indexer.watch": 7,
    "indexer": 8,
    "indexer.cli": 9,
    "search_ui": 9,
}
# Packages of one layer that must not import each other.
APART = [
    ("indexer.archive", "indexer.rebuild"),
    ("indexer.harvest", "indexer.analysis"),
    ("indexer.harvest", "indexer.documents"),
]

# Libraries → the only packages that may import them.
LIBRARIES = {
    "whoosh": ["indexer.engines.whoosh.whoosh_adapter"],
    "flask": ["search_ui"],
    "werkzeug": ["search_ui"],
    "prometheus_client": ["search_ui.http"],
    "waitress": ["search_ui.server"],
    "click": ["indexer.cli"],
    "rich": ["indexer.cli"],
    "lxml": ["indexer.documents.formats"],
    "pypdf": ["indexer.documents.formats"],
    "docx": ["indexer.documents.formats"],
    "markdown_it": ["indexer.documents.formats"],
    "olefile": ["indexer.documents.formats"],
    "warcio": ["indexer.harvest", "indexer.documents"],
    "socket": ["indexer.harvest", "search_ui.server"],
    "ssl": ["indexer.harvest"],
    "opensearchpy": ["indexer.engines.opensearch.client"],
    "pyvi": [],
    "sklearn": [],
    "pickle": ["indexer.engines.damage", "indexer.engines.whoosh", "indexer.runtime.worker_pool"],
}
MAX_LINES = 600
MAX_MODULES = 14  # of a package; with more, a reader does not see what belongs together


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Return (module, name) of every import in a file; the name is "" for `import module`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer_of(module: str) -> int:
    return LAYERS[max((name for name in LAYERS if within(module, name)), key=len)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_its_own_and_lower_layers(path: Path) -> None:
    here = name_of(path)
    for module, name in imports(path):
        if within(module, "indexer") or within(module, "search_ui"):
            target = f"{module}.{name}" if f"{module}.{name}" in LAYERS else module
            if not within(here, "search_ui") and not within(here, "indexer.cli"):
                assert layer_of(target) <= layer_of(here), (
                    f"{here} imports {target}, a higher layer"
                )
            for one, other in APART:
                assert not (within(here, one) and within(target, other)), f"{here} imports {target}"
                assert not (within(here, other) and within(target, one)), f"{here} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_is_imported_only_where_it_may_be(path: Path) -> None:
    here = name_of(path)
    for module, _ in imports(path):
        allowed = LIBRARIES.get(module.split(".")[0])
        assert allowed is None or any(within(here, package) for package in allowed), (
            f"{here}: {module}"
        )


@pytest.mark.parametrize(
    "path", [p for p in MODULES if within(name_of(p), "search_ui")], ids=name_of
)
def test_the_page_imports_only_public_names(path: Path) -> None:
    for module, name in imports(path):
        assert not module.startswith("indexer."), f"{name_of(path)} imports {module}"
        if module == "indexer":
            import indexer

            assert name in indexer.__all__, f"{name} is not a public name"


def test_only_the_command_line_imports_the_page() -> None:
    for path in MODULES:
        if any(within(module, "search_ui") for module, _ in imports(path)):
            assert within(name_of(path), "search_ui") or within(name_of(path), "indexer.cli")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_no_package_has_too_many_modules() -> None:
    for package in {path.parent for path in MODULES}:
        assert len([*package.glob("*.py")]) <= MAX_MODULES, package


def test_the_public_names_exist_and_are_listed_once() -> None:
    import indexer

    assert sorted(indexer.__all__) == sorted(set(indexer.__all__))
    for name in indexer.__all__:
        assert getattr(indexer, name) is not None


# What the distributed engine shares with the embedded one: files of arrays, tables of terms.
SHARED = ["postings", "terms", "writer"]


def test_no_module_outside_the_engine_imports_it() -> None:
    for path in MODULES:
        here = name_of(path)
        for module, _ in imports(path):
            if within(module, "indexer.engines.whoosh") or within(
                module, "indexer.engines.opensearch"
            ):
                shared = within(here, "indexer.engines.opensearch") and any(
                    within(module, f"indexer.engines.whoosh.{each}") for each in SHARED
                )
                assert shared or within(here, ".".join(module.split(".")[:3])), (
                    f"{here} imports {module}"
                )


# Package → its subpackages → the other subpackages that their modules may import.
INSIDE = {
    "indexer.engines.whoosh": {
        "postings": set(),
        "doc_store": {"postings"},
        "terms": {"postings", "reader", "writer"},
        "reader": {"postings", "doc_store", "terms", "whoosh_adapter", "writer"},
        "writer": {"postings", "doc_store", "terms", "reader", "whoosh_adapter"},
        "whoosh_adapter": {"postings", "reader"},
        "engine": {"postings", "reader", "terms", "whoosh_adapter"},
        "generations": {
            "engine",
            "postings",
            "reader",
            "terms",
            "whoosh_adapter",
            "writer",
        },
    },
    "indexer.engines.opensearch": {
        "client": set(),
        "storage": {"client"},
        "reader": {"client", "storage"},
        "writer": {"client", "reader", "storage"},
        "engine": {"client", "reader", "storage"},
    },
    "indexer.query": {
        "plan": set(),
        "grammar": set(),
        "vocabulary": set(),
        "loosen": {"grammar"},
        "model": {"grammar", "plan", "vocabulary"},
        "entities": {"model", "plan", "vocabulary"},
        "expansion": {"model", "plan", "vocabulary"},
        "question_words": {"entities", "model", "vocabulary"},
    },
    "indexer.documents": {
        "legacy": set(),
        "text": {"legacy"},
        "content": set(),
        "outline": set(),
        "own_fields": {"text"},
        "access_settings": {"own_fields", "text"},
        "source_file": set(),
        "tables": set(),
        "formats": {
            "access_settings",
            "content",
            "gazetteer",
            "legacy",
            "own_fields",
            "rules",
            "source_file",
            "tables",
            "text",
        },
        "gazetteer": {"text"},
        "rules": {"gazetteer", "text"},
        "draft": {"content", "rules", "text"},
        "portal_page": {"content", "draft", "portal_lines", "rules", "text"},
        "portal_lines": {"draft", "rules", "text"},
    },
    "indexer.documents.formats": {
        "extras": set(),
        "html": {"extras"},
        "office": {"extras", "packed", "signature", "xml"},
    },
    "indexer.harvest": {"options": set(), "xml_events": set(), "http": {"options"}},
    "indexer.suggest": {
        "ngrams": set(),
        "telex_vni": set(),
        "right_words": set(),
        "bigram_model": set(),
        "slip_model": {"right_words", "telex_vni"},
        "spelling": {"bigram_model", "ngrams", "right_words", "slip_model"},
    },
    "search_ui": {
        "http": set(),
        "parts": {"http"},
        "pages": {"http", "parts"},
        "api": {"http", "parts"},
    },
}


@pytest.mark.parametrize("package", INSIDE)
def test_subpackages_import_only_the_ones_they_may(package: str) -> None:
    for path in MODULES:
        here = name_of(path)
        if not within(here, package) or here == package:
            continue
        mine = here.removeprefix(f"{package}.").split(".")[0]
        if mine not in INSIDE[package]:
            continue
        for module, _ in imports(path):
            if within(module, package) and module != package:
                other = module.removeprefix(f"{package}.").split(".")[0]
                assert other == mine or other in INSIDE[package][mine], f"{here} imports {module}"


def test_no_modules_import_each_other_in_a_cycle() -> None:
    names = {name_of(path) for path in MODULES}
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        targets = {m for m, _ in imports(path)} | {f"{m}.{n}" for m, n in imports(path)}
        graph[name_of(path)] = {t for t in targets & names if t != name_of(path)}
    leaves = True
    while leaves:
        leaves = {name for name, targets in graph.items() if not targets & graph.keys()}
        for name in leaves:
            del graph[name]
    # The rest import each other; a package whose __init__ re-exports its modules may do so.
    cycles = {
        name for name in graph if not any((ROOT / name.replace(".", "/")).glob("__init__.py"))
    }
    assert not {name for name in cycles if graph[name] & cycles}, cycles
