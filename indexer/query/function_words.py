"""The function words of Vietnamese: connectives, particles, auxiliaries, pronouns, determiners.

They say how other words belong together, not what a text is about. The list (function_words.txt)
follows the closed classes of the grammars (Diệp Quang Ban 2005, "Ngữ pháp tiếng Việt": hư từ).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def function_words() -> frozenset[str]:
    """Return the function words of function_words.txt as pyvi writes them: của, đối_với."""
    text = files("indexer.query").joinpath("function_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
