"""A server of its own process that answers every POST at once with what its path names, so that only the client's time
is measured. Prints its port."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading

PNG = b"\x89PNG\r\n\x1a\n"


def picture(size: int) -> dict[str, str]:
    return {"b64_json": base64.b64encode(PNG + os.urandom(size - len(PNG))).decode()}


ANSWERS = {
    "small": [{"url": "https://example.com/results/1.png", "revised_prompt": "A hat."}],
    "large": [picture(1_125_000)],  # 1.5 MB in base64
    "four": [picture(4 * 1024 * 1024) for _ in range(4)],
}


def response(data: object) -> bytes:
    body = json.dumps({"created": 1785542400, "data": data}).encode()
    head = f"content-type: application/json\r\nx-request-id: r\r\ncontent-length: {len(body)}"
    return b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n\r\n" + body


RESPONSES = {name: response(data) for name, data in ANSWERS.items()}


def serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            if not (more := connection.recv(65536)):
                return
            received += more
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-len"))
        while len(received) < length:
            received += connection.recv(65536)
        received = received[length:]
        connection.sendall(RESPONSES[lines[0].split(b"/")[1].decode()])


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
