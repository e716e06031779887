"""Whoever may see a document: what its file states counts in every form, and a slip hides it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Options, Unchanged, Warned, Withheld, read_sources
from indexer.documents.access_settings import AccessSettings, is_below
from indexer.documents.text.text_keys import clean
from indexer.errors import SourceError
from indexer.models import Document
from indexer.profile.access import AccessRule
from indexer.rebuild import SourceReader, rebuild
from indexer.update import update

CONFIG = """
[fields.mat]
type = "text"
label.vi = "Độ mật"
label.en = "Secrecy"
[columns]
"Phạm vi" = "mat"
[access]
field = "mat"
public = ["thường"]
[access.groups]
"cán bộ" = ["nội bộ", "mật"]
"""


def archive(tmp_path: Path, config: str = CONFIG) -> Path:
    folder = tmp_path / "kho"
    folder.mkdir()
    (folder / "archive.toml").write_text(config, encoding="utf-8")
    return folder


def read(folder: Path) -> dict[str, tuple[object, ...] | str]:
    """Return id → values of access, or "withheld" for a document that nobody may see."""
    found: dict[str, tuple[object, ...] | str] = {}
    for item in read_sources([folder], options=Options()):
        if isinstance(item, Document):
            (own,) = [own for own in item.own if own.key == "mat"]
            found[item.id] = own.values
        elif isinstance(item, Withheld):
            found[item.id] = "withheld"
    return found


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ({"mat": "thường"}, ("thường",)),
        ({"mat": " Nội\u00a0 bộ "}, ("Nội bộ",)),
        ({"Độ mật": "mật"}, ("mật",)),
        ({"độ mật": "mật"}, ("mật",)),
        ({"SECRECY": "mật"}, ("mật",)),
        ({"Phạm vi": ["thường", "mật"]}, ("thường", "mật")),
        ({"mat": "thường", "Độ mật": "mật"}, ("thường", "mật")),
        ({"mat": "thường", "Phạm vi": "mật"}, ("thường", "mật")),
        ({"mat": [["mật"], "thường"]}, ("mật", "thường")),
        ({"mat": ["thường", "lạ"]}, "withheld"),
        ({"mat": "thường; mật"}, "withheld"),
        ({"mat": {"mức": "thường"}}, "withheld"),
        ({"mat": ["thường", {"mức": 3}]}, "withheld"),
        ({"mat": 3}, "withheld"),
        ({"mat": True}, "withheld"),
        ({"mat": "thường" + "x" * 600}, "withheld"),
        ({"mat": ""}, "withheld"),
        ({"mat": None}, "withheld"),
        ({"mat": []}, "withheld"),
        ({"mat": "\u200b"}, "withheld"),
        ({}, "withheld"),
    ],
)
def test_a_record_states_access_in_any_form(
    tmp_path: Path, record: dict[str, object], values: object
) -> None:
    folder = archive(tmp_path)
    line = {"id": "a", "text": "Công tác dân vận", **record}
    (folder / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert read(folder) == {"a": values}


def test_tables_pages_and_notes_state_access_too(tmp_path: Path) -> None:
    folder = archive(tmp_path)
    (folder / "a.csv").write_text(
        "mã,nội dung,Độ mật,Phạm vi\n1,dân vận,thường,\n2,dân vận,thường,mật\n3,dân vận,,\n",
        encoding="utf-8",
    )
    (folder / "b.md").write_text("---\nmat: mật\n---\nCông tác dân vận", encoding="utf-8")
    (folder / "c.html").write_text(
        '<meta name="mat" content="thường"><meta name="mat" content="mật">'
        "<p>Công tác dân vận của huyện năm nay",
        encoding="utf-8",
    )
    (folder / "d.txt").write_text("Công tác dân vận", encoding="utf-8")
    assert read(folder) == {
        "1": ("thường",), "2": ("thường", "mật"), "3": "withheld", "b.md": ("mật",),
        "c.html": ("thường", "mật"), "d.txt": "withheld",
    }  # fmt: skip


def test_a_path_adds_a_value_and_the_default_is_for_what_has_none(tmp_path: Path) -> None:
    config = CONFIG.replace("public", 'default = "nội bộ"\npublic', 1)
    folder = archive(tmp_path, config + '[access.paths]\n"Họp/" = "mật"\n"x.*" = "thường"\n')
    (folder / "họp" / "sâu").mkdir(parents=True)
    line = json.dumps({"id": "a", "text": "dân vận", "mat": "thường"})
    for path in ("họp/sâu/a.jsonl", "x.txt", "y.txt", "họp/x.txt"):
        (folder / path).write_text(line if "jsonl" in path else "dân vận", encoding="utf-8")
    assert read(folder) == {
        "a": ("thường", "mật"), "x.txt": ("thường",), "y.txt": ("nội bộ",),
        "họp/x.txt": ("mật", "thường"),
    }  # fmt: skip


def test_a_path_that_no_file_has_is_reported(tmp_path: Path) -> None:
    folder = archive(tmp_path, CONFIG + '[access.paths]\n"hop kin" = "mật"\n')
    (folder / "a.md").write_text("---\nmat: mật\n---\nCông tác dân vận", encoding="utf-8")
    warned = [item for item in read_sources([folder]) if isinstance(item, Warned)]
    assert "no file matches 'hop kin'" in str(warned[0])


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("họp/a.txt", "họp", True),
        ("HỌP/a.txt", "họp/*", True),
        ("x/họp/a.txt", "họp", True),
        ("x/họp/a.txt", "/x/", True),
        ("họp/a.jsonl:3", "*.jsonl", False),
        ("ho\u0323p/a.txt", "h\u1ecdp/", True),
        ("họp mặt/a.txt", "họp", False),
        ("họp mặt/a.txt", "họp*", True),
        ("a.txt", "b.txt", False),
    ],
)
def test_a_pattern_means_a_path_a_folder_or_a_name(path: str, pattern: str, expected: bool) -> None:
    assert is_below(path, pattern) is expected


RULE = AccessRule("mat", ("thường",), (("cán bộ", ("mật",)),))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["thường", "mật", "lạ"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip


def flat(value: object) -> list[object]:
    """Return the values in a list, and in lists within it."""
    return [each for item in value for each in flat(item)] if isinstance(value, list) else [value]


@given(JSON)
def test_whatever_a_record_states_everyone_sees_only_what_is_public(value: object) -> None:
    settings = AccessSettings(RULE)
    document = Document("a", own=settings.with_stated((), {"mat": value}))
    stated = [clean(each) if isinstance(each, str) else each for each in flat(value)]
    stated = [each for each in stated if each not in (None, "", "\0")]
    is_public = bool(stated) and all(each == "thường" for each in stated)
    assert ("" in RULE.seen_by(document)) <= is_public


def test_all_sources_must_state_the_same_access(tmp_path: Path) -> None:
    folder, other = archive(tmp_path), tmp_path / "khác"
    other.mkdir()
    for each in (folder, other):
        (each / "a.md").write_text("---\nmat: mật\n---\nCông tác dân vận", encoding="utf-8")
    with pytest.raises(SourceError, match=r"state \[access\] differently"):
        SourceReader([folder, other], None)
    with pytest.raises(SourceError, match="is a file and states no"):
        SourceReader([folder, other / "a.md"], None)
    (other / "archive.toml").write_text(CONFIG, encoding="utf-8")
    assert SourceReader([folder, other], None).access is not None


def test_an_update_with_other_sources_or_another_rule_is_refused(tmp_path: Path) -> None:
    folder, index, other = archive(tmp_path), tmp_path / "index", tmp_path / "khác"
    other.mkdir()
    for each in (folder, other):
        (each / "a.md").write_text("---\nmat: mật\n---\nCông tác dân vận", encoding="utf-8")
    rebuild([folder], index)
    for source in (other, other / "a.md", folder / "a.md"):
        with pytest.raises(SourceError, match="tracuu rebuild"):
            update([source], index)
    text = CONFIG.replace('["thường"]', '["thường", "mật"]')
    (folder / "archive.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="tracuu rebuild"):
        update([folder], index)
    rebuild([folder], index)
    assert update([folder], index).unchanged == 1
    (folder / "archive.toml").unlink()
    with pytest.raises(SourceError, match="tracuu rebuild"):
        update([folder], index)


def test_a_file_of_hidden_documents_is_read_again_and_a_known_one_is_not(tmp_path: Path) -> None:
    folder, index = archive(tmp_path), tmp_path / "index"
    (folder / "a.md").write_text("---\nmat: mật\n---\nCông tác dân vận", encoding="utf-8")
    (folder / "b.md").write_text("Công tác dân vận", encoding="utf-8")
    first = rebuild([folder], index)
    assert (first.status.documents, first.reading.withheld_count) == (1, 1)
    second = update([folder], index, prune=True)
    assert (second.unchanged, second.reading.withheld_count) == (1, 1)
    assert Unchanged((("a.md"),)).ids == ("a.md",)
    assert "states no 'mat'" in str(second.reading.withheld[0])
