"""A rebuild and a server import neither pyvi nor its dependencies; a search imports no reader of
web pages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNWANTED = {"pyvi", "sklearn", "sklearn_crfsuite", "pycrfsuite", "scipy", "joblib"}

PROGRAM = """
import json, sys
from pathlib import Path
from indexer import Archive
from indexer.cli import cli
from search_ui import create_app

index = sys.argv[1]
cli.main(["rebuild", "seeds", "--index", index], standalone_mode=False)
with Archive.open(Path(index)) as archive:
    client = create_app(archive).test_client()
    page = client.get("/", query_string={"q": "cong tac dan van"})
    assert page.status_code == 200 and "công tác dân vận" in page.text
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_rebuild_and_serve_import_neither_pyvi_nor_scikit_learn(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "index")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"indexer", "search_ui", "whoosh"} <= loaded
    assert not loaded & UNWANTED


def test_a_search_imports_no_reader_of_web_pages() -> None:
    program = "import json, sys, indexer, search_ui; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout)
    assert "indexer.documents" in loaded
    assert not [name for name in loaded if name.startswith("indexer.documents.formats.html")]
