"""What the reports of all benchmarks have in common."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path


def machine(*packages: str) -> dict[str, object]:
    """Return a description of the machine, with the versions of Python and of `packages`."""
    return {
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in packages},
    }


def save(path: Path, result: Mapping[str, object]) -> None:
    """Write a report as JSON and print it with its path; creates the folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    print(text)
    print(path)
