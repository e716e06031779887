"""`read_page`: apply the page rules to a text dump of a portal page, in order.

A dump has the page and the portal around it (chrome). Each step below examines the lines that the
steps before it left, and gives some of them a role; what remains is the body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from indexer.documents.draft import Draft, Role
from indexer.documents.lines import split_lines
from indexer.documents.rules import (
    cited_documents,
    event_date,
    organisations,
    persons,
    places,
    publication_date,
    report_type,
    section,
)
from indexer.documents.rules.byline import find_byline
from indexer.documents.rules.chrome import Chrome, chrome_kind
from indexer.documents.rules.masthead import masthead
from indexer.documents.rules.publication_date import DateLineKind
from indexer.documents.rules.title import find_title
from indexer.documents.text_keys import clean
from indexer.models import Document


def find_masthead(draft: Draft) -> None:
    """Find the name of the site in the lines above the text."""
    for line in draft.body_lines():
        if line.is_prose:
            return
        if (name := masthead(line)) is not None:
            draft.fields.setdefault("publisher", name)
            draft.mastheads.append(name)
            draft.claim(line, Role.MASTHEAD)


def mark_chrome(draft: Draft) -> None:
    """Mark lines that are known to belong to the portal, wherever they are."""
    draft.chrome_kinds = {
        line.number: kind for line in draft.lines if (kind := chrome_kind(line)) is not None
    }
    for line in draft.lines:
        if draft.chrome_kinds.get(line.number, Chrome.HEADING) is not Chrome.HEADING:
            draft.claim(line, Role.CHROME)


def find_dates(draft: Draft) -> None:
    """Find lines that are only a date, above the second paragraph or with a label."""
    prose = 0
    for line in draft.body_lines():
        prose += line.is_prose
        if (found := publication_date.date_line(line)) and (
            prose < 2 or found.kind is not DateLineKind.BARE
        ):
            draft.date_lines.append((line, found))
            draft.claim(line, Role.DATE)


def choose_title(draft: Draft) -> None:
    """Choose the title, and mark every line that only repeats it."""
    free = [line for line in draft.body_lines() if line.number not in draft.chrome_kinds]
    draft.title = find_title(free)
    if draft.title:
        draft.fields["title"] = draft.title.text
        for line in draft.lines:
            if line.number in draft.title.numbers:
                draft.claim(line, Role.TITLE)


def choose_published(draft: Draft) -> None:
    """Choose the publication date, with the time if its line states it."""
    best = publication_date.choose(draft.date_lines, draft.title.line if draft.title else None)
    if best:
        draft.fields["published"] = best.day
        draft.fields["published_time"] = best.at


def choose_section(draft: Draft) -> None:
    """Find the section in a line above the text that names it."""
    last = draft.title.line.number if draft.title else 0
    for line in draft.lines:
        if line.is_prose:
            return
        name = section.labelled_section(line) or (
            section.portlet_heading(line) if line.number < last else None
        )
        if name and line.number not in draft.roles:
            draft.fields.setdefault("section", name)
            draft.claim(line, Role.CHROME)


def drop_preamble(draft: Draft) -> None:
    """Mark lines above the title that are no running text: menus and breadcrumbs."""
    if draft.title:
        for line in draft.body_lines():
            if line.number < draft.title.line.number and not line.is_prose:
                draft.claim(line, Role.CHROME)


def drop_closing(draft: Draft) -> None:
    """Mark the portal's lines after the text: from the first closing heading on, all but prose."""
    seen_text = in_closing = False
    for line in draft.lines:
        closes = draft.chrome_kinds.get(line.number) is Chrome.CLOSES
        if line.number not in draft.roles and not line.is_blank:
            if line.is_prose:
                seen_text, in_closing = True, False
            elif seen_text and section.portlet_heading(line):
                closes = True
            if in_closing or (closes and seen_text):
                draft.claim(line, Role.CHROME)
        in_closing = in_closing or (seen_text and closes)


def find_author(draft: Draft) -> None:
    """Find author and source in the last short line, which stays part of the body."""
    if found := find_byline(draft.body_lines()):
        draft.fields["author"] = found[1].author
        draft.fields["source"] = found[1].source


def read_title(draft: Draft) -> None:
    """Find the type of report and the period in the title."""
    title = draft.fields.get("title", "")
    draft.fields["report_type"] = report_type.report_type(title)
    draft.fields["period"] = report_type.period(title)


def find_event(draft: Draft) -> None:
    """Find the date of the event in the lead."""
    draft.fields["event_date"] = event_date.event_date(
        draft.paragraphs(), draft.fields.get("published")
    )


def find_place(draft: Draft) -> None:
    """Find the place, as of the date of the page."""
    paragraphs = draft.paragraphs()
    lead = next((number for number, line in enumerate(paragraphs) if line.is_prose), -1)
    draft.fields["places"] = places.find_places(
        ". ".join(draft.mastheads),
        clean(draft.fields.get("title", "")),
        "\n".join(line.text for line in paragraphs[: lead + 1]),
        "\n".join(line.text for line in paragraphs),
        draft.fields.get("published") or draft.fields.get("event_date"),
    )


def find_names(draft: Draft) -> None:
    """Find persons, organisations and cited documents."""
    text = draft.text()
    draft.fields["persons"] = persons.persons(text)
    draft.fields["organisations"] = organisations.organisations(text)
    draft.fields["cited"] = cited_documents.cited(text)


def write_body(draft: Draft) -> None:
    """Write the remaining lines as the body, as they are; blank lines separate paragraphs."""
    parts: list[str] = []
    gap = False
    for line in draft.lines:
        if line.is_blank or line.number in draft.roles:
            gap = True
        else:
            if parts:
                parts.append("\n\n" if gap else "\n")
            parts.append(line.raw)
            gap = False
    draft.fields["body"] = "".join(parts)


CONTENT_STEPS: tuple[Callable[[Draft], None], ...] = (
    find_author,
    read_title,
    find_event,
    find_place,
    find_names,
    write_body,
)
"""The steps for a text that is free of chrome."""

STEPS: tuple[Callable[[Draft], None], ...] = (
    find_masthead,
    mark_chrome,
    find_dates,
    choose_title,
    choose_published,
    choose_section,
    drop_preamble,
    drop_closing,
    *CONTENT_STEPS,
)


def read_content(text: str, document_id: str, fields: Mapping[str, Any]) -> Document:
    """Read a page whose `text` is free of chrome; the values in `fields` take precedence."""

    draft = Draft(split_lines(text), fields=dict(fields))
    if publisher := fields.get("publisher"):
        draft.mastheads.append(publisher)
    for step in CONTENT_STEPS:
        step(draft)
    stated = {name: value for name, value in fields.items() if value}
    return Document(id=document_id, **(draft.fields | stated))


def read_page(text: str, document_id: str) -> Document:
    """Return the page in a text dump.

    Law: every line of the body is a line of `text`, in the same order.
    """
    draft = Draft(split_lines(text))
    for step in STEPS:
        step(draft)
    return Document(id=document_id, **draft.fields)
