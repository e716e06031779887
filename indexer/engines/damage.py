"""What turns the errors of damaged files into IndexDamaged."""

from __future__ import annotations

import errno
import struct
import zlib
from pickle import PickleError
from types import TracebackType

from indexer.errors import IndexDamaged, UnusableIndex

REBUILD_HINT = "Run `tracuu rebuild` to build it again."
"""The remedy in the messages of IndexDamaged."""
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    FileNotFoundError,
    ImportError,
    LookupError,
    PickleError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""The errors that reading damaged files raises: a number out of range, a value of a wrong type, a
list cut short, a missing file."""
_REMEDIES = {
    errno.EMFILE: "Allow more open files (`ulimit -n`).",
    errno.ENFILE: "Close other programs, or allow more open files on this machine.",
    errno.EACCES: "Grant permission to read there.",
}
"""Number of an OSError → what to do about it; other errors get a general remedy."""


class wrap_damage:  # noqa: N801  (used as a statement)
    """Context manager that turns the errors which damaged files cause (DAMAGE) into IndexDamaged.

    `what` names the part of the index in the message. MemoryError and OSErrors other than a missing
    file become UnusableIndex with a remedy of their own; all other errors, also IndexDamaged and
    UnusableIndex themselves, pass unchanged.
    """

    # Not a generator: it is entered dozens of times in each search.
    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if isinstance(error, DAMAGE):
            message = f"The index is damaged ({self._what}: {error})."
            raise IndexDamaged(message, REBUILD_HINT) from error
        if isinstance(error, (OSError, MemoryError)):
            reason = getattr(error, "strerror", None) or str(error) or "not enough memory"
            hint = _REMEDIES.get(
                getattr(error, "errno", None) or 0, "Check disk and memory, try again."
            )
            message = f"The index cannot be read ({self._what}: {reason})."
            raise UnusableIndex(message, hint) from error
