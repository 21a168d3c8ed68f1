"""An nginx whose worker reads streams, in a directory of its own: nginx_server.py BUILD [WORD=VALUE...]
servers.py says how it is run; beside its port it tells the master's process. The words are those
of nginx/nginx.conf."""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def config(directory, port, words):
    text = (HERE / "nginx/nginx.conf").read_text()
    known = {
        "modules": "/usr/lib/nginx/modules",
        "user": "user root;" if os.getuid() == 0 else "",
        "dir": directory, "port": port, "here": HERE, "root": HERE.parent,
        "code_cache": "on", "timers": "256",
    }
    for name, value in {**known, **words}.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def answers(port, directory):
    """Only this nginx knows the name of its directory."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /ready HTTP/1.0\r\n\r\n")
            return connection.makefile().read().endswith(directory)
    except OSError:
        return False


def start(directory, words):
    """The process and its port; None when the port was taken meanwhile."""
    port = free_port()
    path = pathlib.Path(directory, "nginx.conf")
    path.write_text(config(directory, port, words))
    environment = dict(os.environ, LD_PRELOAD=words["preload"])
    nginx = subprocess.Popen(
        ["nginx", "-p", directory, "-c", path, "-e", directory + "/error.log"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment, start_new_session=True)
    for _ in range(100):
        if nginx.poll() is not None:
            return None
        if answers(port, directory):
            return nginx, port
        time.sleep(0.05)
    end(nginx)
    return None


def end(nginx):
    """Also workers that outlive their master."""
    try:
        os.killpg(nginx.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    nginx.wait()


def run(directory, words):
    started = None
    for _ in range(5):
        started = started or start(directory, words)
    if started is None:
        sys.exit("nginx did not start: " + pathlib.Path(directory, "error.log").read_text())
    nginx, port = started
    try:
        print("port", port)
        print("master", nginx.pid)
        print("ready", flush=True)
        pipe = select.poll()
        pipe.register(sys.stdout, 0)
        pipe.poll()
    finally:
        end(nginx)


def main():
    build = sys.argv[1]
    words = dict(argument.split("=", 1) for argument in sys.argv[2:])
    words["build"] = build
    words.setdefault("preload", "")
    directory = tempfile.mkdtemp(prefix="nginx.")
    try:
        run(directory, words)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


main()
