"""Read, check and write `archive.toml`, the settings of a source folder.

The file names and describes the archive, says how its files are read, and adds fields, synonyms and
pinned documents. `tracuu init` writes it with every setting explained.
"""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from glob import escape
from pathlib import Path
from typing import Any

from indexer.analysis import strip_marks, terms_in
from indexer.documents.access_settings import AccessSettings
from indexer.documents.formats.records import DATES, LISTS, STRINGS
from indexer.documents.own_fields import own_columns
from indexer.documents.text.text_keys import key as comparison_key
from indexer.errors import SourceError
from indexer.facets import QUERY_FIELDS
from indexer.profile.access import AccessRule, canonical
from indexer.profile.appearance import MAX_LOGO_BYTES, Logo, check_accent, read_logo
from indexer.profile.archive_profile import NO_PROFILE, ArchiveProfile, FieldType, OwnField, Pinned

FILE_NAME = "archive.toml"

FIELDS = ("id", "title", "text", "place", *DATES, *LISTS, *STRINGS)
"""Fields of a record that the archive's own keys and columns can be mapped to."""

MAX_LINE = 200
MAX_DESCRIPTION = 2_000
"""Greatest length of the name and of the description in code points; every page shows them."""

_KEY = re.compile(r"[^\W\d_]\w*")
_MAX_KEY = 40
"""Greatest length of the key of an own field in code points."""


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    """The settings of one source folder.

    Attributes
    ----------
    columns : key of JSON records, or name of a column of tables → one of FIELDS, or key of an own
        field.
    skip : `fnmatch` patterns of paths below the folder that are not read ("nháp/*", "*.bak").
    chrome : lines that every page of the archive repeats and that belong to no document.
    ocr : True to read scanned pages with tesseract.
    access : how documents state who may see them; None if everyone may see all of them.
    profile : the settings that the index keeps.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    chrome: tuple[str, ...] = ()
    ocr: bool = False
    access: AccessSettings | None = None
    profile: ArchiveProfile = NO_PROFILE


TEMPLATE = f"""\
# Kho tài liệu này là gì và được đọc thế nào. What this archive is, and how it is read.
# Lines that begin with # are comments. Check the effect with `tracuu inspect` on this folder;
# `tracuu update` puts it into force.

# Tên, lời giới thiệu, nơi liên hệ (thư, điện thoại, địa chỉ web). What readers see on the pages.
name = ""                       # name = "Kho lưu trữ huyện Giang Thành"
description = ""                # description = "Văn bản của huyện từ năm 1976."
contact = ""                    # contact = "luutru@giangthanh.example"

# Biểu trưng cạnh tên (PNG hoặc JPEG, đến 64 kB) và màu của liên kết, nút bấm. A logo beside the
# name (a file of this folder) and the colour of links and buttons.
logo = ""                       # logo = "logo.png"
accent = ""                     # accent = "#0f5c63"

# Tệp và thư mục không đọc. Files and folders not to read; * stands for any characters.
skip = []                       # skip = ["nháp/*", "*.bak", "ảnh/*"]

# Những dòng lặp lại ở mọi trang, không thuộc nội dung. Lines that every page repeats.
chrome = []                     # chrome = ["Bản tin nội bộ Sở Nội vụ"]

# Nhận dạng chữ trong trang quét, PDF hay ảnh (cần tesseract). Read scanned pages, PDFs or pictures;
# needs tesseract-ocr-vie.
ocr = false

# Cách viết khác của cùng một điều, mỗi nhóm tìm ra nhau. Written forms that find each other.
synonyms = []                   # synonyms = [["QLTT", "quản lý thị trường"], ["ngập", "lụt"]]

# Cho người đọc tải tệp gốc (không gồm tệp nằm trong ZIP, WARC). Let readers download the files.
[originals]
download = false

# Tên cột trong bảng, tên khóa trong JSON -> trường. Names of columns and JSON keys -> fields:
# {", ".join(FIELDS[:9])},
# {", ".join(FIELDS[9:])}
# or the key of one of [fields.…] below.
[columns]
# "Số văn bản" = "number"
# "Ngày lưu" = "date"

# Trường riêng của kho, lấy từ khóa JSON, cột, phần đầu của .md, thẻ <meta>. Own fields, from JSON
# keys, columns, front matter and <meta> of the same name (or mapped above).
# type is "text", "number", "date", or "hierarchy" (parts separated by "/"); with "facet", the page
# lists the values to narrow by, of numbers and dates boxes for a first and a last one.
# In a query: phong:"Ủy ban", so_trang:100..200
# [fields.phong]
# type = "hierarchy"
# label.vi = "Phông lưu trữ"
# label.en = "Fonds"
# facet = true

# Ai được xem tài liệu nào. Who may see a document: those who may see every value that it has in
# this field. Logins say to which group they belong (`tracuu password --group`). A document whose
# value is in no list is left out of the index. After a change here, run `tracuu rebuild`.
# [fields.mat]
# type = "text"
# label.vi = "Độ mật"
# [access]
# field = "mat"
# public = ["thường"]                 # values that everyone may see
# default = "nội bộ"                  # value of documents that state none; else nobody sees them
# [access.groups]                     # values that a group may see, too; who is in several groups
# "lãnh đạo" = ["nội bộ", "mật"]      # sees what the first of them does
# "cán bộ" = ["nội bộ"]
# [access.paths]                      # files and folders of this name have the value, too
# "họp kín" = "mật"

# Tài liệu đứng đầu khi tìm đúng câu này. Documents that come first for exactly this query
# (capitals, accents and spaces do not matter); by id or URL.
# [[pinned]]
# query = "lịch tiếp dân"
# documents = ["lich-tiep-dan-2024"]
"""
"""The `archive.toml` that `tracuu init` writes."""


def load_config(folder: Path) -> ArchiveConfig:
    """Return the settings of a source folder; the defaults if it has no `archive.toml`.

    Raises SourceError, naming the file and the mistake, if the file cannot be read, is not TOML, or
    has a setting that is unknown or has a wrong value.
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
    try:
        return _config(stated, folder)
    except _Mistake as error:
        raise SourceError(f"{path}: {error.message}.", error.remedy) from None


class _Mistake(Exception):
    """Raised for a setting that cannot be used, with the remedy; `load_config` catches it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _config(stated: Mapping[str, Any], folder: Path) -> ArchiveConfig:
    _known_names(stated, _SETTINGS, "setting")
    given = {name: read(stated[name]) for name, read in _SETTINGS.items() if name in stated}
    fields: tuple[OwnField, ...] = given.get("fields", ())
    columns: dict[str, str] = given.get("columns", {})
    targets = (*FIELDS, *(own.key for own in fields))
    for key, target in columns.items():
        if target not in targets:
            raise _Mistake(f"{key!r} names no field {target!r}", _use(target, targets))
    access = _for_fields(given.get("access"), fields, columns)
    profile = ArchiveProfile(
        given.get("name", ""),
        given.get("description", ""),
        given.get("contact", ""),
        fields,
        given.get("synonyms", ()),
        given.get("pinned", ()),
        (os.path.realpath(folder),) if given.get("originals") else (),
        _read_logo(folder, logo) if (logo := given.get("logo", "")) else None,
        given.get("accent", ""),
        access.rule if access else None,
    )
    skip = (*given.get("skip", ()), *((escape(logo),) if logo else ()))  # it is no document
    ocr = given.get("ocr", False)
    return ArchiveConfig(columns, skip, given.get("chrome", ()), ocr, access, profile)


def _read_logo(folder: Path, name: str) -> Logo:
    path = folder / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise _Mistake(f"the logo {name!r} is not in this folder", "Copy the file into it.")
    try:
        with path.open("rb") as file:
            return read_logo(file.read(MAX_LOGO_BYTES + 1))
    except OSError as error:
        raise _Mistake(
            f"the logo {name!r} cannot be read: {error.strerror or error}", "Correct its name."
        ) from None
    except ValueError as error:
        raise _Mistake(
            f"the logo {name!r} cannot be used: {error}",
            f"Save it as a PNG of at most {MAX_LOGO_BYTES // 1000} kB.",
        ) from None


def _accent(value: Any) -> str:
    text = _line("accent", 40)(value).lower()
    if text:
        try:
            check_accent(text)
        except ValueError as error:
            raise _Mistake(
                f"'accent' {text!r} cannot be used: {error}", 'Write accent = "#…", six digits.'
            ) from None
    return text


def _known_names(stated: Mapping[str, Any], known: Iterable[str], noun: str, of: str = "") -> None:
    for name in stated:
        if name not in known:
            raise _Mistake(f"there is no {noun} {name!r}{of}", _use(name, tuple(known)))


def _use(name: object, known: Sequence[str]) -> str:
    near = get_close_matches(str(name), known, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Use {', '.join(known)}."


def _wrong_type(name: str, form: str) -> _Mistake:
    return _Mistake(f"{name!r} has a wrong type", f"Write {form}.")


def _line(name: str, most: int = MAX_LINE) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong_type(name, f'a text: {name} = "…"')
        text = " ".join(_text(value).split())
        if len(text) > most:
            raise _Mistake(f"{name!r} is longer than {most:,} characters", "Shorten it.")
        return text

    return read


def _texts(name: str, example: str) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong_type(name, f"a list of texts: {name} = {example}")
        return tuple(value)

    return read


def _flag(name: str) -> Callable[[Any], bool]:
    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _wrong_type(name, "true or false")
        return value

    return read


def _columns(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong_type("columns", 'a table: [columns], then "Tên cột" = "title"')
    return {str(key): target for key, target in value.items()}


def _originals(value: Any) -> bool:
    if not isinstance(value, dict):
        raise _wrong_type("originals", "a table: [originals], then download = true")
    _known_names(value, ("download",), "setting", " in [originals]")
    return _flag("originals.download")(value.get("download", False))


def _synonyms(value: Any) -> tuple[tuple[str, ...], ...]:
    example = 'a list of lists: synonyms = [["QLTT", "quản lý thị trường"]]'
    if not isinstance(value, list):
        raise _wrong_type("synonyms", example)
    groups = []
    for group in value:
        if not isinstance(group, list) or not all(isinstance(item, str) for item in group):
            raise _wrong_type("synonyms", example)
        written_forms = tuple(dict.fromkeys(" ".join(_text(item).split()) for item in group))
        empty = next((item for item in written_forms if not terms_in(item)), None)
        if empty is not None:
            raise _Mistake(
                f"'synonyms' has a written form without letters, {empty!r}", "Take it out."
            )
        if len(written_forms) < 2:
            raise _Mistake(
                f"a group of 'synonyms' has fewer than two written forms: {group!r}", "Add another."
            )
        groups.append(written_forms)
    return tuple(groups)


def _pinned(value: Any) -> tuple[Pinned, ...]:
    form = 'a table: [[pinned]], then query = "…" and documents = ["id"]'
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong_type("pinned", form)
    found = []
    for item in value:
        _known_names(item, ("query", "documents"), "setting", " in [[pinned]]")
        query, documents = item.get("query"), item.get("documents")
        if not isinstance(query, str) or not query.strip():
            raise _Mistake("[[pinned]] has no 'query'", f"Write {form}.")
        if (
            not isinstance(documents, list)
            or not documents
            or not all(isinstance(name, str) and name for name in documents)
        ):
            raise _Mistake(f"[[pinned]] {query!r} has no 'documents'", f"Write {form}.")
        found.append(Pinned(_text(query), tuple(dict.fromkeys(documents))))
    return tuple(found)


def _fields(value: Any) -> tuple[OwnField, ...]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise _wrong_type("fields", 'a table: [fields.phong], then type = "text"')
    found: dict[str, OwnField] = {}
    for key, stated in value.items():
        own = _own_field(unicodedata.normalize("NFC", key), stated)
        bare = strip_marks(own.key)
        if bare in found:
            raise _Mistake(
                f"[fields.{own.key}] and [fields.{found[bare].key}] are one name in a query",
                "Rename one of them.",
            )
        found[bare] = own
    return tuple(found.values())


_ACCESS = ("field", "public", "default", "groups", "paths")
_GROUP = re.compile(r"[^\W_][^,:;|\x00-\x1f\x7f]{0,59}")
"""Matches the name of a group: a list of names in a header or a line has commas between them."""


def _access(value: Any) -> AccessSettings:
    """Return the settings of access, without the names under which records state values."""
    if not isinstance(value, dict):
        raise _wrong_type("access", 'a table: [access], then field = "mat"')
    _known_names(value, _ACCESS, "setting", " in [access]")
    if not isinstance(value.get("field"), str):
        raise _Mistake("[access] has no 'field'", 'Write field = "…", the key of a [fields.…].')
    public = _access_values("access.public", value.get("public", []))
    groups: dict[str, tuple[str, ...]] = {}
    for name, values in _table("access.groups", value.get("groups", {})).items():
        if not _GROUP.fullmatch(name) or canonical(name) in map(canonical, groups):
            raise _Mistake(
                f"[access.groups]: {name!r} cannot be the name of a group",
                "Use at most 60 characters, a letter first, no comma, and another name for each.",
            )
        groups[_text(name)] = _access_values(f"access.groups.{name}", values)
    rule = AccessRule(_text(value["field"]), public, tuple(groups.items()))
    default = _line("access.default")(value.get("default", ""))
    paths = {
        _text(pattern): _line(f"access.paths.{pattern}")(given)
        for pattern, given in _table("access.paths", value.get("paths", {})).items()
    }
    seen = {canonical(each) for values in (public, *groups.values()) for each in values}
    for given in (*((default,) if default else ()), *paths.values()):
        if canonical(given) not in seen:
            raise _Mistake(
                f"[access]: nobody may see {given!r}", "Name it in public or in a group, too."
            )
    return AccessSettings(rule, default, tuple(paths.items()))


def _access_values(name: str, value: Any) -> tuple[str, ...]:
    values = tuple(" ".join(_text(each).split()) for each in _texts(name, '["nội bộ"]')(value))
    if not all(values):
        raise _Mistake(f"{name!r} has an empty value", "Take it out, or set access.default.")
    return values


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(name, f"a table: [{name}]")
    return value


def _for_fields(
    access: AccessSettings | None, fields: Sequence[OwnField], columns: Mapping[str, str]
) -> AccessSettings | None:
    """Return the settings of access with all names under which records state its field.

    Raises _Mistake if the archive has no such field of texts.
    """
    if access is None:
        return None
    own = next((each for each in fields if each.key == access.rule.field), None)
    if own is None or own.type is not FieldType.TEXT:
        raise _Mistake(
            f"[access] names no field of texts, {access.rule.field!r}",
            f'Add [fields.{access.rule.field}] with type = "text".',
        )
    meant = {**own_columns(fields), **columns}
    names = frozenset(comparison_key(name) for name, target in meant.items() if target == own.key)
    return replace(access, names=names)


_TAKEN = {strip_marks(name) for name in (*QUERY_FIELDS, *FIELDS)}


def _own_field(key: str, stated: Mapping[str, Any]) -> OwnField:
    where = f"[fields.{key}]"
    if not _KEY.fullmatch(key) or key != key.lower() or len(key) > _MAX_KEY:
        raise _Mistake(
            f"{where}: {key!r} cannot be typed as a field in a query",
            f"Use at most {_MAX_KEY} small letters, digits and _, a letter first.",
        )
    if strip_marks(key) in _TAKEN:
        raise _Mistake(f"{where}: there is a field of this name already", "Choose another key.")
    _known_names(stated, ("type", "label", "facet"), "setting", f" in {where}")
    kinds = tuple(kind.value for kind in FieldType)
    if (kind := stated.get("type", "text")) not in kinds:
        raise _Mistake(f"{where}: there is no type {kind!r}", f"Use {', '.join(kinds)}.")
    label = stated.get("label", {})
    if isinstance(label, str):
        label = {"vi": label}
    if not isinstance(label, dict):
        raise _wrong_type(f"fields.{key}.label", 'label.vi = "…" and label.en = "…"')
    _known_names(label, ("vi", "en"), "language", f" in label of {where}")
    shown = {
        language: _line(f"fields.{key}.label.{language}", 60)(text)
        for language, text in label.items()
    }
    vietnamese = shown.get("vi") or shown.get("en") or key.replace("_", " ").capitalize()
    facet = _flag(f"fields.{key}.facet")(stated.get("facet", False))
    return OwnField(key, FieldType(kind), vietnamese, shown.get("en") or vietnamese, facet)


def _text(value: str) -> str:
    """Return a text in NFC, without NUL and with "?" for surrogates, which cannot be stored."""
    plain = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", plain)


_SETTINGS: dict[str, Callable[[Any], Any]] = {
    "name": _line("name"),
    "description": _line("description", MAX_DESCRIPTION),
    "contact": _line("contact"),
    "logo": _line("logo"),
    "accent": _accent,
    "skip": _texts("skip", '["nháp/*"]'),
    "chrome": _texts("chrome", '["Bản tin nội bộ"]'),
    "ocr": _flag("ocr"),
    "synonyms": _synonyms,
    "originals": _originals,
    "columns": _columns,
    "fields": _fields,
    "access": _access,
    "pinned": _pinned,
}
"""Name of a setting → function that checks and converts its value; raises _Mistake."""


def write_template(folder: Path) -> Path:
    """Write an `archive.toml` with every setting explained into a folder, which is created if need
    be; return its path.

    Raises SourceError if the file exists already, or cannot be written.
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
