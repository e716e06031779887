"""Apply the page rules, in order, to a text dump of a portal page or to a structured file.

A dump is the text of a whole web page: the article, and the menus of the portal around it (chrome).
A structured file is one whose format tells headings, paragraphs, rows … apart (`content.Content`).
Each step below examines the lines that the steps before it left, and gives some of them a role;
what remains is the body. A step changes its draft and returns nothing; a field that is not found is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer.documents.content import Content, Part, assemble
from indexer.documents.draft import Draft, Role
from indexer.documents.portal_lines import LEAST_SENTENCE, is_below_chapter, mark_chrome
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
from indexer.documents.rules.administrative import in_force, letterhead
from indexer.documents.rules.administrative.signing import Signing
from indexer.documents.rules.administrative.type_names import TYPE_KEYS
from indexer.documents.rules.byline import find_byline
from indexer.documents.rules.chrome import Chrome
from indexer.documents.rules.masthead import masthead, recase
from indexer.documents.rules.passage import is_passage
from indexer.documents.rules.publication_date import DateLineKind
from indexer.documents.rules.title import Title, find_title
from indexer.documents.text.dates import parse_archive_date
from indexer.documents.text.lines import Line, split_lines
from indexer.documents.text.text_keys import clean, key
from indexer.models import BlockKind, Document


def find_form(draft: Draft) -> None:
    """Find the letterhead of an official document, and set its fields: number, type, issuer, date
    of issue, signer, recipients and title."""
    found = letterhead.find_letterhead(draft.lines)
    if found is None:
        return
    draft.letterhead = found
    stated = {
        "number": found.number,
        "document_type": found.document_type,
        "issuer": found.issuer,
        "signer": found.signing.signer,
        "signer_position": found.signing.signer_position,
        "recipients": found.signing.recipients,
        "published": found.issued,
        "title": found.title,
    }
    draft.fields |= {name: value for name, value in stated.items() if value}
    draft.mastheads += [text for text in (found.superior, found.issuer, found.place) if text]
    if found.superior:
        draft.fields["extra"] = (("Cơ quan chủ quản", found.superior),)
    for line in draft.lines:
        if line.number in found.claimed:
            draft.claim(line, Role.LETTERHEAD)
        elif line.number in found.title_lines and found.title:
            draft.claim(line, Role.TITLE)


def find_masthead(draft: Draft) -> None:
    """Set the field `publisher` to the name of the site in the lines above the text, if any."""
    for line in draft.body_lines():
        if line.is_prose:
            return
        if (name := masthead(line)) is not None:
            draft.fields.setdefault("publisher", name)
            draft.mastheads.append(name)
            draft.claim(line, Role.MASTHEAD)


def find_dates(draft: Draft) -> None:
    """Add the lines that are only a date to `draft.date_lines`, and mark them as dates.

    A date without a label ("Ngày đăng:") counts only above the second line of prose, and not on a
    document whose letterhead is dated: there it is a line of the text, as are `draft.text_dates`.
    One directly below the heading of a chapter ("Ngày ban hành") counts, and stays in the text.
    """
    prose = 0
    dated = draft.letterhead is not None and draft.letterhead.issued is not None
    for line in draft.body_lines():
        prose += line.is_prose
        if line.text in draft.text_dates:
            continue
        if (found := publication_date.date_line(line)) and (
            not (dated or prose > 1) or found.kind is not DateLineKind.BARE
        ):
            draft.date_lines.append((line, found))
            if not is_below_chapter(draft, line):
                draft.claim(line, Role.DATE)


def choose_title(draft: Draft) -> None:
    """Choose the title, and mark every line that only repeats it."""
    if draft.letterhead and draft.fields.get("title"):
        return
    free = [
        line
        for line in draft.body_lines()
        if line.number not in draft.chrome_kinds
        and publication_date.date_line(line) is None
        and not letterhead.is_motto(line.text)
        and (line.number not in draft.parts or draft.parts[line.number].kind not in _NEVER_TITLE)
    ]
    draft.title = find_title(free)
    if draft.title:
        draft.fields["title"] = draft.title.text
        for line in draft.lines:
            if line.number in draft.title.numbers:
                draft.claim(line, Role.TITLE)


_NEVER_TITLE = frozenset((BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.CAPTION))


def choose_published(draft: Draft) -> None:
    """Choose the publication date, with the time of day if the same line states it.

    The date of a letterhead takes precedence. Of a structured file, other dates without a label
    below the title are left in the text.
    """
    if draft.letterhead and draft.letterhead.issued:
        return
    title = draft.title.line if draft.title else None
    best = publication_date.choose(draft.date_lines, title)
    if best is None:
        return
    draft.fields["published"] = best.day
    draft.fields["published_time"] = best.at
    for line, found in draft.date_lines if draft.parts else ():
        is_other = found.kind is DateLineKind.BARE and found.day != best.day
        if is_other and title is not None and line.number > title.number:
            draft.roles.pop(line.number, None)


def choose_section(draft: Draft) -> None:
    """Set the field "section" to the section of the portal that a line above the text names, and
    mark this line."""
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
    """Mark lines above the title or letterhead as preamble, but prose, captions and the type of a
    document directly above it ("PHÁP LỆNH"); none of a structured file that has prose or a sentence
    there."""
    if draft.letterhead:
        form = draft.letterhead.claimed | draft.letterhead.title_lines
        first = min(form, default=0)
    else:
        first = draft.title.line.number if draft.title else 0
    above = [line for line in draft.body_lines() if line.number < first]
    if draft.parts and any(
        line.is_prose or (line.ends_sentence and line.word_count >= LEAST_SENTENCE)
        for line in above
    ):
        return  # the text has begun, and its markup was free of menus
    for line in above:
        part = draft.parts.get(line.number)
        is_type = line is above[-1] and line.text.isupper() and line.key in TYPE_KEYS
        if (
            not line.is_prose
            and not is_type
            and (part is None or part.kind is not BlockKind.CAPTION)
        ):
            draft.claim(line, Role.PREAMBLE)


def drop_closing(draft: Draft) -> None:
    """Mark lines after the text as chrome: from a line that closes it ("Tin liên quan", a portlet's
    heading) up to the next line of prose."""
    seen_text = in_closing = False
    for line in draft.lines:
        closes = draft.chrome_kinds.get(line.number) is Chrome.CLOSES
        if line.number not in draft.roles and not line.is_blank:
            if line.is_prose:
                seen_text, in_closing = True, False
            elif seen_text and _is_title_of_box(draft, line) and section.portlet_heading(line):
                closes = True
            if in_closing or (closes and seen_text):
                draft.claim(line, Role.CHROME)
        in_closing = in_closing or (seen_text and closes)


def _is_title_of_box(draft: Draft, line: Line) -> bool:
    """Return True unless a line of a structured file is an item, a cell or a caption."""
    part = draft.parts.get(line.number)
    return part is None or part.kind not in _NEVER_TITLE


def find_author(draft: Draft) -> None:
    """Find the author and the source in the byline at the end, which stays in the body.

    An official document has no author: it is signed. Nor is a bare name the author in an item, a
    cell, or the value below the heading of a field of a record.
    """
    if draft.letterhead:
        return
    lines = draft.body_lines()
    if found := find_byline(lines):
        line, byline = found
        at = lines.index(line)
        kinds = [
            part.kind
            for near in lines[max(0, at - 1) : at + 1]
            if (part := draft.parts.get(near.number))
        ]
        is_value = kinds[-1:] not in ([], [BlockKind.PARAGRAPH]) or kinds[:1] == [BlockKind.HEADING]
        if is_value and ":" not in line.text:
            return
        draft.fields["author"] = byline.author
        draft.fields["source"] = byline.source


def read_title(draft: Draft) -> None:
    """Set the fields `report_type` and `period` from the title; None if it states none."""
    title = draft.fields.get("title", "")
    draft.fields["report_type"] = report_type.report_type(title)
    draft.fields["period"] = report_type.period(title)


def find_event(draft: Draft) -> None:
    """Set the field `event_date` from the first sentences of the body; None if they state none."""
    draft.fields["event_date"] = event_date.event_date(
        draft.paragraphs(), draft.fields.get("published")
    )


def find_place(draft: Draft) -> None:
    """Set the field `places` to the places that masthead, title and body name.

    Names are looked up as they were in force when the page was published, else at the date of its
    event, because units were merged.
    """
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
    """Find the persons, organisations and cited documents in title and body; of an official
    document also the dates from which and until which it is in force."""
    text = draft.text()
    found = draft.letterhead.signing if draft.letterhead else Signing()
    signers = (*filter(None, (found.signer,)), *found.cosigners)
    draft.fields["persons"] = tuple(dict.fromkeys((*persons.persons(text), *signers)))
    draft.fields["organisations"] = organisations.organisations(text)
    draft.fields["cited"] = cited_documents.cited_elsewhere(text, draft.fields.get("number"))
    if draft.letterhead:
        since, until = in_force.effect(text, draft.letterhead.issued)
        draft.fields |= {"effective": since, "expires": until}


def write_body(draft: Draft) -> None:
    """Set the body to the lines without a role, unchanged; where blank lines or lines with a role
    were between two of them, one empty line stands. Of a structured file, set body and blocks to
    what `assemble` makes of the parts of these lines and the page breaks."""
    if draft.parts:
        left: list[Part] = []
        for line in draft.lines:
            if (page := draft.pages.get(line.number)) is not None:
                left.append(Part(BlockKind.PAGE, "", page))
            if line.number not in draft.roles and line.number in draft.parts:
                left.append(draft.parts[line.number])
        draft.fields["body"], draft.fields["blocks"] = assemble(left)
        return
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
"""The steps that read the text once the chrome is marked; every list of steps ends with them."""

STEPS: tuple[Callable[[Draft], None], ...] = (
    find_form,
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
"""The steps for web pages and their dumps, in order."""

OFFICE_STEPS: tuple[Callable[[Draft], None], ...] = (
    find_form,
    find_dates,
    choose_title,
    choose_published,
    *CONTENT_STEPS,
)
"""The steps for office files and messages, which have no portal around them."""


def read_content(
    content: Content, document_id: str, *, is_web_page: bool, chrome: Sequence[str] = ()
) -> Document:
    """Return the document of a structured file.

    Fields stated by the file (`Content.fields`) take precedence over the rules, with exceptions.
    The author and the date of a document with a letterhead are those that the letterhead decides.
    `stated_date` counts only if the rules find no date of publication, `stated_author` only for
    an office file and if it has two words or more, and `stated_title` only as described in
    `_claim_title` (web pages without a letterhead) and `_title_of_file`; `page_title` only if there
    is no other title. Passages that the rules
    drop only because they stand above the title are added to `content.left_out`.

    Parameters
    ----------
    is_web_page : True to leave out the portal's lines; False for office files and messages.
    chrome : lines of the site that are left out wherever they stand; compared by their keys.
    """
    lines: list[Line] = []
    parts: dict[int, Part] = {}
    pages: dict[int, int] = {}
    for part in content.parts:
        number = len(lines) + 1
        if part.kind is BlockKind.PAGE:
            pages[number] = part.level
            continue
        raw = " ".join(part.text.split("\n")) if part.kind is not BlockKind.TABLE_ROW else part.text
        lines.append(Line(number, raw, clean(raw)))
        parts[number] = part
    stated = dict(content.fields)
    title = clean(str(stated.pop("stated_title", "") or ""))
    page_title = clean(str(stated.pop("page_title", "") or ""))
    author = clean(str(stated.pop("stated_author", "") or ""))
    when = stated.pop("stated_date", None)
    publisher = stated.pop("stated_publisher", None)
    draft = Draft(
        tuple(lines),
        parts=parts or {0: Part(BlockKind.PARAGRAPH, "")},
        pages=pages,
        own_chrome=frozenset(map(key, chrome)),
        text_dates=content.text_dates,
    )
    for line in lines:
        if line.key in draft.own_chrome:
            draft.claim(line, Role.CHROME)
    if name := clean(str(stated.pop("publisher", None) or publisher or "")):
        stated["publisher"] = recase(name)
        draft.mastheads.append(stated["publisher"])
    if is_web_page and title:
        draft.fields["title"] = title
    for step in STEPS if is_web_page else OFFICE_STEPS:
        if step is choose_title and is_web_page and title and not draft.letterhead:
            _claim_title(draft, title)
            continue
        step(draft)
        if (
            step is find_form
            and draft.letterhead
            and _says_more(title, draft.fields.get("title", ""), draft.letterhead)
        ):
            draft.fields["title"] = title
        if step is choose_title and not is_web_page and not draft.letterhead:
            _title_of_file(draft, title)
    fields = draft.fields
    if page_title and not fields.get("title"):
        fields["title"] = page_title
    if draft.letterhead:
        stated.pop("published", None)
        stated.pop("author", None)
    elif not is_web_page and author and " " in author:
        fields["author"] = author
    updated = all(found.kind is DateLineKind.UPDATED for _, found in draft.date_lines)
    if (
        when
        and (not fields.get("published") or (updated and not draft.letterhead))
        and (day := parse_archive_date(str(when)))
    ):
        fields["published"] = day
    if "extra" in stated:
        stated["extra"] = (*fields.get("extra", ()), *stated["extra"])
    fields |= {name: value for name, value in stated.items() if value}
    if stated.get("published"):
        fields["published_time"] = None
    content.left_out += [
        line.text
        for line in lines
        if draft.roles.get(line.number) is Role.PREAMBLE
        and (parts[line.number].kind in _NEVER_TITLE or is_passage(line))
    ]
    return Document(id=document_id, **fields)


def _claim_title(draft: Draft, title: str) -> None:
    """Make the title that a web page states its title, and give the lines of the body that repeat
    it, compared by their keys, the role TITLE, which leaves them out of the body."""
    draft.fields["title"] = title
    same = [line for line in draft.body_lines() if line.key == key(title)]
    for line in same:
        draft.claim(line, Role.TITLE)
    if same:
        draft.title = Title(title, same[0], frozenset(line.number for line in same))


def _says_more(stated: str, title: str, found: letterhead.Letterhead) -> bool:
    """Return True if the title that a web page states says more than that of its letterhead: it
    begins with it, compared by their keys, and goes on, because that ended at the end of a line; or
    the letterhead has no subject ("THÔNG BÁO"), and it has _LEAST_SUBJECT words."""
    if not found.subject and len(stated.split()) >= _LEAST_SUBJECT:
        return True
    return key(stated).startswith(f"{key(title)} ")


_LEAST_SUBJECT = 5


def _title_of_file(draft: Draft, stated: str) -> None:
    """Set the field `title` of an office file, and give the line that is the title the role TITLE.

    The title is the first heading of level 1 among lines 1 to 12, if it has two words or more; else
    what the rules found; else `stated`, the title in the properties of the file, if it has three
    words or more: shorter ones are names of templates or programs.
    """
    first = next(
        (
            line
            for line in draft.lines
            if draft.parts[line.number].kind is BlockKind.HEADING
            and draft.parts[line.number].level == 1
            and line.number <= 12
        ),
        None,
    )
    if first is not None and first.word_count >= 2:
        for line in draft.lines:
            if draft.roles.get(line.number) is Role.TITLE:
                del draft.roles[line.number]
        draft.fields["title"] = first.text
        draft.claim(first, Role.TITLE)
    elif not draft.fields.get("title") and len(stated.split()) >= 3:
        draft.fields["title"] = stated


def read_page(text: str, document_id: str, chrome: Sequence[str] = ()) -> Document:
    """Return the document (title, dates, places, body …) in the text dump of a web page.

    Parameters
    ----------
    text : the dump, in any Unicode normalisation form.
    chrome : lines of the site's menus and footers, which are left out wherever they stand.

    Law: every line of the body is a line of `text`, in the same order.
    """
    draft = Draft(split_lines(text), own_chrome=frozenset(map(key, chrome)))
    for step in STEPS:
        step(draft)
    return Document(id=document_id, **draft.fields)
