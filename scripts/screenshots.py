"""Take screenshots of every page at four widths, light and dark: `make screenshots`.

They are written to build/screenshots/, and the few that the README shows to docs/. The archive is
that of seeds/, built in a temporary folder.
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
OUTPUT = ROOT / "build" / "screenshots"
README_FOLDER = ROOT / "docs"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
WIDTHS = (360, 768, 1280, 1920)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = {
    "front": "/",
    "results": "/?q=dan+van+kheo",
    "narrowed": "/?q=dân+vận&year=2021&year=2020&place=Kiên+Giang/Giang+Thành&sort=newest",
    "pages": "/?q=dân+vận&size=1&page=3",
    "titles": "/?q=dân+vận&sort=title",
    "nothing": "/?q=không+có+gì+ở+đây&year=2021&exact=1",
    "document": "/doc/000_905affdd98d2cd29?q=dân+vận",
    "found": "/doc/000_905affdd98d2cd29?q=dân+vận&tim=huyện+ủy",
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
    """Context manager: serve an index of seeds/ in a thread; gives the address of the server."""
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
    """Open a browser window of this size in CSS pixels; one narrower than 1000 has a touch screen.

    The caller closes it.
    """
    size: ViewportSize = {"width": width, "height": height}
    is_touch = width < 1000
    return browser.new_context(
        base_url=site, viewport=size, color_scheme=scheme, has_touch=is_touch, is_mobile=is_touch
    )


def take_all(browser: Browser, site: str) -> None:
    """Take screenshots of all PAGES, of states that need a script, and of a page in English."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = window(browser, site, width, 800, scheme)
            page = context.new_page()
            for name, address in PAGES.items():
                page.goto(address)
                save(page, f"{name}-{width}-{scheme}", whole=True)
            take_completions(page, width, scheme)
            take_with_details_open(page, width, scheme)
            page.goto("/tuy-chon?lang=en&back=/%3Fq%3Ddan%2Bvan")
            save(page, f"english-{width}-{scheme}", whole=True)
            context.close()


def take_completions(page: Page, width: int, scheme: str) -> None:
    """Take a screenshot of the search box with completions."""
    page.goto("/")
    page.locator("#q").press_sequentially("công tác d")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    save(page, f"typing-{width}-{scheme}")


def take_with_details_open(page: Page, width: int, scheme: str) -> None:
    """Take a screenshot of the results with every <details> open."""
    page.goto(PAGES["results"])
    for fold in page.locator("details").all():
        fold.evaluate("fold => fold.open = true")
    save(page, f"unfolded-{width}-{scheme}", whole=True)


def save(page: Page, name: str, whole: bool = False) -> None:
    """Write a screenshot to OUTPUT/name.png: of the window or, if `whole`, of the full length of
    the page."""
    size = page.viewport_size
    if whole and size:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=OUTPUT / f"{name}.png")
    if size:
        page.set_viewport_size(size)


def take_readme_pictures(browser: Browser, site: str) -> None:
    """Write the screenshots of the README to docs/: one window each, not the full length of a
    page."""
    README_FOLDER.mkdir(exist_ok=True)
    for file, (name, width, scheme) in README.items():
        height = 560 if width > 700 else 640
        context = window(browser, site, width, height, scheme)
        page = context.new_page()
        page.goto(PAGES[name])
        page.screenshot(path=README_FOLDER / file)
        context.close()


def main() -> None:
    """Take all screenshots. Raises SystemExit if there is no Chromium."""

    if CHROMIUM is None:
        sys.exit("No chromium, chromium-browser or google-chrome on PATH: install one.")
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    with serving() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take_all(browser, site)
        take_readme_pictures(browser, site)
        browser.close()
    size = sum((README_FOLDER / file).stat().st_size for file in README)
    print(
        f"{len(list(OUTPUT.iterdir()))} in {OUTPUT}; "
        f"{len(README)} in {README_FOLDER}, {size // 1000} kB"
    )


if __name__ == "__main__":
    main()
