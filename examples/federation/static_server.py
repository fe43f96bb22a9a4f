#!/usr/bin/env python3
"""A plain HTTPS server for a folder of files: what any web host does, and nothing of Kith.

  static_server.py FOLDER --address 127.0.0.6 --port 8443 --cert HOST.pem --key HOST.key

GET and HEAD of regular files only. No listings of folders, no symbolic links below FOLDER, no log of requests.
Prints one line once it listens (port 0: any free port), ends on SIGTERM or Ctrl-C. For the demo, not for the internet:
it does not limit how many connections one visitor opens.
"""

import argparse
import http.server
import os
import signal
import socketserver
import ssl
import stat
import sys
import urllib.parse

TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".jsonl": "application/jsonl"}
PLAIN_NAMES = {"checkpoint": "text/plain; charset=utf-8"}
BLOCK = 64 * 1024
SECONDS_OF_SILENCE = 30


def segments_of(target):
    """The names in a request's path, each safe to open below the folder; None if one is not."""
    path = target.split("?", 1)[0].split("#", 1)[0]
    if not path.startswith("/"):
        return None
    try:
        names = [urllib.parse.unquote(part, errors="strict") for part in path[1:].split("/")]
    except UnicodeDecodeError:
        return None
    for name in names:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            return None
        if name.startswith(".") and name != ".well-known":  # half-written and private files
            return None
    return names


def open_below(folder, names):
    """A descriptor of the regular file at `names` below `folder`. Raises OSError."""
    # One name at a time and never through a link: a check of the whole path beforehand could be raced.
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = inner
        # O_NONBLOCK: opening a named pipe would wait for its writer.
        found = os.open(names[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here)
        if not stat.S_ISREG(os.fstat(found).st_mode):
            os.close(found)
            raise FileNotFoundError
        return found
    finally:
        os.close(here)


def names_etag(header, etag):
    """Whether an If-None-Match header names `etag` (weak comparison, RFC 9110 13.1.2)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return any(each.strip().removeprefix("W/") == etag for each in header.split(","))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "files"
    sys_version = ""
    timeout = SECONDS_OF_SILENCE

    def setup(self):
        # The handshake happens here, in the thread of this connection, so that a silent visitor stops nobody else.
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def do_GET(self):
        self.answer(with_body=True)

    def do_HEAD(self):
        self.answer(with_body=False)

    def refuse_method(self):
        self.close_connection = True
        self.say(405, "Only GET and HEAD.\n", {"Allow": "GET, HEAD"})

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = refuse_method

    def answer(self, with_body):
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # nobody reads that body: it must not be taken for the next request
        names = segments_of(self.path)
        try:
            if names is None:
                raise FileNotFoundError
            descriptor = open_below(self.server.folder, names)
        except (OSError, ValueError):
            self.say(404, "Not here.\n", {}, with_body=with_body)
            return
        with os.fdopen(descriptor, "rb") as file:
            info = os.fstat(file.fileno())
            # Files are replaced by rename, so that each version is another inode.
            etag = f'"{info.st_ino:x}-{info.st_mtime_ns:x}-{info.st_size:x}"'
            if names_etag(self.headers.get("If-None-Match"), etag):
                self.head(304, {"ETag": etag})
                return
            kind = PLAIN_NAMES.get(names[-1]) or TYPES.get(os.path.splitext(names[-1])[1], "application/octet-stream")
            self.head(200, {"ETag": etag, "Content-Type": kind, "Content-Length": str(info.st_size)})
            if with_body:
                self.copy(file, info.st_size)

    def copy(self, file, size):
        while size > 0:
            block = file.read(min(size, BLOCK))
            if not block:  # the file became shorter: the promised length cannot be kept
                self.close_connection = True
                return
            self.wfile.write(block)
            size -= len(block)

    def say(self, status, text, headers, with_body=True):
        body = text.encode()
        self.head(status, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), **headers})
        if with_body:
            self.wfile.write(body)

    def head(self, status, headers):
        self.send_response(status)
        for name, value in {**headers, "Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache",
                            "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_):
        pass  # who read what is nobody's business


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # open connections do not hold up the end
    request_queue_size = 64

    def __init__(self, folder, address, port, cert, key):
        self.folder = folder
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(cert, key)
        super().__init__((address, port), Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self):
        # HTTPServer would look up the name of the address; this server needs none.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        # A visitor that hung up, fell silent or spoke no TLS is no event.
        if not isinstance(error, (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    given = parser.parse_args()
    if not os.path.isdir(given.folder):
        parser.error(f"{given.folder}: not a folder")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    try:
        server = Server(os.path.realpath(given.folder), given.address, given.port, given.cert, given.key)
    except (OSError, OverflowError) as error:
        print(f"static_server: cannot listen on {given.address}:{given.port}: {error}", file=sys.stderr)
        return 1
    try:
        print(f"serving files on https://{given.address}:{server.server_port}", flush=True)
        server.serve_forever()
    finally:
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
