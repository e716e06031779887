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
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
"""Name → modules that are changed, tests that must notice."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}  # fmt: skip


def mutants(tree: ast.Module) -> Iterator[tuple[int, str, ast.Module]]:
    """Yield (line, what was changed, changed tree) for every single change."""
    for number, node in enumerate(ast.walk(tree)):
        for kind in range(_kinds(node)):
            changed = copy.deepcopy(tree)
            other = next(n for i, n in enumerate(ast.walk(changed)) if i == number)
            before = ast.unparse(other)
            _change(other, kind)
            yield getattr(node, "lineno", 0), f"{before} -> {ast.unparse(other)}", changed


def _kinds(node: ast.AST) -> int:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            return 1
        case ast.BoolOp():
            return 1
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            return 1
        case ast.Constant(value=bool() | int() | float()):
            return 1
        case ast.IfExp() | ast.If() | ast.While():
            return 1
        case ast.Call(func=ast.Name(id="min" | "max" | "any" | "all")):
            return 1
    return 0


def _change(node: ast.AST, _kind: int) -> None:
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
    """Run the sample and print the survivors."""
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
            (path.relative_to(ROOT), line, change, tree)
            for path in paths
            for line, change, tree in mutants(ast.parse(path.read_text(encoding="utf-8")))
        ]
        random.Random(options.seed).shuffle(every)  # noqa: S311  (a sample, no secret)
        sample = every[: options.sample]
        survived = 0
        with tempfile.TemporaryDirectory() as folder:
            copies: Queue[Path] = Queue()
            for job in range(options.jobs):
                copies.put(_copy(Path(folder) / str(job)))
            with ThreadPoolExecutor(options.jobs) as pool:
                runs = pool.map(partial(_is_noticed, tests=tests, copies=copies), sample)
                for (path, line, change, _), noticed in zip(sample, runs, strict=True):
                    if not noticed:
                        survived += 1
                        row = {"file": str(path), "line": line, "change": change}
                        print(json.dumps(row, ensure_ascii=False), flush=True)
        print(f"{package}: {survived} of {len(sample)} survived, {len(every)} possible", flush=True)


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "build", ".*_cache", "__pycache__", "2*Z-*")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def _is_noticed(
    mutant: tuple[Path, int, str, ast.Module], *, tests: list[str], copies: Queue[Path]
) -> bool:
    path, _, _, tree = mutant
    folder = copies.get()
    original = (folder / path).read_text(encoding="utf-8")
    try:
        (folder / path).write_text(ast.unparse(tree), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        command += ["-m", "not browser", "-W", "ignore"]
        try:
            done = subprocess.run(  # noqa: S603  (our own tests)
                command, cwd=folder, capture_output=True, check=False, timeout=300
            )
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0
    finally:
        (folder / path).write_text(original, encoding="utf-8")
        copies.put(folder)


if __name__ == "__main__":
    main()
