"""Helpers of the browser tests: Chromium, a server, and an archive of sixty documents."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

SEEDS = Path(__file__).parents[2] / "seeds"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# No sandbox, because tests may run as root; the other flags prevent requests to the vendor.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Page]


def library(path: Path) -> Path:
    """Write 60 invented documents (15 years, 3 provinces with districts, 20 authors, 40 sources) to
    `path` as JSON lines; return `path`."""
    names = (
        "An Ân Bình Cường Dũng Đức Giang Hà Hùng Khánh Lan Linh Mai Minh Nam Oanh Phúc Quân Tâm Vân"
    )
    places = ("Giang Thành, Kiên Giang", "Gia Viễn, Ninh Bình", "Hà Nội")
    with path.open("w", encoding="utf-8") as file:
        for number in range(60):
            place = places[number % 3]
            record = {
                "id": f"bai-{number:02d}",
                "title": f"Công tác thủy lợi và nông thôn mới ở {place}, kỳ {number + 1}",
                "text": f"Bài thứ {number + 1}. "
                + "Địa phương tập trung làm thủy lợi. " * (number % 4)
                + "Phong trào xây dựng nông thôn mới được nhân dân hưởng ứng.\n\n" * 8
                + "Hồ chứa nước bảo đảm tưới tiêu.",
                "date": f"{2010 + number % 15}-{number % 12 + 1:02d}-01",
                "place": place,
                "author": f"Nguyễn {names.split()[number % 20]}",
                "source": f"{('Báo', 'Đài')[number // 20 % 2]} {names.split()[number % 20]}",
                "category": ("Kinh tế", "Xã hội")[number % 2],
            }  # fmt: skip
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Context manager: run `app` on a server in a thread; gives its address."""
    sockets: dict[int, Any] = {}
    server = waitress.create_server(app, map=sockets, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run)
    thread.start()

    def close_all() -> None:
        for each in list(sockets.values()):
            each.handle_close()

    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(close_all)  # in the server's own thread, which ends then
        thread.join()
        server.task_dispatcher.shutdown()


@contextmanager
def visitor(browser: Browser, site: str) -> Iterator[Open]:
    """Context manager: gives a function that opens an address in a new browser context.

    At the end it asserts that no page had a script error, a console message about an error, or a
    request to another site.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def visit(address: str, **options: object) -> Page:
        context = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if _is_fault(m.text) else None)
        page.on("request", lambda r: None if r.url.startswith(site) else faults.append(r.url))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(message: str) -> bool:
    # The browser reports the status 400 or 404 of an error page, which is correct there.
    return not re.search(r"status of (400|404)", message)
