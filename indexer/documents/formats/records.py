"""Make documents of records: a line of JSON, a row of a table, a library record.

    {"id": "7", "title": "…", "text": "…", "date": "2021-01-08", "place": "Giang Thành, Kiên Giang"}

Only the text is required. A document is kept even if one of its fields cannot be understood: what
is certain of the field is kept, the rest is reported. Values under keys that are no fields are kept
in `Document.extra`. If a record does not state which documents it cites, they are found in its
title and text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

from indexer.documents.access_settings import AccessSettings
from indexer.documents.content import assemble
from indexer.documents.gazetteer import resolve
from indexer.documents.legacy.detect import repair
from indexer.documents.own_fields import own_values
from indexer.documents.rules.cited_documents import cited_elsewhere, number_in_title
from indexer.documents.text.dates import DATE_PATTERN, parse_archive_date
from indexer.documents.text.repair import break_at_zero_width, composed
from indexer.documents.text.text_keys import clean, key, word_keys
from indexer.errors import DocumentError
from indexer.models import Block, Document, Place
from indexer.partial_date import PartialDate
from indexer.profile.archive_profile import OwnField

MAX_DOCUMENT_CHARS = 20_000_000
"""Greatest number of code points of the body of a document; a longer text is no document."""

STRINGS = {
    "category": "section", "section": "section", "source": "source", "url": "url",
    "publisher": "publisher", "number": "number", "document_type": "document_type",
    "issuer": "issuer", "signer": "signer", "report_type": "report_type", "period": "period",
}  # fmt: skip
"""Key of a record → name of a `Document` field that holds one text."""

LISTS = {
    "author": "author",
    "persons": "persons",
    "subject": "subjects",
    "organisations": "organisations",
    "cited": "cited",
}
"""Key of a record → name of a `Document` field for which a record may state several values."""

DATES = {
    "date": "published",
    "published": "published",
    "effective": "effective",
    "expires": "expires",
}
"""Key of a record → name of a `Document` field that holds a date."""

COLUMNS = {
    "id": "id", "mã": "id", "mã số": "id", "mã tài liệu": "id", "mã hồ sơ": "id",
    "title": "title", "tiêu đề": "title", "tên": "title", "tên văn bản": "title",
    "tên tài liệu": "title", "trích yếu": "title", "trích yếu nội dung": "title",
    "trích yếu nội dung văn bản": "title", "tên loại và trích yếu": "title",
    "tên loại và trích yếu nội dung": "title", "tên loại và trích yếu nội dung văn bản": "title",
    "tiêu đề hồ sơ": "title", "tiêu đề hồ sơ tài liệu": "title", "tên hồ sơ": "title",
    "nhan đề": "title", "nhan đề chính": "title", "tên sách": "title", "tên ấn phẩm": "title",
    "tên bài": "title", "tên bài viết": "title", "tên bài báo": "title", "tên hiện vật": "title",
    "text": "text", "nội dung": "text", "toàn văn": "text", "văn bản": "text", "body": "text",
    "content": "text", "nội dung chính": "text", "tóm tắt": "text",
    "date": "date", "ngày": "date", "ngày đăng": "date", "ngày ban hành": "date", "ngày ký": "date",
    "ngày tháng": "date", "ngày tháng năm": "date", "ngày văn bản": "date",
    "ngày tháng văn bản": "date", "ngày tháng năm văn bản": "date", "năm": "date",
    "năm xuất bản": "date", "năm xb": "date", "niên đại": "date", "thời gian": "date",
    "thời gian tài liệu": "date", "ngày tháng bắt đầu và kết thúc": "date",
    "category": "category", "chuyên mục": "category", "danh mục": "category", "mục": "category",
    "source": "source", "nguồn": "source", "nguồn tin": "source",
    "url": "url", "link": "url", "liên kết": "url", "đường dẫn": "url", "địa chỉ": "url",
    "author": "author", "tác giả": "author", "người viết": "author",
    "place": "place", "địa bàn": "place", "nơi": "place", "địa phương": "place",
    "publisher": "publisher", "nhà xuất bản": "publisher", "nxb": "publisher",
    "nơi đăng": "publisher",
    "number": "number", "số": "number", "số hiệu": "number", "số ký hiệu": "number",
    "số và ký hiệu": "number", "số ký hiệu văn bản": "number", "số và ký hiệu văn bản": "number",
    "số ký hiệu hồ sơ": "number", "số và ký hiệu hồ sơ": "number", "ký hiệu": "number",
    "document_type": "document_type", "loại văn bản": "document_type", "loại": "document_type",
    "tên loại": "document_type", "tên loại văn bản": "document_type",
    "thể loại": "document_type", "hình thức": "document_type",
    "issuer": "issuer", "cơ quan ban hành": "issuer", "nơi ban hành": "issuer",
    "đơn vị ban hành": "issuer", "tác giả văn bản": "issuer",
    "signer": "signer", "người ký": "signer",
    "effective": "effective", "ngày hiệu lực": "effective", "ngày có hiệu lực": "effective",
    "expires": "expires", "ngày hết hiệu lực": "expires",
    "subject": "subject", "chủ đề": "subject", "từ khóa": "subject",
    "persons": "persons", "nhân vật": "persons",
    "cited": "cited", "văn bản được nhắc": "cited", "văn bản liên quan": "cited",
}  # fmt: skip
"""Name of a column in tables → key of a record. Those of the registers of files and documents are
those of the forms in decree 30/2020/NĐ-CP. Names are compared by `column_key`."""

_ASIDE = re.compile(r"\([^()]*\)")


def column_key(name: str) -> str:
    """Return what names of columns are compared by: their words, without what stands in
    parentheses ("Thời gian (BĐ - KT)") and without regard to case and punctuation."""
    return " ".join(word_keys(_ASIDE.sub(" ", name)) or word_keys(name))


_COLUMN_KEYS = {column_key(name): target for name, target in COLUMNS.items()}
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|strong|em|b|i|a|ul|ol|li|table|tr|td|th|h[1-6]|script|style|img|font|blockquote"
    r"|figure|section|article|o:p)\b[^<>]*>|<!--",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[;|]\s*")


@dataclass(slots=True)
class Read:
    """The document of a record, and one line for each field that could not be understood."""

    document: Document
    warnings: list[str] = field(default_factory=list)


def parse_line(
    line: bytes,
    name: str,
    fallback_id: str,
    columns: Mapping[str, str] | None = None,
    fields: Sequence[OwnField] = (),
    access: AccessSettings | None = None,
) -> Read:
    """Return the document of `line`, one JSON object in UTF-8.

    `name`, `fallback_id`, `columns`, `fields` and `access` are as in `read_record`. Raises
    DocumentError if the line is not a JSON object in UTF-8, or has no text.
    """
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise DocumentError(f"{name}: not UTF-8.", "Save the file as UTF-8.") from None
    except RecursionError:
        raise DocumentError(f"{name}: nested too deeply.", "Give text as a string.") from None
    except ValueError as error:
        raise DocumentError(f"{name}: not JSON ({error}).", "Put one object on a line.") from None
    return read_record(record, name, fallback_id, columns, fields, access)


def read_record(
    stated: object,
    name: str,
    fallback_id: str,
    columns: Mapping[str, str] | None = None,
    fields: Sequence[OwnField] = (),
    access: AccessSettings | None = None,
) -> Read:
    """Return the document of a record, with warnings for fields that could not be understood.

    All its texts are in NFC. Raises DocumentError if the record is no object or has no text, or if
    its text has HTML and lxml is not installed.

    Parameters
    ----------
    stated : a dict as JSON has it; anything else is an error.
    name : where the record is (file and line), for messages.
    fallback_id : the id of a record that states none.
    columns : key of the archive's own → key of a record (`archive.toml`).
    fields : the fields that the archive defines.
    access : how records state who may see their documents; None if everyone may.
    """
    if not isinstance(stated, dict):
        raise DocumentError(
            f"{name}: not an object but {_kind(stated)}.", 'Write {"id": …, "text": …}.'
        )
    try:
        record: dict[str, Any] = composed(stated)
    except RecursionError:
        raise DocumentError(f"{name}: nested too deeply.", "Give text as a string.") from None
    if columns:
        record = _mapped(record, columns)
    read = Read(Document(""))
    warnings = read.warnings
    values: dict[str, Any] = {"id": _id(record, name, fallback_id, warnings)}
    body, blocks = _text(record, name)
    title = _string(record, "title", warnings)
    encoding = None
    if body:
        repaired = repair(body, title)
        encoding = repaired.encoding
        if encoding:
            warnings.append(f"text converted from {encoding}")
            body, blocks = repaired.text, ()
            title = repair(title, record.get("text", "")).text
    values["title"] = break_at_zero_width(_plain(title))
    values["body"] = broken = break_at_zero_width(body)
    values["blocks"] = blocks if broken == body else ()
    for source, target in STRINGS.items():
        if source in record and not values.get(target):
            values[target] = _plain(_string(record, source, warnings)) or None
    for source, target in LISTS.items():
        stated = _list(record, source, warnings)
        values[target] = (", ".join(stated) or None) if target == "author" else tuple(stated)
    for source, target in DATES.items():
        if source in record and not values.get(target):
            values[target] = _date(record, source, warnings)
    if not values["cited"]:
        own = values.get("number") or number_in_title(values["title"])
        values["cited"] = cited_elsewhere(f"{values['title']}\n{values['body']}", own)
    values["places"] = (
        _places(record, values["published"], warnings)
        if "published" in values
        else (_places(record, None, warnings))
    )
    values["own"], understood = own_values(record, fields, warnings)
    if access:
        values["own"] = access.with_stated(values["own"], record)
    known = {"id", "title", "text", "place", *STRINGS, *LISTS, *DATES}
    known |= understood
    values["extra"] = tuple(
        (str(k), _shown(v))
        for k, v in record.items()
        if k not in known and v not in (None, "", [], {})
    )
    values = {k: _storable(v) for k, v in values.items()}
    return Read(Document(**values), warnings)


def _mapped(record: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the record with its keys mapped. A key whose field is taken stays as it is, so that
    no value is lost."""
    found = {name: value for name, value in record.items() if columns.get(name, name) == name}
    for name, value in record.items():
        target = columns.get(name, name)
        if target != name:
            found[name if target in found else target] = value
    return found


def is_known_column(name: str) -> bool:
    """Return True if a column of this name is a field in every archive (COLUMNS)."""
    return column_key(name) in _COLUMN_KEYS


def map_columns(
    header: Sequence[str], columns: Mapping[str, str] | None = None
) -> list[str] | None:
    """Return the record key of each column of a table; None if `header` does not name columns.

    A header names a column of texts, titles or numbers of documents, and has no cell of more than
    80 code points. A column with an unknown name, or with the same field as one before it, keeps
    its name as its key. `columns` is as in `read_record`.
    """
    own = {key(k): v for k, v in (columns or {}).items()}
    keys = [own.get(key(c)) or _COLUMN_KEYS.get(column_key(c)) for c in header]
    if not any(k in ("text", "title", "number") for k in keys) or any(len(c) > 80 for c in header):
        return None
    taken: set[str] = set()
    names = []
    for cell, k in zip(header, keys, strict=True):
        name = k if k and k not in taken else clean(cell)
        taken.add(name)
        names.append(name)
    return names


HEADER_ROWS = 10
"""Number of rows at the top of a sheet in which the names of its columns are looked for: lists of
offices begin with the name of the office and the title of the list."""


class Header(NamedTuple):
    """The head of a table: the indexes of its first row and of the first row below it, and for each
    column the record key and the heading as the table shows it."""

    first: int
    end: int
    names: list[str]
    headings: list[str]


DATE_END = "date_end"
"""Record key of the second column below "Thời gian" ("Bắt đầu", "Kết thúc")."""
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?")


def find_header(
    rows: Sequence[tuple[int, Sequence[str]]], columns: Mapping[str, str] | None = None
) -> Header | None:
    """Return the head of a table; None without a row of column names among the first HEADER_ROWS.

    A header below the first row must have two known names, because one could be a coincidence. A
    second row may divide its columns ("Thời gian" into "Bắt đầu" and "Kết thúc"), and a row may
    number them ("(1)", "(2)"). `rows` are (number from 1, cells); `columns` is as in `read_record`.
    """
    own = {key(k) for k in columns or {}}
    for at, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        names = map_columns(cells, columns)
        known = sum(key(c) in own or column_key(c) in _COLUMN_KEYS for c in cells if c.strip())
        if names is not None and (at == 0 or known >= 2):
            headings, end = list(map(clean, cells)), at + 1
            if end < len(rows) - 1 and (divided := _divided(names, headings, rows[end][1])):
                names, headings = divided
                end += 1
            if end < len(rows) - 1 and _numbers_columns(rows[end][1]):
                end += 1
            return Header(at, end, names, headings)
    return None


def _divided(
    names: Sequence[str], headings: Sequence[str], below: Sequence[str]
) -> tuple[list[str], list[str]] | None:
    """Return the record keys and headings of the columns of which the row `below` divides some;
    None if it does not.

    It does if all its cells are words that stand below a heading with an empty one to its right,
    or below such an empty one.
    """
    cells = [*map(clean, below), *[""] * (len(headings) - len(below))]
    new_names, new_headings = list(names), list(headings)
    group = -1
    for at, (heading, cell) in enumerate(zip(headings, cells, strict=False)):
        if heading:
            group = at if at + 1 < len(headings) and not headings[at + 1] else -1
        if not cell:
            continue
        if group < 0 or any(map(str.isdigit, cell)):
            return None
        new_headings[at] = f"{headings[group]} ({cell})"
        if at > group:
            is_end = at == group + 1 and names[group] == "date"
            new_names[at] = DATE_END if is_end else new_headings[at]
    return (new_names, new_headings) if new_headings != list(headings) else None


def _numbers_columns(cells: Sequence[str]) -> bool:
    """True if a row has nothing but the numbers of the columns, from 1, three or more."""
    found = [_COLUMN_NUMBER.fullmatch(cell.strip()) for cell in cells if cell.strip()]
    numbers = [int(match[1]) for match in found if match]
    return len(found) >= 3 and numbers == list(range(1, len(found) + 1))


_TOTAL = re.compile(r"(?:tổng|cộng)\b", re.IGNORECASE)


def is_total(names: Sequence[str], cells: Sequence[str]) -> bool:
    """True if a row states the total of a table: it begins with "Tổng" or "Cộng", and has no text,
    title or number of a document. `names` are the record keys of its columns."""
    stated = {name for name, cell in zip(names, cells, strict=False) if cell.strip()}
    first = next((cell for cell in cells if cell.strip()), "")
    return bool(_TOTAL.match(first.strip())) and not stated & {"text", "title", "number"}


_ENTRY_NUMBER = re.compile(r"(?:số\s)?s?\.?t\.?t\.?|(?:số\s)?thứ tự", re.IGNORECASE)
"""Matches the heading of the column that numbers the entries of a list: "STT", "Số TT"."""
_FOOT_CELLS = 2
"""Greatest number of cells of a row in the foot of a list: two persons sign side by side."""


def foot_of_list(head: Header, rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Return the index of the first row of the foot of a list, where its end is dated and signed;
    len(rows) without one.

    The rows of a foot stand below the last entry with a number, in a list that numbers its entries
    and has more columns than a foot has cells. `head` is the head of the list, `rows` are (number
    from 1, cells).
    """
    numbers = [at for at, text in enumerate(head.headings) if _ENTRY_NUMBER.fullmatch(text)]
    if not numbers or sum(map(bool, head.headings)) <= _FOOT_CELLS + 1:
        return len(rows)
    begin = len(rows)
    while begin > head.end:
        cells = rows[begin - 1][1]
        number = cells[numbers[0]].strip(" .") if numbers[0] < len(cells) else ""
        if number.isdigit():
            return begin
        if sum(bool(cell.strip()) for cell in cells) > _FOOT_CELLS:
            break
        begin -= 1
    return len(rows)


_SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?")
"""Matches the number by which a spreadsheet keeps a day from 1927 to 2118; five digits are no other
form of a date."""
_SERIAL_ZERO = date(1899, 12, 30)


def row_record(
    names: Sequence[str], cells: Sequence[str], headings: Sequence[str], lists: Collection[str] = ()
) -> dict[str, Any]:
    """Return the record of a row.

    A date that is the number of a day, as spreadsheets keep it, becomes YYYY-MM-DD. The text of a
    row without a cell of text is made of all its cells that are not empty: one line for each, the
    heading, ": " and the cell. Empty cells give no key.

    Parameters
    ----------
    names : the record key of each column.
    cells : the texts of the row.
    headings : the column names as the table shows them.
    lists : keys whose cells may hold several values, separated by ";" or "|", beside authors,
        persons, subjects and cited documents.
    """
    record: dict[str, Any] = {
        n: c.strip() for n, c in zip(names, cells, strict=False) if n and c.strip()
    }
    for name in ("date", DATE_END, "event_date"):
        if _SERIAL.fullmatch(str(record.get(name, ""))):
            record[name] = (_SERIAL_ZERO + timedelta(days=int(float(record[name])))).isoformat()
    for name in ("author", "persons", "subject", "cited", *lists):
        if name in record:
            record[name] = [part for part in _SEPARATOR.split(record[name]) if part]
    if end := record.pop(DATE_END, None):
        record["date"] = f"{record['date']} - {end}" if "date" in record else end
    if not record.get("text"):
        record["text"] = "\n".join(
            f"{heading}: {cell.strip()}" if heading else cell.strip()
            for heading, cell in zip_longest((clean(h) for h in headings), cells, fillvalue="")
            if cell.strip()
        )
    return record


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _id(record: dict[str, Any], name: str, fallback: str, warnings: list[str]) -> str:
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value
    warnings.append(f"no usable `id`; it is {fallback!r} now")
    return fallback


def _text(record: dict[str, Any], name: str) -> tuple[str, tuple[Block, ...]]:
    """Return the body of a record, and its blocks if it is HTML.

    Raises DocumentError, naming `name`, if the record has no text, or HTML that cannot be parsed.
    """
    value = record.get("text")
    if value is None:
        raise DocumentError(f"{name}: has no `text`.", 'Add "text" to the object.')
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "\n\n".join(value)
    if not isinstance(value, str):
        raise DocumentError(f"{name}: `text` is {_kind(value)}.", "Make it a string.")
    if _MARKUP.search(value):
        # Imported here, because a search needs no reader of web pages.
        from indexer.documents.formats.html.html_reader import extract_fragment

        return assemble(extract_fragment(value, name).parts)
    return _unescaped(value), ()


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text) if _ENTITY.search(text) else text


def _plain(text: str) -> str:
    """Return a text field on one line, without tags and entities of HTML."""
    if _MARKUP.search(text):
        text = re.sub(r"<[^<>]*>", " ", text)
    return " ".join(_unescaped(text).split()) if text else text


def _string(record: dict[str, Any], name: str, warnings: list[str]) -> str:
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    warnings.append(f"`{name}` is {_kind(value)} and was left out")
    return ""


def _list(record: dict[str, Any], name: str, warnings: list[str]) -> list[str]:
    value = record.get(name)
    if isinstance(value, list):
        texts = [_plain(item) for item in value if isinstance(item, str) and item.strip()]
        if len(texts) != len(value):
            warnings.append(f"`{name}`: {len(value) - len(texts)} entries are no text")
        return texts
    text = _plain(_string(record, name, warnings))
    return [text] if text else []


def _date(record: dict[str, Any], name: str, warnings: list[str]) -> date | None:
    text = _string(record, name, warnings)
    if not text.strip():
        return None
    found = parse_archive_date(text)
    if found is None:
        warnings.append(f"`{name}` {text[:40]!r} is no date")
    elif isinstance(found, PartialDate) and DATE_PATTERN.fullmatch(text.strip()):
        kept = found.isoformat()
        warnings.append(f"`{name}` {text[:40]!r} is no day of the calendar; {kept} is kept")
    return found


def _places(record: dict[str, Any], on: date | None, warnings: list[str]) -> tuple[Place, ...]:
    value = record.get("place")
    if value is None:
        return ()
    if isinstance(value, dict):
        province, district = (_string(value, part, warnings) for part in ("province", "district"))
    elif isinstance(value, str):
        district, _, province = value.rpartition(",")
    else:
        warnings.append(f"`place` is {_kind(value)} and was left out")
        return ()
    return resolve(province.strip(), district.strip(), on)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def _storable(value: Any) -> Any:
    """Return a JSON value without NUL and surrogate characters, which cannot be stored or shown."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return tuple(map(_storable, value))
    return value
