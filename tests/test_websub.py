"""Telling hubs, on this machine: those that accept, those that refuse, and those that do what no hub should."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pubkit.diagnostics import UsageError
from pubkit.websub import Told, ping

pytestmark = pytest.mark.loopback
FEED = "https://letter.example/atom.xml"
OTHER = "https://letter.example/tag/r-d/atom.xml"
Answer = Callable[[socket.socket, bytes], None]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextlib.contextmanager
def hub(answer: Answer, pair: Path | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A hub on loopback, of TLS where it has a key and a certificate; its address, and the requests that it has got."""
    got: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if pair else None
    if tls and pair:
        tls.load_cert_chain(pair)

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
                data = b""
                while b"\r\n\r\n" not in data or len(data.split(b"\r\n\r\n", 1)[1]) < _length(data):
                    more = stream.recv(65536)
                    if not more:
                        return
                    data += more
                got.append(data)
                answer(stream, data)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.getsockname()[1]}/hub", got
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # or accept would go on
        server.close()


def _length(data: bytes) -> int:
    head = data.split(b"\r\n\r\n", 1)[0].lower()
    return int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0


def sends(data: bytes) -> Answer:
    return lambda connection, _: connection.sendall(data)


def says(status: str, body: str = "", *heads: str, kind: str = "text/plain") -> Answer:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", f"Content-Type: {kind}", "Connection: close", *heads, "", body]
    return sends("\r\n".join(lines).encode())


def moved(status: str, to: str) -> Answer:
    return says(status, "", f"Location: {to}")


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < seconds


# --- Hubs that answer ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_a_hub_that_accepts(status: str, capfd: pytest.CaptureFixture[str]) -> None:
    with hub(says(status)) as (url, got):
        assert ping(url, [FEED]) == (Told(url, FEED, True, int(status[:3]), ""),)
    head, body = got[0].split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hub HTTP/1.1"
    heads = dict(line.split(": ", 1) for line in lines[1:])
    assert heads["Content-Type"] == "application/x-www-form-urlencoded"
    assert heads["Content-Length"] == str(len(body))
    assert heads["User-Agent"].startswith("pubkit/")
    assert "Cookie" not in heads
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("topic", [
    "https://letter.example/étude/日本.xml?a=1&b=ü#top", "https://letter.example/%C3%A9t%26ude.xml?a=1+2&b=%20", "http://bücher.example/;x=~",
])
def test_a_topic_arrives_sign_by_sign(topic: str) -> None:
    with hub(says("204 No Content")) as (url, got):
        assert ping(url, [topic])[0].topic == topic
    body = got[0].split(b"\r\n\r\n", 1)[1]
    assert body.isascii()
    assert parse_qsl(body.decode(), strict_parsing=True) == [("hub.mode", "publish"), ("hub.url", topic)]


@pytest.mark.parametrize(("answer", "status", "message"), [
    (says("400 Bad Request", "\n hub.url is \x1b[31mmis\u202esing\nmore"), 400, "it answered 400 Bad Request: hub.url is [31mmissing"),
    (says("503 Service Unavailable"), 503, "it answered 503 Service Unavailable"),
    (says("500 Oh", "x" * 5000), 500, "it answered 500 Oh: " + "x" * 200),
    (says("404 Not Found", "<!doctype html><title>No</title>", kind="text/html; charset=utf-8"), 404, "it answered 404 Not Found"),
    (sends(b"HTTP/1.1 400 \x1b[1mNo" + b"o" * 900 + b"\r\nContent-Length: 0\r\n\r\n"), 400, "it answered 400 [1mN" + "o" * 196),
    (sends(b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhm\r\nzz\r\n"), 400,
     "it answered 400 No: hm"),
    (sends(b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n\xff\xfehm"), 400,
     "it answered 400 No: \ufffd\ufffdhm"),
])
def test_a_hub_that_refuses_is_told_of_the_other_feeds_too(answer: Answer, status: int, message: str) -> None:
    with hub(answer) as (url, got):
        told = ping(url, [FEED, OTHER])
    assert told == (Told(url, FEED, False, status, message), Told(url, OTHER, False, status, message))
    assert len(got) == 2


# --- Hubs that do not end -----------------------------------------------------------------------------------------------------------

def _silence(connection: socket.socket, _: bytes) -> None:
    time.sleep(3)


def _dribble(connection: socket.socket, _: bytes) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def _soon(connection: socket.socket, _: bytes) -> None:
    """Says again and again that an answer will come (RFC 9110, 15.2.1)."""
    for _turn in range(100):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def _late(connection: socket.socket, _: bytes) -> None:
    """Sends on each time, just before its time is over."""
    time.sleep(0.2)
    moved("307 Temporary Redirect", "/again")(connection, b"")


@pytest.mark.parametrize("answer", [_silence, _dribble, _soon, _late])
def test_a_hub_that_does_not_end_is_left_in_time_and_not_asked_again(answer: Answer) -> None:
    with hub(answer) as (url, got):
        with within(1.5):
            told = ping(url, [FEED, OTHER, FEED], timeout=0.3)
        before = len(got)
        time.sleep(0.15)
        assert len(got) == before  # nothing is sent once it was said that there was no answer
    assert [(t.topic, t.ok, t.status) for t in told] == [(FEED, False, 0), (OTHER, False, 0), (FEED, False, 0)]
    assert [t.message for t in told] == ["it gave no answer within 0.3 seconds: try again, or give it more time"] \
        + ["it did not answer just now, and is not asked again"] * 2
    assert {data.split(b"hub.url=")[1] for data in got} == {b"https%3A%2F%2Fletter.example%2Fatom.xml"}


def test_a_name_that_is_looked_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    find = socket.getaddrinfo
    found = threading.Event()

    def slowly(*args: Any, **more: Any) -> Any:
        found.wait(3)
        return find(*args, **more)

    with hub(says("200 OK")) as (url, got):
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        with within(1.5):
            (told,) = ping(url, [FEED], timeout=0.2)
        found.set()
        time.sleep(0.1)
    assert (told.ok, told.status, "no answer within 0.2 seconds" in told.message) == (False, 0, True)
    assert got == []


def test_a_refusal_counts_though_its_words_never_end() -> None:
    def slowly(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n\r\n")
        for _turn in range(100):
            connection.sendall(b"n")
            time.sleep(0.05)

    with hub(slowly) as (url, got), within(2):
        told = ping(url, [FEED, OTHER], timeout=0.3)
    assert [(t.status, t.message) for t in told] == [(400, "it answered 400 No")] * 2
    assert len(got) == 2


@pytest.mark.parametrize("head", [b"200 OK", b"400 No", b"308 Moved\r\nLocation: /again", b"302 Moved\r\nLocation: /again"])
def test_of_an_endless_answer_little_is_read(head: bytes) -> None:
    sent = 0

    def flood(connection: socket.socket, _: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 " + head + b"\r\nContent-Type: text/plain\r\n\r\n")
        while sent < 400_000_000:
            connection.sendall(b"no " * 100_000)
            sent += 300_000

    with hub(flood) as (url, _), within(2.5):
        (told,) = ping(url, [FEED], timeout=5)
    assert (told.status, told.ok, len(told.message) < 250) == (int(head[:3]), head == b"200 OK", True)
    assert sent < 100_000_000  # what the system holds for sender and reader


# --- What is no hub -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("answer", "message"), [
    (sends(b"what?\r\n\r\n"), "what it answered is no HTTP: check host and port"),
    (sends(b"SSH-2.0-x\r\n"), "what it answered is no HTTP: check host and port"),
    (sends(b"\x16\x03"), "what it answered is no HTTP: check host and port"),
    (sends(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "what it answered is no HTTP: check host and port"),
    (lambda c, _: c.close(), "it ended the connection without an answer: try again later"),
])
def test_what_is_no_hub(answer: Answer, message: str) -> None:
    with hub(answer) as (url, _):
        assert ping(url, [FEED], timeout=1) == (Told(url, FEED, False, 0, message),)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    told = ping(f"http://127.0.0.1:{port}/", [FEED, OTHER], timeout=1)
    assert [t.message for t in told] == ["nothing takes calls at its address: check host and port, or try again later",
                                         "it did not answer just now, and is not asked again"]


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    (told,) = ping("https://hub.example/", [FEED])
    assert told.message == "its name leads to no machine (Name or service not known): check the address, and the network"


@pytest.mark.parametrize("bad", ["", "hub.example", "ftp://hub.example/", "http://", "http:///hub", "http://a b/", "http://[::1", "http://x:0/",
                                 "https://x:99999/", "http://a..b/", f"http://{'a' * 70}.example/", "https://hub.example/\ud800",
                                 "https://hub.example/\r\nX: y", "https://me:secret@hub.example/", "https://me@hub.example/"])
def test_what_is_no_address(bad: str) -> None:
    for address, topics in ((bad, [FEED]), ("http://127.0.0.1:1/", [FEED, bad])):
        with pytest.raises(UsageError) as caught:
            ping(address, topics)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_what_is_no_time(seconds: float) -> None:
    with pytest.raises(UsageError):
        ping("http://127.0.0.1:1/", [FEED], timeout=seconds)


def test_without_a_feed_nothing_is_sent() -> None:
    with hub(says("200 OK")) as (url, got):
        assert ping(url, []) == ()
    assert got == []


# --- Redirects ----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirects_that_keep_the_post_are_followed(status: str) -> None:
    with hub(says("202 Accepted")) as (there, got), hub(moved(status, there + "/é x")) as (here, first):
        assert ping(here, [FEED]) == (Told(here, FEED, True, 202, ""),)
    assert got[0].startswith(b"POST /hub/%C3%A9%20x HTTP/1.1\r\n")
    assert got[0].split(b"\r\n\r\n", 1)[1] == first[0].split(b"\r\n\r\n", 1)[1] == \
        b"hub.mode=publish&hub.url=https%3A%2F%2Fletter.example%2Fatom.xml"


@pytest.mark.parametrize(("hops", "ok"), [(3, True), (4, False)])
def test_three_redirects_at_most(hops: int, ok: bool) -> None:
    def onward(connection: socket.socket, data: bytes) -> None:
        at = int(data.split(b" ")[1].removeprefix(b"/hub") or b"0")
        (says("200 OK") if at == hops else moved("308 Permanent Redirect", f"/hub{at + 1}"))(connection, data)

    with hub(onward) as (url, got):
        (told,) = ping(url, [FEED], timeout=3)
    assert (told.ok, len(got)) == (ok, 4)


def test_a_circle_of_redirects_ends() -> None:
    with hub(moved("307 Temporary Redirect", "/hub")) as (url, got):
        (told,) = ping(url, [FEED], timeout=3)
    assert (told.ok, told.status, len(got)) == (False, 307, 4)
    assert "more than 3 times" in told.message


def test_a_redirect_to_where_nobody_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with hub(moved("308 Permanent Redirect", f"http://127.0.0.1:{port}/")) as (url, _):
        (told,) = ping(url, [FEED], timeout=1)
    assert (told.ok, told.status) == (False, 0)
    assert told.message.startswith(f"it sent on to http://127.0.0.1:{port}/: nothing takes calls")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other"])
def test_redirects_that_lose_the_post_are_not_followed(status: str) -> None:
    with hub(says("200 OK")) as (there, got), hub(moved(status, there)) as (here, _):
        (told,) = ping(here, [FEED])
    assert told.message == f"it answered {status[:3]}, and has moved to {there}: give that address"
    assert (told.ok, told.status, got) == (False, int(status[:3]), [])


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/", "file:///etc/hosts", "http://[::1", "http://me:secret@127.0.0.1:1/", "", "https://"])
def test_redirects_to_no_hub_are_not_followed(to: str) -> None:
    with hub(moved("308 Permanent Redirect", to)) as (url, got):
        (told,) = ping(url, [FEED])
    assert (told.ok, told.status, len(got)) == (False, 308, 1)
    assert told.message == "it answered 308, and has moved to no address of a hub: tell those who run it"


# --- TLS and proxies ----------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate of 127.0.0.1 that is signed with it."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here")
    file = tmp_path_factory.mktemp("tls") / "pair.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{file}.key", "-out", str(file)],
                   check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.key").read_bytes())
    return file


def test_a_certificate_is_checked(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub(says("202 Accepted"), pair) as (url, got):
        (told,) = ping(url, [FEED], timeout=3)
        assert (told.ok, told.status, got) == (False, 0, [])
        assert told.message.startswith("its certificate is not to be trusted (self-signed certificate")
        monkeypatch.setenv("SSL_CERT_FILE", str(pair))
        assert ping(url, [FEED], timeout=3) == (Told(url, FEED, True, 202, ""),)
        (other,) = ping(url.replace("127.0.0.1", "localhost"), [FEED], timeout=3)
        assert (other.ok, "certificate is not to be trusted (Hostname mismatch" in other.message) == (False, True)
    assert len(got) == 1


def test_from_tls_no_redirect_leads_out_of_it(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair))
    with hub(says("200 OK")) as (open_, got), hub(moved("308 Permanent Redirect", open_), pair) as (url, _):
        (told,) = ping(url, [FEED], timeout=3)
    assert (told.ok, told.status, got) == (False, 308, [])
    assert "less safe" in told.message
    with hub(says("200 OK"), pair) as (safe, got), hub(moved("308 Permanent Redirect", safe)) as (url, _):
        assert ping(url, [FEED], timeout=3)[0].ok
    assert len(got) == 1


def test_no_tls_where_it_was_asked_for() -> None:
    def plain(server: socket.socket) -> None:
        with server.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=plain, args=(server,), daemon=True).start()
        (told,) = ping(f"https://127.0.0.1:{server.getsockname()[1]}/", [FEED], timeout=3)
    assert told.message.startswith("there is no safe connection to it (")
    assert told.message.endswith("check whether its address begins with https:// or http://")


def test_tls_that_never_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, within(1.5):
        (told,) = ping(f"https://127.0.0.1:{server.getsockname()[1]}/", [FEED], timeout=0.3)
    assert "no answer within 0.3 seconds" in told.message


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with hub(says("202 Accepted")) as (proxy, passed), hub(says("200 OK")) as (here, got):
        monkeypatch.setenv("http_proxy", proxy)
        assert ping("http://hub.example/hub?x=1", [FEED])[0].status == 202
        assert ping(here, [FEED])[0].status == 200
        assert ping(here.replace("127.0.0.1", "localhost"), [FEED])[0].status == 200
    assert [data.split(b"\r\n")[0] for data in passed] == [b"POST http://hub.example/hub?x=1 HTTP/1.1"]
    assert len(got) == 2


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1/", "http://127.0.0.1:port/", "http:/x"])
def test_a_proxy_that_is_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    (told,) = ping("http://hub.example/", [FEED], timeout=1)
    assert (told.ok, told.status) == (False, 0)
    assert told.message.endswith("check the address, the network and the proxy")


def test_what_speaks_http_is_loaded_only_to_tell() -> None:
    code = "import sys, pubkit.websub; print({'http.client', 'urllib.request', 'ssl'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
