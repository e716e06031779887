"""Import optional libraries when a file needs them."""

from __future__ import annotations

import importlib
from typing import Any

from indexer.errors import DocumentError


def require(module: str, extra: str, name: str) -> Any:
    """Import an optional module and return it.

    Raises DocumentError, naming the file `name` and the `extra` to install, if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise DocumentError(
            f"{name}: needs {module.partition('.')[0]}.", f"Run `pip install 'tracuu[{extra}]'`."
        ) from None
