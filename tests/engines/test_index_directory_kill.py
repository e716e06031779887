"""kill -9 at random moments of rebuilds, updates, merges, rollbacks, backups and restores, while a
server answers from the index.

`TRACUU_TEST_KILLS` is the number of kills. Afterwards the index serves either the generation from
before or the one that was being made, and that generation is complete; so does the backup. The
server goes on, and each of its answers is that of one of the two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("TRACUU_TEST_KILLS", "60"))

SCRIPT = """
import json, os, random, shutil, signal, subprocess, sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit
sys.path.insert(0, sys.argv[2])
from whoosh_support import news
from indexer.engines.whoosh import (
    build, check, copy_index, current, open_engine, rollback, update
)
from indexer.engines.whoosh.generations import merge_policy
from indexer.engines.whoosh.writer import segment_builder
from indexer.models import Document
from indexer.query.plan import Plan, Phrase

index, kills = Path(sys.argv[1]), int(sys.argv[3])
# How many answers are verified depends on the machine; which moments are tried must not.
chance, names = random.Random(20260101), random.Random(20260102)
saved = index.parent / "saved"
KINDS = ("rebuild", "update", "merge", "rollback", "backup", "restore")
WITH_WORKERS = 20  # one turn in this many

def operate(index, saved, kind, documents, deleted, moment=0, workers=False):
    # The process kills itself at the given moment: a file operation, or the end of a batch.
    seen = 0
    def step(*_):
        nonlocal seen
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)
    active = True
    events = ("open", "os.", "shutil.", "fcntl.", "subprocess.")
    sys.addaudithook(lambda event, _: step() if active and event.startswith(events) else None)
    if workers:
        segment_builder.BATCH_DOCUMENTS = 30
        segment_builder.usable_processors = lambda: 2
    if kind == "rebuild":
        build(index, documents, progress=step)
    elif kind == "rollback":
        rollback(index)
    elif kind == "backup":
        copy_index(index, saved)
    elif kind == "restore":
        copy_index(saved, index)
    else:
        settings = (1000, 0.0) if kind == "merge" else (0, 1.0)
        merge_policy.GROWTH, merge_policy.MAX_DELETED_SHARE = settings
        merge_policy.SMALL = merge_policy.TINY = 0
        update(index, documents, delete=deleted, progress=step)
    active = False
    return seen

def in_child(function, meanwhile=None):
    child = os.fork()
    if not child:
        function()
        os._exit(0)
    while meanwhile is not None:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        meanwhile()
    return os.waitpid(child, 0)[1]

def start_server():
    command = [sys.executable, "-W", "ignore", "-m", "indexer.cli", "serve", "--port", "0"]
    server = subprocess.Popen(
        [*command, "--workers", "1", "--index", str(index)], stdout=subprocess.PIPE, text=True,
        env={
            **os.environ, "PYTHONUNBUFFERED": "1", "TRACUU_TIMEOUT": "0",
            "TRACUU_CACHE": "0",  # every search must read the index
        },
    )
    return server, urlsplit(server.stdout.readline().split()[-1]).netloc

def ask(path):
    connection = HTTPConnection(address, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body

def verify_answers(states):
    # Each answer is that of one of these states of the index.
    global asked
    asked += 2
    status, found = ask("/api/search?q=" + quote('"dân vận"'))
    assert status == 200, found
    assert found["total"] in {len(state) for state in states}, (found["total"], turn)
    name = names.choice(sorted(set().union(*states)))
    status, found = ask("/api/documents/" + name)
    titles = {state.get(name) for state in states}
    assert (found["title"] if status == 200 else None) in titles, (status, name, turn)

def plan(kind, turn, state):
    fresh = [Document(id=f"n{turn}-{n}", title=f"{turn}", body="dân vận") for n in range(3)]
    if kind == "rebuild":
        documents, deleted = [*news(60 + turn % 7), *fresh], []
    elif kind in ("rollback", "backup", "restore"):
        documents, deleted = [], []
    else:
        ids = sorted(state)
        gone, replaced = chance.sample(ids, 2)
        changed = Document(id=replaced, title=f"{turn}", body="Công tác dân vận")
        documents, deleted = [*fresh, changed], [gone]
    return documents, deleted

def expected_after(kind, state, former, backup, documents, deleted):
    if kind in ("rollback", "backup", "restore"):
        return {"rollback": former, "backup": state, "restore": backup}[kind]
    remaining = {} if kind == "rebuild" else {n: t for n, t in state.items() if n not in deleted}
    return remaining | {document.id: document.title for document in documents}

def read_index(index=index):
    engine = open_engine(index)
    state = {name: engine.document(name).title for name in engine.ids()}
    found = engine.find(Plan(Phrase((("dân",), ("vận",)))), filters={}, limit=0)
    assert found.total == engine.status.documents == len(state)
    generation = engine.generation
    engine.close()
    return generation, state

build(index, news(50))
_, former = read_index()
build(index, news(60))
copy_index(index, saved)
backup = read_index(saved)[1]
moments, scratch = {}, index.parent / "scratch"
for kind in KINDS:
    shutil.copytree(index, scratch)
    shutil.copytree(saved, scratch.parent / "scratch-saved")
    documents, deleted = plan(kind, 0, read_index()[1])
    note = scratch.parent / "moments"
    there = scratch, scratch.parent / "scratch-saved"
    in_child(lambda: note.write_text(str(operate(*there, kind, documents, deleted))))
    moments[kind] = int(note.read_text())
    for folder in there:
        shutil.rmtree(folder)

killed, switched, most, turn, asked = dict.fromkeys(KINDS, 0), 0, 0, 0, 0
server, address = start_server()
while sum(killed.values()) < kills and turn < 2 * kills:
    turn += 1
    kind, workers = chance.choice((*KINDS, "update", "update")), turn % WITH_WORKERS == 0
    served, state = read_index()
    documents, deleted = plan(kind, turn, state)
    moment = chance.randint(1, moments[kind] * 3 // 2)  # one in three runs to its end
    expected = expected_after(kind, state, former, backup, documents, deleted)
    status = in_child(
        lambda: operate(index, saved, kind, documents, deleted, moment, workers),
        lambda: verify_answers([state, expected]),
    )
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        killed[kind] += 1
    else:
        assert status == 0, (kind, moment)
    generation, now = read_index()
    assert now == (state if generation == served else expected), (turn, kind, moment)
    assert check(index) == [], (turn, kind, moment)
    verify_answers([now])  # it has followed
    saved_now = read_index(saved)[1]
    assert saved_now in ([backup, state] if kind == "backup" else [backup]), (turn, kind, moment)
    assert check(saved) == [], (turn, kind, moment)
    backup = saved_now
    switched += generation != served
    former = state if generation != served else former
    most = max(most, len(list((index / generation).glob("*.docs"))))
assert server.poll() is None
server.terminate()
assert server.wait() == 0
build(index, news(50))
left = sorted(path.name for path in index.iterdir())
print(json.dumps({"killed": killed, "switched": switched, "moments": moments, "segments": most,
                  "left": left, "asked": asked, "served": generation, "current": current(index),
                  "problems": check(index)}))
"""


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_a_complete_generation(tmp_path: Path):
    index = tmp_path / "index"
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    # Workers of killed processes hold the same standard error: this waits until they have ended.
    done = subprocess.run(
        [*command, str(index), str(Path(__file__).parent), str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # the server had no error to tell, either
    report = json.loads(done.stdout)
    assert sum(report["killed"].values()) == KILLS
    assert min(report["killed"].values()) >= KILLS // 24
    assert report["asked"] > 2 * KILLS
    assert report["segments"] > 1  # an update was added to, so merges had segments to merge
    assert report["problems"] == []
    assert report["left"] == sorted(["CURRENT", "LOCK", report["served"], report["current"]])
