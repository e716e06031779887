"""Recognise the parts of an administrative document that decree 30/2020/NĐ-CP prescribes.

letterhead.py     issuer, number, place and date, type and subject at its beginning
office_names.py   names of offices, as they stand in a letterhead
signing.py        signer, position and recipients at its end
in_force.py       from when and until when it is in force, where the text says so
"""
