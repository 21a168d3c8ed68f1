"""A client that goes away: client.py URL SECONDS reads nothing, and resets its connection then."""

import socket
import struct
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
connection = socket.socket()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.connect((url.hostname, url.port))
connection.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: spec\r\n\r\n".encode())
time.sleep(float(sys.argv[2]))
connection.close()
