"""A hub and the addresses of feeds go in; the hub is told that they have changed, and what it answered comes out.

What a publisher sends is not laid down by the WebSub Recommendation itself; hubs take what PubSubHubbub has always sent: a POST with
``hub.mode=publish`` and ``hub.url``. This is the only room that opens connections, and only `ping` does.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from pubkit.diagnostics import UsageError
from pubkit.normalize import safe_url

__all__ = ["Told", "ping"]

MOST = 4096   # bytes of an answer that are read
REDIRECTS = 3
SILENT = "it did not answer just now, and is not asked again"


class Told(Struct, frozen=True):
    """What came of telling a hub of a feed: ``status`` is that of HTTP (0: there was no answer), ``message`` says what was wrong."""

    hub: str
    topic: str
    ok: bool
    status: int = 0
    message: str = ""


def ping(hub: str, topics: Sequence[str], *, timeout: float = 10.0) -> tuple[Told, ...]:
    """Tell a hub that feeds have changed, one after the other.

    Args:
        hub: the address of the hub.
        topics: the addresses of the feeds, as their ``rel=self`` links have them.
        timeout: seconds that an answer may take in all.

    Raises `UsageError` for what is no http or https address; what a hub does is in the results alone. After no answer to one feed the
    hub is not asked about the others.
    """
    for address in (hub, *topics):
        if not _is_address(address):
            raise UsageError(f"{address!r} is no address of a {'hub' if address == hub else 'feed'}", hint="It begins with http:// or https://")
    told: list[Told] = []
    for topic in topics:
        silent = bool(told) and not told[-1].ok and not told[-1].status
        told.append(Told(hub, topic, False, 0, SILENT) if silent else _told(hub, topic, timeout))
    return tuple(told)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s\x00-\x1f]", text)
    except ValueError:
        return False


def _told(hub: str, topic: str, timeout: float) -> Told:
    import http.client
    import urllib.error
    import urllib.request

    import pubkit

    data = urlencode({"hub.mode": "publish", "hub.url": topic}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": f"pubkit/{pubkit.__version__}", "Accept": "*/*"}
    request = urllib.request.Request(safe_url(hub) or hub, data, headers, method="POST")
    with _within(timeout) as held:
        try:
            with _opener(held, hub).open(request, timeout=timeout) as answer:
                return Told(hub, topic, 200 <= answer.status < 300, answer.status)
        except urllib.error.HTTPError as error:
            with error:
                words = _first_line(error)
            moved = f"it has moved to {error.headers.get('Location', '')[:200]}: give that address" if 300 <= error.code < 400 else ""
            return Told(hub, topic, False, error.code, moved or f"it answered {error.code} {error.reason}{words and f': {words}'}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            if held.expired or isinstance(reason, TimeoutError):
                return Told(hub, topic, False, 0, f"it gave no answer within {timeout:g} seconds: try again, or give it more --timeout")
            return Told(hub, topic, False, 0, f"it cannot be reached ({reason or type(reason).__name__}): check its address")


def _first_line(answer: Any) -> str:
    """The first line of an answer in plain text."""
    if not str(answer.headers.get("Content-Type", "")).startswith("text/plain"):
        return ""
    try:
        text = answer.read(MOST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    line = next(iter(text.strip().splitlines()), "")
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", line)[:200]


class _Held:
    """The sockets of a request, which are shut when its time is over: a hub may send a byte a minute, and no read would ever time out."""

    def __init__(self) -> None:
        self.sockets: list[Any] = []
        self.expired = False

    def expire(self) -> None:
        import socket

        self.expired = True
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def _within(seconds: float) -> Iterator[_Held]:
    import threading

    held = _Held()
    clock = threading.Timer(seconds, held.expire)
    clock.daemon = True
    clock.start()
    try:
        yield held
    finally:
        clock.cancel()


def _opener(held: _Held, hub: str) -> Any:
    """What opens a request: through the proxies of the environment, but on this machine; its sockets are ``held``."""
    import http.client
    import urllib.request

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            held.sockets.append(self.sock)

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            held.sockets.append(self.sock)

    class Http(urllib.request.HTTPHandler):
        def http_open(self, request: Any) -> Any:
            return self.do_open(Plain, request)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, request: Any) -> Any:
            return self.do_open(Secure, request)

    class Redirects(urllib.request.HTTPRedirectHandler):
        max_redirections = REDIRECTS

        def redirect_request(self, request: Any, _: Any, code: int, __: str, ___: Any, url: str) -> Any:
            # Others turn a POST into a GET (RFC 9110, 15.4), which would tell the hub nothing; and what was secure stays so.
            if code not in (307, 308) or not url.startswith(("https://",) if request.type == "https" else ("http://", "https://")):
                return None
            return urllib.request.Request(url, request.data, request.headers, method="POST")

    proxies = urllib.request.ProxyHandler({} if _is_here(hub) else None)
    return urllib.request.build_opener(proxies, Http(), Https(), Redirects())


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
