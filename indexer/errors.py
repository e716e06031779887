"""Every error that this package raises on purpose.

    TraCuuError                     the root: catch this one
    ├── InputError                  the input cannot be used
    │   ├── SourceError             the sources cannot be read or used at all
    │   │   └── HarvestError        an address of a web site cannot be fetched
    │   ├── DocumentError           one document of a source is broken; the others are indexed
    │   ├── RequestError            a search request has a parameter out of range
    │   └── QueriesError            an evaluation file is not what `tracuu evaluate` reads
    ├── WordModelError              the files of the word model are missing or changed
    ├── SettingError                a variable TRACUU_* or an address to listen on is unusable
    ├── DocumentNotFound            no document has this id
    ├── SearchTimeout               a search takes longer than it may
    ├── OriginalNotFound            the original file of a document cannot be downloaded
    └── UnusableIndex               the built index cannot be used
        ├── IndexMissing            nothing has been built here yet, or no former generation is left
        ├── IndexDamaged            a file is missing, unknown or changed
        ├── IndexBusy               another rebuild or update holds the lock
        ├── EngineUnavailable       the cluster does not answer, or cannot now; it may soon
        ├── NoSuchGroup             the index has nothing for a group of this name
        └── UnsupportedByEngine     the chosen engine does not do this

The text of an error is one line in English for the person at the command line: what happened
(`message`) and the remedy (`hint`), which an interface may also show apart. `code` identifies the
class of the error in JSON.
"""

from __future__ import annotations

from functools import partial


class TraCuuError(Exception):
    """Root of all errors that are raised on purpose; `code` identifies the class in JSON.

    Parameters
    ----------
    message : what happened, one line.
    hint : what to do about it, one line, or ""; `str` gives both in one line.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}".strip())

    def __reduce__(self) -> tuple[object, ...]:
        # Errors pass between processes, with message and hint apart.
        return (type(self), (self.message, self.hint))


class InputError(TraCuuError):
    """Something that a user gave cannot be used: a source, a request, an evaluation file."""

    code = "bad_input"


class SourceError(InputError):
    """The sources cannot be used: a folder, file or `archive.toml` cannot be read, they contradict
    each other, or they have no document or too few."""

    code = "bad_source"


class HarvestError(SourceError):
    """An address of a web site cannot be fetched; the others still are.

    Parameters
    ----------
    message, hint : as for TraCuuError.
    kind : the cause as one word, by which a report counts: `address`, `private`, `dns`,
        `connection`, `tls`, `timeout`, `redirect`, `elsewhere`, `robots`, `status`, `gone`, `busy`,
        `size`, `type`, `encoding`, `xml`, `depth`, `oai`, `warc`; `budget` and `stopped` if the
        run ended early.
    """

    code = "bad_address"

    def __init__(self, message: str, hint: str = "", *, kind: str) -> None:
        super().__init__(message, hint)
        self.kind = kind

    def __reduce__(self) -> tuple[object, ...]:
        return (partial(type(self), kind=self.kind), (self.message, self.hint))


class DocumentError(InputError):
    """One document of a source is broken; the others are still indexed. Raised also by an engine
    that is given two documents of one id, which stops building."""

    code = "bad_document"


class RequestError(InputError):
    """A search request has a parameter that is out of range or unknown."""

    code = "bad_parameter"


class QueriesError(InputError):
    """An evaluation file cannot be read, or does not have the format that `tracuu evaluate`
    reads."""

    code = "bad_queries"


class SettingError(TraCuuError):
    """The value of an environment variable `TRACUU_*`, or the address that the server is to listen
    on, cannot be used."""

    code = "bad_setting"


class WordModelError(TraCuuError):
    """The files of the word model are missing or changed."""

    code = "word_model"


class DocumentNotFound(TraCuuError):
    """No document of this archive has the requested id."""

    code = "not_found"


class SearchTimeout(TraCuuError):
    """A search takes longer than it may (`TRACUU_TIMEOUT`)."""

    code = "timeout"


class OriginalNotFound(TraCuuError):
    """The original file of a document is not offered, or is no longer the one that was indexed."""

    code = "original_not_found"


class UnusableIndex(TraCuuError):
    """The built index cannot be used: it cannot be read or written, or was closed."""

    code = "index_unusable"


class IndexMissing(UnusableIndex):
    """Nothing has been built in this folder or cluster yet, or there is no former generation to
    return to."""

    code = "index_missing"


class IndexDamaged(UnusableIndex):
    """A file of the index is missing, unknown, of another version, or was changed."""

    code = "index_damaged"


class IndexBusy(UnusableIndex):
    """Another rebuild or update holds the lock of this index folder."""

    code = "index_busy"


class EngineUnavailable(UnusableIndex):
    """The cluster that has the index does not answer, or cannot answer now."""

    code = "engine_unavailable"


class NoSuchGroup(UnusableIndex):
    """`[access]` of the index names no group of this name."""

    code = "no_such_group"


class UnsupportedByEngine(UnusableIndex):
    """The chosen engine does not do this."""

    code = "unsupported"
