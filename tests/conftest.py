"""Examples are judged by what they show, never by how long they take; in CI hypothesis does so by itself. Servers of
tests are asked without a proxy."""

from __future__ import annotations

import os

from hypothesis import settings

if "CI" not in os.environ:
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")

os.environ["NO_PROXY"] = f"{os.environ.get('NO_PROXY', '')},127.0.0.1,public.example"
