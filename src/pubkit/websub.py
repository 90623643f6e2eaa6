"""A hub and the addresses of feeds go in; the hub is told that they have changed, and what it answered comes out.

What a publisher sends is not laid down by the WebSub Recommendation (section 6 leaves it to hub and publisher); hubs take what
PubSubHubbub has always sent: a POST with ``hub.mode=publish`` and ``hub.url``. This is the only room that opens connections, and only
`ping` does.
"""

from __future__ import annotations

import ipaddress
import re
import threading
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from msgspec import Struct

from pubkit.diagnostics import UsageError
from pubkit.normalize import safe_url

__all__ = ["Told", "ping"]

MOST = 4096         # bytes of an answer that are read
LINE = 200          # characters of it that are shown
REDIRECTS = 3
LONGEST = 3600.0    # seconds
MOVES = (307, 308)  # a hub may send elsewhere with these (WebSub, 5.1.2); after the others a POST becomes a GET (RFC 9110, 15.4)
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
        timeout: seconds that the answer to each may take in all, at most an hour.

    Raises `UsageError` for what is no http or https address, or no such time; what a hub does is in the results alone. After no answer
    to one feed the hub is not asked about the others.
    """
    for kind, addresses in (("hub", [hub]), ("feed", topics)):
        for address in addresses:
            _check(address, kind)
    if not 0 < timeout <= LONGEST:
        raise UsageError(f"a hub cannot be given {timeout:g} seconds", hint=f"Give it more than 0, and at most {LONGEST:g}")
    told: list[Told] = []
    for topic in topics:
        silent = bool(told) and not told[-1].status
        told.append(Told(hub, topic, False, 0, SILENT) if silent else _tell(hub, topic, timeout))
    return tuple(told)


def _check(address: str, kind: str) -> None:
    if not _is_address(address):
        raise UsageError(f"{address!r} is no address of a {kind}", hint="It begins with http:// or https:// and names a host")
    if "@" in urlsplit(address).netloc:
        raise UsageError(f"the address of a {kind} holds a name or a password", hint="Leave out what stands before the @")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")  # a label of more than 63 signs cannot be asked for
        written = parts.scheme in ("http", "https") and parts.port != 0 and not re.search(r"[\s\x00-\x1f]", text)
        return written and safe_url(text) is not None
    except ValueError:
        return False


def _tell(hub: str, topic: str, timeout: float) -> Told:
    """Asked in a thread of its own, since no limit of a socket holds for looking up a name, or for a hub that sends a byte a second."""
    call = _Call(urlencode({"hub.mode": "publish", "hub.url": topic}).encode("ascii"), timeout)
    thread = threading.Thread(target=call.run, args=(hub,), daemon=True)
    thread.start()
    thread.join(timeout)
    status, message = call.outcome  # before the end, which looks like a fault of the hub
    call.end()
    return Told(hub, topic, 200 <= status < 300, status, message)


class _Call:
    """A message to a hub and what has come of it so far: a status (0: none) and a message."""

    def __init__(self, data: bytes, timeout: float) -> None:
        self.data = data
        self.timeout = timeout
        self.outcome = (0, f"it gave no answer within {timeout:g} seconds: try again, or give it more time")
        self.over = False
        self.sockets: list[Any] = []

    def hold(self, socket: Any) -> None:
        """Have a socket shut when the time is over; once it is, nothing more is sent."""
        self.sockets.append(socket)
        if self.over:
            self.end()

    def end(self) -> None:
        import socket

        self.over = True
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def run(self, hub: str) -> None:
        import http.client

        url = hub
        try:
            for left in range(REDIRECTS, -1, -1):
                to = self._post(url, left)
                if not to:
                    break
                url = to
        except (OSError, http.client.HTTPException, ValueError) as error:
            fault = _fault(error)
            if fault:
                self.outcome = (0, fault if url == hub else f"it sent on to {_clean(url)}: {fault}")

    def _post(self, url: str, left: int) -> str:
        """Send the message to an address; the one to send it to instead, or ''. ``left`` is how often that may be."""
        import urllib.error
        import urllib.request

        import pubkit

        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": f"pubkit/{pubkit.__version__}", "Accept": "*/*"}
        request = urllib.request.Request(safe_url(url) or url, self.data, headers, method="POST")
        try:
            with _opener(self, url).open(request, timeout=self.timeout) as answer:
                self.outcome = (answer.status, "")
        except urllib.error.HTTPError as error:
            with error:
                if 300 <= error.code < 400:
                    return self._moved(url, error.code, error.headers.get("Location", ""), left)
                said = f"it answered {error.code} {_clean(str(error.reason))}".rstrip()
                self.outcome = (error.code, said)
                line = _first_line(error)
                if line:
                    self.outcome = (error.code, f"{said}: {line}")
        return ""

    def _moved(self, url: str, code: int, location: str, left: int) -> str:
        to = _target(url, location)
        if code in MOVES and to and left and not _less_safe(url, to):
            return to
        if not to:
            said = "has moved to no address of a hub: tell those who run it"
        elif _less_safe(url, to):
            said = f"has moved to {_clean(to)}, which is less safe: give that address if it is right"
        elif code in MOVES:
            said = f"sends from one address to the next, more than {REDIRECTS} times: tell those who run it"
        else:
            said = f"has moved to {_clean(to)}: give that address"
        self.outcome = (code, f"it answered {code}, and {said}")
        return ""


def _target(url: str, location: str) -> str:
    """Where a redirect from ``url`` leads; '' where that is no address of a hub."""
    try:
        to = urljoin(url, quote(location, safe="%:/?#[]@!$&'()*+,;=~", encoding="latin-1"))  # headers come as Latin-1, whatever was sent
        return to if location and _is_address(to) and "@" not in urlsplit(to).netloc else ""
    except ValueError:
        return ""


def _less_safe(url: str, to: str) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(to).scheme != "https"


def _fault(error: Exception) -> str:
    """What was wrong where there was no answer, and what to do; '' where the time was over."""
    import http.client
    import socket
    import ssl
    from urllib.error import URLError

    reason = error.reason if isinstance(error, URLError) else error
    words = _clean(str(getattr(reason, "strerror", "") or reason)) or type(reason).__name__
    match reason:
        case TimeoutError():
            return ""
        case socket.gaierror():
            return f"its name leads to no machine ({words}): check the address, and the network"
        case ConnectionRefusedError():
            return "nothing takes calls at its address: check host and port, or try again later"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted ({_clean(reason.verify_message)}): check the address, or tell those who run it"
        case ssl.SSLError():
            return f"there is no safe connection to it ({words}): check whether its address begins with https:// or http://"
        case ConnectionError() | http.client.IncompleteRead():
            return "it ended the connection without an answer: try again later"
        case http.client.BadStatusLine() | http.client.LineTooLong() | http.client.UnknownProtocol():
            return "what it answered is no HTTP: check host and port"
        case _:
            return f"it cannot be reached ({words}): check the address, the network and the proxy"


def _first_line(answer: Any) -> str:
    """The first line of an answer in plain text, as far as it comes."""
    import http.client

    if answer.headers.get_content_type() != "text/plain":
        return ""
    data = b""
    try:
        while len(data) < MOST and b"\n" not in data.lstrip():
            more = answer.read1(MOST - len(data))
            if not more:
                break
            data += more
    except (OSError, http.client.HTTPException, ValueError):
        pass  # what has come by then will do
    return _clean(next(iter(data.decode("utf-8", "replace").strip().splitlines()), ""))


def _clean(text: str) -> str:
    """A line that a terminal shows as it is: no control characters, none that turn the direction, and not too long."""
    return "".join(c for c in text[:MOST] if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")).strip()[:LINE]


def _opener(call: _Call, url: str) -> Any:
    """What opens a request: through the proxies of the environment, but not to this machine."""
    import http.client
    import urllib.request

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            call.hold(self.sock)

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            call.hold(self.sock)

    class Http(urllib.request.HTTPHandler):
        def http_open(self, request: Any) -> Any:
            return self.do_open(Plain, request)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, request: Any) -> Any:
            return self.do_open(Secure, request)

    opener = urllib.request.OpenerDirector()
    # Without the library's own redirects, which read an answer to its end: that may never come.
    for handler in (urllib.request.ProxyHandler({} if _is_here(url) else None), Http(), Https(), urllib.request.UnknownHandler(),
                    urllib.request.HTTPErrorProcessor(), urllib.request.HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    return opener


def _is_here(url: str) -> bool:
    host = (urlsplit(url).hostname or "").removesuffix(".")
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
