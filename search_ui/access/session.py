"""Log in and out, where a login shows more than visitors see without one.

A browser asks for a name and a password when it gets 401, and sends them with every request from
then on (HTTP Basic); when it gets 401 for them, it forgets them.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import Unauthorized

from search_ui.http.current_request import route

session = Blueprint("session", __name__)

LOG_IN, LOG_OUT = "session.log_in", "session.log_out"


@session.get("/dang-nhap")
def log_in() -> Response:
    """Redirect to the front page (303).

    The gate has asked for a login before this is called (401), or answered 404 if there are no
    logins (`Gate.check`).
    """
    return _to_front_page()


@session.get("/dang-xuat")
def log_out() -> Response:
    """Raise Unauthorized (401), so that the browser forgets the login that the request has; without
    one, redirect to the front page (303)."""
    if request.authorization is None:
        return _to_front_page()
    raise Unauthorized


def _to_front_page() -> Response:
    answer = Response(status=303)
    answer.location = route("pages.search")
    answer.cache_control.no_store = True
    return answer
