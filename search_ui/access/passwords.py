"""Hash passwords (scrypt, RFC 7914), and read the files of logins.

A file has one line for each login: `name:scrypt$15$8$1$<salt>$<hash>`, and for a member of groups
`:group,group` after it. The numbers are log2(N), r and p of scrypt; salt and hash are in Base64.
Empty lines and lines that begin with # are skipped. `tracuu password NAME` prints such a line.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from indexer import SettingError

_LOG_N, _R, _P = 15, 8, 1
"""Cost of a hash (log2(N), r and p): 32 MB of memory and about a tenth of a second (OWASP,
"Password Storage Cheat Sheet")."""
_SALT_BYTES = 16
_MAX_PASSWORD = 1024
"""Greatest length of a password in code points; a longer one is refused before it costs time."""


class Login(NamedTuple):
    """A login: the hash of its password, and the groups of `[access]` that it belongs to."""

    hashed: str
    groups: tuple[str, ...] = ()


def login_line(name: str, hashed: str, groups: Sequence[str] = ()) -> str:
    """Return the line of a login in a file of logins, without a line break.

    `hashed` is the result of `hash_password`. `name` must have no colon, the names of groups no
    colon or comma.
    """
    return ":".join((name, hashed, *([",".join(groups)] if groups else ())))


def hash_password(password: str) -> str:
    """Return the hash of a password with a new salt, in the form that a file of logins has."""
    salt = os.urandom(_SALT_BYTES)
    digest = _scrypt(password, salt, _LOG_N, _R, _P)
    parts = ("scrypt", _LOG_N, _R, _P, b64encode(salt).decode(), b64encode(digest).decode())
    return "$".join(map(str, parts))


def is_password(password: str, hashed: str) -> bool:
    """Return True if `hashed` is the hash of this password.

    Takes a tenth of a second. False also for another kind of hash than scrypt, a cost outside of
    2^10 to 2^20, and a password longer than _MAX_PASSWORD. Raises ValueError if `hashed` does not
    have the form that `hash_password` returns.
    """
    kind, log_n, r, p, salt, digest = hashed.split("$")
    if kind != "scrypt" or not 10 <= int(log_n) <= 20 or len(password) > _MAX_PASSWORD:
        return False
    found = _scrypt(password, b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    raw = password.encode("utf-8", "surrogatepass")
    memory = 256 * r * 2**log_n
    return hashlib.scrypt(raw, salt=salt, n=2**log_n, r=r, p=p, maxmem=memory, dklen=32)


def read_logins(path: Path, variable: str) -> Mapping[str, Login]:
    """Return name → login, for the logins in the file `path`; of two with one name, the last.

    Raises SettingError, naming the setting `variable`, if the file cannot be read, has a line that
    is no login, or has no login at all.
    """
    hint = "Write a line with `tracuu password NAME`."
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{variable}: {path} cannot be read ({error}).", hint) from None
    logins: dict[str, Login] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.strip().partition(":")
        hashed, _, groups = rest.partition(":")
        try:
            is_password("", hashed)
        except ValueError:
            name = ""
        if not name or not hashed.startswith("scrypt$"):
            raise SettingError(f"{variable}: line {number} of {path} is no login.", hint)
        names = (" ".join(group.split()) for group in groups.split(","))
        logins[name] = Login(hashed, tuple(filter(None, names)))
    if not logins:
        raise SettingError(f"{variable}: {path} has no login.", hint)
    return logins
