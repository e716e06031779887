"""The command line over an archive that hides documents from some readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import Run, run  # noqa: F401  (a fixture)

CONFIG = """
[fields.mat]
type = "text"
[access]
field = "mat"
public = ["thường"]
default = "nội bộ"
[access.groups]
"lãnh đạo" = ["nội bộ", "mật"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a source folder with four documents, one of which nobody may see; the index is beside
    it."""
    monkeypatch.setenv("TRACUU_INDEX", str(tmp_path / "index"))
    folder = tmp_path / "kho"
    folder.mkdir()
    (folder / "archive.toml").write_text(CONFIG, encoding="utf-8")
    for number, value in enumerate(("thường", None, "mật", "lạ")):
        record = {"id": f"d{number}", "text": f"Công tác dân vận {number}", "mat": value}
        (folder / f"{number}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    return folder


def ids(run: Run, *arguments: str) -> list[str]:  # noqa: F811
    outcome = run("search", "dân vận", "--json", *arguments)
    assert outcome.code == 0, outcome.err
    return sorted(hit["id"] for hit in json.loads(outcome.out)["hits"])


def test_a_rebuild_tells_what_each_group_sees_and_what_nobody_sees(
    run: Run, folder: Path  # noqa: F811
) -> None:  # fmt: skip
    built = run("rebuild", folder)
    assert built.code == 1
    assert "left out" in built.err
    assert "nobody may see it, for 'mat' is 'lạ'" in built.err
    lines = [line.split(maxsplit=1) for line in built.out.splitlines()]
    assert ["1", "for everyone"] in lines
    assert ["3", "lãnh đạo"] in lines
    assert ids(run) == ["d0"]
    assert ids(run, "--group", "lãnh đạo") == ["d0", "d1", "d2"]
    assert "lãnh đạo" in run("check").out
    vietnamese = run("update", folder, "--lang", "vi")
    assert "cho mọi người" in vietnamese.out
    assert "bỏ qua" in vietnamese.err


def test_an_unknown_group_is_one_line(run: Run, folder: Path) -> None:  # noqa: F811
    run("rebuild", folder)
    wrong = run("search", "dân vận", "--group", "ai")
    assert wrong.code == 2
    assert wrong.err.count("\n") == 1
    assert "it has: lãnh đạo" in wrong.err


def test_a_document_that_nobody_may_see_is_taken_out_even_if_pruning(
    run: Run, folder: Path  # noqa: F811
) -> None:  # fmt: skip
    run("rebuild", folder)
    record = {"id": "d0", "text": "Công tác dân vận", "mat": "tối mật"}
    (folder / "0.jsonl").write_text(json.dumps(record), encoding="utf-8")
    updated = run("update", folder, "--prune", "--json")
    assert updated.code == 1
    report = json.loads(updated.out)
    assert (report["deleted"], report["withheld_count"]) == (1, 2)
    assert ids(run) == []


def test_a_rebuild_that_would_show_everything_asks_first(run: Run, folder: Path) -> None:  # noqa: F811
    run("rebuild", folder)
    (folder / "archive.toml").unlink()
    refused = run("rebuild", folder)
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "--allow-public" in refused.err
    assert ids(run) == ["d0"]
    assert run("rebuild", folder, "--allow-public").code == 0
    assert ids(run) == ["d0", "d1", "d2", "d3"]


def test_pins_that_a_group_sees_are_not_missing(run: Run, folder: Path) -> None:  # noqa: F811
    pins = '[[pinned]]\nquery = "lịch"\ndocuments = ["d2", "d9"]\n'
    (folder / "archive.toml").write_text(CONFIG + pins, encoding="utf-8")
    run("rebuild", folder)
    checked = run("check")
    assert "'d9'" in checked.err
    assert "'d2'" not in checked.err


def test_a_login_has_groups(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    import io
    import sys

    run("rebuild", folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO("mật khẩu\n"))
    line = run("password", "an", "--group", "lãnh đạo", "--group", "kế toán").out
    assert line.rstrip().endswith(":lãnh đạo,kế toán")
    wrong = run("password", "an", "--group", "a,b")
    assert wrong.code == 2
    (tmp_path / "logins").write_text(line, encoding="utf-8")
    monkeypatch.setenv("TRACUU_PASSWORD_FILE", str(tmp_path / "logins"))
    refused = run("serve", "--port", "0")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "'kế toán'" in refused.err
    assert "it has: lãnh đạo" in refused.err


def test_a_cluster_knows_no_access(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setenv("TRACUU_ENGINE", "opensearch")
    monkeypatch.setenv("TRACUU_OPENSEARCH_URL", "http://127.0.0.1:9")
    refused = run("search", "dân", "--group", "lãnh đạo")
    assert refused.code == 2
    assert "TRACUU_ENGINE=whoosh" in refused.err
