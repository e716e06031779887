"""Hypothesis for every test: no deadline, because a shared machine is slow now and then."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("tracuu", deadline=None, max_examples=80)
settings.load_profile("tracuu")
