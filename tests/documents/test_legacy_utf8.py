"""UTF-8 read as windows-1252: what is decoded, and what was lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.legacy.convert import convert, encode

SENTENCE = "Quyết định và bàn giao nhiệm vụ cho gia đình ở làng Hà Nam là đúng"


def test_what_utf8_read_as_windows_1252_shows_is_converted_back() -> None:
    assert convert(encode(SENTENCE, "utf-8"), "utf-8") == SENTENCE


def test_an_a_with_grave_survives_a_no_break_space_made_plain() -> None:
    """The second byte of "à" is a no-break space, which many programs replace and merge."""
    damaged = " ".join(encode(SENTENCE, "utf-8").replace("\N{NO-BREAK SPACE}", " ").split())
    assert "vÃ bÃ n" in damaged
    assert convert(damaged, "utf-8") == SENTENCE


def test_a_sequence_that_lost_a_byte_leaves_those_beside_it_readable() -> None:
    damaged = encode("tổ chức lễ", "utf-8").replace("\x85", "") + encode("đã", "utf-8")
    assert convert(damaged, "utf-8").startswith("tổ chức l")
    assert convert(damaged, "utf-8").endswith("đã")


@given(st.text(alphabet="àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệôồốổỗộơờớởỡợưừứửữự bchmnt", min_size=1))
def test_text_read_as_windows_1252_is_converted_back(text: str) -> None:
    assert convert(encode(text, "utf-8"), "utf-8") == text
