"""Find the text that an HTML page shows when a reader opens it: answers, folded chapters, tabs."""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.formats.html.page_chrome import BLOCKS, names_of, words_outside_links

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt summary legend caption".split())
_FOLDED = re.compile(r"accordion|collaps|faq|toggle|question|cau-?hoi", re.IGNORECASE)
_OTHER = frozenset("modal dropdown offcanvas popover tooltip".split())
"""What a control may open that is no part of the page's text (`data-toggle` of Bootstrap)."""
_LEAST_WORDS = 3
"""Least number of words outside links of a panel: a folded menu has none."""


def open_panels(tree: Any) -> frozenset[Any]:
    """Return the elements to read although they are buttons or hidden.

    These are panels that a control of the page opens (WAI-ARIA patterns "accordion", "disclosure"
    and "tabs"), and the buttons with their headings. Such a button becomes a <span> in a heading,
    else a <p>.
    """
    by_id = {e.get("id"): e for e in tree.iter() if isinstance(e.tag, str) and e.get("id")}
    shown = set(tree.iterfind(".//*[@role='tabpanel']"))
    for control in list(tree.iter("a", "button", "label")):
        if (control.get("data-toggle") or control.get("data-bs-toggle")) in _OTHER:
            continue
        panel = by_id.get(_target(control))
        if control.tag == "button":
            in_heading = any(e.tag in _HEADINGS for e in control.iterancestors())
            folds = control.get("aria-expanded") or _FOLDED.search(names_of(control))
            if panel is None and folds and not in_heading:
                panel = control.getnext()
            if not in_heading and (panel is None or not _has_text(panel)):
                continue
            control.tag = "span" if in_heading else "p"
            shown.add(control)
        if panel is not None and _has_text(panel):
            shown.add(panel)
    return frozenset(shown)


def _target(control: Any) -> str:
    """Return the id of the element that a control opens, or ""."""
    for attribute in ("aria-controls", "data-target", "data-bs-target", "href"):
        value = control.get(attribute) or ""
        if attribute == "aria-controls" and value:
            return str(value)
        if value.startswith("#"):
            return str(value[1:])
    return ""


def _has_text(panel: Any) -> bool:
    return (
        isinstance(panel.tag, str)
        and panel.tag in BLOCKS
        and panel.get("role") not in ("dialog", "menu", "alertdialog")
        and next(panel.iter("form", "nav"), None) is None
        and words_outside_links(panel, _LEAST_WORDS) >= _LEAST_WORDS
    )
