"""`archive.toml` beside the sources: how this archive names its fields, and what to leave out.

`tracuu init` writes the file with every setting explained; reading checks it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from indexer.documents.formats.records import DATES, LISTS, STRINGS
from indexer.errors import SourceError

FILE_NAME = "archive.toml"

FIELDS = ("id", "title", "text", "place", *DATES, *LISTS, *STRINGS)
"""Fields of a record that the archive's own keys and columns can be mapped to."""


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    """The settings of one source folder.

    Attributes
    ----------
    columns : key of JSON records, or column of tables → key of a record (FIELDS).
    skip : patterns of paths below the folder that are not read ("nháp/*", "*.bak").
    chrome : lines that every page of the archive repeats and that belong to no document.
    ocr : True to read scanned pages of PDFs with tesseract.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    chrome: tuple[str, ...] = ()
    ocr: bool = False


_TYPES: dict[str, tuple[type, str]] = {
    "columns": (dict, 'a table: [columns], then "Tên cột" = "title"'),
    "skip": (list, 'a list of texts: skip = ["nháp/*"]'),
    "chrome": (list, 'a list of texts: chrome = ["Bản tin nội bộ"]'),
    "ocr": (bool, "true or false"),
}

TEMPLATE = f"""\
# Cách đọc kho tài liệu này / How this archive is read. Lines that begin with # are comments.
# Check the effect with `tracuu inspect` on this folder.

# Tệp và thư mục không đọc. Files and folders not to read; * stands for any characters.
skip = []                       # skip = ["nháp/*", "*.bak", "ảnh/*"]

# Những dòng lặp lại ở mọi trang, không thuộc nội dung. Lines that every page repeats.
chrome = []                     # chrome = ["Bản tin nội bộ Sở Nội vụ"]

# Nhận dạng chữ trong PDF quét (cần tesseract). Read scanned pages of PDFs; needs tesseract-ocr-vie.
ocr = false

# Tên cột trong bảng, tên khóa trong JSON -> trường. Names of columns and JSON keys -> fields:
# {", ".join(FIELDS[:9])},
# {", ".join(FIELDS[9:])}
[columns]
# "Số văn bản" = "number"
# "Ngày lưu" = "date"
"""


def load_config(folder: Path) -> ArchiveConfig:
    """Return the settings of a source folder; the defaults if it has no `archive.toml`.

    Raises SourceError, naming the file and the mistake, if it cannot be used.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ArchiveConfig()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {error}.", "Save it as a UTF-8 text file.") from None
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(
            f"{path}: {error}.", "See the comments that `tracuu init` writes."
        ) from None
    for name, value in stated.items():
        _check(path, name, value)
    columns = stated.get("columns", {})
    return ArchiveConfig(
        {str(key): str(target) for key, target in columns.items()},
        tuple(stated.get("skip", ())),
        tuple(stated.get("chrome", ())),
        stated.get("ocr", False),
    )


def _check(path: Path, name: str, value: Any) -> None:
    if name not in _TYPES:
        near = get_close_matches(name, _TYPES, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Use {', '.join(_TYPES)}."
        raise SourceError(f"{path}: there is no setting {name!r}.", hint)
    wanted, form = _TYPES[name]
    if not isinstance(value, wanted):
        raise SourceError(f"{path}: {name!r} has a wrong type.", f"Write {form}.")
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise SourceError(f"{path}: {name!r} has a wrong type.", f"Write {form}.")
    if isinstance(value, dict):
        for key, target in value.items():
            if target not in FIELDS:
                near = get_close_matches(str(target), FIELDS, 1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Use {', '.join(FIELDS)}."
                raise SourceError(f"{path}: {key!r} names no field {target!r}.", hint)


def write_template(folder: Path) -> Path:
    """Write an `archive.toml` with every setting explained; return its path.

    Raises SourceError if there is one, or the folder cannot be written.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise SourceError(f"{path} exists already.", "Edit it, or delete it first.") from None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}.", "Choose another folder.") from None
    return path
