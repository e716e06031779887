"""Hypothesis for every test: no deadline, because a shared machine is slow now and then.

Where a change is judged (CI is set) the same examples are tried every time, so that it is judged by
itself; elsewhere new ones are, and what they find is mended with its example written down.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("tracuu", deadline=None, max_examples=80)
settings.register_profile("ci", settings.get_profile("tracuu"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "tracuu")
