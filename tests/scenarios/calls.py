"""What of a few scenarios cannot be told from their requests: scenario -> which request -> `arguments`, `settings`."""

from __future__ import annotations

from typing import Any

EXPLICIT: dict[str, dict[int, dict[str, Any]]] = {}
