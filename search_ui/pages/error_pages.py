"""Answer errors: with JSON below /api and at /healthz, with an HTML page elsewhere, and never with
a stack trace."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from indexer import (
    DocumentNotFound,
    EngineUnavailable,
    OriginalNotFound,
    RequestError,
    SearchTimeout,
    TraCuuError,
    UnusableIndex,
)
from search_ui.http.i18n import say
from search_ui.http.params import BadParameter
from search_ui.http.responses import error_json, html_response
from search_ui.http.site import titled
from search_ui.pages.search_page import Heading


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The text of an error page: its title, what happened, and what the reader can do."""

    title: str
    sentence: str
    remedy: str


_RETRY_SECONDS = 10
"""Value of Retry-After, in seconds, if the index cannot be used or a search took too long."""

BY_STATUS = {
    400: ErrorText(
        "Địa chỉ không hợp lệ",
        "Địa chỉ này có phần không hợp lệ.",
        "Hãy sửa lại địa chỉ, hoặc tìm lại từ đầu.",
    ),
    401: ErrorText(
        "Cần đăng nhập",
        "Kho này chỉ dành cho người có mật khẩu.",
        "Hãy đăng nhập, hoặc hỏi người quản trị để có mật khẩu.",
    ),
    403: ErrorText(
        "Trang của người quản trị",
        "Chỉ người quản trị xem được trang này.",
        "Người quản trị hãy mở trang từ chính máy chủ, hoặc đặt mật khẩu cho mình.",
    ),
    404: ErrorText(
        "Không có trang này",
        "Không tìm thấy trang nào ở địa chỉ này.",
        "Hãy dùng ô tìm kiếm phía trên hoặc về trang chủ.",
    ),
    405: ErrorText(
        "Phương thức không được hỗ trợ",
        "Trang này chỉ để xem.",
        "Hãy mở địa chỉ như một trang bình thường.",
    ),
    429: ErrorText(
        "Sai mật khẩu quá nhiều lần",
        "Từ máy này đã có nhiều lần nhập sai mật khẩu.",
        "Hãy đợi vài phút rồi thử lại.",
    ),
    500: ErrorText(
        "Đã xảy ra lỗi",
        "Máy chủ gặp lỗi khi trả lời; lỗi đã được ghi lại.",
        "Hãy thử lại sau ít phút. Nếu vẫn lỗi, hãy báo cho người quản trị.",
    ),
    503: ErrorText(
        "Chưa thể tra cứu",
        "Chỉ mục chưa được lập hoặc không mở được.",
        "Người quản trị hãy chạy lệnh “tracuu rebuild” rồi tải lại trang này.",
    ),
}
LOGGED_OUT = ErrorText(
    "Đã đăng xuất",
    "Trình duyệt không gửi tên và mật khẩu của bạn nữa.",
    "Hãy về trang chủ, hoặc đăng nhập lại.",
)
AWAY = ErrorText(
    "Tạm thời chưa tra cứu được",
    "Cụm máy chứa chỉ mục hiện không trả lời.",
    "Hãy thử lại sau ít phút; không cần làm gì thêm.",
)
BUSY = ErrorText(
    "Máy chủ đang bận",
    "Có quá nhiều lượt tìm cùng lúc.",
    "Hãy thử lại sau ít giây.",
)
TIMEOUT = ErrorText(
    "Tìm quá lâu",
    "Máy chủ đã dừng lượt tìm này vì nó mất quá nhiều thời gian.",
    "Hãy dùng ít từ hơn hoặc từ hiếm hơn, hoặc thử lại sau ít giây.",
)
NO_DOCUMENT = ErrorText(
    "Không có tài liệu này",
    "Trong kho không có tài liệu nào mang mã này; có thể tài liệu đã được gỡ bỏ.",
    "Hãy tìm lại bằng ô tìm kiếm phía trên.",
)


NO_ORIGINAL = ErrorText(
    "Không có tệp gốc",
    "Tệp gốc của tài liệu này không tải được: kho không cho tải, hoặc tệp đã được chuyển đi hay sửa"
    " đổi.",
    "Nội dung vẫn đọc được ở trang tài liệu.",
)


def init_app(app: Flask) -> None:
    """Make `app` answer every error with a page, or with JSON below /api and at /healthz.

    TraCuuErrors get the status of their class: 400 for RequestError, 404 for DocumentNotFound and
    OriginalNotFound, 503 for SearchTimeout and UnusableIndex, else 500. UnusableIndex and
    TraCuuErrors with 500 are written to the log of the app. HTTPExceptions of werkzeug keep their
    status and their headers Allow and Retry-After. No cache may store an answer.
    """

    @app.errorhandler(TraCuuError)
    def of_ours(error: TraCuuError) -> Response:
        if isinstance(error, RequestError):
            return _answer(400, _said_of(error), error.code, error.message, error.hint)
        if isinstance(error, DocumentNotFound):
            return _answer(404, NO_DOCUMENT, error.code, error.message, error.hint)
        if isinstance(error, OriginalNotFound):
            return _answer(404, NO_ORIGINAL, error.code, error.message, error.hint)
        if isinstance(error, SearchTimeout):
            response = _answer(503, TIMEOUT, error.code, error.message, error.hint)
            response.headers["Retry-After"] = str(_RETRY_SECONDS)
            return response
        if isinstance(error, UnusableIndex):
            app.logger.error("%s", error)
            said = AWAY if isinstance(error, EngineUnavailable) else BY_STATUS[503]
            response = _answer(503, said, error.code, error.message, error.hint)
            response.headers["Retry-After"] = str(_RETRY_SECONDS)
            return response
        app.logger.exception("unexpected %s", type(error).__name__, exc_info=error)
        return _answer(500, BY_STATUS[500], error.code, error.message, error.hint)

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        status = error.code or 500
        said = BY_STATUS.get(status) or BY_STATUS[500 if status >= 500 else 400]
        code = error.name.lower().replace(" ", "_")
        if isinstance(error, ServiceUnavailable):
            said = BUSY
        if request.endpoint == "session.log_out" and status == 401:
            said = LOGGED_OUT
        response = _answer(status, said, code, f"{error.name}.", _hint(status))
        for name, value in error.get_headers(request.environ):
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response


def _said_of(error: RequestError) -> ErrorText:
    """Return the text for a wrong request; of a wrong parameter, with an example of a right one."""
    if isinstance(error, BadParameter):
        return ErrorText(
            BY_STATUS[400].title,
            error.page_message,
            say("Ví dụ đúng: {example}", example=error.example),
        )
    return BY_STATUS[400]


def _hint(status: int) -> str:
    if status == 405:
        return "Send a GET request."
    if status == 401:
        return "Send a name and password (HTTP Basic)."
    if status == 403:
        return "Ask from an address in TRACUU_ADMIN_ADDRESSES, or set TRACUU_ADMIN_PASSWORD_FILE."
    if status == 429:
        return "Wait as long as Retry-After says."
    if status >= 500:
        return "Try again later; the server's log tells more."
    return "See /huong-dan for the addresses that exist."


def _answer(status: int, said: ErrorText, code: str, message: str, hint: str) -> Response:
    """Return an error as JSON or as a page, by the path of the current request.

    `said` is the Vietnamese text of the page, which is translated; `code`, `message` and `hint` are
    the values of the JSON.
    """
    if request.path == "/healthz" or request.path == "/api" or request.path.startswith("/api/"):
        response = error_json(code, message, hint, status)
    else:
        translated = ErrorText(say(said.title), say(said.sentence), say(said.remedy))
        heading = Heading(titled(translated.title))
        context = {"page": heading, "error": translated, "status": status}
        response = html_response("error.html", context, status)
    response.cache_control.no_store = True
    return response
