"""Decide which requests are answered: logins, pages for the administrator, a bound on load.

passwords.py   hashes passwords, and reads the files of logins
gate.py        asks for a login before a request is answered
session.py     the addresses at which to log in and out
admission.py   bounds how many requests are answered at once
"""
