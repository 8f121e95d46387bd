"""A small HTTP/1.1 server that can misbehave on purpose: one thread for each connection.

http.server is not used: it reads no chunked bodies, and an answer could not be cut in the middle.
"""

import json
import re
import select
import socket
import struct
import threading
import time
import urllib.parse

BODY_LIMIT = 256 << 20


class BadRequest(Exception):
    """What was received is no HTTP request, or its body is not what its header says."""


class Answer:
    """An answer to be sent; drip: seconds between its bytes."""

    def __init__(self, code, body, kind="application/json", drip=0.0):
        self.code, self.kind, self.drip = code, kind, drip
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


class Cut:
    """Instead of an answer: the connection is closed, with a reset if so asked."""

    def __init__(self, reset=False):
        self.reset = reset


class Upload:
    """A file of a multipart body."""

    def __init__(self, name, kind, content):
        self.name, self.kind, self.content = name, kind, content


class Request:
    def __init__(self, method, target, headers, body, connection):
        self.method, self.headers, self.body = method, headers, body
        self.connection = connection
        self.path, _, query = target.partition("?")
        self.path = urllib.parse.unquote(self.path)
        self.query = urllib.parse.parse_qsl(query, keep_blank_values=True, errors="strict")
        self.arrived = time.monotonic()

    def parameters(self):
        """(parameters, files) of query and body; ValueError or BadRequest if they are broken."""
        values, files = dict(self.query), {}
        kind = self.headers.get("content-type", "")
        base = kind.partition(";")[0].strip().lower()
        if not self.body:
            pass
        elif base == "application/json":
            got = json.loads(self.body.decode())
            if not isinstance(got, dict):
                raise BadRequest("can't parse JSON object")
            json.dumps(got, ensure_ascii=False).encode()  # half a surrogate pair raises
            values.update(got)
        elif base == "multipart/form-data":
            self._multipart(kind, values, files)
        elif base in ("application/x-www-form-urlencoded", ""):
            text = self.body.decode()
            values.update(urllib.parse.parse_qsl(text, keep_blank_values=True, errors="strict"))
        else:
            raise BadRequest("unsupported content type " + base)
        return values, files

    def _multipart(self, kind, values, files):
        boundary = re.search(r'boundary=(?:"([^"]+)"|([^;\s]+))', kind)
        if not boundary:
            raise BadRequest("boundary not found")
        mark = b"--" + (boundary[1] or boundary[2]).encode()
        parts = (b"\r\n" + self.body).split(b"\r\n" + mark)
        if len(parts) < 2 or not parts[-1].startswith(b"--"):
            raise BadRequest("the multipart body has no end")
        for part in parts[1:-1]:
            head, split, content = part.partition(b"\r\n\r\n")
            name = re.search(rb'[;\s]name="([^"]*)"', head)
            if not split or not name:
                raise BadRequest("a part without a name")
            file_name = re.search(rb'[;\s]filename=(?:"([^"]*)"|([^;\r\n]*))', head)
            star = re.search(rb"filename\*=UTF-8''([^;\s]+)", head, re.I)
            if file_name or star:
                given = re.search(rb"content-type:\s*([^\r\n]+)", head, re.I)
                sort = given[1].decode() if given else ""
                text = (file_name[1] or file_name[2] or b"").decode() if file_name else ""
                if star:
                    text = urllib.parse.unquote(star[1].decode(), errors="strict")
                files[name[1].decode()] = Upload(text, sort, content)
            else:
                values[name[1].decode()] = content.decode()


class Connection:
    def __init__(self, sock, server):
        self.sock, self.server = sock, server
        self.file = sock.makefile("rb", 1 << 16)

    def run(self):
        try:
            while True:
                request = self._read()
                if request is None:
                    return
                keep = request.headers.get("connection", "").lower() != "close"
                if not self._send(self.server.handler(request), keep) or not keep:
                    return
        except BadRequest as why:
            self._send(Answer(400, {"ok": False, "error_code": 400,
                                    "description": f"Bad Request: {why}"}), False)
        except (OSError, ValueError):
            pass  # The peer is gone, or the fake itself cut the connection.
        finally:
            self.close()

    def close(self, reset=False):
        try:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It was closed before.
        try:
            self.file.close()
            self.sock.close()
        except OSError:
            pass

    def interrupt(self):
        """From another thread: whatever this connection waits for ends."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def gone(self):
        """The peer has closed its side."""
        try:
            poll = select.poll()
            poll.register(self.sock, select.POLLIN | select.POLLRDHUP)
            if not poll.poll(0):
                return False
            return self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            return True

    def wait(self, seconds):
        """Sleeps, but not longer than the peer is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.gone():
            time.sleep(max(0, min(0.05, end - time.monotonic())))

    def _read(self):
        line = self.file.readline(1 << 16)
        if not line:
            return None
        words = line.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequest("no HTTP/1 request line")
        headers = {}
        while True:
            line = self.file.readline(1 << 16)
            if line in (b"\r\n", b"\n"):
                break
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon:
                raise BadRequest("a header without a colon")
            headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(words[0], words[1], headers, self._body(headers), self)

    def _body(self, headers):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            raise BadRequest("wrong Content-Length")
        body = self.file.read(int(length))
        if len(body) != int(length):
            raise ConnectionResetError
        return body

    def _chunks(self):
        body = bytearray()
        while True:
            line = self.file.readline(100)
            size = re.fullmatch(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n", line)
            if not size or len(body) + int(size[1], 16) > BODY_LIMIT:
                raise BadRequest("wrong chunk size")
            chunk = self.file.read(int(size[1], 16))
            body += chunk
            if not chunk:
                while self.file.readline(1 << 16) not in (b"\r\n", b""):
                    pass
                return bytes(body)
            if self.file.read(2) != b"\r\n":
                raise BadRequest("a chunk without its end")

    def _send(self, answer, keep):
        """Returns whether the connection may be used again."""
        if isinstance(answer, Cut):
            self.close(answer.reset)
            return False
        data = (f"HTTP/1.1 {answer.code} -\r\nServer: nginx\r\nContent-Type: {answer.kind}\r\n"
                f"Content-Length: {len(answer.body)}\r\n"
                f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n").encode() + answer.body
        if answer.drip:
            for i in range(len(data)):
                self.sock.sendall(data[i:i + 1])
                self.wait(answer.drip)
        else:
            self.sock.sendall(data)
        return True


class Server:
    """Listens on 127.0.0.1; handler(request) returns an Answer or a Cut, in any thread."""

    def __init__(self, port, handler):
        self.handler = handler
        self.lock = threading.Lock()
        self.connections = set()
        self.back = threading.Event()
        self.listener = None
        # Bound but never listening: while the listener is away it keeps the port from being reused,
        # even as the source port of a client that connects to it.
        self.holder = self._bound(port)
        self.port = self.holder.getsockname()[1]
        self._listen()

    @staticmethod
    def _bound(port):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        return sock

    def _listen(self):
        self.listener = self._bound(self.port)
        self.listener.listen(1024)
        self.back.set()

    def serve(self):
        while True:
            self.back.wait()
            try:
                sock, _ = self.listener.accept()
            except OSError:
                time.sleep(0.01)  # Away, or out of descriptors for the moment.
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(sock, self)
            with self.lock:
                if not self.back.is_set():
                    connection.close(reset=True)
                    continue
                self.connections.add(connection)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        try:
            connection.run()
        finally:
            with self.lock:
                self.connections.discard(connection)

    def away(self, seconds):
        """Refuses connections for a while and cuts those there are. Returns at once."""
        with self.lock:
            if not self.back.is_set():
                return
            self.back.clear()
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            for connection in self.connections:
                connection.interrupt()
        timer = threading.Timer(seconds, self._listen)
        timer.daemon = True
        timer.start()
