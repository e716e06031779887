"""Files that are made to do harm: each is one report, in bounded memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.documents import read_sources
from indexer.errors import DocumentError
from indexer.models import Document

GOOD = '{"id": "1", "text": "Dân vận khéo."}\n'


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.txt", "a.csv", "a.json", "a.docx", "a.zip", "a.eml"]
)
def test_a_gigabyte_of_nothing_is_one_error_in_bounded_memory(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as stream:
        stream.truncate(1 << 30)
    code = (
        "import sys; from pathlib import Path; from indexer.documents import read_sources\n"
        "print(*[type(item).__name__ for item in read_sources([Path(sys.argv[1])])])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / name)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    assert done.stdout.split() == ["DocumentError"]


def test_a_line_of_a_gigabyte_does_not_cost_the_lines_around_it(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as stream:
        stream.write(GOOD.encode())
        stream.seek(200 << 20)
        stream.write(b"\n" + GOOD.replace('"1"', '"2"').encode())
    found = list(read_sources([tmp_path / "a.jsonl"]))
    assert [item.id for item in found if isinstance(item, Document)] == ["1", "2"]
    assert sum(isinstance(item, DocumentError) for item in found) == 1


def test_a_pipe_is_reported_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    (found,) = read_sources([tmp_path])
    assert isinstance(found, DocumentError)
    assert "no regular file" in str(found)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "b" / "self.txt").symlink_to(tmp_path / "b" / "self.txt")
    (tmp_path / "a.jsonl").write_text(GOOD, "utf-8")
    found = list(read_sources([tmp_path]))
    assert [type(item).__name__ for item in found] == ["Document", "DocumentError"]
