from __future__ import annotations

import pytest
from fakes import FakeArchive
from flask import Flask
from flask.testing import FlaskClient

from search_ui import create_app


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def app(archive: FakeArchive) -> Flask:
    app = create_app(archive)  # type: ignore[arg-type]
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
