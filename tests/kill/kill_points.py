#!/usr/bin/env python3
"""Kill `kith` at its system calls, one after another, and see that nothing is lost and nothing half-made shows.

  kill_points.py --kith PROGRAM --folder FOLDER [--kill | --faults] [--only OPERATION ...] [--points N]

--kill: a publisher and its readers are made once. Each point begins with a copy of that, runs one command under strace,
which kills it before the N-th call of one system call that changes something, and then
  * a reader that knew the publisher and one that did not read its folder as the kill left it: each finds what stood
    before or what stands after, all of it, and no error;
  * the data folder is opened again, `kith doctor` finds nothing, and it holds what stood before or what stands after;
  * the same command is run again to its end, on some points without `doctor` having been there first: everything is as
    if nobody had killed it, here and at the readers.
What the killed command had acknowledged on its output must be there.

--faults: the disk is full from the N-th write on, or one flush to the disk fails, instead of a kill.

50 points are spread evenly and by KITH_SEED; KITH_LONG=1 takes every one. KITH_KILL_BINARY names another program to
use, such as a release build. FOLDER is emptied first, and removed when all of it held.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import queue
import random
import re
import shutil
import sys
import time

from kill_bench import HOST, OTHER_HOST, Broken, Network, Trouble, copy, empty_folder, expect, program

# What can change a file, a folder or a name. Opening is traced whole, since strace counts all of it; only openings that
# may create are points.
CHANGING = ["openat", "creat", "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "sync_file_range", "rename",
            "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "truncate", "ftruncate", "fallocate", "mkdir", "mkdirat",
            "chmod", "fchmod", "fchmodat", "link", "linkat", "symlink", "symlinkat", "copy_file_range", "sendfile"]
TRACED = "trace=" + ",".join("?" + call for call in CHANGING)

# Operation, and how many of each 50 points are its own.
SHARES = {"init": 4, "import": 6, "put": 5, "withdraw": 4, "erase": 4, "publish": 4, "publish-first": 3, "recognize": 3, "sync": 4,
          "sync-first": 3, "backup": 2, "restore": 2, "rotate": 3, "move": 3}

# Those that strangers see nothing of.
ALONE = ("init", "backup", "restore")

Call = collections.namedtuple("Call", "name number line")  # the number-th call of that name in its thread


def holders(folder, text):
    """The files below `folder` that hold `text`."""
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def only_said_by(answer, wanted):
    """For each id of `wanted` the longest text that its listing has and no other one."""
    groups = json.loads(answer)["groups"]
    found = []
    for each in wanted:
        own = next(group["listing"] for group in groups if group["id"] == each)
        others = json.dumps([group["listing"] for group in groups if group["id"] != each], ensure_ascii=False)
        texts = [value for key, value in own.items() if key != "id" and isinstance(value, str) and value not in others]
        found.append(max(texts, key=len))
    return found


def meaning(answer):
    """What an answer says, without the identifiers that a run makes up for itself."""
    said = []
    for group in json.loads(answer)["groups"]:
        listing = {key: value for key, value in group["listing"].items() if key != "id"}
        said.append(json.dumps([group["name"], group["publisher"]["name"], listing], sort_keys=True))
    return sorted(said)


def names(answer, scid=None):
    return sorted((group["name"], group["id"]) for group in json.loads(answer)["groups"]
                  if scid in (None, group["publisher"]["scid"]))


def unlike(answer, *others):
    """For a failure's message: how many groups, and which names differ."""
    have = {name for name, _ in names(answer)}
    return f"{len(names(answer))} groups; " + "; ".join(
        f"against {len(names(other))}: lacks {sorted({n for n, _ in names(other)} - have)[:3]}, "
        f"has besides {sorted(have - {n for n, _ in names(other)})[:3]}" for other in others)


class Operation:
    """One command on a state: which folder of the state it changes, what strangers read, what may happen when repeated."""

    def __init__(self, name, state, words, data="pub", public="pub/public", acknowledged="", again=0):
        self.name, self.state, self.words, self.data, self.public = name, state, words, data, public
        self.acknowledged = acknowledged  # what it prints when it is done
        self.gone = []                    # texts that no file may hold once it is finished
        self.again = again                # entries more when a command that was already committed is given again
        self.calls = []                   # its calls in order, all of them
        self.points = []                  # those that change something

    def command(self, folder):
        return [str(word).replace("STATE", str(folder)) for word in self.words]


class Bench(Network):
    # The world before

    def prepare(self):
        """Makes the network, and states/*: each holds `pub`, `reader` (who knows the publisher) and `stranger` (who only trusts it)."""
        self.prepare_network()
        place = self.places[0]
        states = self.folder / "states"
        first, second = self.sheet("first.csv", 8), self.sheet("second.csv", 28, changed=(2, 5))

        small = states / "small"
        small.mkdir(parents=True)
        line = self.new_publisher(place, small / "pub", "Kill Point Chapter", HOST, self.port)
        self.scid = line.split(":")[3]
        place.run(small / "pub", "import", first, "--apply")
        other = self.folder / "other"
        other_line = self.new_publisher(place, other, "Other Chapter", OTHER_HOST, self.other_port)
        other_sheet = self.folder / "other.json"
        other_sheet.write_text(json.dumps([self.listing(9000 + i, "Lent by the other chapter") for i in range(3)]))
        place.run(other, "put", other_sheet)
        place.run(other, "publish", "--to", place.other_web / "o" / "main")
        self.make_readers(place, small, line)

        ids = [group[1] for group in names(place.answer(small / "pub"))]
        until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 200 * 86400))

        # A publisher at 250 entries: what is put crosses the first full bundle, and the partial files go.
        large = states / "large"
        large.mkdir()
        copy(small / "pub", large / "pub")
        place.serve(large / "pub" / "public")
        many = self.folder / "many.json"
        many.write_text(json.dumps([self.listing(i, "One of many") for i in range(80)]))
        for _ in range(3):
            place.run(large / "pub", "put", many)
        self.make_readers(place, large, line)
        put = self.folder / "put.json"
        put.write_text(json.dumps([self.listing(i, "Said anew") for i in range(70, 82)]))

        # A folder for a web host that is behind its publisher; and none at all yet.
        behind = states / "behind"
        behind.mkdir()
        copy(small / "pub", behind / "pub")
        # A publisher looks at its own address before it signs: what is there must be its own past.
        place.serve(behind / "pub" / "public")
        place.run(behind / "pub", "publish", "--to", behind / "to")
        for reader in ("reader", "stranger"):
            copy(small / reader, behind / reader)
        place.run(behind / "pub", "import", second, "--apply")
        place.run(behind / "pub", "withdraw", ids[0])
        absent = states / "absent"
        absent.mkdir()
        copy(behind / "pub", absent / "pub")
        for reader in ("reader", "stranger"):
            copy(small / "stranger", absent / reader)

        # A reader with news to read, and one that reads for the first time.
        news = states / "news"
        copy(behind, news)
        fresh = states / "fresh"
        copy(behind, fresh)
        shutil.rmtree(fresh / "reader")
        copy(fresh / "stranger", fresh / "reader")

        # A backup with keys, to be restored.
        backed = states / "backed"
        copy(small, backed)
        self.passphrase = self.folder / "passphrase"
        self.passphrase.write_text("five odd words make one\n")
        place.run(backed / "pub", "backup", backed / "old.bak", "--with-keys", "--passphrase-file", self.passphrase)

        (states / "nothing").mkdir()

        sheet = self.folder / f"recovery-pub-{HOST}.txt"
        init = ["init", "--name", "New Chapter", "--url", f"https://{HOST}:{self.port}/o/main", "--kind", "state_chapter", "--area",
                "US-OR", "--contact", f"groups@{HOST}", "--static", "--recovery"]
        self.operations = {op.name: op for op in [
            Operation("init", "nothing", [*init, "STATE/sheet.txt"], acknowledged="can publish now"),
            Operation("import", "small", ["import", second, "--apply", "--json"], acknowledged='"added":'),
            Operation("put", "large", ["put", put], acknowledged="Said anew 81", again=12),
            Operation("withdraw", "small", ["withdraw", *ids[:2]], acknowledged="2 withdrawn."),
            Operation("erase", "small", ["erase", *ids[:2], "--yes"], acknowledged="2 erased"),
            Operation("publish", "behind", ["publish", "--to", "STATE/to"], public="to", acknowledged="The files are in"),
            Operation("publish-first", "absent", ["publish", "--to", "STATE/to"], public="to", acknowledged="The files are in"),
            Operation("recognize", "small", ["recognize", other_line, "--role", "collective", "--area", "US-OR", "--until", until,
                                             "--yes"], acknowledged="you recognize", again=1),
            Operation("rotate", "small", ["rotate", "--node", "--recovery", sheet, "--new-sheet", "STATE/sheet-2.txt"],
                      acknowledged="The keys are new"),
            Operation("move", "small", ["move", f"https://{HOST}:{self.port}/o/moved", "--recovery", sheet, "--new-sheet",
                                        "STATE/sheet-2.txt"], acknowledged="The publisher is now"),
            Operation("sync", "news", ["sync", "--json"], data="reader", acknowledged='"feeds":'),
            Operation("sync-first", "fresh", ["sync", "--json"], data="reader", acknowledged='"feeds":'),
            Operation("backup", "small", ["backup", "STATE/new.bak", "--with-keys", "--passphrase-file", self.passphrase],
                      acknowledged="The backup is"),
            Operation("restore", "backed", ["restore", "STATE/old.bak", "--passphrase-file", self.passphrase], data="new",
                      acknowledged="Restored into"),
        ]}
        gone = only_said_by(place.answer(small / "pub"), ids[:2])
        self.operations["erase"].gone = self.operations["withdraw"].gone = gone
        for text in gone:
            if not holders(small / "pub", text) or not holders(small / "reader", text):
                raise Trouble(f"'{text}' is not in the files that it is to go from")

    def make_readers(self, place, state, line):
        place.serve(state / "pub" / "public")
        place.run(state / "stranger", "anchor", "add", line, "--yes")
        copy(state / "stranger", state / "reader")
        place.run(state / "reader", "sync")

    # One operation, whole

    def fresh_copy(self, place, operation, name="now"):
        folder = place.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        copy(self.folder / "states" / operation.state, folder)
        return folder

    def learn(self, place, operation):
        """Runs it once uninterrupted: what stands before and after, and every call it makes."""
        folder = self.fresh_copy(place, operation)
        data = folder / operation.data
        operation.is_sync = operation.data == "reader"
        operation.is_identity = operation.name in ("rotate", "move")
        place.serve(folder / ("pub/public" if operation.is_sync else operation.public))
        if operation.is_sync:
            operation.before = place.answer(data)
        elif operation.name not in ALONE:
            operation.size_before = place.own_size(data)
            operation.own_before = place.answer(data)
            operation.seen_nothing = place.answer(folder / "stranger")
            operation.seen_before = {}
            for reader in ("reader", "stranger"):
                copy(folder / reader, folder / f"{reader}-before")
                place.sync(folder / f"{reader}-before")
                operation.seen_before[reader] = place.answer(folder / f"{reader}-before")
        log = place.folder / "calls.log"
        ran = place.run(data, *operation.command(folder), under=["strace", "-f", "-y", "--seccomp-bpf", "-o", log, "-e", TRACED])
        expect(operation.acknowledged in ran.out, f"{operation.name} does not say that it is done", ran.out)
        operation.calls = read_calls(log.read_text(errors="replace"), folder)
        operation.points = [call for call in operation.calls if call.line is not None]
        operation.paths = paths_written(log.read_text(errors="replace"), folder)
        if operation.name in ALONE:
            operation.size_after = place.own_size(data)
        elif operation.is_identity:
            operation.size_after = place.own_size(data)
            expect(operation.size_after > operation.size_before, f"{operation.name} signs nothing again")
        elif operation.is_sync:
            operation.after = place.answer(data)
            expect(operation.after != operation.before, f"{operation.name} changes nothing")
        else:
            operation.size_after = place.own_size(data)
            operation.own_after = place.answer(data)
            place.serve(folder / operation.public)
            operation.seen_after = {}
            for reader in ("reader", "stranger"):
                ran = place.sync(folder / reader)
                expect(ran.code == 0, f"{operation.name}: the {reader} cannot read it", ran.out)
                operation.seen_after[reader] = place.answer(folder / reader)
                expect(operation.seen_after[reader] != operation.seen_before[reader], f"{operation.name} changes nothing")
            expect(meaning(operation.seen_after["reader"]) == meaning(operation.seen_after["stranger"]),
                   f"{operation.name}: readers differ")

    # One point

    def check_after(self, place, operation, folder, acknowledged, doctor_first):
        """Everything that must hold when `operation` was stopped in `folder`. Says which state it was stopped in."""
        if operation.name == "init":
            return self.check_init(place, operation, folder, acknowledged, doctor_first)
        if operation.name in ("backup", "restore"):
            return self.check_copy(place, operation, folder, acknowledged)
        if operation.is_sync:
            return self.check_reader(place, operation, folder, acknowledged, doctor_first)
        if operation.is_identity:
            return self.check_identity(place, operation, folder, acknowledged, doctor_first)
        data = folder / operation.data
        place.serve(folder / operation.public)
        stood = self.check_folder(place, operation, folder, acknowledged)
        if doctor_first:
            place.doctor(data)
        size = place.own_size(data)
        own = place.answer(data)
        expect(size in (operation.size_before, operation.size_after), "some of the entries", size)
        done = size == operation.size_after
        if done and not operation.name.startswith("publish"):
            expect(meaning(own) == meaning(operation.own_after), "half of it is in the store", unlike(own, operation.own_after))
        else:
            expect(own == operation.own_before, "the store changed", unlike(own, operation.own_before))
        expect(done or not acknowledged, "what was acknowledged is not in the store")
        expect(done or stood == "before", "strangers see what the store does not have")

        again = place.run(data, *operation.command(folder), check=False)
        # Whoever withdraws twice hears that there is no such listing any more.
        already_gone = operation.name == "withdraw" and done and again.code == 64 and "no live record" in again.err
        expect(again.code == 0 or already_gone, "the command cannot be finished", again.out + again.err)
        place.doctor(data) if doctor_first else None
        size = place.own_size(data)
        allowed = operation.size_after + (operation.again if done else 0)
        expect(size == allowed or (done and operation.size_before == operation.size_after and size == operation.size_after),
               "the number of entries after finishing", f"{size} rather than {allowed}")
        own = place.answer(data)
        expect(meaning(own) == meaning(operation.own_after), "finished, it is not what it should be",
               unlike(own, operation.own_after))
        place.serve(folder / operation.public)
        for reader in ("reader", "stranger"):
            ran = place.sync(folder / reader)
            expect(ran.code == 0, f"finished, the {reader} cannot read it", ran.out + ran.err)
            seen = place.answer(folder / reader)
            expect(meaning(seen) == meaning(operation.seen_after[reader]), f"finished, the {reader} sees something else",
                   unlike(seen, operation.seen_after[reader]))
            expect(names(seen, self.scid) == names(own, self.scid), f"finished, the {reader} has other identifiers")
        if not doctor_first:
            place.doctor(data)
        for text in operation.gone:
            for part in ("pub", "reader", "stranger"):
                held = holders(folder / part, text)
                expect(not held, f"'{text}' is still in files of the {part}", held)
        return f"store {'after' if done else 'before'}, strangers {stood}"

    def check_folder(self, place, operation, folder, acknowledged):
        """What strangers find in the folder at this moment: all that stood before, or all that stands after."""
        stood = set()
        for reader in ("reader", "stranger"):
            now = folder / f"{reader}-now"
            copy(folder / reader, now)
            ran = place.sync(now)
            seen = place.answer(now)
            if seen == operation.seen_before[reader]:
                stood.add("before")
            else:
                expect(meaning(seen) == meaning(operation.seen_after[reader]), f"the {reader} sees half of it",
                       unlike(seen, operation.seen_before[reader], operation.seen_after[reader]))
                stood.add("after")
            # A folder that never was complete may say that there is nothing yet.
            if operation.name != "publish-first" or "after" in stood:
                expect(ran.code == 0, f"the {reader} cannot read the folder", ran.out + ran.err)
                expect(not any(feed["troubled_records"] for feed in json.loads(ran.out)["feeds"]), "troubled records", ran.out)
        expect(len(stood) == 1, "two readers see two things")
        expect(not acknowledged or stood == {"after"}, "what was acknowledged cannot be read by others")
        # Who read the folder in the middle must be able to read on.
        for reader in ("reader", "stranger"):
            shutil.rmtree(folder / reader)
            (folder / f"{reader}-now").rename(folder / reader)
        return stood.pop()

    def check_init(self, place, operation, folder, acknowledged, doctor_first):
        """A publisher is there with its keys, or is not and can be made. A recovery sheet is never written over."""
        data = folder / "pub"
        if doctor_first:
            place.doctor(data)
        done = any(feed["own"] for feed in place.status(data)["feeds"])
        expect(done or not acknowledged, "what was acknowledged is not there")
        expect(not done or "second successor" in (folder / "sheet.txt").read_text().lower(), "a publisher without its recovery sheet")
        again = place.run(data, *operation.command(folder)[:-1], folder / "second-sheet.txt", check=False)
        expect(again.code == (78 if done else 0), "it cannot be finished", again.out + again.err)
        expect(done != (folder / "second-sheet.txt").exists(), "a recovery sheet of nobody, or none")
        place.run(data, "publish")
        place.doctor(data)
        expect(place.own_size(data) == operation.size_after, "the number of entries")
        place.serve(data / "public")
        place.run(folder / "stranger", "anchor", "add", place.run(data, "id", "--line-only").out.strip(), "--yes")
        ran = place.sync(folder / "stranger")
        expect(ran.code == 0, "strangers cannot read it", ran.out)
        return "after" if done else "before"

    def check_copy(self, place, operation, folder, acknowledged):
        """A backup is there whole or not at all, and so is what is restored from one; either can be made again."""
        def restored(backup, data):
            return place.run(data, "restore", backup, "--passphrase-file", self.passphrase, check=False)

        if operation.name == "backup":
            backup = folder / "new.bak"
            there = backup.exists()
            expect(there or not acknowledged, "what was acknowledged is not there")
            place.doctor(folder / "pub")
            if there:
                expect(restored(backup, folder / "early").code == 0, "half a backup has the name of a whole one")
            place.run(folder / "pub", *operation.command(folder))
            left = [file.name for file in folder.glob("new.bak.*")]
            expect(not left, "unfinished files stay", left)
            data = folder / "late"
            expect(restored(backup, data).code == 0, "the backup made again cannot be restored")
        else:
            data = folder / operation.data
            there = (data / "kith.sqlite3").exists()
            expect(there or not acknowledged, "what was acknowledged is not there")
            again = restored(folder / "old.bak", data)
            expect(again.code == (78 if there else 0), "it cannot be finished", again.out + again.err)
            expect(not (data / ".restoring").exists() or there, "unfinished files stay")
            place.run(data, "catch-up")
        expect(place.own_size(data) == operation.size_after, "the number of entries")
        expect(meaning(place.answer(data)) == meaning(place.answer(folder / "pub")), "it says something else")
        place.doctor(data)
        return "after" if there else "before"

    def check_identity(self, place, operation, folder, acknowledged, doctor_first):
        """The identity is the one before or the one after, with keys and a recovery sheet that fit it; nobody misses a listing."""
        data = folder / "pub"
        place.serve(data / "public")
        for reader in ("reader", "stranger"):
            ran = place.sync(folder / reader)
            seen = place.answer(folder / reader)
            # Between the identity and its checkpoint, who never read the publisher before cannot read it yet.
            nothing_yet = reader == "stranger" and ran.code == 1 and seen == operation.seen_nothing
            expect(nothing_yet or meaning(seen) == meaning(operation.seen_before["reader"]), f"the {reader} misses something",
                   unlike(seen, operation.seen_before["reader"]))
            expect(not acknowledged or ran.code == 0, f"acknowledged, and the {reader} cannot read it", ran.out)
        if doctor_first:
            place.doctor(data)
        line = place.run(data, "id", "--line-only").out.strip()
        done = "#2-" in line
        expect(done or not acknowledged, "what was acknowledged is not there")
        expect(place.own_size(data) == (operation.size_after if done else operation.size_before), "some of the entries")
        command = operation.command(folder)
        again = place.run(data, *command[:-1], folder / "sheet-3.txt", check=False)
        expect(again.code == (78 if done else 0), "it cannot be finished", again.out + again.err)
        expect(done != (folder / "sheet-3.txt").exists(), "a recovery sheet of nobody, or none")
        place.run(data, "publish")
        expect(sorted(path.name for path in (data / "keys").iterdir()) == ["node.key", "sign.key"], "keys are left lying")
        place.doctor(data)
        sheet = folder / ("sheet-2.txt" if done else "sheet-3.txt")
        place.run(data, "rotate", "--recovery", sheet, "--new-sheet", folder / "sheet-4.txt")
        place.serve(data / "public")
        own = place.answer(data)
        for reader in ("reader", "stranger"):
            ran = place.sync(folder / reader)
            expect(ran.code == 0, f"finished, the {reader} cannot read it", ran.out + ran.err)
            seen = place.answer(folder / reader)
            expect(meaning(seen) == meaning(operation.seen_before["reader"]), f"finished, the {reader} sees something else")
            expect(names(seen, self.scid) == names(own, self.scid), f"finished, the {reader} has other identifiers")
        return "after" if done else "before"

    def check_reader(self, place, operation, folder, acknowledged, doctor_first):
        data = folder / operation.data
        if doctor_first:
            place.doctor(data)
        now = place.answer(data)
        expect(now in (operation.before, operation.after), "half of it shows", unlike(now, operation.before, operation.after))
        expect(not acknowledged or now == operation.after, "what was acknowledged is not there")
        again = place.run(data, *operation.command(folder), check=False)
        expect(again.code == 0, "the command cannot be finished", again.out + again.err)
        end = place.answer(data)
        expect(end == operation.after, "finished, it is not what it should be", unlike(end, operation.after))
        place.doctor(data)
        return "after" if now == operation.after else "before"

    def try_kill(self, place, operation, call, number):
        folder = self.fresh_copy(place, operation)
        data = folder / operation.data
        place.serve(folder / ("pub/public" if operation.is_sync else operation.public))
        # Without --seccomp-bpf: with it, strace 6.1 injects nothing.
        under = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call.name}", "-e",
                 f"inject={call.name}:signal=KILL:when={call.number}"]
        ran = place.run(data, *operation.command(folder), under=under, check=False)
        if ran.code not in (-9, 137):
            raise Trouble(f"{operation.name} was not killed at {call.name} {call.number} ({call.line}): it ended with {ran.code}")
        # The last line of `put` is its last listing; a line cut short acknowledges nothing.
        said = operation.acknowledged in ran.out and ran.out.endswith("\n")
        return self.check_after(place, operation, folder, said, doctor_first=number % 2 == 0)

    def try_fault(self, place, operation, fault, call):
        """`fault` from `call` on; the message, the exit code, the state, and the command once the disk is well again."""
        folder = self.fresh_copy(place, operation)
        data = folder / operation.data
        place.serve(folder / ("pub/public" if operation.is_sync else operation.public))
        under = ["strace", "-f", "-o", "/dev/null"]
        for path in sorted(operation.paths):
            under += ["-P", str(folder) + path]
        under += fault_words(operation, fault, call)
        ran = place.run(data, *operation.command(folder), under=under, check=False)
        if ran.code == 0:
            # Some of the work after the answer may fail without taking anything back: what is acknowledged holds.
            expect(operation.acknowledged in ran.out, "exit code 0 without an answer", ran.out)
        else:
            expect(ran.code == 74, f"the exit code of a disk that fails is not 74 but {ran.code}", ran.out + ran.err)
            words = " ".join((ran.out + ran.err).split())  # messages wrap
            expect(("storage-full" in words or "No space left" in words) if fault == "full" else
                   ("sync" in words or "I/O" in words or "Input/output" in words), "the message does not say what happened", words)
            expect("unexpected" not in words, "it took the program by surprise", words)
        state = self.check_after(place, operation, folder, ran.code == 0, doctor_first=False)
        return f"exit {ran.code}, {state}"


def read_calls(log, folder):
    """The calls of a strace log in order. `line` is None for those that change nothing that lasts."""
    counts = collections.Counter()
    calls, seen = [], set()
    for line in log.splitlines():
        found = re.match(r"(\d+) +(\w+)\((.*)", line)
        if not found:
            continue
        thread, name, rest = found.groups()
        counts[thread, name] += 1
        key = (name, counts[thread, name])
        lasting = str(folder) in rest or rest.startswith("1<")
        if name == "openat" and "O_CREAT" not in rest:
            lasting = False
        if key in seen:  # two threads share that number: strace would kill at whichever comes first
            continue
        seen.add(key)
        calls.append(Call(name, counts[thread, name], rest.replace(str(folder), "").split(' = ')[0][:70] if lasting else None))
    return calls


def paths_written(log, folder):
    return {path.removeprefix(str(folder)) for path in re.findall(r'[<"](' + re.escape(str(folder)) + r'/[^>"]+)[>"]', log)}


def fault_words(operation, fault, call):
    """strace's words for a disk that is full, or fails, from `call` on."""
    before = collections.Counter()
    for each in operation.points:
        if each == call:
            break
        before[each.name] += not each.line.startswith("1<")
    if fault == "full":
        words = ["-e", "trace=write,pwrite64"]
        for name in ("write", "pwrite64"):
            words += ["-e", f"inject={name}:error=ENOSPC:when={before[name] + 1}+"]
        return words
    return ["-e", f"trace={call.name}", "-e", f"inject={call.name}:error=EIO:when={before[call.name] + 1}"]


def spread(points, count, chance):
    """`count` of the points: evenly over the whole, and every fifth by chance. For few points, none is spent on what
    lasts no longer than the process."""
    if count >= len(points):
        return list(points)
    lasting = [call for call in points if not re.search(r"kith\.lock|-shm|chmod", call.name + call.line)]
    count = min(count, len(lasting))
    even = count - count // 5
    chosen = {int((i + 0.5) * len(lasting) / even) for i in range(even)}
    others = [i for i in range(len(lasting)) if i not in chosen]
    chosen.update(chance.sample(others, count - len(chosen)))
    return [lasting[i] for i in sorted(chosen)]


def try_all(bench, tries, one):
    """Runs one(place, *try) for all, a few at a time. Gives the failures."""
    idle = queue.SimpleQueue()
    for place in bench.places:
        idle.put(place)
    failures, done = [], 0

    def with_place(each):
        place = idle.get()
        try:
            return one(place, *each)
        finally:
            idle.put(place)

    with concurrent.futures.ThreadPoolExecutor(len(bench.places)) as pool:
        waiting = {pool.submit(with_place, each): each for each in tries}
        for future in concurrent.futures.as_completed(waiting):
            each = waiting[future]
            done += 1
            operation = each[0]
            call = next(part for part in each if isinstance(part, Call))
            label = f"[{done}/{len(tries)}] {operation.name}{'' if isinstance(each[1], Call) else ' ' + each[1]} at {call.name} {call.number} ({call.line})"
            try:
                print(f"{label}: {future.result()}", flush=True)
            except (Broken, Trouble, OSError, ValueError, KeyError) as error:
                failures.append(label)
                print(f"FAILED {label}\n    {type(error).__name__}: {error}", flush=True)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kith", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--only", nargs="*", choices=SHARES)
    parser.add_argument("--points", type=int, default=50)
    given = parser.parse_args()
    long = os.environ.get("KITH_LONG") == "1"
    seed = int(os.environ.get("KITH_SEED") or 1)
    folder = empty_folder(given.folder)

    started = time.monotonic()
    bench = None
    try:
        bench = Bench(program(given), folder, max(1, min(2, os.cpu_count() or 1)))
        bench.prepare()
        operations = [bench.operations[name] for name in (given.only or SHARES)]
        chance = random.Random(seed)
        if given.faults:
            operations = [op for op in operations if op.name in ("import", "publish", "sync")]
        for operation in operations:
            bench.learn(bench.places[0], operation)
            print(f"{operation.name}: {len(operation.points)} system calls that change something", flush=True)
        print(f"Prepared in {time.monotonic() - started:.0f} s. Seed {seed}.", flush=True)

        failures, kills, faults = [], [], []
        if given.kill or not given.faults:
            for operation in operations:
                count = len(operation.points) if long else max(1, round(SHARES[operation.name] * given.points / sum(SHARES[op.name] for op in operations)))
                kills += [(operation, call) for call in spread(operation.points, count, chance)]
            kills = [(*each, number) for number, each in enumerate(kills)]
            failures += try_all(bench, kills, bench.try_kill)
        if given.faults:
            for operation in operations:
                writes = [call for call in operation.points if call.name in ("write", "pwrite64") and not call.line.startswith("1<")]
                flushes = [call for call in operation.points if call.name in ("fsync", "fdatasync")]
                for fault, calls in (("full", writes), ("flush", flushes)):
                    faults += [(operation, fault, call) for call in (calls if long else spread(calls, 5, chance))]
            failures += try_all(bench, faults, bench.try_fault)
        made = collections.Counter(each[1].name for each in kills)
        seconds = time.monotonic() - started
        if kills:
            print("killed before: " + ", ".join(f"{name} {count}" for name, count in sorted(made.items())))
            possible = sum(len(operation.points) for operation in operations)
            print(f"MEASURED kill points={len(kills)} of={possible} operations={len(operations)} lost={len(failures)} seed={seed} seconds={seconds:.0f}")
        if faults:
            print(f"MEASURED disk faults={len(faults)} operations={len(operations)} failed={len(failures)} seed={seed} seconds={seconds:.0f}")
        if not kills and not faults:
            print("nothing was tried", file=sys.stderr)
            return 1
    except (Broken, Trouble) as error:
        print(f"FAILED before the first point: {error}", flush=True)
        return 1
    finally:
        if bench:
            bench.stop()
    if not failures:
        shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
