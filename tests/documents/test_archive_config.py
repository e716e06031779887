"""archive.toml: its settings have their effect, and mistakes in it are one clear error."""

from __future__ import annotations

import json
import os
import re
import struct
from pathlib import Path

import pytest

from indexer.documents import Skipped, read_sources
from indexer.documents.files.archive_config import (
    _SETTINGS,
    FILE_NAME,
    TEMPLATE,
    ArchiveConfig,
    load_config,
    write_template,
)
from indexer.errors import SourceError
from indexer.models import Document
from indexer.profile.archive_profile import ArchiveProfile, FieldType, OwnField, Pinned

MARK = '[fields.mat]\ntype = "text"\n[access]\nfield = "mat"\n'


def folder_with(tmp_path: Path, config: str) -> Path:
    (tmp_path / FILE_NAME).write_text(config, "utf-8")
    return tmp_path


def test_the_template_is_valid_and_changes_nothing(tmp_path: Path) -> None:
    assert load_config(write_template(tmp_path / "new").parent) == ArchiveConfig()
    with pytest.raises(SourceError, match="exists already"):
        write_template(tmp_path / "new")


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path) == ArchiveConfig()


def test_columns_skipped_files_and_own_chrome_are_obeyed(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        'skip = ["nháp/*"]\nchrome = ["Bản tin nội bộ Sở X"]\n[columns]\n"Mã lưu" = "id"\n'
        '"Lời" = "text"\n',
    )
    (folder / "nháp").mkdir()
    (folder / "nháp" / "x.txt").write_text("Bản nháp", "utf-8")
    (folder / "a.jsonl").write_text(
        json.dumps({"Mã lưu": "H5", "Lời": "Công tác dân vận"}, ensure_ascii=False), "utf-8"
    )
    (folder / "b.csv").write_text("Mã lưu,Lời,Kho\n7,Dân vận khéo,K1\n", "utf-8")
    (folder / "c.txt").write_text(
        "Bản tin nội bộ Sở X\n\nXã Mỹ Xuyên tổng kết công tác dân vận năm 2020\n\nMột câu dài.\n",
        "utf-8",
    )
    items = list(read_sources([folder]))
    documents = {item.id: item for item in items if isinstance(item, Document)}
    assert documents["H5"].body == "Công tác dân vận"
    assert documents["7"].body == "Dân vận khéo"
    assert documents["7"].extra == (("Kho", "K1"),)
    assert "nội bộ" not in documents["c"].body
    assert {Path(i.name).name for i in items if isinstance(i, Skipped)} == {"x.txt", FILE_NAME}


def test_the_settings_of_the_profile_are_read(tmp_path: Path) -> None:
    config = load_config(
        folder_with(
            tmp_path,
            """
name = "Kho lưu trữ\thuyện"
description = "Từ năm 1976."
contact = "luutru@huyen.example"
synonyms = [["QLTT", "quản lý thị trường", "QLTT"]]
[originals]
download = true
[columns]
"Kho" = "phông"
[fields."phông"]
type = "hierarchy"
label.vi = "Phông lưu trữ"
label.en = "Fonds"
facet = true
[fields.so_trang]
type = "number"
[[pinned]]
query = "lịch tiếp dân"
documents = ["lich-2024"]
""",
        )
    )
    assert config.columns == {"Kho": "phông"}
    assert config.profile == ArchiveProfile(
        "Kho lưu trữ huyện",
        "Từ năm 1976.",
        "luutru@huyen.example",
        (
            OwnField("phông", FieldType.HIERARCHY, "Phông lưu trữ", "Fonds", True),
            OwnField("so_trang", FieldType.NUMBER, "So trang", "So trang", False),
        ),
        (("QLTT", "quản lý thị trường"),),
        (Pinned("lịch tiếp dân", ("lich-2024",)),),
        (os.path.realpath(tmp_path),),
    )


def test_every_setting_is_in_the_template() -> None:
    for name in _SETTINGS:
        assert re.search(rf"^(?:# )?(?:{name} = |\[+{name}\b)", TEMPLATE, re.MULTILINE), name


def test_the_examples_of_the_template_are_valid(tmp_path: Path) -> None:
    lines = []
    for line in TEMPLATE.splitlines():
        setting, comment, example = line.partition("  # ")
        is_example = re.match(r"# (\[|\w[\w.]* = |\")", line)
        lines.append(
            example
            if comment and " = " in example
            else line.removeprefix("# ")
            if is_example
            else setting
        )
    folder = folder_with(tmp_path, "\n".join(lines))
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">IIII", 13, 0, 40, 20))
    config = load_config(folder)
    assert config.skip
    assert config.chrome
    assert config.columns
    assert config.profile.name
    assert config.profile.logo
    assert config.profile.accent
    assert config.access
    assert all((config.profile.fields, config.profile.synonyms, config.profile.pinned))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("skip = 5", r"'skip' has a wrong type.*list of texts"),
        ("skip = [5]", r"'skip' has a wrong type"),
        ("skp = []", r"no setting 'skp'.*Did you mean 'skip'"),
        ('[columns]\n"x" = "titel"', r"no field 'titel'.*Did you mean 'title'"),
        ('ocr = "yes"', r"'ocr' has a wrong type.*true or false"),
        ("= 1", r"archive.toml.*tracuu init"),
        ("name = 5", r"'name' has a wrong type.*a text"),
        ('name = "' + "x" * 201 + '"', r"'name' is longer than 200 characters"),
        ("originals = true", r"'originals' has a wrong type.*\[originals\]"),
        ("[originals]\ndownlaod = true", r"no setting 'downlaod' in \[originals\].*'download'"),
        ('[originals]\ndownload = "yes"', r"'originals.download' has a wrong type.*true or false"),
        ('synonyms = ["a", "b"]', r"'synonyms' has a wrong type.*list of lists"),
        ('synonyms = [["QLTT"]]', r"fewer than two written forms.*Add another"),
        ('synonyms = [["QLTT", "-"]]', r"without letters, '-'.*Take it out"),
        ("fields = 5", r"'fields' has a wrong type"),
        ('[fields.kho]\ntype = "txt"', r"no type 'txt'.*text, number, date, hierarchy"),
        ('[fields.kho]\nlabel.de = "Archiv"', r"no language 'de' in label.*vi, en"),
        ("[fields.kho]\nfacets = true", r"no setting 'facets' in \[fields.kho\].*'facet'"),
        ("[fields.noi]", r"there is a field of this name already"),
        ("[fields.title]", r"there is a field of this name already"),
        ('[fields."Kho lưu"]', r"cannot be typed as a field"),
        ('[fields.kho]\n[fields."khó"]', r"one name in a query.*Rename"),
        ("access = 5", r"'access' has a wrong type.*\[access\]"),
        ("[access]\npublic = []", r"\[access\] has no 'field'"),
        ('[access]\nfeild = "mat"', r"no setting 'feild' in \[access\].*'field'"),
        ('[access]\nfield = "mat"', r"names no field of texts, 'mat'.*Add \[fields.mat\]"),
        (MARK.replace("text", "number"), r"names no field of texts, 'mat'"),
        (MARK + 'public = "thường"', r"'access.public' has a wrong type"),
        (MARK + 'public = [""]', r"'access.public' has an empty value"),
        (MARK + 'default = "mật"', r"nobody may see 'mật'.*Name it in public or in a group"),
        (MARK + '[access.paths]\n"kín" = "mật"', r"nobody may see 'mật'"),
        (MARK + 'paths = "kín"', r"'access.paths' has a wrong type"),
        (MARK + "[access.groups]\nchung = 1", r"'access.groups.chung' has a wrong type"),
        (MARK + '[access.groups]\n"a,b" = []', r"'a,b' cannot be the name of a group"),
        (MARK + '[access.groups]\n"" = []', r"'' cannot be the name of a group"),
        (MARK + "[access.groups]\nA = []\na = []", r"another name for each"),
        ("pinned = 5", r"'pinned' has a wrong type"),
        ('[[pinned]]\ndocuments = ["a"]', r"has no 'query'"),
        ('[[pinned]]\nquery = "lịch"', r"'lịch' has no 'documents'"),
        ('[[pinned]]\nquery = "lịch"\ndocument = ["a"]', r"no setting 'document' in \[\[pinned"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_remedy(
    tmp_path: Path, config: str, says: str
) -> None:
    with pytest.raises(SourceError, match=says) as raised:
        read_sources([folder_with(tmp_path, config)])
    assert "\n" not in str(raised.value)
