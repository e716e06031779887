"""Recognise the parts of an administrative document that decree 30/2020/NĐ-CP prescribes.

letterhead.py     issuer, number, place and date, type and subject at its beginning
form_lines.py     in which column of the form a line stands
office_names.py   names of offices, from the capitals of a letterhead to the usual spelling
signing.py        signer, position and recipients at its end
in_force.py       the dates from which and until which it is in force, if the text states them
"""
