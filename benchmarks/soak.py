"""Load a server with mixed requests for minutes or hours while its index changes, and see whether
every answer is right and whether memory, file descriptors and maps stay flat.

    python benchmarks/soak.py --seconds 7200

An archive of invented documents is served by two processes. Clients search, complete, browse,
export and ask for what does not exist, while the archive is updated, pruned, rebuilt, rolled back,
backed up, restored and checked in turn. Each state of it has the same number of documents, and all
of them contain "công tác dân vận", so an answer that mixes two states, or loses a document, has a
wrong total. The report is JSON on standard output; the exit code is 1 if an answer was wrong, a
command failed, a process ended, or the server grew.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

ROOT = Path(__file__).parent.parent
WORDS = ROOT / "indexer" / "analysis" / "words" / "pyvi_model" / "words.txt"
FILES, OF_EACH = 12, 40
DOCUMENTS = FILES * OF_EACH
EVERYWHERE = "công tác dân vận"
"""Words that every document contains."""
SETTLED = 0.25
"""Share of the time after which caches are filled; use is compared from then on."""
GROWTH_MB, GROWTH_COUNT = 48.0, 32
"""How much more a process may use at the end than after it settled, beside a tenth: megabytes of
memory, and numbers of descriptors and of maps. While a generation replaces another, both are open;
and in a run of seconds, caches go on being filled."""


class Use(NamedTuple):
    """What a process uses: memory without mapped files in MB, file descriptors, maps."""

    memory_mb: float
    descriptors: int
    maps: int


def use_of(process: int) -> Use:
    """Return what the process with this id uses. Raises OSError if it has ended."""
    folder = Path("/proc", str(process))
    anonymous = re.findall(r"Anonymous:\s+(\d+)", (folder / "smaps_rollup").read_text())
    return Use(
        sum(map(int, anonymous)) / 1e3,
        len(os.listdir(folder / "fd")),  # noqa: PTH208
        (folder / "maps").read_text().count("\n"),
    )


class Sampler:
    """A thread that notes regularly what each child of a process uses, until `stop`.

    Attributes
    ----------
    samples : in the order of time, process id → what it uses.
    ended : ids of the children that ended.
    """

    def __init__(self, process: int, interval: float) -> None:
        self._children = Path(f"/proc/{process}/task/{process}/children")
        self._interval = interval
        self.samples: list[dict[int, Use]] = []
        self.ended: set[int] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        known: set[int] = set()
        while not self._stopped.wait(self._interval):
            now = set(map(int, self._children.read_text().split()))
            self.ended |= known - now
            known |= now
            self.samples.append({child: use_of(child) for child in now})


class Archive:
    """A folder of JSON lines that changes, each time to another state of DOCUMENTS documents."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder, self._dice = folder, dice
        self._words = WORDS.read_text(encoding="utf-8").splitlines()
        self._next = 0
        folder.mkdir()
        self._files = [[self._document() for _ in range(OF_EACH)] for _ in range(FILES)]
        for number in range(FILES):
            self._write(number)

    def change(self) -> None:
        """Replace some documents of one file, and take out as many as are added."""
        number = self._dice.randrange(FILES)
        documents = self._files[number]
        for at in self._dice.sample(range(1, OF_EACH), self._dice.choice((1, 3, 12))):
            kept = documents[at]["id"] if self._dice.random() < 0.6 else None
            documents[at] = self._document(kept)
        self._write(number)

    def text(self, words: int) -> str:
        """Return some words of the language."""
        return " ".join(self._dice.choices(self._words, k=words))

    def _document(self, name: str | None = None) -> dict[str, str]:
        self._next += 1
        dice = self._dice
        sentences = [
            self.text(dice.randint(4, 12)).capitalize() for _ in range(dice.randint(2, 30))
        ]
        sentences.insert(dice.randrange(len(sentences)), f"Bàn về {EVERYWHERE}")
        return {
            "id": name or f"d{self._next}",
            "title": f"{self.text(5).capitalize()} số {self._next}",
            "text": ". ".join(sentences) + ".",
            "date": f"{dice.randint(2010, 2024)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}",
            "author": dice.choice(("Trần Văn An", "Lê Thị Bình", "Phạm Cường")),
        }

    def _write(self, number: int) -> None:
        lines = (json.dumps(document, ensure_ascii=False) for document in self._files[number])
        new = self.folder / "new.tmp"
        new.write_text("\n".join(lines) + "\n", encoding="utf-8")
        new.rename(self.folder / f"{number:02}.jsonl")

    @property
    def kept(self) -> str:
        """The id of a document that every state has."""
        return self._files[0][0]["id"]


class Clients:
    """Threads that send requests until `stop`, and verify the answers.

    Attributes
    ----------
    statuses : kind of request and HTTP status → number of answers.
    wrong : the first wrong answers, one line each.
    """

    def __init__(self, address: str, archive: Archive, count: int, pause: float) -> None:
        self._host, self._archive, self._pause = urlsplit(address).netloc, archive, pause
        self.statuses: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(number),))
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Wait until every thread has its last answer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, dice: random.Random) -> None:
        words = WORDS.read_text(encoding="utf-8").splitlines()
        connection = HTTPConnection(self._host, timeout=60)
        while not self._stopped.wait(self._pause * dice.random() * 2):
            kind, path, expected = self._request(dice, words)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            except OSError as error:
                connection.close()
                self._note(kind, 0, f"{path}: {error!r}")
                continue
            fault = None
            if answer.status not in (*expected, 503):
                fault = f"{path}: {answer.status}"
            elif answer.status == 200:
                fault = self._fault(kind, path, body)
            self._note(kind, answer.status, fault)

    def _note(self, kind: str, status: int, fault: str | None) -> None:
        with self._lock:
            self.statuses[f"{kind} {status}"] += 1
            if fault and len(self.wrong) < 20:
                self.wrong.append(fault)

    def _request(
        self, dice: random.Random, words: Sequence[str]
    ) -> tuple[str, str, tuple[int, ...]]:
        """Return a kind of request, its path, and the statuses that may answer it."""
        some = " ".join(dice.choices(words, k=dice.randint(1, 3)))
        narrowed = {"author": "Lê Thị Bình"} if dice.random() < 0.3 else {}
        searched = {"q": dice.choice((some, f'"{some}"', EVERYWHERE, "cong tac dan van"))}
        asked = urlencode(searched | narrowed | {"page": dice.randint(1, 3), "size": 20})
        volatile = f"d{dice.randint(1, 2 * DOCUMENTS)}"
        requests: tuple[tuple[str, str, tuple[int, ...]], ...] = (
            ("total", f"/api/search?{urlencode({'q': EVERYWHERE})}", (200,)),
            ("total", f"/api/search?{urlencode({'q': EVERYWHERE, 'sort': 'newest'})}", (200,)),
            ("page", f"/?{asked}", (200,)),
            ("front", "/", (200,)),
            ("search", f"/api/search?{asked}&explain=1", (200,)),
            ("complete", f"/api/suggest?{urlencode({'q': some[:4]})}", (200,)),
            ("document", f"/doc/{self._archive.kept}?{urlencode({'q': EVERYWHERE})}", (200,)),
            ("data", f"/api/documents/{volatile}", (200, 404)),
            ("cite", f"/trich-dan/{volatile}", (200, 404)),
            ("values", f"/chon/author?{asked}", (200, 400)),
            ("export", f"/api/export.csv?{urlencode({'q': EVERYWHERE})}", (200,)),
            ("feed", f"/atom.xml?{asked}", (200,)),
            ("sitemap", "/sitemap-1.xml", (200,)),
            ("guide", "/huong-dan", (200,)),
            ("bad", f"/api/search?page={quote(some)}", (400,)),
            ("missing", f"/{quote(some)}", (404,)),
            ("health", "/healthz", (200,)),
        )
        return dice.choice(requests)

    def _fault(self, kind: str, path: str, body: bytes) -> str | None:
        """Return what is wrong with an answer of status 200, None if nothing is."""
        found: int | str = DOCUMENTS
        if kind == "total":
            found = json.loads(body)["total"]
        elif kind == "export":
            found = body.count(b"\n") - 1
        elif kind == "sitemap":
            found = body.count(b"<loc>")
        elif kind == "health":
            return None if json.loads(body)["status"] == "ok" else f"{path}: {body.decode()}"
        elif kind == "page" and b"</html>" not in body:
            found = "half a page"
        return None if found == DOCUMENTS else f"{path}: {found} of {DOCUMENTS}"


@contextmanager
def serving(index: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Context manager: run `tracuu serve` with two processes; gives it and its address."""
    command = (*TRACUU, "serve", "--port", "0", "--workers", "2", "--index", str(index))
    # So small a cache drops results all the time.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "TRACUU_CACHE": "8"},
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield process, line.split()[-1]
        finally:
            process.terminate()


TRACUU = (sys.executable, "-m", "indexer.cli")


def run(*command: str) -> None:
    """Run a command of tracuu to its end. Raises CalledProcessError if it fails."""
    subprocess.run((*TRACUU, *command), check=True, capture_output=True, text=True)


def change(archive: Archive, index: Path, saved: Path, turn: int) -> str:
    """Change the index, in turn by each of the commands that do; return what was done."""
    at = ("--index", str(index))
    source = str(archive.folder)
    archive.change()
    match turn % 12:
        case 5:
            run("rollback", *at)
            return "rollback"
        case 8:
            run("backup", str(saved), *at)
            run("check", "--index", str(saved))
            return "backup"
        case 10 if saved.exists():
            run("restore", str(saved), *at)
            return "restore"
        case 11:
            run("rebuild", source, *at)
            run("check", *at)
            return "rebuild"
    run("update", source, "--prune", *at)
    return "update"


def grown(samples: Sequence[dict[int, Use]]) -> list[str]:
    """Return a line for each process and resource of which the last quarter used more than the
    second one, by the maximum; [] if all stayed flat."""
    found = []
    half, last = len(samples) // 2, len(samples) * 3 // 4
    for process in samples[-1]:
        for name, slack in zip(Use._fields, (GROWTH_MB, GROWTH_COUNT, GROWTH_COUNT), strict=True):
            values = [getattr(sample[process], name) for sample in samples if process in sample]
            before = max(values[int(len(values) * SETTLED) : half])
            after = max(values[last:])
            if after > before * 1.1 + slack:
                found.append(f"process {process}: {name} {before:g} -> {after:g}")
    return found


def figures(samples: Sequence[dict[int, Use]]) -> list[dict[str, float]]:
    """Return, for each quarter of the time, the greatest use of any process."""
    quarters = []
    for quarter in range(4):
        part = samples[len(samples) * quarter // 4 : len(samples) * (quarter + 1) // 4]
        uses = [use for sample in part for use in sample.values()]
        quarters.append({name: max(getattr(use, name) for use in uses) for name in Use._fields})
    return quarters


def soak(seconds: float, clients: int, pause: float, rest: float) -> dict[str, object]:
    """Run the load; return the report. Times are in seconds: `pause` between two requests of a
    client, `rest` between two changes of the index."""
    with tempfile.TemporaryDirectory(prefix="tracuu-soak-") as scratch:
        index, saved = Path(scratch, "index"), Path(scratch, "saved")
        archive = Archive(Path(scratch, "archive"), random.Random(2026))
        run("rebuild", str(archive.folder), "--index", str(index))
        changes: Counter[str] = Counter()
        faults: list[str] = []
        with serving(index) as (process, address):
            load = Clients(address, archive, clients, pause)
            sampler = Sampler(process.pid, max(0.2, seconds / 1000))
            until, turn = time.monotonic() + seconds, 0
            try:
                while time.monotonic() < until:
                    try:
                        changes[change(archive, index, saved, turn)] += 1
                    except subprocess.CalledProcessError as error:
                        faults.append(f"{' '.join(error.cmd[2:])}: {error.stderr}")
                    turn += 1
                    time.sleep(rest)
            finally:
                load.stop()
                sampler.stop()
        faults += [*load.wrong, *(f"process {each} ended" for each in sampler.ended)]
        faults += grown(sampler.samples)
        by_status = Counter(name.split()[1] for name in load.statuses.elements())
        return {
            "seconds": round(seconds + time.monotonic() - until),
            "documents": DOCUMENTS,
            "requests": load.statuses.total(),
            "by_status": dict(sorted(by_status.items())),
            "by_kind": dict(sorted(load.statuses.items())),
            "changes": dict(changes),
            "quarters": figures(sampler.samples),
            "faults": faults,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--pause", type=float, default=0.05, help="between requests of a client")
    parser.add_argument("--rest", type=float, default=1.0, help="between changes of the index")
    options = parser.parse_args()
    report = soak(options.seconds, options.clients, options.pause, options.rest)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    sys.exit(1 if report["faults"] else 0)


if __name__ == "__main__":
    main()
