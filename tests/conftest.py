"""Hypothesis settings for all tests: no deadline, because a shared machine is slow at times.

In continuous integration (CI is set) the same examples are tried every time, so that a result
depends only on the change; elsewhere new ones are tried, and a bug they find gets its example as a
test.
"""

from __future__ import annotations

import os

from hypothesis import settings

# Tests of other things must not fail because a busy machine takes longer than the limit.
os.environ.setdefault("TRACUU_TIMEOUT", "0")
os.environ["LC_ALL"] = "C.UTF-8"  # the command line speaks English

settings.register_profile("tracuu", deadline=None, max_examples=80)
settings.register_profile("ci", settings.get_profile("tracuu"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "tracuu")
