"""Who may see what: logins, the administrator's pages, an archive that is not public.

passwords.py   hashes of passwords, and the files that hold them
admission.py   how many requests are answered at once
gate.py        asks for a login before a request is answered
"""
