"""nginx on loopback, plain and TLS, serving the files of the bench as both APIs would."""

import os
import random
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = "/usr/lib/nginx/modules"
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def make_certificates(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-days", "30", "-subj", "/CN=bench CA",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", "-new", *key, "-subj", "/CN=localhost", "-keyout", "server.key",
            "-out", "server.csr")
    with open(os.path.join(folder, "server.ext"), "w", encoding="ascii") as file:
        file.write(f"{NAMES}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-set_serial", "2", "-days", "30", "-extfile", "server.ext", "-out", "server.crt")


class Server:
    """with Server(rows, pool, pages) as server: server.url, .tls_url, .ca_file"""

    def __init__(self, rows, pool, pages):
        self.words = {
            "rows_folder": os.path.dirname(rows), "rows_name": os.path.basename(rows),
            "pool": pool, "pages": pages, "modules": MODULES,
            "user": "user root;" if os.geteuid() == 0 else "",
        }

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="bench.")
        try:
            make_certificates(self.dir)
            for _ in range(20):
                if self.start(random.randrange(10000, 32000)):
                    return self
            with open(os.path.join(self.dir, "error.log"), encoding="utf-8") as file:
                raise SystemExit("nginx did not start: " + file.read())
        except BaseException:
            shutil.rmtree(self.dir)
            raise

    def start(self, port):
        with open(os.path.join(HERE, "nginx.conf"), encoding="utf-8") as file:
            text = file.read()
        words = dict(self.words, dir=self.dir, port=str(port), tls_port=str(port + 1))
        for name, value in words.items():
            text = text.replace(f"@{name}@", value)
        conf = os.path.join(self.dir, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(text)
        self.nginx = subprocess.Popen(
            ["nginx", "-p", self.dir, "-c", conf, "-e", os.path.join(self.dir, "error.log")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        self.tls_url = f"https://127.0.0.1:{port + 1}"
        self.ca_file = os.path.join(self.dir, "ca.crt")
        return self.is_ready()

    def is_ready(self):
        for _ in range(100):
            if self.nginx.poll() is not None:
                return False
            try:
                with urllib.request.urlopen(self.url + "/ready") as answer:
                    # Only our own nginx knows the name of the private folder.
                    if answer.read().decode() == self.dir:
                        return True
            except urllib.error.URLError:
                pass
            time.sleep(0.05)
        self.stop()
        return False

    def stop(self):
        self.nginx.terminate()
        self.nginx.wait()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir)
