"""What the bench ran on."""

import os
import re
import subprocess


def first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    return done.stdout.strip().splitlines()[0]


def cpu_info(name):
    with open("/proc/cpuinfo", encoding="ascii") as file:
        found = re.search(rf"^{name}\s*: (.*)$", file.read(), re.MULTILINE)
    return found.group(1) if found else "?"


def has(flag):
    return flag in cpu_info("flags").split()


def memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def package(name):
    return first_line("dpkg-query", "-W", "-f", "${Version}", name)


def lines():
    """As Markdown."""
    model = f"{cpu_info('model name')}, family {cpu_info('cpu family')} model {cpu_info('model')}"
    yield f"- {model}, {os.cpu_count()} cores, {memory() / 2**30:.0f} GiB of memory"
    yield f"- Linux {os.uname().release}, {first_line('gcc', '--version')}"
    yield f"- {first_line('lua5.4', '-v')}"
    yield f"- {first_line('luajit', '-v')}"
    curl = " ".join(first_line("curl", "--version").split()[:2])
    yield f"- {first_line('jq', '--version')}, {curl}, {first_line('nginx', '-v')}"
    versions = [f"{name} {package(name)}" for name in
                ("lua-cjson", "libsimdjson-dev", "python3-ijson", "libyajl2", "valgrind")]
    yield "- Debian's " + ", ".join(versions)
