#!/usr/bin/env python3
"""Start the sample federation: five nodes and a folder of static files, on loopback only.

  demo.py --kith PROGRAM [--folder FOLDER] [--check] [--https-port 8443] [--http-port 8101]

Everything it makes lies in FOLDER, which it empties first. Ctrl-C stops all of it. --check tries what the README says
of it, prints what it found, and stops by itself: exit code 0 when all of it held.
"""

import argparse
import ctypes
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
MARK = ".made-by-the-demo"
STOP_SECONDS = 12
# A group that is put and taken back for seeing how fast it is found elsewhere; nothing else has this word.
CHANGE_ID = "00000000-0000-4000-8000-00000000c4a9"
CHANGE_WORD = "Windflower"
CHANGE_SECONDS = 60


class Trouble(Exception):
    """Something that the person at the terminal can act on."""


def end_with_parent():
    """In a child: end when the demo ends, however that happens."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Federation:
    def __init__(self, kith, folder, https_port, http_port):
        self.kith = str(kith)
        self.folder = folder
        self.plan = json.loads((HERE / "federation.json").read_text())
        self.members = {member["slug"]: member for member in self.plan["publishers"]}
        for member in self.members.values():
            member["https_port"] = https_port
            if member["http_port"]:
                member["http_port"] = http_port + member["http_port"] - 8101
            member["url"] = f"https://{member['host']}:{https_port}{self.plan['did_path']}"
        self.children = []
        self.lines = {}
        self.today = datetime.date.today()

    # Preparing

    def data(self, slug):
        return self.folder / "nodes" / slug

    def command(self, slug, *words, check=True):
        """One `kith` command on that member's data; through its running node where there is one."""
        call = [self.kith, *words, "--data", str(self.data(slug)), "--test-network", str(self.folder / "network" / "network.json")]
        done = subprocess.run(call, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise Trouble(f"{' '.join(['kith', *words])} (for {slug}) ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def answer(self, slug, *words):
        return json.loads(self.command(slug, *words, "--json").stdout)

    def prepare_folder(self):
        if self.folder.exists():
            if any(self.folder.iterdir()) and not (self.folder / MARK).exists():
                raise Trouble(f"{self.folder} is not empty and was not made by the demo. Choose another with --folder.")
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        (self.folder / MARK).touch()
        for tool in (["make_test_network.py", str(self.folder / "network")],
                     ["fill_dates.py", "--to", str(self.folder / "sheets"), *[str(HERE / m["sheet"]) for m in self.members.values()]]):
            done = subprocess.run([sys.executable, str(HERE / tool[0]), *tool[1:]], capture_output=True, text=True)
            if done.returncode != 0:
                raise Trouble(f"{tool[0]} failed:\n{done.stdout}{done.stderr}")

    def make_publisher(self, member):
        slug = member["slug"]
        words = ["init", "--name", member["name"], "--url", member["url"], "--kind", member["kind"], "--area", *member["area"],
                 "--recovery", str(self.folder / f"recovery-sheet-{slug}.txt"), "--contact", member["contact"],
                 "--homepage", member["homepage"], "--data-license", self.plan["data_license"]]
        if member["served_by"] != "node":
            words.append("--static")
        self.command(slug, *words)
        imported = self.answer(slug, "import", str(self.folder / "sheets" / member["sheet"]), "--apply")
        if imported["problems"] or imported["added"] != member["listings"]:
            raise Trouble(f"{member['sheet']}: expected {member['listings']} listings, and the import says {imported}")
        self.lines[slug] = self.command(slug, "id", "--line-only").stdout.strip()
        if member["served_by"] != "node":
            self.command(slug, "publish", "--to", str(self.folder / "static" / slug) + self.plan["did_path"])

    # Running

    def start(self, call, log_name):
        log = open(self.folder / log_name, "wb")
        child = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent)
        self.children.append((child, log_name))

    def start_member(self, member):
        slug, network = member["slug"], self.folder / "network"
        certificate, key = str(network / f"{member['host']}.pem"), str(network / f"{member['host']}.key")
        for address, port in ((member["address"], member["https_port"]), ("127.0.0.1", member["http_port"])):
            if port and in_use(address, port):
                raise Trouble(f"Port {port} at {address} is in use. Stop what listens there (another demo?) and start again.")
        if member["served_by"] == "node":
            call = [self.kith, "serve", "--data", str(self.data(slug)), "--test-network", str(network / "network.json"),
                    "--public", f"{member['address']}:{member['https_port']}", "--tls-cert", certificate, "--tls-key", key,
                    "--sync-every", "2"]
            if member["http_port"]:
                call += ["--plain", f"127.0.0.1:{member['http_port']}"]
        else:
            call = [sys.executable, str(HERE / "static_server.py"), str(self.folder / "static" / slug), "--address", member["address"],
                    "--port", str(member["https_port"]), "--cert", certificate, "--key", key]
        self.start(call, f"{slug}.log")

    def wait_until_ready(self, member):
        deadline = time.monotonic() + 30
        while not in_use(member["address"], member["https_port"]):
            self.complain_of_dead_children()
            if time.monotonic() > deadline:
                raise Trouble(f"{member['name']} did not start within 30 seconds; see {self.folder}/{member['slug']}.log")
            time.sleep(0.05)

    def complain_of_dead_children(self):
        for child, log_name in self.children:
            if child.poll() is not None:
                raise Trouble(f"A part of the demo ended by itself; its log says:\n{(self.folder / log_name).read_text()[-2000:]}")

    def until(self, days):
        return (self.today + datetime.timedelta(days=days)).isoformat()

    def recognize(self, edge):
        self.command(edge["by"], "recognize", self.lines[edge["of"]], "--role", edge["role"], "--area", *edge["area"],
                     "--depth", str(edge["depth"]), "--until", self.until(edge["until_days"]), "--yes")

    def bring_up(self, say):
        self.prepare_folder()
        for member in self.members.values():
            say(f"{member['name']}: {member['listings']} groups from {member['sheet']}")
            self.make_publisher(member)
        say("Starting five nodes, and a plain file server for the alumni office")
        for member in self.members.values():
            self.start_member(member)
        for member in self.members.values():
            self.wait_until_ready(member)
        for edge in self.plan["recognitions"]:
            say(f"{self.members[edge['by']]['name']} recognizes {self.members[edge['of']]['name']}")
            self.recognize(edge)
        for member in self.members.values():
            for anchor in member["anchors"]:
                self.command(member["slug"], "anchor", "add", self.lines[anchor], "--yes")
            for other in member["follows"]:
                self.command(member["slug"], "follow", self.lines[other], "--yes")
        nodes = [member for member in self.members.values() if member["served_by"] == "node"]
        for member in nodes:
            report = self.answer(member["slug"], "sync")
            refused = [feed for feed in report["feeds"] if "code" in feed]
            if refused:
                raise Trouble(f"{member['name']} could not take {refused}")
            say(f"{member['name']} has read the others and shows {report['listings_shown']} groups")

    # News

    def finds_change(self, member):
        with urllib.request.urlopen(f"http://127.0.0.1:{member['http_port']}/api/v1/groups?q={CHANGE_WORD}") as answer:
            return json.load(answer)["total"] > 0

    def wait_until_all(self, found):
        """Seconds until every node finds the change, or none does any more; None when that takes too long."""
        started = time.monotonic()
        waiting = [member for member in self.members.values() if member["http_port"]]
        while waiting:
            waiting = [member for member in waiting if self.finds_change(member) != found]
            if time.monotonic() > started + CHANGE_SECONDS:
                return None
            time.sleep(0.02)
        return time.monotonic() - started

    def try_a_change(self):
        """One group more at one chapter, and gone again: seconds until all nodes knew of the one and of the other."""
        slug = self.plan["change_at"]
        member = self.members[slug]
        file = self.folder / "change.json"
        file.write_text(json.dumps([{"id": f"urn:uuid:{CHANGE_ID}", "name": f"{CHANGE_WORD} consultation circle",
                                     "kinds": ["informal_circle"], "formats": ["video"], "audience": "therapists",
                                     "regions": member["area"], "links": {"home": member["homepage"]}}]))
        self.command(slug, "put", str(file))
        came = self.wait_until_all(True)
        self.command(slug, "withdraw", CHANGE_ID)
        return came, self.wait_until_all(False)

    def stop(self):
        """Ends every child, gently first; gives those that had to be killed."""
        for child, _ in self.children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        killed = []
        for child, log_name in self.children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                killed.append(log_name)
        self.children = []
        return killed


def in_use(address, port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def search_words(search):
    return [search["words"], "--license", search["license"], "--region", search["region"]]


def say_of_change(federation, came, gone):
    if came is None or gone is None:
        return "A change at one chapter was not known to all nodes within a minute; see the logs."
    name = federation.members[federation.plan["change_at"]]["name"]
    return (f"A new group at {name} was found on all five nodes\nafter {came:.1f} seconds, and taken back, on none after "
            f"{gone:.1f} seconds.")


def introduce(federation, shell_kith):
    print("\nThe federation is running. Open in any browser:\n")
    for member in federation.members.values():
        if member["http_port"]:
            print(f"  http://127.0.0.1:{member['http_port']}/   {member['name']}")
    print("\nA search to try, in another terminal:\n")
    print(f"  {shell_kith} search {' '.join(search_words(federation.plan['search_to_try']))} \\\n    --data {federation.data('oregon')}")
    edge = federation.plan["recognition_to_try"]
    print(f"\n{federation.members[edge['of']]['name']} is recognized by nobody: {federation.members['oregon']['name']} follows it,\n"
          f"holds its groups, and shows none. `{shell_kith} status --data {federation.data('oregon')}` says why. To recognize it:\n")
    print(f"  {shell_kith} recognize {federation.lines[edge['of']]} \\\n    --role {edge['role']} --area {' '.join(edge['area'])} "
          f"--until {federation.until(edge['until_days'])} --yes --data {federation.data('oregon')}")
    print("\nCtrl-C stops everything.", flush=True)


class Check:
    """What the README promises of the demo, tried."""

    def __init__(self, federation):
        self.federation = federation
        self.failed = 0

    def expect(self, what, holds, seen=""):
        print(f"{'held ' if holds else 'FAILED'} {what}" + ("" if holds else f": {seen}"), flush=True)
        self.failed += not holds

    def publishers_found(self, slug, *words):
        answer = self.federation.answer(slug, "search", *words, "--limit", "100")
        return {group["publisher"]["scid"] for group in answer["groups"]}

    def feed(self, slug, other):
        scid = self.federation.lines[other].split(":")[3]
        return next(feed for feed in self.federation.answer(slug, "status")["feeds"] if feed["scid"] == scid)

    def wait_for(self, what, holds, seconds=30):
        deadline = time.monotonic() + seconds
        while not holds() and time.monotonic() < deadline:
            time.sleep(0.2)
        self.expect(what, holds())

    def run(self):
        federation = self.federation
        words = search_words(federation.plan["search_to_try"])
        for slug in ("national", "oregon", "lantern"):
            found = self.publishers_found(slug, *words)
            self.expect(f"the printed search on {slug} gives groups of at least three publishers", len(found) >= 3, found)
        national = federation.members["national"]
        base = f"http://127.0.0.1:{national['http_port']}"
        for name in ("127.0.0.1", "localhost"):
            with urllib.request.urlopen(f"http://{name}:{national['http_port']}/?q=trauma") as answer:
                page = answer.read().decode()
            self.expect(f"the search page opens at {name} without a warning", answer.status == 200 and "trauma" in page.lower(), page[:300])
        with urllib.request.urlopen(f"{base}/api/v1/groups?q=trauma&region=US-OH") as answer:
            self.expect("the API answers", json.load(answer)["total"] > 0)
        context = ssl.create_default_context(cafile=str(federation.folder / "network" / "ca.pem"))
        with socket.create_connection((national["address"], national["https_port"])) as plain:
            with context.wrap_socket(plain, server_hostname=national["host"]) as secure:
                self.expect("nodes speak TLS under their own names", secure.version() in ("TLSv1.2", "TLSv1.3"), secure.version())

        came, gone = federation.try_a_change()
        print(say_of_change(federation, came, gone), flush=True)
        self.expect("what is put at one chapter is found on every node within a few seconds", came is not None and came < 20, came)
        self.expect("… and what it takes back is gone on every node", gone is not None and gone < 20, gone)

        edge = federation.plan["recognition_to_try"]
        by, of = edge["by"], edge["of"]
        scid = federation.lines[of].split(":")[3]
        feed = self.feed(by, of)
        self.expect("whom nobody recognizes is held", feed["listings"] == federation.members[of]["listings"], feed)
        self.expect("… and not shown, and status says no-path", feed.get("hidden") == "no-path", feed)
        self.expect("… by no search", scid not in self.publishers_found(by))
        federation.recognize(edge)
        self.expect("a chapter's recognition shows it at once", scid in self.publishers_found(by))
        self.wait_for("… and on another node as soon as that reads the chapter", lambda: self.synced_finds("national", by, of, scid))
        federation.command(by, "unrecognize", scid)
        self.expect("its withdrawal hides it again", scid not in self.publishers_found(by))
        return self.failed

    def synced_finds(self, slug, by, of, scid):
        self.federation.command(slug, "sync", check=False)
        return scid in self.publishers_found(slug)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kith", required=True, type=pathlib.Path)
    parser.add_argument("--kith-as-printed", default=None)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("demo-data"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--https-port", type=int, default=8443)
    parser.add_argument("--http-port", type=int, default=8101)
    options = parser.parse_args()

    def interrupted(number, frame):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    federation = Federation(options.kith.resolve(), options.folder.resolve(), options.https_port, options.http_port)
    code = 0
    try:
        federation.bring_up(lambda text: print(text, flush=True))
        if options.check:
            code = 1 if Check(federation).run() else 0
        else:
            print("\n" + say_of_change(federation, *federation.try_a_change()), flush=True)
            introduce(federation, options.kith_as_printed or str(options.kith))
            while True:
                federation.complain_of_dead_children()
                time.sleep(1)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        code = 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        killed = federation.stop()
        if killed:
            print(f"These did not end by themselves and were killed: {', '.join(killed)}", file=sys.stderr)
            code = code or 1
    if options.check:
        for member in federation.members.values():
            if in_use(member["address"], member["https_port"]) or (member["http_port"] and in_use("127.0.0.1", member["http_port"])):
                print(f"FAILED {member['slug']} still listens")
                code = 1
        print("All of it held." if code == 0 else "Not all of it held.")
    return code


if __name__ == "__main__":
    sys.exit(main())
