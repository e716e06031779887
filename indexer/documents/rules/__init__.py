"""The page rules, which extract metadata from the lines of a page: one module each.

They are pure functions; `portal_page.py` applies them in order.

    chrome.py, masthead.py, title.py, section.py      the portal's lines, the site, title, section
    publication_date.py, event_date.py, byline.py     dates, author and source
    report_type.py, places.py                         type and period of a report, places
    persons.py, organisations.py, cited_documents.py  names in the text
"""
