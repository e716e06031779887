"""Find the text that an HTML page shows when a reader opens it: answers, folded chapters, tabs."""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.formats.html.box_names import names_of
from indexer.documents.formats.html.page_chrome import BLOCKS, words_outside_links
from indexer.documents.text.text_keys import clean, key

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt summary legend caption".split())
_FOLDED = re.compile(r"accordion|collaps|expan[ds]|faq|toggle|question|cau-?hoi", re.IGNORECASE)
_OTHER = frozenset("modal dropdown offcanvas popover tooltip".split())
"""What a control may open that is no part of the page's text (`data-toggle` of Bootstrap)."""
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
"""Matches a style that hides an element."""
_HIDES = re.compile(r"hidden|invisible|d-none", re.IGNORECASE)
"""Matches classes of a panel that is not open."""
_PANELS = ("div", "dd", "section", "p", "ul", "ol", "table")
_LEAST_WORDS = 3
"""Least number of words outside links of a panel: a folded menu has none."""


def open_panels(tree: Any) -> frozenset[Any]:
    """Return the elements to read although they are buttons or hidden.

    These are panels that a control of the page opens (WAI-ARIA patterns "accordion", "disclosure"
    and "tabs"), or that stand hidden below a heading or in a box called "accordion", and the
    buttons with their headings. Such a button becomes a <span> in a heading, else a <p>, and such a
    link a <span>. The title of a tab becomes a heading of its panel.
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
            words = (panel.get("class") or "").split()
            panel.set("class", " ".join(word for word in words if not _HIDES.search(word)))
            if control.tag == "a" and _is_control(control, panel):
                _make_title(control, panel)
    for tab, panel in _tabs_in_order(tree):
        shown.add(panel)
        _make_title(tab, panel)
    for panel in tree.iter(*_PANELS):
        above = panel.getprevious()
        if above is None or panel in shown or not HIDDEN.search(panel.get("style") or ""):
            continue
        names = " ".join(map(names_of, (panel, above, panel.getparent())))
        if (_FOLDED.search(names) or _is_heading_box(above)) and _has_text(panel):
            shown.add(panel)
            for link in above.iter("a"):
                if (link.get("href") or "#").startswith(("#", "javascript:")):
                    link.tag = "span"
    return frozenset(shown)


def _is_heading_box(element: Any) -> bool:
    """Return True if an element says nothing but a heading."""
    heading = next((e for e in element.iter() if e.tag in _HEADINGS), None)
    return heading is not None and len("".join(element.itertext()).split()) == len(
        "".join(heading.itertext()).split()
    )


def _tabs_in_order(tree: Any) -> list[tuple[Any, Any]]:
    """Return the tabs that are links and do not name their panel, each with its panel: the one of
    the same index, if a box has as many tabs as panels (WAI-ARIA pattern "tabs")."""
    found: list[tuple[Any, Any]] = []
    for tabs in tree.iterfind(".//*[@role='tablist']"):
        named = tabs.findall(".//*[@role='tab']")
        box = tabs.getparent()
        panels = box.findall(".//*[@role='tabpanel']") if box is not None else []
        if len(named) == len(panels) and not any(tab.get("aria-controls") for tab in named):
            pairs = zip(named, panels, strict=True)
            found += [(tab, panel) for tab, panel in pairs if _is_link_only(tab, panel)]
    return found


def _is_link_only(tab: Any, panel: Any) -> bool:
    return _has_text(panel) and words_outside_links(tab, 1) < 1


def _is_control(link: Any, panel: Any) -> bool:
    """Return True if a link to a panel opens it, and does not lead to a chapter of the page."""
    attributes = ("data-toggle", "data-bs-toggle", "aria-controls", "aria-expanded")
    return (
        link.get("role") == "tab"
        or any(link.get(name) for name in attributes)
        or bool(_FOLDED.search(names_of(link)) or _TAB.search(names_of(panel)))
        or bool(HIDDEN.search(panel.get("style") or ""))
    )


_TAB = re.compile(r"(?:^|[-_ ])tabs?(?:$|[-_ ])|tab-?(?:pane|panel|content|page)", re.IGNORECASE)


def _make_title(control: Any, panel: Any) -> None:
    """Make the link that opens a panel plain text; if it is the title of a tab, which stands in a
    list, make its text a heading of the panel, unless the panel begins with it or stands below it,
    as in an accordion."""
    above = panel.getprevious()
    if above in (control, *control.iterancestors()) or not any(
        e.tag in ("ul", "ol") or e.get("role") == "tablist" for e in control.iterancestors()
    ):
        control.tag = "span"
        return
    title = clean(" ".join("".join(control.itertext()).split()))
    if title and not key(clean("".join(panel.itertext()))).startswith(key(title)):
        heading = panel.makeelement("h4")
        heading.text, heading.tail, panel.text = title, panel.text, None
        panel.insert(0, heading)


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
