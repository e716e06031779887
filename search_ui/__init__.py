"""The web pages and the JSON API of an archive, as a Flask app: use `create_app`.

http/    code that all responses share: parameters, links, headers, languages
access/  logins, for an archive that is not public and for the administrator
pages/   one module per HTML page, and error responses
parts/   pieces of pages: hits, facets, highlights, formatting
api/     JSON, feeds, exports, OpenAPI
server.py  runs the app in one or several processes
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.routing import BaseConverter

from indexer import Archive, __version__, int_setting, path_setting, timeout_setting
from search_ui.access import admission, gate, session
from search_ui.api import api_routes, crawlers
from search_ui.http import metrics, preferences, query_log, responses, site, templating
from search_ui.http.middleware import compression, cross_origin, headers, proxy
from search_ui.http.site import ArchiveSource
from search_ui.pages import error_pages, face, page_routes, statistics_page
from search_ui.pages.front_page import Examples
from search_ui.pages.guide import GuideExamples

__all__ = ["create_app"]


class AnyIdConverter(BaseConverter):
    """Converter of Flask for document ids in URLs: any characters, also slashes and line breaks."""

    regex = r"[\s\S]+"
    part_isolating = False


def create_app(
    archive: Archive | None = None, index_dir: Path | None = None, *, shared: Path | None = None
) -> Flask:
    """Return a WSGI application, which may answer from many threads.

    Raises SettingError if a setting has a wrong value.

    Parameters
    ----------
    archive : the archive to search; None to open the index in `index_dir`.
    index_dir : folder of the index, None for that of the setting; the index need not exist yet, see
        `ArchiveSource`.
    shared : folder in which several server processes keep their common statistics of searches; None
        for a single process.
    """
    app = Flask(__name__)
    app.config["PAGE_SIZE"] = int_setting("page_size")
    app.config["FINGERPRINT"] = responses.fingerprint(Path(__file__).parent, __version__)
    source = ArchiveSource(archive, index_dir or path_setting("index"), timeout_setting())
    app.extensions["tracuu.source"] = source
    app.extensions["tracuu.examples"] = Examples()
    app.extensions["tracuu.guide"] = GuideExamples()
    app.url_map.converters["any_id"] = AnyIdConverter
    app.url_map.merge_slashes = False  # an id may begin with a slash
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    templating.init_app(app)
    app.register_blueprint(page_routes.pages)
    app.register_blueprint(statistics_page.keeper)
    app.register_blueprint(api_routes.api)
    app.register_blueprint(api_routes.machines)
    app.register_blueprint(crawlers.crawlers)
    app.register_blueprint(session.session)
    # Responses pass these in reverse order, so the measurement comes last.
    metrics.init_app(app)
    compression.init_app(app)
    query_log.init_app(app, shared)
    preferences.init_app(app)
    site.init_app(app, source)
    face.init_app(app)
    error_pages.init_app(app)
    headers.init_app(app)
    cross_origin.init_app(app)
    proxy.init_app(app)
    gate.init_app(app)
    admission.init_app(app)
    return app
