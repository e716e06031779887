"""What an HTML page states of itself.

heading.py  the element that shows its title, and the titles that name only the site
fields.py   title, date, author, section, publisher and address from markup and page
"""
