"""kill -9 at random moments of a rebuild: the former generation serves, the next one is clean."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KILLS = 30

SCRIPT = """
import json, os, random, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from whoosh_support import news
from indexer.engines.whoosh import build, check, current, open_engine
from indexer.query.plan import Plan, Run

index, kills, chance = Path(sys.argv[1]), int(sys.argv[3]), random.Random(20260101)
moments = 0

def rebuild(moment, size):
    # Every step that the file system sees is a moment to die at, and so is every document.
    seen = 0
    def step(*_):
        nonlocal seen
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)
    active = True
    names = ("open", "os.", "shutil.", "fcntl.")
    sys.addaudithook(lambda event, _: step() if active and event.startswith(names) else None)
    build(index, news(size), progress=step)
    active = False
    return seen

build(index, news(200))
child = os.fork()
if not child:
    (index / "moments").write_text(str(rebuild(0, 200)))
    os._exit(0)
os.waitpid(child, 0)
moments = int((index / "moments").read_text())
(index / "moments").unlink()
killed, switched, served = 0, 0, current(index)
for turn in range(kills):
    moment = chance.randint(1, moments)
    child = os.fork()
    if not child:
        rebuild(moment, 201 + turn)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    engine = open_engine(index)
    size = engine.find(Plan(Run((("dân",), ("vận",)))), filters={}).total
    assert size == engine.status.documents, (moment, size)
    # Either the former generation or, if it died after the switch, the new one; never another.
    assert engine.generation == served or size == 201 + turn, (moment, size)
    switched += engine.generation != served
    served = engine.generation
    engine.close()
    assert check(index) == [], moment
build(index, news(50))
left = sorted(path.name for path in index.iterdir())
print(json.dumps({"killed": killed, "switched": switched, "moments": moments,
                  "left": left, "served": served, "current": current(index),
                  "problems": check(index)}))
"""


def test_kill_at_random_moments(tmp_path: Path):
    index = tmp_path / "index"
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    done = subprocess.run(
        [*command, str(index), str(Path(__file__).parent), str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["killed"] == KILLS
    assert report["problems"] == []
    assert report["left"] == sorted(["CURRENT", "LOCK", report["served"], report["current"]])
