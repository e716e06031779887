"""All settings, with default and help text. The environment variable `TRACUU_<NAME>` overrides a
default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.errors import SettingError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, which the environment variable `TRACUU_<NAME>` overrides.

    Attributes
    ----------
    name : in lower case; the variable has it in capitals.
    default : the value if the variable is not set or empty; all values have its type.
    help : explains the setting in the README and in `tracuu --help`.
    allowed : the numbers that it may have; None for any, and for texts.
    """

    name: str
    default: str | int
    help: str
    allowed: range | None = None

    @property
    def variable(self) -> str:
        """The name of the environment variable that overrides the default."""
        return f"TRACUU_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("index", "index_data", "folder of the built index"),
    Setting("seeds", "seeds", "folder or file that `tracuu rebuild` reads if no source is given"),
    Setting("host", "127.0.0.1", "address that `tracuu serve` listens on"),
    Setting("port", 8000, "port that `tracuu serve` listens on"),
    Setting("threads", 16, "threads of each process of `tracuu serve`", range(1, 1001)),
    Setting(
        "workers", 0, "processes of `tracuu serve`; 0: one per processor, at most 4", range(65)
    ),
    Setting(
        "public_url", "off", "address that visitors see, as https://example.vn/tim/; `off`: any"
    ),
    Setting("trusted_proxies", 0, "proxies whose X-Forwarded headers are believed", range(11)),
    Setting("password_file", "off", "logins that may see the archive; `off`: it is public"),
    Setting(
        "login_header", "off", "header in which a trusted proxy names the visitor; `off`: none"
    ),
    Setting(
        "group_header",
        "off",
        "header in which that proxy names the visitor's groups, with commas; `off`: none",
    ),
    Setting("guests", 0, "1: without a login, visitors see what is public; 0: nothing", range(2)),
    Setting("admin_password_file", "off", "logins of the administrator (statistics, metrics)"),
    Setting("admin_addresses", "127.0.0.0/8,::1", "addresses of the administrator; `off`: none"),
    Setting(
        "allowed_origins", "off", "sites whose pages may show results here, as https://example.vn"
    ),
    Setting("timeout", 2, "seconds that a search may take; 0: no limit", range(601)),
    Setting(
        "cache", 96, "megabytes for caches of an open index in each process; 0: none", range(65537)
    ),
    Setting("page_size", 10, "hits on a page, 1 to 100", range(1, 101)),
    Setting("stats", 0, "1: the statistics page `/thong-ke` is enabled; 0: it is not"),
    Setting("engine", "whoosh", "`whoosh`: a folder has the index; `opensearch`: a cluster"),
    Setting(
        "opensearch_url", "http://127.0.0.1:9200", "addresses of the nodes, separated by commas"
    ),
    Setting("opensearch_index", "tracuu", "name of the archive in the cluster"),
    Setting("opensearch_shards", 1, "parts of an index made by `tracuu rebuild`", range(1, 1025)),
    Setting("opensearch_replicas", 1, "further copies of each part", range(17)),
    Setting("opensearch_user", "off", "user of the cluster; `off`: none"),
    Setting("opensearch_password_file", "off", "file with the password of that user"),
    Setting("opensearch_token_file", "off", "file with a token that is sent instead (Bearer)"),
    Setting("opensearch_ca_file", "off", "certificates that https addresses are verified with"),
    Setting("opensearch_timeout", 30, "seconds that the cluster may take to answer", range(1, 601)),
    Setting("query_log", "off", "file to log searches in, without IP addresses; `off`: no log"),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def setting(name: str, environ: Mapping[str, str] | None = None) -> str | int:
    """Return the value of the setting `name` from the environment, or its default if the variable
    is missing or empty.

    `environ` is the environment; None for that of the process. Raises SettingError if the setting
    is a number and the variable has another text, or a number that is not allowed; KeyError if
    there is no such setting.
    """
    spec = _BY_NAME[name]
    raw = (os.environ if environ is None else environ).get(spec.variable, "")
    if not raw:
        return spec.default
    if isinstance(spec.default, int):
        try:
            number = int(raw)
        except ValueError:
            raise SettingError(
                f"{spec.variable}={raw!r} is no whole number.", f"Set it to one ({spec.help})."
            ) from None
        if spec.allowed and number not in spec.allowed:
            first, last = spec.allowed[0], spec.allowed[-1]
            raise SettingError(
                f"{spec.variable}={number} is out of range.", f"Use {first} to {last}."
            )
        return number
    return raw


def path_setting(name: str) -> Path:
    """Return the value of the setting `name`, a text, as a path, which need not exist."""
    return Path(str(setting(name)))


def int_setting(name: str) -> int:
    """Return the value of the setting `name`, a number.

    Raises SettingError if the environment has another text, or a number that is not allowed.
    """
    return int(setting(name))


class CacheSizes(NamedTuple):
    """How many bytes each of the caches of an open index may take."""

    postings: int
    results: int


def cache_sizes() -> CacheSizes:
    """Return the sizes of the caches: two thirds of the setting `cache` for decoded postings, which
    help every query with the same words, and a third for results.

    Raises SettingError if the environment has no number, or one that is not allowed.
    """
    every = int_setting("cache") << 20
    return CacheSizes(every - every // 3, every // 3)


def timeout_setting() -> int | None:
    """Return the number of seconds that a search may take; None for no limit.

    Raises SettingError if the environment has no number, or one that is not allowed.
    """
    return int_setting("timeout") or None
