#!/usr/bin/env python3
"""Kill a serving node at its system calls while it is handed a checkpoint to witness.

  kill_witness.py --kith PROGRAM --folder FOLDER

A witness must have what it signs on the disk before the signature leaves it. So wherever it is killed (before the N-th
write, flush or answer on the wire): once it was answered with 200, the node that starts again knows the new size; and in any
case it knows the old one or the new one, takes the same request once at most, and `kith doctor` finds nothing.

KITH_LONG=1 takes every point, otherwise every flush and answer and some of the writes.
"""

import base64
import hashlib
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from kill_bench import HOST, OTHER_HOST, Broken, Network, copy, end_with_parent, expect, run

CALLS = ["write", "pwrite64", "fsync", "fdatasync", "sendmsg", "sendto"]
SECONDS_TO_START = 60


def leaf_hashes(feed):
    """Of all entries in a feed's folder, the full bundles and the widest partial one."""
    checkpoint = (feed / "checkpoint").read_text()
    size = int(checkpoint.split("\n")[1])
    hashes = []
    while len(hashes) < size:
        width = min(256, size - len(hashes))
        name = f"{len(hashes) // 256:03d}" + ("" if width == 256 else f".p/{width}")
        data = (feed / "tile" / "entries" / name).read_bytes()
        for _ in range(width):
            end = 2 + int.from_bytes(data[:2], "big")
            hashes.append(hashlib.sha256(b"\0" + data[2:end]).digest())
            data = data[end:]
    return checkpoint, hashes


def root(hashes):
    """RFC 6962, as it stands there."""
    if len(hashes) == 1:
        return hashes[0]
    cut = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(hashes[:cut]) + root(hashes[cut:])).digest()


def subproof(old, hashes, is_old_root):
    if old == len(hashes):
        return [] if is_old_root else [root(hashes)]
    cut = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= cut:
        return subproof(old, hashes[:cut], is_old_root) + [root(hashes[cut:])]
    return subproof(old - cut, hashes[cut:], False) + [root(hashes[:cut])]


def request(old, checkpoint, proof):
    lines = "".join(base64.b64encode(each).decode() + "\n" for each in proof)
    return f"old {old}\n{lines}\n{checkpoint}".encode()


class Serving:
    """`kith serve` on a port of its own, perhaps under strace."""

    words = ("--sync-every", "3600")

    def __init__(self, place, data, under=()):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [*under, str(place.kith), "serve", "--plain", f"127.0.0.1:{self.port}", *self.words, "--data", str(data),
             "--test-network", str(place.network)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
        self.is_ready = any(line.startswith("Ready at") for line in iter(self.process.stdout.readline, ""))

    def post(self, body):
        """(status, body), or None when the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_START)
        try:
            connection.request("POST", "/witness/add-checkpoint", body, {"Content-Type": "text/plain"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def end(self):
        # strace hands the signal on to nobody: the node itself gets it.
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            pids = [int(pid) for pid in children.read_text().split()] or [self.process.pid]
            for pid in pids:
                os.kill(pid, signal.SIGTERM)
        except OSError:
            pass
        try:
            return self.process.wait(SECONDS_TO_START)
        finally:
            self.process.kill()
            self.process.stdout.close()


class WitnessBench(Network):
    def prepare(self):
        self.prepare_network()
        place = self.places[0]
        first, second = self.sheet("first.csv", 8), self.sheet("second.csv", 28)
        publisher, self.base = self.folder / "publisher", self.folder / "base"
        line = self.new_publisher(place, publisher, "Kill Point Chapter", HOST, self.port)
        place.run(publisher, "import", first, "--apply")
        self.new_publisher(place, self.base, "Witnessing Chapter", OTHER_HOST, self.other_port)
        place.serve(publisher / "public")
        place.run(self.base, "follow", line, "--yes")
        place.run(self.base, "sync")
        self.old = place.own_size(publisher)
        # What it will be sent is not among the files that are served: nothing but the request tells of it.
        place.run(publisher, "import", second, "--apply")
        checkpoint, hashes = leaf_hashes(publisher / "public" / "feed" / "1")
        self.new = len(hashes)
        self.news = request(self.old, checkpoint, subproof(self.old, hashes, True))
        self.again = request(self.new, checkpoint, [])

    def learn(self):
        """How often a thread makes each call, in a run that nobody interrupts."""
        place = self.places[0]
        data = place.folder / "now"
        shutil.rmtree(data, ignore_errors=True)
        copy(self.base, data)
        log = place.folder / "calls.log"
        serving = Serving(place, data, ["strace", "-f", "-o", str(log), "-e", "trace=" + ",".join(CALLS)])
        expect(serving.is_ready, "the node does not start")
        answer = serving.post(self.news)
        expect(answer is not None and answer[0] == 200 and answer[1].startswith("\u2014 webvh/"), "it is not cosigned", answer)
        serving.end()
        counts = {}
        for line in log.read_text(errors="replace").splitlines():
            found = re.match(r"(\d+) +(\w+)\(", line)
            if found and found.group(2) in CALLS:
                counts[found.groups()] = counts.get(found.groups(), 0) + 1
        return {call: max([count for (_, name), count in counts.items() if name == call], default=0) for call in CALLS}

    def try_kill(self, call, number):
        place = self.places[0]
        data = place.folder / "now"
        shutil.rmtree(data, ignore_errors=True)
        copy(self.base, data)
        serving = Serving(place, data, ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                        f"inject={call}:signal=KILL:when={number}"])
        answer = serving.post(self.news) if serving.is_ready else None
        acknowledged = answer is not None and answer[0] == 200
        expect(answer is None or acknowledged, "a good request is refused", answer)
        if acknowledged:
            time.sleep(0.2)  # what is done after the answer may be the point
        killed = serving.end() in (-9, 137)

        place.doctor(data)
        serving = Serving(place, data)
        expect(serving.is_ready, "the node does not start again")
        retry = serving.post(self.news)
        if retry == (409, f"{self.new}\n"):
            stood = "after"
        else:
            expect(retry is not None and retry[0] == 200, "the retry", retry)
            stood = "before"
        expect(stood == "after" or not acknowledged, "it signed what it did not remember")
        expect(serving.post(self.news) == (409, f"{self.new}\n"), "one base is taken twice")
        last = serving.post(self.again)
        expect(last is not None and last[0] == 200 and last[1].startswith("\u2014 webvh/"), "the newest head is not cosigned", last)
        serving.end()
        place.doctor(data)
        return killed, acknowledged, stood


def try_all(bench):
    long = os.environ.get("KITH_LONG") == "1"
    started = time.monotonic()
    failures, kills, between = 0, 0, 0
    points = []
    for call, count in bench.learn().items():
        numbers = list(range(1, count + 1))
        if not long and len(numbers) > 5:
            numbers = sorted({numbers[i * (len(numbers) - 1) // 4] for i in range(5)})
        points += [(call, number) for number in numbers]
    for call, number in points:
        try:
            killed, acknowledged, stood = bench.try_kill(call, number)
        except Broken as broken:
            failures += 1
            print(f"FAILED {call} {number}: {broken}", flush=True)
            continue
        kills += killed
        between += killed and stood == "after" and not acknowledged
        print(f"{call} {number}: {'killed' if killed else 'not reached'}, answer {acknowledged}, head {stood}", flush=True)
    print(f"MEASURED witness kills={kills} of={len(points)} between commit and answer={between} failed={failures} "
          f"seconds={time.monotonic() - started:.0f}")
    if between == 0:
        print("no kill fell between the commit and the answer: this test shows nothing", file=sys.stderr)
        failures += 1
    return failures


if __name__ == "__main__":
    sys.exit(run(__doc__, WitnessBench, try_all))
