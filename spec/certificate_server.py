"""TLS servers with the certificates that make-certificates made: servers.py says how they are run.

Arguments: the directory, and a log. For each connection the log gets a line, "NAME reached" where a byte of a request came through and
"NAME refused" where none did. They are as weak as OpenSSL lets them be: to refuse is the
client's part."""

import os
import ssl
import struct
import sys
import warnings

import servers

directory = sys.argv[1]
log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
warnings.simplefilter("ignore")  # old versions of TLS

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
ANSWER = HEAD + b"Content-Length: 2\r\n\r\n[]"


def path(name):
    return os.path.join(directory, name)


def note(name, reached):
    os.write(log, f"{name} {'reached' if reached else 'refused'}\n".encode())


def over_tls(name, certificate, answer=ANSWER, ciphers="ALL", versions=None, notify=True):
    """A server with this certificate; None: with none at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    if versions:
        context.minimum_version, context.maximum_version = versions
    if certificate:
        context.load_cert_chain(path(certificate + ".pem"), path(certificate + ".key"))
    if ciphers.startswith("DHE"):
        context.load_dh_params(path("dh.pem"))

    def handle(connection):
        reached = False
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                reached = secured.recv(1) != b""
                if reached:
                    servers.read_head(secured)
                    secured.sendall(answer)
                    if notify:
                        secured.unwrap()
        except OSError:
            pass  # as it should be, for most of them
        finally:
            note(name, reached)

    return handle


# ---- what no library sends ----

GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)  # of P-256, a point as good as any
NO_SIGNATURE = bytes.fromhex("3006020101020101")
ECDHE_ECDSA = b"\xc0\x2b"  # with AES128-GCM-SHA256


def lengthy(body):
    return struct.pack(">I", len(body))[1:] + body


def by_hand(name, certificates):
    """Says the server's part of a TLS 1.2 handshake with these certificates, without any key."""
    hello = (
        b"\x03\x03" + os.urandom(32) + b"\x00" + ECDHE_ECDSA + b"\x00"
        + b"\x00\x05\xff\x01\x00\x01\x00"
    )
    chain = lengthy(b"".join(lengthy(der) for der in certificates))
    exchange = (
        b"\x03\x00\x17\x41" + GENERATOR + b"\x04\x03\x00" + bytes([len(NO_SIGNATURE)])
        + NO_SIGNATURE
    )
    messages = [(2, hello), (11, chain), (12, exchange), (14, b"")]

    def handle(connection):
        came = b""
        try:
            connection.recv(65536)
            for kind, body in messages:
                message = bytes([kind]) + lengthy(body)
                connection.sendall(b"\x16\x03\x03" + struct.pack(">H", len(message)) + message)
            came = connection.recv(65536)
        except OSError:
            pass
        finally:
            note(name, came != b"" and came[0] != 21)  # anything but an alert

    return handle


def read(name):
    with open(path(name), "rb") as file:
        return file.read()


V = ssl.TLSVersion
good_der = read("good.der")
names = [name[:-4] for name in os.listdir(directory) if name.endswith(".pem")]
handlers = {name: over_tls(name, name) for name in names if name not in ("dh", "root")}
handlers.update({
    "tls-1.0": over_tls("tls-1.0", "good", versions=(V.TLSv1, V.TLSv1)),
    "tls-1.1": over_tls("tls-1.1", "good", versions=(V.TLSv1_1, V.TLSv1_1)),
    "tls-1.2": over_tls("tls-1.2", "good", versions=(V.TLSv1_2, V.TLSv1_2)),
    "tls-1.3": over_tls("tls-1.3", "good", versions=(V.TLSv1_3, V.TLSv1_3)),
    "anonymous": over_tls("anonymous", None, ciphers="aNULL", versions=(V.TLSv1_2, V.TLSv1_2)),
    "no-encryption": over_tls(
        "no-encryption", "good", ciphers="eNULL", versions=(V.TLSv1_2, V.TLSv1_2)),
    "weak-exchange": over_tls(
        "weak-exchange", "good-rsa", ciphers="DHE-RSA-AES128-GCM-SHA256",
        versions=(V.TLSv1_2, V.TLSv1_2)),
    "stolen": by_hand("stolen", [good_der]),
    "truncated": by_hand("truncated", [good_der[:-40]]),
    "no-certificate": by_hand("no-certificate", []),
    "garbage": by_hand("garbage", [b"\x30\x03\x02\x01\x00"]),
    "cut": over_tls(
        "cut", "good", answer=HEAD + b'Content-Length: 1000\r\n\r\n[{"amount":1},', notify=False),
    "cut-unseen": over_tls(
        "cut-unseen", "good", answer=HEAD + b'\r\n{"amount":1}\n{"amount":2}\n', notify=False),
})
servers.run(handlers)
