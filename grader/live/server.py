"""The process that serves the page beside the editor: one document, and the word that it changed.

It answers on loopback, at an address that nobody can guess, and nothing else. It is a process of
its own so that the one that grades has no threads and no network, and starts jails as it always
does. It ends when the grader hangs up, however that ends.
"""

import asyncio
import hmac
import json
import secrets
import socket
import sys
import threading
import webbrowser
from typing import Any

from tornado import httpserver, netutil, web, websocket

_LONGEST = 1 << 26  # bytes of a document, as a line
_LOOPBACK = ("127.0.0.1", "localhost")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the document has the rest of it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class News:
    """What the grader has told last: the document, and a line that says how things stand."""

    def __init__(self) -> None:
        self.document = ""
        self._state = ""
        self._number = 0
        self._changed = asyncio.Condition()

    async def take(self, told: dict[str, str]) -> None:
        """Take over what is told."""
        self.document = told.get("document", self.document)
        self._state = told["state"]
        self._number += 1
        async with self._changed:
            self._changed.notify_all()

    async def after(self, number: int) -> tuple[int, str]:
        """Wait until there is something after `number`; return its number and the message."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._number > number)
        return self._number, json.dumps({"document": self.document, "state": self._state})


class _Guarded(web.RequestHandler):
    """Answers whoever has the address of the page, and no page of anybody else's."""

    def initialize(self, news: News, token: str) -> None:
        self._news = news
        self._token = token

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse names that somebody had resolved to here, other origins, and wrong tokens."""
        if self.request.host_name not in _LOOPBACK:
            raise web.HTTPError(403)
        own = f"{self.request.protocol}://{self.request.host}"
        if self.request.headers.get("Origin", own) != own:
            raise web.HTTPError(403)
        given = self.path_args[0] if self.path_args else ""
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise web.HTTPError(404)


class _Document(_Guarded):
    def get(self, _: str) -> None:
        self.write(self._news.document)


class _Live(_Guarded, websocket.WebSocketHandler):
    """Says to one window what is new; whoever reads slowly gets the last of it alone."""

    _following: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        super().prepare()
        if "Origin" not in self.request.headers:  # every browser sends one
            raise web.HTTPError(403)

    def check_origin(self, origin: str) -> bool:
        return True  # `prepare` has

    def open(self, *_: str, **__: str) -> None:
        self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        number = 0
        while True:
            number, message = await self._news.after(number)
            try:
                await self.write_message(message)
            except websocket.WebSocketClosedError:
                return

    def on_message(self, message: str | bytes) -> None:
        self.close()  # nothing is to be said to this

    def on_close(self) -> None:
        if self._following is not None:
            self._following.cancel()


async def serve(control: socket.socket) -> None:
    """Serve what the grader tells through a socket, until it hangs up.

    It gets the address in a line. Each of its lines then is news; with `open` in them the page is
    opened in the browser.
    """
    reader, writer = await asyncio.open_connection(sock=control, limit=_LONGEST)
    news, token = News(), secrets.token_urlsafe(16)
    given: dict[str, Any] = {"news": news, "token": token}
    application = web.Application(
        [(r"/([^/]*)/", _Document, given), (r"/([^/]*)/live", _Live, given)],
        default_handler_class=_Guarded,
        default_handler_args=given,
        log_function=lambda _: None,
        websocket_max_message_size=1024,
    )
    (listening,) = netutil.bind_sockets(0, "127.0.0.1", socket.AF_INET)
    server = httpserver.HTTPServer(application, max_header_size=1 << 14, max_body_size=0)
    server.add_sockets([listening])
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/{token}/"
    writer.write(f"{address}\n".encode())
    while line := await reader.readline():
        told = json.loads(line)
        await news.take(told)
        if told.get("open"):
            # Some browsers are waited for; this process has no terminal that one could take over.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
