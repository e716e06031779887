"""Change one operator, number or condition of a module at a time and see whether the tests notice.

    python scripts/mutation.py --sample 100 --seed 1 query results search_ui

Each mutant runs in a copy of the repository with the tests of its package. The survivors are
printed as JSON lines: a fault that no test finds, or a change without effect ("equivalent");
telling the two apart needs a person. `docs/mutation.md` lists the survivors of the last run, each
with its reason.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parent.parent

PACKAGES = {
    "query": (
        ["indexer/query", "indexer/suggest", "indexer/relaxation.py", "indexer/facets.py"],
        ["tests/query", "tests/test_facets.py", "tests/test_relaxation_answers.py",
         "tests/test_golden.py", "tests/test_golden_invented.py", "tests/test_search.py"],
    ),
    "results": (
        ["indexer/results", "indexer/search.py", "indexer/similar.py"],
        ["tests/results", "tests/test_search.py", "tests/test_explain.py", "tests/test_similar.py",
         "tests/test_golden.py", "tests/test_golden_invented.py"],
    ),
    "search_ui": (["search_ui"], ["tests/search_ui"]),
}  # fmt: skip
"""Name of a package → (modules that are changed, tests that must notice the changes)."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of a module; the changed source is made only when it is run."""

    path: Path
    """Path of the module, relative to the repository."""
    tree: ast.Module
    """Syntax tree of the unchanged module."""
    number: int
    """Number of the changed node, from 0, in the order of `ast.walk`."""

    def make(self) -> tuple[int, str, str]:
        """Return (line number, description of the change, source of the changed module)."""
        changed = copy.deepcopy(self.tree)
        node = next(islice(ast.walk(changed), self.number, None))
        before = _written(node)
        _change(node)
        change = f"{before} -> {_written(node)}"
        return getattr(node, "lineno", 0), change, ast.unparse(changed)


def mutants(path: Path, tree: ast.Module) -> Iterator[Mutant]:
    """Yield a mutant for every change that can be made to a module."""
    for number, node in enumerate(ast.walk(tree)):
        if _is_changeable(node):
            yield Mutant(path, tree, number)


def _written(node: ast.AST) -> str:
    """Return the source of a node; of an if or while statement only its condition."""
    return ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node)


def _is_changeable(node: ast.AST) -> bool:
    match node:
        case ast.Compare(ops=[op]):
            return type(op) in COMPARISONS
        case ast.BinOp(op=op):
            return type(op) in ARITHMETIC
        case ast.Call(func=ast.Name(id="min" | "max" | "any" | "all")):
            return True
        case ast.Constant(value=bool() | int() | float()):
            return True
        case ast.BoolOp() | ast.IfExp() | ast.If() | ast.While():
            return True
    return False


def _change(node: ast.AST) -> None:
    match node:
        case ast.Compare(ops=[op]):
            node.ops = [COMPARISONS[type(op)]()]
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case ast.BinOp(op=op):
            node.op = ARITHMETIC[type(op)]()
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() as value):
            node.value = value + 1
        case ast.Constant(value=float() as value):
            node.value = value * 3 or 1.0
        case ast.IfExp(test=test) | ast.If(test=test) | ast.While(test=test):
            node.test = ast.UnaryOp(ast.Not(), test)
        case ast.Call(func=ast.Name() as name):
            swap = {"min": "max", "max": "min", "any": "all", "all": "any"}
            name.id = swap[name.id]


def main() -> None:
    """Run the tests on a sample of mutants of each package, and print the survivors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("packages", nargs="*", default=list(PACKAGES), choices=list(PACKAGES))
    parser.add_argument("--sample", type=int, default=100, help="mutants per package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for package in options.packages:
        modules, tests = PACKAGES[package]
        paths = [p for m in modules for p in sorted((ROOT / m).rglob("*.py")) or [ROOT / m]]
        every = [
            mutant
            for path in paths
            for mutant in mutants(
                path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))
            )
        ]
        random.Random(options.seed).shuffle(every)  # noqa: S311  (a sample, no secret)
        sample = every[: options.sample]
        survived = 0
        with tempfile.TemporaryDirectory() as folder:
            copies: Queue[Path] = Queue()
            for job in range(options.jobs):
                copies.put(_copy(Path(folder) / str(job)))
            timeout = _timeout(copies, tests)
            run = partial(_is_noticed, tests=tests, copies=copies, timeout=timeout)
            with ThreadPoolExecutor(options.jobs) as pool:
                for mutant, noticed in zip(sample, pool.map(run, sample), strict=True):
                    if not noticed:
                        survived += 1
                        line, change, _ = mutant.make()
                        row = {"file": str(mutant.path), "line": line, "change": change}
                        print(json.dumps(row, ensure_ascii=False), flush=True)
        print(f"{package}: {survived} of {len(sample)} survived, {len(every)} possible", flush=True)


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "build", ".*_cache", "__pycache__", "2*Z-*")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def _timeout(copies: Queue[Path], tests: list[str]) -> float:
    """Return the seconds after which the tests of a mutant are ended: five times those of the
    unchanged code, at least 60. The mutant then counts as noticed, for it probably loops forever.

    Raises SystemExit if the unchanged code fails the tests, because every mutant would count as
    noticed.
    """
    folder = copies.get()
    start = time.monotonic()
    if not _passes(folder, tests, None):
        sys.exit(f"The tests fail without a mutant: {' '.join(tests)}")
    copies.put(folder)
    return max(60.0, 5 * (time.monotonic() - start))


def _is_noticed(mutant: Mutant, *, tests: list[str], copies: Queue[Path], timeout: float) -> bool:
    _, _, source = mutant.make()
    folder = copies.get()
    file = folder / mutant.path
    original = file.read_text(encoding="utf-8")
    # Two mutants of equal size within a second would share their compiled file.
    compiled = Path(importlib.util.cache_from_source(str(file)))
    try:
        compiled.unlink(missing_ok=True)
        file.write_text(source, encoding="utf-8")
        return not _passes(folder, tests, timeout)
    finally:
        file.write_text(original, encoding="utf-8")
        compiled.unlink(missing_ok=True)
        copies.put(folder)


def _passes(folder: Path, tests: list[str], timeout: float | None) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    command += ["-m", "not browser", "-W", "ignore"]
    # No pipes: a child of a test that is left over would keep them open after the timeout.
    try:
        done = subprocess.run(  # noqa: S603  (our own tests)
            command,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
