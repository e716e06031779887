"""archive.toml: what it changes, and what it says of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.documents import Skipped, read_sources
from indexer.documents.files.archive_config import (
    FILE_NAME,
    ArchiveConfig,
    load_config,
    write_template,
)
from indexer.errors import SourceError
from indexer.models import Document


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


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("skip = 5", r"'skip' has a wrong type.*list of texts"),
        ("skip = [5]", r"'skip' has a wrong type"),
        ("skp = []", r"no setting 'skp'.*Did you mean 'skip'"),
        ('[columns]\n"x" = "titel"', r"no field 'titel'.*Did you mean 'title'"),
        ('ocr = "yes"', r"'ocr' has a wrong type.*true or false"),
        ("= 1", r"archive.toml.*tracuu init"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_remedy(
    tmp_path: Path, config: str, says: str
) -> None:
    with pytest.raises(SourceError, match=says) as raised:
        read_sources([folder_with(tmp_path, config)])
    assert "\n" not in str(raised.value)
