"""The page rules for a text dump, in their order.

A dump of a portal page holds the page and the portal around it. Each step below looks at the
lines that the steps above it left, and says what some of them are; what remains is the body.
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
from indexer.documents.rules.publication_date import DateLine
from indexer.documents.rules.title import find_title
from indexer.documents.text_keys import clean
from indexer.models import Document


def find_masthead(draft: Draft) -> None:
    """The name of the site, in lines above the text."""
    for line in draft.body_lines():
        if line.prose:
            return
        if (name := masthead(line)) is not None:
            draft.fields.setdefault("publisher", name)
            draft.mastheads.append(name)
            draft.claim(line, Role.MASTHEAD)


def mark_chrome(draft: Draft) -> None:
    """Lines that are known to belong to the portal, wherever they stand."""
    draft.kinds = {
        line.number: kind for line in draft.lines if (kind := chrome_kind(line)) is not None
    }
    for line in draft.lines:
        if draft.kinds.get(line.number, Chrome.HEADING) is not Chrome.HEADING:
            draft.claim(line, Role.CHROME)


def find_dates(draft: Draft) -> None:
    """Lines that are a date and nothing else, above the second paragraph or with a label."""
    prose = 0
    for line in draft.body_lines():
        prose += line.prose
        if (found := publication_date.date_line(line)) and (
            prose < 2 or found.kind is not DateLine.BARE
        ):
            draft.dates.append((line, found))
            draft.claim(line, Role.DATE)


def choose_title(draft: Draft) -> None:
    """The title, and every line that only repeats it."""
    free = [line for line in draft.body_lines() if line.number not in draft.kinds]
    draft.title = find_title(free)
    if draft.title:
        draft.fields["title"] = draft.title.text
        for line in draft.lines:
            if line.number in draft.title.numbers:
                draft.claim(line, Role.TITLE)


def choose_published(draft: Draft) -> None:
    """The publication date, and the time where its line states it."""
    best = publication_date.choose(draft.dates, draft.title.line if draft.title else None)
    if best:
        draft.fields["published"] = best.day
        draft.fields["published_time"] = best.at


def choose_section(draft: Draft) -> None:
    """The section, where a line above the text names it."""
    last = draft.title.line.number if draft.title else 0
    for line in draft.lines:
        if line.prose:
            return
        name = section.labelled(line) or (section.portlet(line) if line.number < last else None)
        if name and line.number not in draft.roles:
            draft.fields.setdefault("section", name)
            draft.claim(line, Role.CHROME)


def drop_preamble(draft: Draft) -> None:
    """What stands above the title and is no running text is menu or breadcrumb."""
    if draft.title:
        for line in draft.body_lines():
            if line.number < draft.title.line.number and not line.prose:
                draft.claim(line, Role.CHROME)


def drop_closing(draft: Draft) -> None:
    """From the first closing heading after the text on, all but running text is the portal's."""
    read = closed = False
    for line in draft.lines:
        closes = draft.kinds.get(line.number) is Chrome.CLOSES
        if line.number not in draft.roles and not line.blank:
            if line.prose:
                read, closed = True, False
            elif read and section.portlet(line):
                closes = True
            if closed or (closes and read):
                draft.claim(line, Role.CHROME)
        closed = closed or (read and closes)


def find_author(draft: Draft) -> None:
    """Author and source from the last short line; it stays in the body, where it was written."""
    if found := find_byline(draft.body_lines()):
        draft.fields["author"] = found[1].author
        draft.fields["source"] = found[1].source


def read_title(draft: Draft) -> None:
    """Kind of report and period."""
    title = draft.fields.get("title", "")
    draft.fields["report_type"] = report_type.report_type(title)
    draft.fields["period"] = report_type.period(title)


def find_event(draft: Draft) -> None:
    """The date of the event, from the lead."""
    draft.fields["event_date"] = event_date.event_date(
        draft.paragraphs(), draft.fields.get("published")
    )


def find_place(draft: Draft) -> None:
    """The place as of the date of the page."""
    whole = draft.paragraphs()
    lead = next((number for number, line in enumerate(whole) if line.prose), -1)
    draft.fields["places"] = places.find_places(
        ". ".join(draft.mastheads),
        clean(draft.fields.get("title", "")),
        "\n".join(line.text for line in whole[: lead + 1]),
        "\n".join(line.text for line in whole),
        draft.fields.get("published") or draft.fields.get("event_date"),
    )


def find_names(draft: Draft) -> None:
    """Persons, offices and cited documents."""
    text = draft.text()
    draft.fields["persons"] = persons.persons(text)
    draft.fields["organisations"] = organisations.organisations(text)
    draft.fields["cited"] = cited_documents.cited(text)


def write_body(draft: Draft) -> None:
    """What is left, as it was written; paragraphs stay apart."""
    parts: list[str] = []
    gap = False
    for line in draft.lines:
        if line.blank or line.number in draft.roles:
            gap = True
        else:
            if parts:
                parts.append("\n\n" if gap else "\n")
            parts.append(line.raw)
            gap = False
    draft.fields["body"] = "".join(parts)


READING: tuple[Callable[[Draft], None], ...] = (
    find_author,
    read_title,
    find_event,
    find_place,
    find_names,
    write_body,
)
"""The steps for text that is free of chrome already."""

STEPS: tuple[Callable[[Draft], None], ...] = (
    find_masthead,
    mark_chrome,
    find_dates,
    choose_title,
    choose_published,
    choose_section,
    drop_preamble,
    drop_closing,
    *READING,
)


def complete(text: str, document_id: str, fields: Mapping[str, Any]) -> Document:
    """A page whose `text` is free of chrome, read by the rules; what `fields` state is kept."""
    draft = Draft(split_lines(text), fields=dict(fields))
    if publisher := fields.get("publisher"):
        draft.mastheads.append(publisher)
    for step in READING:
        step(draft)
    stated = {name: value for name, value in fields.items() if value}
    return Document(id=document_id, **(draft.fields | stated))


def read_page(text: str, document_id: str) -> Document:
    """The page that a text dump holds.

    Law: every line of the body is a line of `text`, in the same order.
    """
    draft = Draft(split_lines(text))
    for step in STEPS:
        step(draft)
    return Document(id=document_id, **draft.fields)
