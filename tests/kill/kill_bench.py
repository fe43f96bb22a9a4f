"""What the tests that kill `kith` share: a publisher's web server, the program run on a data folder, and how a test ends."""

import argparse
import collections
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FEDERATION = HERE.parent.parent / "examples" / "federation"
HOST, OTHER_HOST = "kill.test", "other.test"
AUDIENCES = ["therapists", "trainees", "workplace_staff", "lived_experience", "mixed", "health_professionals", "public"]
MARK = ".made-by-kill-points"
SECONDS_FOR_A_COMMAND = 120

Ran = collections.namedtuple("Ran", "code out err")


class Broken(Exception):
    """A promise did not hold."""


class Trouble(Exception):
    """The test itself could not work."""


def expect(holds, what, seen=""):
    if not holds:
        raise Broken(f"{what}{': ' if seen != '' else ''}{seen}")


def end_with_parent():
    """In a child: end when the test ends, however that happens."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Place:
    """A folder in which one point at a time is tried: its copy of the state, its web server, its address."""

    def __init__(self, folder, kith, network):
        self.folder, self.kith, self.network = folder, kith, network
        self.web = folder / "web"
        self.other_web = folder.parent / "other-web"

    def run(self, data, *words, under=(), check=True):
        call = [*under, str(self.kith), *map(str, words), "--data", str(data), "--test-network", str(self.network)]
        try:
            done = subprocess.run(call, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=self.folder,
                                  timeout=SECONDS_FOR_A_COMMAND)
        except subprocess.TimeoutExpired:
            raise Broken(f"kith {words[0]} did not end within {SECONDS_FOR_A_COMMAND} seconds") from None
        if "Sanitizer" in done.stderr or "runtime error:" in done.stderr:
            raise Broken(f"kith {words[0]}: {done.stderr}")
        if check and done.returncode != 0:
            raise Broken(f"kith {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return Ran(done.returncode, done.stdout, done.stderr)

    def answer(self, data):
        """What a search over everything gives, byte for byte."""
        words = [word for audience in AUDIENCES for word in ("--audience", audience)]
        answer = self.run(data, "search", "--json", "--sort", "name", "--limit", "100", *words).out
        if "next" in json.loads(answer):
            raise Trouble("the sample has more groups than one answer holds")
        return answer

    def status(self, data):
        return json.loads(self.run(data, "status", "--json").out)

    def own_size(self, data):
        return next(feed["size"] for feed in self.status(data)["feeds"] if feed["own"])

    def doctor(self, data):
        ran = self.run(data, "doctor", "--json", check=False)
        expect(ran.code == 0 and json.loads(ran.out)["damage"] == [], "doctor finds damage", ran.out + ran.err)

    def serve(self, public):
        """What strangers find from now on: a copy, as it is at this moment."""
        for target in (self.web / "o" / "main", self.web / "o" / "moved"):
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            if public.exists():
                copy(public, target)

    def sync(self, reader):
        return self.run(reader, "sync", "--json", check=False)


def copy(source, target):
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def empty_folder(wanted):
    """The folder to work in, emptied of what an earlier run of these tests left. Ends the program where it is somebody else's."""
    # The leak checker cannot work while somebody else traces the program.
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))
    os.environ.pop("KITH_DATA", None)
    if not shutil.which("strace"):
        sys.exit("strace is missing: run `scripts/setup test`.")
    folder = wanted.resolve()
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            sys.exit(f"{folder} is not empty and was not made by this test.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    return folder


class Network:
    """Some places side by side, and the hosts that their publishers live at."""

    def __init__(self, kith, folder, places):
        self.kith, self.folder = kith, folder
        self.servers = []
        self.wanted_places = places

    def prepare_network(self):
        network = self.folder / "network"
        hosts = {"publishers": [{"host": HOST, "address": "127.0.0.31"}, {"host": OTHER_HOST, "address": "127.0.0.30"}]}
        (self.folder / "hosts.json").write_text(json.dumps(hosts))
        made = subprocess.run([sys.executable, str(FEDERATION / "make_test_network.py"), str(network), "--federation",
                               str(self.folder / "hosts.json")], capture_output=True, text=True)
        if made.returncode != 0:
            raise Trouble(made.stderr)
        self.places = []
        port = 0
        for number in range(self.wanted_places):
            place_folder = self.folder / f"place-{number}"
            (place_folder / "web").mkdir(parents=True)
            address = f"127.0.0.{31 + number}"
            # Every place shows another folder under the one address that is part of the publisher's identity.
            port = self.start_server(place_folder / "web", address, HOST, port)
            file = network / f"network-{number}.json"
            file.write_text(json.dumps({"names": {HOST: address, OTHER_HOST: "127.0.0.30"}, "ca": "ca.pem"}))
            self.places.append(Place(place_folder, self.kith, file))
        self.port = port
        (self.folder / "other-web").mkdir()
        self.other_port = self.start_server(self.folder / "other-web", "127.0.0.30", OTHER_HOST, 0)

    def start_server(self, folder, address, host, port):
        network = self.folder / "network"
        server = subprocess.Popen([sys.executable, str(FEDERATION / "static_server.py"), str(folder), "--address", address,
                                   "--port", str(port), "--cert", str(network / f"{host}.pem"), "--key",
                                   str(network / f"{host}.key")], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                  preexec_fn=end_with_parent)
        self.servers.append(server)
        line = server.stdout.readline()
        if not line:
            raise Trouble(f"the file server did not start at {address}:{port}")
        return int(line.rsplit(":", 1)[1])

    def stop(self):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait(10)

    def sheet(self, name, rows, changed=()):
        lines = (FEDERATION / "oregon.csv").read_text().splitlines()
        kept = lines[:rows + 1]
        for row in changed:
            kept[row] = kept[row].replace("consultation group", "consultation group, informal circle", 1)
        raw = self.folder / name
        raw.write_text("\n".join(kept) + "\n")
        subprocess.run([sys.executable, str(FEDERATION / "fill_dates.py"), "--to", str(self.folder / "sheets"), str(raw)],
                       check=True, capture_output=True)
        return self.folder / "sheets" / name

    def new_publisher(self, place, data, name, host, port):
        place.run(data, "init", "--name", name, "--url", f"https://{host}:{port}/o/main", "--kind", "state_chapter", "--area",
                  "US-OR", "--recovery", self.folder / f"recovery-{data.name}-{host}.txt", "--contact", f"groups@{host}",
                  "--homepage", f"https://{host}/", "--static")
        return place.run(data, "id", "--line-only").out.strip()

    def listing(self, number, name):
        return {"id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}", "name": f"{name} {number}", "kinds": ["informal_circle"], "formats": ["video"],
                "audience": "therapists", "regions": ["US-OR"], "links": {"home": "https://kill.test/groups"}}


def program(given):
    return pathlib.Path(os.environ.get("KITH_KILL_BINARY") or given.kith).resolve()


def try_rounds(one, longest):
    """25 rounds, 250 with KITH_LONG=1: one(number, seconds before the kill) says what it saw. The seconds are spread
    evenly up to longest(number), and by KITH_SEED within each part. Gives how many rounds there were and how many failed:
    none follows on one that did."""
    rounds = 250 if os.environ.get("KITH_LONG") == "1" else 25
    seed = int(os.environ.get("KITH_SEED") or 1)
    chance = random.Random(seed)
    started = time.monotonic()
    for number in range(1, rounds + 1):
        wait = longest(number) * ((number % 5) + chance.random()) / 5
        try:
            print(f"round {number}: killed after {wait:.3f} s, {one(number, wait)}", flush=True)
        except Broken as broken:
            print(f"FAILED round {number}, killed after {wait:.3f} s, seed {seed}: {broken}", flush=True)
            return number, 1
    print(f"{rounds} rounds in {time.monotonic() - started:.0f} s, seed {seed}")
    return rounds, 0


def run(doc, make_bench, try_all):
    """A whole test: its arguments, its folder, and how it ends. `try_all(bench)` says how many of its tries failed."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kith", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    given = parser.parse_args()
    folder = empty_folder(given.folder)
    bench = make_bench(program(given), folder, 1)
    try:
        bench.prepare()
        failures = try_all(bench)
    except (Broken, Trouble) as error:
        print(f"FAILED before the first try: {error}", flush=True)
        return 1
    finally:
        bench.stop()
    if not failures:
        shutil.rmtree(folder)
    return 1 if failures else 0
