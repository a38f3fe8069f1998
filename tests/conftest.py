"""Examples are judged by what they show, never by how long they take; in CI hypothesis does so by itself."""

from __future__ import annotations

import os

from hypothesis import settings

if "CI" not in os.environ:
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")
