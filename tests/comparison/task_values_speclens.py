import warnings
from collections import Counter
from typing import Any

seen: Counter[str] = Counter()


def on_rewrite(rewrite: Any, context: Any = None) -> None:
    seen[rewrite.source] += 1
    warnings.warn(f"{rewrite.source}: an older value is deprecated", DeprecationWarning, 2)
