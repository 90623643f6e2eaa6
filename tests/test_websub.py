"""Telling hubs, on this machine: those that accept, those that refuse, and those that do what no hub should."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest

from pubkit.diagnostics import UsageError
from pubkit.websub import ping

pytestmark = pytest.mark.loopback
FEED = "https://letter.example/tag/r-d/atom.xml?a=1&b=ü"
Answer = Callable[[socket.socket, bytes], None]


@contextlib.contextmanager
def hub(answer: Answer) -> Iterator[tuple[str, list[bytes]]]:
    """A hub on loopback; its address, and the requests that it has got."""
    got: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5)
    over = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            data = connection.recv(65536)
            while b"\r\n\r\n" not in data or len(data.split(b"\r\n\r\n", 1)[1]) < _length(data):
                data += connection.recv(65536)
            got.append(data)
            answer(connection, data)

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hub", got
    finally:
        over.set()
        server.close()


def _length(data: bytes) -> int:
    head = data.split(b"\r\n\r\n", 1)[0].lower()
    return int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0


def says(status: str, body: str = "", *heads: str) -> Answer:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Content-Type: text/plain", "Connection: close", *heads, "",
             body]
    return lambda connection, _: connection.sendall("\r\n".join(lines).encode())


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_a_hub_that_accepts(status: str) -> None:
    with hub(says(status)) as (url, got):
        (told,) = ping(url, [FEED])
    assert (told.ok, told.status, told.message, told.topic) == (True, int(status[:3]), "", FEED)
    head, body = got[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /hub HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert b"User-Agent: pubkit/" in head
    assert parse_qsl(body.decode()) == [("hub.mode", "publish"), ("hub.url", FEED)]


@pytest.mark.parametrize(("status", "body", "words"), [
    ("400 Bad Request", "hub.url is \x1b[31mmissing\nmore", "it answered 400 Bad Request: hub.url is [31mmissing"),
    ("503 Service Unavailable", "", "it answered 503 Service Unavailable"),
    ("500 Oh", "x" * 5000, "it answered 500 Oh: " + "x" * 200),
])
def test_a_hub_that_refuses(status: str, body: str, words: str) -> None:
    with hub(says(status, body)) as (url, got):
        told = ping(url, [FEED, "https://letter.example/atom.xml"])
    assert [(t.ok, t.status, t.message) for t in told] == [(False, int(status[:3]), words)] * 2
    assert len(got) == 2


def _silence(connection: socket.socket, _: bytes) -> None:
    time.sleep(2)


def _dribble(connection: socket.socket, _: bytes) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def _flood(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n\r\n")
    end = time.monotonic() + 2
    while time.monotonic() < end:
        connection.sendall(b"no " * 1000)


@pytest.mark.parametrize("answer", [_silence, _dribble])
def test_a_hub_that_does_not_end_is_left_in_time_and_not_asked_again(answer: Answer) -> None:
    with hub(answer) as (url, got):
        begin = time.monotonic()
        told = ping(url, [FEED, "https://letter.example/b"], timeout=0.3)
        assert time.monotonic() - begin < 1.5
    assert [t.ok for t in told] == [False, False]
    assert "no answer within 0.3 seconds" in told[0].message
    assert "not asked again" in told[1].message
    assert len(got) == 1


def test_of_an_endless_answer_little_is_read() -> None:
    with hub(_flood) as (url, _):
        begin = time.monotonic()
        (told,) = ping(url, [FEED], timeout=1)
        assert time.monotonic() - begin < 1
    assert (told.status, told.ok, len(told.message) < 250) == (400, False, True)


@pytest.mark.parametrize("answer", [lambda c, _: c.sendall(b"what?\r\n\r\n"), lambda c, _: c.close(), lambda c, _: c.sendall(b"\x16\x03")])
def test_what_is_no_hub(answer: Answer) -> None:
    with hub(answer) as (url, _):
        (told,) = ping(url, [FEED], timeout=1)
    assert (told.ok, told.status) == (False, 0)
    assert "cannot be reached" in told.message


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "cannot be reached" in ping(f"http://127.0.0.1:{port}/", [FEED], timeout=1)[0].message


def test_redirects_that_keep_the_post_are_followed() -> None:
    with hub(says("202 Accepted")) as (there, got), hub(says("308 Permanent Redirect", "", f"Location: {there}")) as (here, _):
        (told,) = ping(here, [FEED])
    assert (told.ok, told.status) == (True, 202)
    assert got[0].startswith(b"POST ")
    assert b"hub.url" in got[0]


@pytest.mark.parametrize(("status", "to"), [("302 Found", "http://127.0.0.1:1/"), ("308 Permanent Redirect", "ftp://127.0.0.1/"),
                                            ("307 Temporary Redirect", "file:///etc/passwd")])
def test_other_redirects_are_not(status: str, to: str) -> None:
    with hub(says(status, "", f"Location: {to}")) as (url, _):
        (told,) = ping(url, [FEED])
    assert (told.ok, told.status) == (False, int(status[:3]))
    assert "moved" in told.message or "redirect" in told.message.lower()


def test_a_circle_of_redirects_ends() -> None:
    with hub(says("307 Temporary Redirect", "", "Location: /again")) as (url, got):
        (told,) = ping(url, [FEED], timeout=3)
    assert not told.ok
    assert len(got) <= 5


@pytest.mark.parametrize("bad", ["", "hub.example", "ftp://hub.example/", "http://", "http://a b/", "http://[::1", "https://x:99999/"])
def test_what_is_no_address(bad: str) -> None:
    with pytest.raises(UsageError):
        ping(bad, [FEED])
    with pytest.raises(UsageError):
        ping("http://127.0.0.1:1/", [bad])
