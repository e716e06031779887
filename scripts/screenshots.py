"""Pictures of every page at three widths, light and dark: `make screenshots`.

All of them go to build/screenshots/; the few in docs/ are what the README shows. The archive is
the one in seeds/, built anew in a folder of its own.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from waitress import create_server

from indexer import Archive, rebuild
from search_ui import create_app

Scheme = Literal["light", "dark"]

ROOT = Path(__file__).resolve().parent.parent
ALL = ROOT / "build" / "screenshots"
SHOWN = ROOT / "docs"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
WIDTHS = (360, 768, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = {
    "front": "/",
    "results": "/?q=dan+van+kheo",
    "narrowed": "/?q=dân+vận&year=2021&year=2020&place=Kiên+Giang/Giang+Thành&sort=newest",
    "pages": "/?q=dân+vận&size=1&page=3",
    "nothing": "/?q=không+có+gì+ở+đây&year=2021&exact=1",
    "document": "/doc/000_905affdd98d2cd29?q=dân+vận",
    "values": "/chon/person?q=dân+vận",
    "ticked": "/chon/organisation?q=dân+vận&organisation=Huyện+ủy+Giang+Thành&loc=an",
    "months": "/?q=dân+vận&year=2021&month=2021-01",
    "guide": "/huong-dan",
    "statistics": "/thong-ke",
    "error": "/?page=0",
}
README: dict[str, tuple[str, int, Scheme]] = {  # name in docs/: page, width, scheme
    "results.png": ("results", 1120, "light"),
    "document.png": ("document", 1120, "dark"),
    "phone.png": ("narrowed", 360, "light"),
}


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server over an index of seeds/."""
    os.environ["TRACUU_STATS"] = "1"
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        rebuild([ROOT / "seeds"], Path(folder))
        with Archive.open(Path(folder)) as archive:
            server = create_server(create_app(archive), host="127.0.0.1", port=0)
            threading.Thread(target=server.run, daemon=True).start()
            yield f"http://127.0.0.1:{server.effective_port}"
            server.close()


def window(browser: Browser, site: str, width: int, height: int, scheme: Scheme) -> BrowserContext:
    """A window of this size; the narrow ones are touched by fingers."""
    size: ViewportSize = {"width": width, "height": height}
    finger = width < 1000
    return browser.new_context(
        base_url=site, viewport=size, color_scheme=scheme, has_touch=finger, is_mobile=finger
    )


def take(browser: Browser, site: str) -> None:
    """Every page, and what only a script or another language shows."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = window(browser, site, width, 800, scheme)
            page = context.new_page()
            for name, address in PAGES.items():
                page.goto(address)
                keep(page, f"{name}-{width}-{scheme}", whole=True)
            typing(page, width, scheme)
            unfolded(page, width, scheme)
            page.goto("/tuy-chon?lang=en&back=/%3Fq%3Ddan%2Bvan")
            keep(page, f"english-{width}-{scheme}", whole=True)
            context.close()


def typing(page: Page, width: int, scheme: str) -> None:
    """The box with completions."""
    page.goto("/")
    page.locator("#q").press_sequentially("công tác d")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    keep(page, f"typing-{width}-{scheme}")


def unfolded(page: Page, width: int, scheme: str) -> None:
    """The results with every fold open."""
    page.goto(PAGES["results"])
    for fold in page.locator("details").all():
        fold.evaluate("fold => fold.open = true")
    keep(page, f"unfolded-{width}-{scheme}", whole=True)


def keep(page: Page, name: str, whole: bool = False) -> None:
    """One picture: of the window, or of a window as high as the page is long."""
    size = page.viewport_size
    if whole and size:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=ALL / f"{name}.png")
    if size:
        page.set_viewport_size(size)


def shown(browser: Browser, site: str) -> None:
    """The pictures of the README: one window each, not the whole length of a page."""
    SHOWN.mkdir(exist_ok=True)
    for file, (name, width, scheme) in README.items():
        height = 560 if width > 700 else 640
        context = window(browser, site, width, height, scheme)
        page = context.new_page()
        page.goto(PAGES[name])
        page.screenshot(path=SHOWN / file)
        context.close()


def main() -> None:
    """Take them all."""
    if CHROMIUM is None:
        sys.exit("No chromium, chromium-browser or google-chrome on PATH: install one.")
    shutil.rmtree(ALL, ignore_errors=True)
    ALL.mkdir(parents=True)
    with serving() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, site)
        shown(browser, site)
        browser.close()
    size = sum((SHOWN / file).stat().st_size for file in README)
    print(f"{len(list(ALL.iterdir()))} in {ALL}; {len(README)} in {SHOWN}, {size // 1000} kB")


if __name__ == "__main__":
    main()
