"""Make the note on the results page that explains the rung of the hits."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import Results, Rung, has_marks
from search_ui.http.i18n import say


def rung_name(rung: Rung) -> str:
    """Return the name of a rung in the current language: "Gần đúng", "Most words"."""
    return say(rung.label.capitalize())


@dataclass(frozen=True, slots=True)
class RungNote:
    """The name of a rung, and a sentence that says what it means for the hits."""

    name: str
    sentence: str


def rung_note(results: Results) -> RungNote | None:
    """Return the note on the rung of the results; None if it is `exact` or there is no rung."""
    rung = results.rung
    if rung is None or rung is Rung.EXACT:
        return None
    name = rung.label.capitalize()
    if rung is Rung.PARTIAL:
        sentence = "Chữ gõ có dấu phải khớp đúng dấu; chữ gõ không dấu thì mang dấu nào cũng được."
    elif rung is Rung.FOLDED and has_marks(results.request.text):
        sentence = "Không có trang nào đúng dấu như bạn gõ, nên kết quả dưới đây bỏ qua dấu."
    elif rung is Rung.FOLDED:
        sentence = "Bạn gõ không dấu, nên chữ mang dấu nào cũng được tính."
    else:
        name = "Gần đúng: không có trang nào có đủ các từ"
        sentence = "Dưới đây là những trang chứa nhiều từ bạn gõ nhất."
    return RungNote(say(name), say(sentence))
