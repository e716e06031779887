from __future__ import annotations

import pytest
from fakes import FakeArchive
from flask import Flask
from flask.testing import FlaskClient
from pages import app_of


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
