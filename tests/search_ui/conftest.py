from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, FLAGS, SEEDS, Open, library, serving, visitor
from fakes import FakeArchive
from flask import Flask
from flask.testing import FlaskClient
from pages import app_of
from playwright.sync_api import Browser, sync_playwright

from indexer import Archive, rebuild
from search_ui import create_app


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def app(archive: FakeArchive) -> Flask:
    app = app_of(archive)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Return the folder of an index of the five pages in seeds/."""
    index = tmp_path_factory.mktemp("seeds")
    rebuild([SEEDS], index)
    with Archive.open(index) as archive:
        yield archive


@pytest.fixture(scope="session")
def many_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Return the folder of an index of the sixty invented documents of `library`."""
    folder = tmp_path_factory.mktemp("library")
    rebuild([library(folder / "library.jsonl")], folder / "index")
    with Archive.open(folder / "index") as archive:
        yield archive


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(seeds: Archive) -> Iterator[str]:
    with serving(create_app(seeds)) as address:
        yield address


@pytest.fixture(scope="session")
def big_site(many_pages: Archive) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRACUU_STATS", "1")
        app = create_app(many_pages)
    with serving(app) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Open]:
    """Yield a function that opens an address of a server over the five pages in seeds/."""
    with visitor(browser, site) as visit:
        yield visit


@pytest.fixture
def visit_big(browser: Browser, big_site: str) -> Iterator[Open]:
    """Yield a function that opens an address of a server over sixty documents, with the statistics
    page enabled."""
    with visitor(browser, big_site) as visit:
        yield visit
