"""Servers that break off at awkward moments, are silent, or send too much: servers.py says how
they are run."""

import gzip
import socket
import struct
import zlib

import servers

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = OK + b"Content-Length: 2\r\n"


def reset(connection):
    """Closes so that the other side reads ECONNRESET."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection):
    """Takes whatever comes, and says nothing."""
    while connection.recv(65536):
        pass


def handshake_end(connection):
    connection.recv(1)
    connection.shutdown(socket.SHUT_WR)
    silent(connection)


def handshake_reset(connection):
    connection.recv(1)
    reset(connection)


def handshake_cut(connection):
    """The beginning of a TLS record, and then nothing more."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")
    connection.shutdown(socket.SHUT_WR)
    silent(connection)


def no_tls(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def alert(connection):
    """A TLS alert: handshake_failure."""
    connection.recv(65536)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def body_reset(connection):
    servers.read_head(connection)
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n[{\"amount\":1},")
    reset(connection)


def headers(size, line):
    """An answer with so many bytes of headers, in lines of that length."""

    def handle(connection):
        servers.read_head(connection)
        text = b"".join(
            (b"X-%07d: " % i).ljust(line - 2, b"x") + b"\r\n" for i in range(size // line)
        )
        connection.sendall(LENGTH + text + b"\r\n[]")

    return handle


def long_trailer(connection):
    servers.read_head(connection)
    chunks = b"2\r\n[]\r\n0\r\nX-Trailer: " + b"x" * 10000 + b"\r\n\r\n"
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)


def interim(connection):
    """One 103 after the other, and never an answer."""
    servers.read_head(connection)
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nX: " + b"x" * 1000 + b"\r\n\r\n")


def tempting(connection):
    """Asks for all kinds of credentials, sets whatever can be set, and says what was asked."""
    while head := servers.read_head(connection):
        temptations = (
            b"HTTP/1.1 401 Unauthorized\r\nSet-Cookie: id=1\r\nAlt-Svc: h2=\":1\"\r\n"
            b"Strict-Transport-Security: max-age=1000\r\nLocation: http://127.0.0.1:1/\r\n"
        )
        for scheme in b"Basic realm=x", b"Digest realm=x, nonce=y", b"Negotiate", b"NTLM":
            temptations += b"WWW-Authenticate: " + scheme + b"\r\n"
        length = b"Content-Length: %d\r\n\r\n" % len(head)
        connection.sendall(temptations + length + head)


def packed(body):
    def handle(connection):
        servers.read_head(connection)
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        connection.sendall(OK + b"Content-Encoding: gzip\r\n" + length + body)

    return handle


def bomb(megabytes):
    """Blank lines, a thousand times as many as their bytes."""
    packer = zlib.compressobj(9, wbits=31)
    blank = b" " * (1 << 20)
    return b"".join(packer.compress(blank) for _ in range(megabytes)) + packer.flush()


def rows(count):
    return b"[" + b",".join(b'{"amount":%d}' % i for i in range(count)) + b"]"


servers.run({
    "silent": silent,
    "handshake-end": handshake_end,
    "handshake-reset": handshake_reset,
    "handshake-cut": handshake_cut,
    "no-tls": no_tls,
    "alert": alert,
    "body-reset": body_reset,
    "headers-2k": headers(2000, 100),
    "headers-200k": headers(200000, 1000),
    "headers-300k": headers(300000, 1000),
    "line-200k": headers(200000, 200000),
    "long-trailer": long_trailer,
    "interim": interim,
    "tempting": tempting,
    "bomb": packed(bomb(64)),
    "bomb-of-a-mebibyte": packed(gzip.compress(b" " * ((1 << 20) - 2) + b"[]")),
    "rows": packed(gzip.compress(rows(300000))),
})
