#!/usr/bin/env python3
"""Kill a serving node at chance moments while it tells others of what it published and reads what it was told of.

  kill_push.py --kith PROGRAM --folder FOLDER

One node runs on and on, killed with SIGKILL in each round and started again. In each round it publishes one listing, which
it begins to tell others; a publisher that it follows publishes one, and hands it the new checkpoint, so that it begins to
read. Whatever was cut off:
  * what was acknowledged stands: its own listing, and the head that it answered for;
  * each feed is where it was or where it was to go, and a search shows nothing in between; `kith doctor` finds nothing;
  * whom it follows, whom it tells, and when the dead are to be asked again are as they were;
  * started again, it reads what it was told of by itself, at once, though it looks for news only once an hour.

25 rounds, 250 with KITH_LONG=1. KITH_SEED chooses the moments. KITH_KILL_BINARY names another program to use.
"""

import json
import shutil
import signal
import sqlite3
import sys
import time

from kill_bench import HOST, OTHER_HOST, Broken, copy, expect, run, try_rounds
from kill_witness import Serving, WitnessBench, leaf_hashes, request, subproof

LONGEST_BEFORE_THE_KILL = 0.6
SECONDS_TO_CATCH_UP = 30


class Watched(Serving):
    """`kith serve` that reads at its own pace once an hour only."""

    words = ("--sync-every", "1", "--read-every", "60", "--probes", "0")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class PushBench(WitnessBench):
    def prepare(self):
        self.prepare_network()
        place = self.places[0]
        self.publisher, self.data, dead = self.folder / "publisher", self.folder / "node", self.folder / "dead"
        line = self.new_publisher(place, self.publisher, "Kill Point Chapter", HOST, self.port)
        place.run(self.publisher, "import", self.sheet("first.csv", 8), "--apply")
        place.serve(self.publisher / "public")

        # The one that will be dead: its own address, read once, and then nobody listens there any more.
        dead_line = self.new_publisher(place, dead, "Silent Chapter", OTHER_HOST, self.other_port)
        place.run(dead, "publish", "--to", place.other_web / "o" / "main")
        self.new_publisher(place, self.data, "Told Chapter", HOST, self.port + 1)
        place.run(self.data, "follow", line, "--yes")
        place.run(self.data, "follow", dead_line, "--yes")
        place.run(self.data, "anchor", "add", line, "--yes")
        place.run(self.data, "notify", "add", f"https://{HOST}:{self.port}")
        place.run(self.data, "notify", "add", f"https://{OTHER_HOST}:{self.other_port}")
        place.run(self.data, "sync")
        server = self.servers.pop()
        server.terminate()
        server.wait(10)
        for _ in range(6):
            place.run(self.data, "sync", check=False)
        self.scid, self.dead_scid = line.split(":")[3], dead_line.split(":")[3]
        before = self.remembered()
        expect(before["feeds"][self.dead_scid]["failures"] == 6, "the dead one did not fail six times", before)
        expect(before["feeds"][self.dead_scid]["next_attempt"] > time.time() + 4 * 3600, "no backoff", before)

    def remembered(self):
        """What the database of the node holds that must outlive a kill; read from a copy."""
        aside = self.folder / "aside"
        shutil.rmtree(aside, ignore_errors=True)
        copy(self.data, aside)
        database = sqlite3.connect(aside / "kith.sqlite3")
        database.row_factory = sqlite3.Row
        feeds = {row["scid"]: dict(row) for row in
                 database.execute("SELECT scid, size, failures, next_attempt, last_success, trouble_code, own, followed FROM feed")}
        found = {"feeds": feeds,
                 "notify": [row[0] for row in database.execute("SELECT url FROM notify ORDER BY url")],
                 "anchors": [row[0] for row in database.execute("SELECT scid FROM anchor ORDER BY scid")],
                 "heads": {row[0]: row[1] for row in database.execute("SELECT origin, size FROM head")}}
        database.close()
        return found

    def put(self, data, number, name):
        file = self.folder / "one.json"
        file.write_text(json.dumps([self.listing(number, name)]))
        return self.places[0].run(data, "put", file, check=False)

    def round(self, number, wait):
        place = self.places[0]
        before, shown_before = self.remembered(), place.answer(self.data)
        _, old_hashes = leaf_hashes(self.publisher / "public" / "feed" / "1")
        expect(self.put(self.publisher, 1000 + number % 20, f"Told in round {number}").code == 0, "the publisher cannot publish")
        checkpoint, hashes = leaf_hashes(self.publisher / "public" / "feed" / "1")
        place.serve(self.publisher / "public")

        serving = Watched(place, self.data)
        expect(serving.is_ready, "the node does not start again")
        killer_at = time.monotonic() + wait
        answer = serving.post(request(len(old_hashes), checkpoint, subproof(len(old_hashes), hashes, True)))
        own = self.put(self.data, 3000 + number % 20, f"Own of round {number}") if wait > 0.1 else None
        time.sleep(max(0, killer_at - time.monotonic()))
        serving.kill()

        place.doctor(self.data)
        after, shown = self.remembered(), place.answer(self.data)
        for what in ("notify", "anchors"):
            expect(after[what] == before[what], f"{what} changed", (before[what], after[what]))
        expect(after["feeds"].keys() == before["feeds"].keys(), "whom it follows changed")
        dead, dead_before = after["feeds"][self.dead_scid], before["feeds"][self.dead_scid]
        expect(dead == dead_before, "the dead one's backoff or last good state changed", (dead_before, dead))
        told = after["feeds"][self.scid]
        expect(told["size"] in (len(old_hashes), len(hashes)), "the feed is neither before nor after", told)
        expect(told["failures"] == 0 and not told["trouble_code"], "a kill counts as a failure of the publisher", told)
        head = max(after["heads"].get(f"webvh/{self.scid}/1", 0), told["size"])
        expect(answer and answer[0] == 200, "a good checkpoint is refused", answer)
        expect(head == len(hashes), "it answered for a head that it does not remember", after["heads"])
        expect((f"Told in round {number}" in shown) == (told["size"] == len(hashes)), "half of the feed shows")
        acknowledged = own is not None and own.code == 0
        expect(not acknowledged or f"Own of round {number}" in shown, "what was acknowledged is not there")
        for past in ("Told", "Own"):
            for line in (f"{past} in round {number - 1}", f"{past} of round {number - 1}"):
                expect(line not in shown_before or line in shown, "something that was there is gone", line)

        # Started again, it goes on by itself.
        serving = Watched(place, self.data)
        expect(serving.is_ready, "the node does not start again")
        deadline = time.monotonic() + SECONDS_TO_CATCH_UP
        while f"Told in round {number}" not in place.answer(self.data):
            expect(time.monotonic() < deadline, f"what it was told of is not read within {SECONDS_TO_CATCH_UP} seconds")
            time.sleep(0.1)
        expect(serving.end() == 0, "it does not end by itself")
        end = self.remembered()["feeds"][self.dead_scid]
        expect(end == dead_before, "the dead one's backoff changed after the start", (dead_before, end))
        return told["size"] == len(hashes), acknowledged


def try_all(bench):
    before, kept = 0, 0

    def one(number, wait):
        nonlocal before, kept
        was_read, acknowledged = bench.round(number, wait)
        before += not was_read
        kept += acknowledged
        return (f"{'after' if was_read else 'before'} the reading, own listing "
                f"{'acknowledged' if acknowledged else 'not'}")

    rounds, failures = try_rounds(one, lambda number: LONGEST_BEFORE_THE_KILL)
    print(f"MEASURED push kills={rounds} before the reading={before} acknowledged={kept} failed={failures}")
    if not failures and before in (0, rounds):
        print("every kill fell at one side of the reading: this test shows little", file=sys.stderr)
        return 1
    return failures


if __name__ == "__main__":
    sys.exit(run(__doc__, PushBench, try_all))
