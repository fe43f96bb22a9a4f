#!/usr/bin/env python3
"""Kill a node at chance moments while it reads a publisher anew and writes a mirror of it into a folder.

  kill_mirror.py --kith PROGRAM --folder FOLDER

In each round the publisher says one thing more, and the node runs `kith sync` and then `kith mirror --to` into a folder that
holds what stood before; one of them is killed with SIGKILL. Whatever was cut off:
  * the node shows what stood before or what stands after, `kith doctor` finds nothing, and both commands can be finished;
  * whoever reads that folder rather than the publisher, which is away, finds what stood before or what stands after, and no
    error: one that knew the publisher and one that only trusts it;
  * once `kith mirror` said that it is done, it is what the node had; and what was withdrawn never comes back.

25 rounds, 250 with KITH_LONG=1. KITH_SEED chooses the moments. KITH_KILL_BINARY names another program to use.
"""

import json
import shutil
import signal
import subprocess
import sys
import time

from kill_bench import HOST, OTHER_HOST, Network, copy, end_with_parent, expect, run, try_rounds


class MirrorBench(Network):
    def prepare(self):
        self.prepare_network()
        place = self.places[0]
        self.publisher, self.node = self.folder / "publisher", self.folder / "node"
        self.knows, self.trusts, self.mirror = self.folder / "knows", self.folder / "trusts", self.folder / "mirror"
        self.line = self.new_publisher(place, self.publisher, "Kill Point Chapter", HOST, self.port)
        self.scid = self.line.split(":")[3]
        place.run(self.publisher, "import", self.sheet("first.csv", 8), "--apply")
        # The first full bundle is reached after some of the rounds.
        for _ in range(4):
            self.put([self.listing(4000 + i, "Held") for i in range(55)])
        place.serve(self.publisher / "public")
        self.new_publisher(place, self.node, "Mirroring Chapter", OTHER_HOST, self.other_port)
        for data in (self.node, self.trusts):
            place.run(data, "anchor", "add", self.line, "--yes")
        place.run(self.node, "sync")
        place.run(self.node, "mirror", "--to", self.mirror)
        copy(self.trusts, self.knows)
        place.run(self.knows, "sync")
        self.seconds = self.time_of_each()

    def put(self, listings):
        file = self.folder / "some.json"
        file.write_text(json.dumps(listings))
        self.places[0].run(self.publisher, "put", file)

    def time_of_each(self):
        """Seconds that each command takes when nobody interrupts it, and a little more."""
        self.put([self.listing(5000, "Timed")])
        self.places[0].serve(self.publisher / "public")
        seconds = {}
        for name, words in self.commands():
            started = time.monotonic()
            self.places[0].run(self.node, *words)
            seconds[name] = 1.05 * (time.monotonic() - started)
        return seconds

    def commands(self):
        return [("sync", ["sync"]), ("mirror", ["mirror", "--to", self.mirror])]

    def victim(self, number):
        return "mirror" if number % 2 else "sync"

    def start(self, *words):
        place = self.places[0]
        return subprocess.Popen([str(place.kith), *map(str, words), "--data", str(self.node), "--test-network",
                                 str(place.network)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)

    def run_until_killed(self, victim, wait):
        """(which command was killed, None for neither; whether the mirror was acknowledged)"""
        for name, words in self.commands():
            process = self.start(*words)
            try:
                process.wait(wait if name == victim else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            with process.stdout as out:
                said = out.read()
            if process.returncode == -signal.SIGKILL:
                return name, name == "mirror" and "feeds written." in said
            expect(process.returncode == 0, f"kith {name} fails", said)
        return None, True

    def copies(self):
        """What those see who read the folder while the publisher is away."""
        place = self.places[0]
        shutil.rmtree(place.web / "o" / "main")
        seen = []
        for reader in (self.knows, self.trusts):
            now = self.folder / f"{reader.name}-now"
            shutil.rmtree(now, ignore_errors=True)
            copy(reader, now)
            place.run(now, "follow", self.mirror / self.scid, "--yes")
            ran = place.sync(now)
            expect(ran.code == 0, f"whoever {reader.name} cannot read the folder", ran.out + ran.err)
            expect(not any(feed["troubled_records"] for feed in json.loads(ran.out)["feeds"]), "troubled records", ran.out)
            seen.append(place.answer(now))
        place.serve(self.publisher / "public")
        return seen

    def round(self, number, wait):
        place = self.places[0]
        before = place.answer(self.node)
        one = self.listing(6000 + number % 7, f"In round {number}")
        self.put([one])
        gone = f"urn:uuid:00000000-0000-4000-8000-{6000 + (number - 3) % 7:012d}"
        if number > 3:
            place.run(self.publisher, "withdraw", gone)
        after = place.answer(self.publisher)
        place.serve(self.publisher / "public")
        killed, acknowledged = self.run_until_killed(self.victim(number), wait)

        place.doctor(self.node)
        node = place.answer(self.node)
        states = {self.said(before): "before", self.said(after): "after"}
        expect(self.said(node) in states, "the node shows half of it")
        expect(killed == "sync" or states[self.said(node)] == "after", "what was read is not there")
        seen = [self.said(each) for each in self.copies()]
        expect(all(each in states for each in seen), "the folder holds half of it")
        expect(len(set(seen)) == 1, "two readers of the folder see two things")
        expect(not acknowledged or seen[0] == self.said(node), "the mirror that was acknowledged is not there")

        # Finished, all are where the publisher is.
        place.run(self.node, "sync")
        place.run(self.node, "mirror", "--to", self.mirror)
        for each in (place.answer(self.node), *self.copies()):
            expect(self.said(each) == self.said(after), "finished, it is not what the publisher says")
            left = [str(file) for file in self.mirror.rglob("*.new")]
        expect(not left, "unfinished files stay", left)
        return killed, states[seen[0]]

    @staticmethod
    def said(answer):
        return json.dumps(sorted((group["id"], group["name"], json.dumps(group["listing"], sort_keys=True))
                                 for group in json.loads(answer)["groups"]))


def try_all(bench):
    killed = {"sync": 0, "mirror": 0, None: 0}

    def one(number, wait):
        command, stood = bench.round(number, wait)
        killed[command] += 1
        return f"in {command or 'neither'}, the folder {stood}"

    rounds, failures = try_rounds(one, lambda number: bench.seconds[bench.victim(number)])
    print(f"MEASURED mirror kills={rounds - killed[None]} in sync={killed['sync']} in mirror={killed['mirror']} failed={failures}")
    if not failures and not (killed["sync"] and killed["mirror"]):
        print("every kill fell into one of the commands: this test shows little", file=sys.stderr)
        return 1
    return failures


if __name__ == "__main__":
    sys.exit(run(__doc__, MirrorBench, try_all))
