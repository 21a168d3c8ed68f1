"""Servers on loopback that misbehave, each on a port of its own: what specs/*_server.py are made of.

A spec reads "NAME PORT" lines from the standard output, until one that says "ready". When the
spec closes that pipe, or ends in whatever way, the program ends."""

import os
import select
import socket
import sys
import threading


def _serve(listener, handle):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_handle, args=(connection, handle), daemon=True).start()


def _handle(connection, handle):
    with connection:
        connection.settimeout(10)
        try:
            handle(connection)
        except OSError:
            pass  # whoever asked has gone


def run(handlers):
    """Serves: `handlers` has a function of a connection for each name."""
    for name, handle in handlers.items():
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=_serve, args=(listener, handle), daemon=True).start()
        print(name, listener.getsockname()[1])
    print("ready", flush=True)
    pipe = select.poll()
    pipe.register(sys.stdout, 0)  # an error alone: nobody reads any more
    pipe.poll()
    os._exit(0)


def read_head(connection):
    """A request up to its blank line."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            break
        head += more
    return head
