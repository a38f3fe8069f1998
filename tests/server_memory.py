"""What bodies of a megabyte make of the generated server, each in a process of its own: `name -> [status, factor]` as JSON,
where the factor is the memory above that at rest, by the size of the body. `python server_memory.py BYTES`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from itertools import count

MOST = 4 << 30
"""Bytes that the whole may have, so that an attack that succeeds takes no machine down."""
START = b'{"model": "m", "prompt": "x", "n": 0, '


def listed(name: bytes, item: Callable[[int], bytes], most: int) -> bytes:
    return b'"%s": [%s]' % (name, b",".join(map(item, range(most))))


def bodies(size: int) -> Iterator[tuple[str, bytes]]:
    """Faulty all of them (`n`), so that places are looked for; with as many values as the server takes, or too many."""

    def padded(*members: bytes) -> bytes:
        body = START + b", ".join(members)
        return body + b', "pad": "%s"}' % (b"a" * (size - len(body) - 12))

    def filled(item: bytes) -> bytes:
        return b'{"x": [%s]}' % b",".join([item] * (size // (len(item) + 1)))

    yield "text", padded(b'"image": "a"')
    yield "text of wide characters", padded('"image": "😀"'.encode())
    yield "escapes", START + b'"x": "%s"}' % (b"\\n" * (size // 2))
    yield "nothing is given", padded(listed(b"images", lambda _: b"{}", 4980))
    yield "older shapes", padded(listed(b"image", lambda index: b'{"url":"%d"}' % index, 3300))
    yield "dropped", padded(listed(b"image", lambda index: b'{"url":"a","k":%d}' % index, 2470))
    both = (b"images", b'{"image_url":"%d"}', 1600), (b"image", b'"%d"', 5000)
    yield "merged", padded(*(listed(name, item.__mod__, most) for name, item, most in both))
    items = (b'{"image_url":"","n":%d}' % (index * (2**61 - 1)) for index in count())
    merged = (listed(name, lambda _: next(items), 1600) for name in (b"images", b"image"))
    yield "merged, of one hash", padded(*merged)
    yield "members", padded(*(b'"%x": 1.5' % index for index in range(9900)))
    yield (
        "far inside",
        padded(b'"x": %s%s%s' % (b"[" * 190, b",".join([b"1.5"] * 1500), b"]" * 190)),
    )
    yield "a long key", START + b'"%s": [%s]}' % (b"k" * (size - 9000), b",".join([b"1"] * 4000))
    yield "long numbers", filled(b"9" * 4000)
    yield from ((f"only {item.decode()}", filled(item)) for item in (b"1", b'""', b"[]", b"{}"))


def peak() -> int:
    """The most bytes that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def main(size: int) -> None:
    from serving import GOOD, app_of, chunk, scope, talk

    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
    app = app_of()

    def status(body: bytes) -> int:
        return talk(app, scope(), [chunk(body, more=False)]).status

    for body in (GOOD, b"[]", GOOD[:-1] + b', "x": "%s"}' % (b"a" * 100_000)):
        status(body)
    found = {}
    for name, body in bodies(size):
        reading, writing = os.pipe()
        if not os.fork():
            rest = peak()
            told = status(body)
            os.write(writing, json.dumps([told, (peak() - rest) / len(body)]).encode())
            os._exit(0)
        os.close(writing)
        os.wait()
        found[name] = json.loads(os.read(reading, 1000) or b"[0, 0]")
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
