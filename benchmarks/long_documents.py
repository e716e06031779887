"""Time until the longest documents can be read and used, in Chromium slowed down to a phone.

    python benchmarks/long_documents.py --out benchmarks/results

Serves a law of 300 pages and a table of 2,000 rows, both invented, and opens each with a search
that matches hundreds of times. The browser is slowed to a quarter (Chrome DevTools Protocol,
`Emulation.setCPUThrottlingRate`), the window is that of a phone. Reported are medians and least
values in milliseconds: `server` until the last byte, `usable` from the request until the page is
laid out, its scripts ran and a frame was painted, `longest_task` the longest time in which the page
did not respond, `step` from the key `n` to the frame that shows the next match.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from report import machine, save
from werkzeug.serving import make_server

from indexer import Archive, rebuild
from search_ui import create_app

SLOWER = 4
ROUNDS = 5
PHONE = {"width": 360, "height": 740}
SYLLABLES = (
    "cơ quan nhà nước có thẩm quyền theo quy định của pháp luật về quản lý sử dụng đất và tài "
    "nguyên được tổ chức cá nhân thực hiện trong thời hạn ngày kể từ ngày nhận đủ hồ sơ hợp lệ"
).split()
PAGE = 2_600
"""Characters on a page of an official document: A4, 14 pt."""

_PAINTED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now()))))"""
_WATCH = """
window.tasks = [];
new PerformanceObserver(list => list.getEntries().forEach(e => tasks.push(e.duration)))
  .observe({type: "longtask", buffered: true});
"""


def law(pages: int) -> str:
    """Return the text of a law of about this many pages: chapters, articles, clauses, points."""
    dice = random.Random(18)
    lines, length, article = [], 0, 0
    while length < pages * PAGE:
        if article % 12 == 0:
            lines.append(f"Chương {article // 12 + 1}. Quy định thứ {article // 12 + 1}")
        article += 1
        lines.append(f"Điều {article}. Nội dung thứ {article}")
        for clause in range(1, 5):
            lines.append(f"{clause}. {_sentence(dice)}")
            lines += [f"{letter}) {_sentence(dice)};" for letter in "abc"]
        length = sum(map(len, lines))
    return "\n".join(lines)


def table(rows: int) -> str:
    """Return a table of six columns as HTML."""
    dice = random.Random(18)
    names = ("Số thứ tự", "Số hiệu", "Ngày", "Trích yếu", "Cơ quan", "Ghi chú")
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        f"<tr><td>{n}</td><td>{n}/QĐ-UBND</td><td>{n % 28 + 1}/{n % 12 + 1}/2020</td>"
        f"<td>{_sentence(dice)}</td><td>Phòng quản lý {n % 30}</td><td>Tờ {n}</td></tr>"
        for n in range(1, rows + 1)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _sentence(dice: random.Random) -> str:
    text = " ".join(dice.choice(SYLLABLES) for _ in range(dice.randint(14, 34)))
    return text[0].upper() + text[1:]


def sources(folder: Path) -> Path:
    """Write both documents into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {"id": "luat", "title": "Luật Đất đai (phỏng tác)", "text": law(300)}
    (folder / "luat.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    page = (
        "<!doctype html><html lang=vi><head><meta charset=utf-8><title>Bảng kê hồ sơ</title></head>"
        f"<body><article><h1>Bảng kê hồ sơ</h1><p>{'Kê hồ sơ lưu trữ. ' * 20}</p>{table(2000)}"
        "</article></body></html>"
    )
    (folder / "bang.html").write_text(page, "utf-8")
    return folder


@contextmanager
def serving(archive: Archive) -> Iterator[str]:
    """Give the address of a server over the archive."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(archive), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def opened(browser: Browser, url: str) -> dict[str, float]:
    """Open a document once in a new window; return its times in milliseconds, and the matches."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(_WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="load")
    usable = page.evaluate(_PAINTED)
    server = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
    matches = page.locator(".text mark").count()
    steps = []
    for _ in range(3):
        steps.append(
            page.evaluate(
                """async painted => {
                    const start = performance.now();
                    document.dispatchEvent(new KeyboardEvent("keydown", {key: "n", bubbles: true}));
                    return await eval(painted)() - start; }""",
                _PAINTED,
            )
        )
    longest = page.evaluate("Math.max(0, ...tasks)")
    context.close()
    return {
        "server": server,
        "usable": usable,
        "longest_task": longest,
        "step": statistics.median(steps),
        "matches": matches,
    }


def main() -> None:
    """Measure both documents and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No chromium or google-chrome on PATH: install one.")
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        rebuild([sources(Path(folder, "sources"))], Path(folder, "index"))
        with (
            Archive.open(Path(folder, "index")) as archive,
            serving(archive) as site,
            sync_playwright() as playwright,
        ):
            ids = {"law": "luat", "table": next(i for i in archive.ids() if i != "luat")}
            flags = ["--no-sandbox", "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            times: dict[str, list[dict[str, float]]] = {name: [] for name in ids}
            for _ in range(ROUNDS):
                for name, found in times.items():
                    found.append(opened(browser, f"{site}/doc/{ids[name]}?q=quản+lý"))
            version = browser.version
            browser.close()
    loads = {"before": load, "after": os.getloadavg()}
    result = {
        "machine": machine() | {"chromium": version, "slower": SLOWER, "load": loads},
        "documents": {
            name: {
                key: {
                    "median": round(statistics.median(row[key] for row in rows)),
                    "least": round(min(row[key] for row in rows)),
                }
                for key in rows[0]
            }
            for name, rows in times.items()
        },
    }
    save(options.out / "long_documents.json", result)


if __name__ == "__main__":
    main()
