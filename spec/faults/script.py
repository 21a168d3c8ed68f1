"""What a fault server says: scripts of steps, and the bytes of right answers."""

import asyncio
import base64
import gzip

ENDINGS = ("close", "reset", "hang")


class Over(Exception):
    """Nothing more is said on this connection; how it ends is one of ENDINGS."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


def chunked(body, size):
    size = size or max(len(body), 1)
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def answer(status=200, headers=(), body="", framing="length", zipped=False, chunk=None):
    """The bytes of a right HTTP answer."""
    body = body.encode("latin-1")
    head = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Other'}", *headers]
    if not any(line.lower().startswith("content-type:") for line in headers):
        head.append("Content-Type: application/json")
    if zipped:
        body = gzip.compress(body, mtime=0)
        head.append("Content-Encoding: gzip")
    if framing == "length":
        head.append(f"Content-Length: {len(body)}")
    elif framing == "chunked":
        body = chunked(body, chunk)
        head.append("Transfer-Encoding: chunked")
    elif framing == "close":
        head.append("Connection: close")
    else:
        raise ValueError(f"framing {framing!r} is unknown")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def compile_answer(step):
    made = dict(step["answer"])
    made["zipped"] = made.pop("gzip", False)
    return [answer(**made)] + (["close"] if made.get("framing") == "close" else [])


def compile_bytes(step):
    if "base64" in step:
        data = base64.b64decode(step["base64"])
    else:
        data = step["send"].encode("latin-1")
    if step.get("gzip"):
        data = gzip.compress(data, mtime=0)
    data *= step.get("repeat", 1)
    size = step.get("drip")
    if not size:
        return [data]
    pieces = []
    for at in range(0, len(data), size):
        pieces += [data[at:at + size], float(step["every"])]
    return pieces


def compile_script(steps):
    """Steps as specs write them into bytes (to send), numbers (seconds to wait) and ENDINGS."""
    plain = []
    for step in steps:
        if step in ENDINGS:
            plain.append(step)
        elif "answer" in step:
            plain += compile_answer(step)
        elif "steps" in step:
            plain += compile_script(step["steps"]) * step.get("repeat", 1)
        elif "wait" in step:
            plain.append(float(step["wait"]))
        elif "send" in step or "base64" in step:
            plain += compile_bytes(step)
        else:
            raise ValueError(f"the step {step!r} is unknown")
    return plain


def compile_set(scripts):
    """For each target the scripts of its first answer, its second ...; the last one stays."""
    compiled = {}
    for target, script in scripts.items():
        turns = script["turns"] if isinstance(script, dict) else [script]
        compiled[target] = [compile_script(turn) for turn in turns]
    return compiled


def all_bytes(script):
    return b"".join(step for step in script if isinstance(step, bytes))


class Cut:
    """Lets `left` bytes pass, then ends the connection; cut is called when it does."""

    def __init__(self, left, how, cut):
        self.left, self.how, self.cut = left, how, cut

    def take(self, data):
        taken = data[:self.left]
        self.left -= len(taken)
        return taken

    def check(self):
        if self.left == 0:
            self.cut()
            raise Over(self.how)


async def send(writer, data, drip, every):
    if not drip:
        writer.write(data)
        return await writer.drain()
    for at in range(0, len(data), drip):
        writer.write(data[at:at + drip])
        await writer.drain()
        await asyncio.sleep(every)


async def play(script, writer, cut=None, drip=None, every=0):
    """Plays a script; raises Over when the connection is to end."""
    for step in script:
        if isinstance(step, bytes):
            await send(writer, cut.take(step) if cut else step, drip, every)
            if cut:
                cut.check()
        elif isinstance(step, float):
            await asyncio.sleep(step)
        else:
            raise Over(step)
