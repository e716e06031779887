"""The benchmarks that need nothing else run to their end, on a few documents, and write a report.

Those that need other engines, a cluster, a browser or a model are run by hand.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import rebuild

ROOT = Path(__file__).parent.parent
WORDS = (
    "nhân dân, cán bộ, công tác, kinh tế, xã hội, thành phố, chính quyền, nông nghiệp, giáo dục, "
    "du lịch, sức khỏe, bệnh viện, nhà trường, học sinh, sinh viên, nông dân, công nhân, bóng đá, "
    "âm nhạc, phim ảnh, thời tiết, giao thông, xe đạp, đường sắt, sân bay, biển đảo, ngư dân, "
    "cà phê, hồ tiêu, cao su, thủy điện, mặt trời, thư viện, bảo tàng, di sản, lễ hội, dân ca, "
    "đàn bầu, gốm sứ, lụa tơ, mây tre, hoa sen, cây đa, bến nước, con đò, mái đình, giếng làng"
).split(", ")
"""Words of two syllables, from frequent to rare."""
ARTICLES = 240


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a file of articles, and an index of it."""
    folder = tmp_path_factory.mktemp("archive")
    data = folder / "articles.jsonl"
    chance = random.Random(1)
    weights = [1 / rank**2 for rank in range(1, len(WORDS) + 1)]

    def sentence() -> str:
        words = chance.choices(WORDS, weights, k=14)
        words.insert(7, chance.choice(("của", "và", "cho")))
        return " ".join(words).capitalize() + "."

    with data.open("w", encoding="utf-8") as file:
        for number in range(ARTICLES):
            record = {
                "id": str(number), "title": f"Tin {number}: {chance.choice(WORDS)}",
                "text": "\n".join(sentence() for _ in range(3)), "date": f"2{number:03}-05-01",
            }  # fmt: skip
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    rebuild([data], folder / "index")
    return data, folder / "index"


@pytest.mark.parametrize(
    ("command", "report"),
    [
        ("start.py --index {index} --rounds 1 --out {out}", "start.json"),
        ("overload.py --index {index} --each 1 --out {out}", "overload.json"),
        ("page.py --index {index} --out {out}", "page.json"),
        ("load.py --index {index} --data {data} --seconds 1 --out {out}", "load_*.json"),
        ("ingest.py --data {data} --files 12 --out {out}", "ingest_*.json"),
        (
            "updates.py --data {data} --documents 150 --row 2 --keep {keep} --out {out}",
            "updates.json",
        ),
        (
            "many_documents.py --data {data} --short 400 --articles 90 --keep {keep} --out {out}",
            "many_documents.json",
        ),
    ],
    ids=lambda text: text.partition(".")[0] if "--" in text else "",
)
def test_a_benchmark_runs_and_writes_its_report(
    command: str, report: str, archive: tuple[Path, Path], tmp_path: Path
) -> None:
    data, index = archive
    script, *options = command.format(
        data=data, index=index, keep=tmp_path / "keep", out=tmp_path / "new" / "out"
    ).split()
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, *options],
        check=False, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "new" / "out").glob(report)
    assert json.loads(path.read_text(encoding="utf-8"))["machine"]
