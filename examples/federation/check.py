#!/usr/bin/env python3
"""Check the sample federation: its sheets and federation.json (--data), its small programs (--tools), or both.

It reads the sheets with Python's own csv module and the column names written here, not with Kith's importer, so that
the two can disagree. Every finding is printed; the exit code is 1 if there was one.
"""

import argparse
import collections
import csv
import datetime
import http.client
import io
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left beside the sheets
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fill_dates
import make_test_network

# Where each secretary wrote what: name, kind, for whom, how, where (one or two columns), cost, when, page, date.
COLUMNS = {
    "national": ["Group name", "Kind of group", "Who can join", "Online or in person?", ["Where members live"], "Cost",
                 ["How often", "Day and time"], "Web page", "Confirmed on"],
    "ohio": ["Name of group", "Type", "Licenses", "In person or online?", ["City / area"], "Cost", ["When"], "Web page",
             "Confirmed on"],
    "oregon": ["Group", "Kind", "Open to", "Format", ["City", "Serving"], "Fee", ["Schedule"], "Website",
               "Last confirmed"],
    "lantern": ["What it is called", "What kind of group", "For whom", "How we meet", ["Where"], "Price",
                ["Rhythm", "Day & time"], "Web page", "Checked on"],
    "alumni": ["Program", "Type of program", "Who can join", "Delivery", ["City", "State"], "Fee",
               ["Frequency", "Meets"], "Program page", "Confirmed on"],
    "clearsummit": ["Group name", "Type", "Who can join", "Online or in person?", ["City", "State"], "Price",
                    ["Day and time"], "Web page", "Confirmed on"],
}
FIELDS = ["name", "kind", "who", "how", "where", "cost", "when", "page", "confirmed"]

# What the federation as a whole must show, and how it is recognized in the words of the sheets: (word, least number).
VARIETY = {
    "kind": {"formal consultation": ("consultation ", 30), "informal circle": ("informal circle", 10),
             "coffee": ("coffee", 2), "online community": ("online community", 4), "mentorship": ("mentorship", 8),
             "workplace": ("workplace", 6), "peer network": ("peer network", 7), "buddies": ("buddy", 3),
             "study group": ("study group", 3), "supervision swap": ("supervision swap", 2),
             "colleague line": ("support line", 1), "lived experience": ("survivors'|lived experience", 8)},
    "how": {"in person": ("in person", 30), "video": ("video|zoom", 25), "phone": ("phone", 12), "hybrid": ("hybrid", 8),
            "forum": ("forum|message board", 6), "e-mail list": ("email list", 5)},
    "where": {"Ohio": (r"\bOH\b|Ohio", 45), "Oregon": (r"\bOR\b|Oregon", 35), "Michigan": (r"\bMI\b", 14),
              "Washington": (r"\bWA\b", 2), "Idaho": ("Idaho", 1), "Kentucky": ("Kentucky", 1), "Florida": (r"\bFL\b", 1),
              "New York": (r"\bNY\b", 1), "the whole country": (r"\bUS\b|United States|any state", 8)},
    "cost": {"free": (r"^free\b|no fee", 35), "dues": (r"dues|/yr|per year|membership", 10),
             "per meeting": (r"\$\d+ per meeting", 10), "sliding": ("sliding", 5), "employer": ("employer", 6),
             "donation": ("donation|pay what you can", 3), "not stated": (r"^(\?|ask|TBD|n/a|see .*)?$", 12),
             "large upfront": (r"^\$(\d{3}|\d,\d{3})\b.*(upfront|before the first)", 3)},
    "who": {"psychologist": ("psychologist", 15), "LCSW": (r"\bLCSW\b", 10), "LISW": (r"\bLISW\b", 12),
            "LPC": (r"\bLPC\b", 25), "LPCC": (r"\bLPCC\b", 15), "LMFT": (r"\bLMFT\b", 15), "LMHC": (r"\bLMHC\b", 3),
            "trainees": ("trainee|student", 15), "no license": ("no license needed", 8)},
    "when": {"weekly": ("weekly|every (Monday|Wednesday|Thursday|Friday)", 10), "every 2 weeks": ("every (2|two) weeks|every other", 8),
             "nth weekday": (r"\b(1st|2nd|3rd|4th|last)\b", 45), "monthly": ("monthly", 15), "twice a month": (r"\w\w and \dth|\dst and \drd", 6),
             "Eastern": (r"\bET\b", 40), "Pacific": (r"\bPT\b", 20), "always open": ("always open", 10)},
}
LANGUAGES = ["English", "Spanish", "Arabic", "Somali", "Vietnamese", "ASL"]
# What belongs into a chapter's own mail and never into a public listing.
PRIVATE = re.compile(r"zoom\.us|meet\.google|teams\.(microsoft|live)|webex|gotomeet|whatsapp\.com|discord|t\.me/|\bpwd\b|"
                     r"passcode|password|meeting id|access code|\bpin\b|join link|meeting link|dial-in number", re.I)
HOSTS = re.compile(r"(?:https?://|@)([^\s/,;:\"]+)|\b([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|us|io|info|app|me|test|example))\b", re.I)
TODAY = datetime.date(2026, 3, 1)

findings = []


def expect(holds, text):
    if not holds:
        findings.append(text)
    return holds


def read_sheet(publisher):
    """[{field: words}] of one sheet with its dates filled in."""
    slug = publisher["slug"]
    with open(os.path.join(HERE, publisher["sheet"]), "rb") as source:
        text = fill_dates.fill(source.read(), TODAY).decode("utf-8-sig")
    names = COLUMNS[slug]
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if slug == "oregon" else ",", strict=True))
    at = next(i for i, record in enumerate(records) if names[0] in record)
    header = records[at]
    expect(len(set(header)) == len(header) and all(header), f"{slug}: a heading is empty or stands twice")
    rows = []
    for number, record in enumerate(records, 1):
        expect(len(record) == len(header), f"{slug}: record {number} has {len(record)} cells, not {len(header)}")
        if number - 1 <= at or sum(1 for cell in record if cell) < 2:
            continue  # title, header, sections, blanks and the closing line
        cells = dict(zip(header, record))
        row = {"slug": slug, "record": number, "all": record}
        for field, column in zip(FIELDS, names):
            row[field] = "; ".join(filter(None, (cells[each] for each in column))) if isinstance(column, list) else cells[column]
        rows.append(row)
    return rows


def check_rows(publisher, rows):
    slug = publisher["slug"]
    expect(len(rows) == publisher["listings"], f"{slug}: {len(rows)} groups, federation.json says {publisher['listings']}")
    for row in rows:
        here = f"{slug}, record {row['record']} ({row['name']})"
        for field in ["name", "kind", "who", "how", "where", "page"]:
            expect(row[field], f"{here}: no {field}")
        expect(len(row["name"].encode()) <= 120, f"{here}: the name is longer than 120 bytes")
        expect(row["page"].startswith(f"https://{publisher['host']}/"), f"{here}: its page is not on {publisher['host']}")
        for cell in row["all"]:
            expect(len(cell.encode()) <= 200, f"{here}: a cell is longer than the 200 bytes that are kept of it")
            expect(cell == cell.strip() and "\n" not in cell, f"{here}: space around a cell, or a line break in it")
            expect(not cell.startswith(("=", "+", "@")), f"{here}: a cell that a spreadsheet takes for a formula")
            expect(not (found := PRIVATE.search(cell)), f"{here}: {found and found[0]!r} looks like a way into a meeting")
            for host in (first or second for first, second in HOSTS.findall(cell)):
                expect(host.lower().endswith((".test", ".example")), f"{here}: {host} is not a .test or .example name")
        for form in ("%Y-%m-%d", "%b %d, %Y"):
            try:
                day = datetime.datetime.strptime(row["confirmed"], form).date()
                break
            except ValueError:
                day = None
        # 180 days to the review and 90 more to the end: an older group could not be published at all.
        expect(day and TODAY - datetime.timedelta(days=260) <= day <= TODAY,
               f"{here}: confirmed on {row['confirmed']!r}, not a day of the last 260")


def check_federation(federation):
    publishers = {each["slug"]: each for each in federation["publishers"]}
    expect(len(publishers) == len(federation["publishers"]) == len(COLUMNS) and set(publishers) == set(COLUMNS),
           "federation.json: the publishers are not those that check.py knows")
    for key in ["name", "host", "address", "sheet", "did_url", "contact"]:
        expect(len({each[key] for each in publishers.values()}) == len(publishers), f"federation.json: two publishers share a {key}")
    ports = [each["http_port"] for each in publishers.values() if each["served_by"] == "node"]
    expect(ports == list(range(8101, 8101 + len(ports))), f"federation.json: the nodes' plain ports are {ports}")
    for slug, each in publishers.items():
        expect(each["did_url"] == f"https://{each['host']}:{each['https_port']}{federation['did_path']}", f"{slug}: did_url is another address")
        expect(each["contact"].endswith("@" + each["host"]), f"{slug}: its contact is not on its host")
        expect(each["homepage"].startswith(f"https://{each['host']}/"), f"{slug}: its homepage is not on its host")
        expect(each["served_by"] in ("node", "static_files"), f"{slug}: served by {each['served_by']!r}")
        if each["served_by"] == "static_files":
            expect(each["http_port"] is None and not each["anchors"] and not each["follows"], f"{slug}: files follow nobody")
        expect(set(each["anchors"]) | set(each["follows"]) <= set(publishers), f"{slug}: follows somebody unknown")
        expect(slug not in each["follows"], f"{slug}: follows itself")
    try:
        make_test_network.names_of(federation)
    except make_test_network.Unusable as error:
        findings.append(f"federation.json: {error}")
    edges = federation["recognitions"]
    attempt = federation["recognition_to_try"]
    for edge in [*edges, attempt]:
        expect(edge["by"] in publishers and edge["of"] in publishers and edge["by"] != edge["of"], f"{edge}: by or of whom?")
        expect(edge["role"] == publishers[edge["of"]]["kind"], f"{edge}: another role than the publisher's kind")
        expect(0 < edge["until_days"] <= 400 and edge["depth"] >= 0, f"{edge}: until_days or depth")
    outside = {s for s in publishers if s != "national" and not paths(publishers[s], edges)}
    expect(outside == {"clearsummit"}, f"without a path from the association: {sorted(outside)}, not clearsummit alone")
    expect(paths(publishers["clearsummit"], [*edges, attempt]), "the recognition to try would make no path to clearsummit")
    expect([s for s, each in publishers.items() if "clearsummit" in each["follows"]] == [attempt["by"]],
           "clearsummit is to be followed by hand by the one that may recognize it, and by nobody else")


def covers(wide, narrow):
    return all(any(code == w or code.startswith(w + "-") for w in wide) for code in narrow)


def paths(publisher, edges, at="national", steps=()):
    """Whether a chain of recognitions from the association allows this publisher's area: depth and area of every edge."""
    if at == publisher["slug"]:
        last = len(steps) - 1
        return all(edge["depth"] >= last - i and covers(edge["area"], publisher["area"]) for i, edge in enumerate(steps))
    return len(steps) < 4 and any(paths(publisher, edges, edge["of"], (*steps, edge)) for edge in edges if edge["by"] == at)


def check_data():
    with open(os.path.join(HERE, "federation.json"), encoding="utf-8") as source:
        federation = json.load(source)
    check_federation(federation)
    everything = []
    for publisher in federation["publishers"]:
        rows = read_sheet(publisher)
        check_rows(publisher, rows)
        everything += rows
    expect(110 <= len(everything) <= 130, f"{len(everything)} groups in all, not about 120")
    for field in ["name", "page"]:
        for words, count in collections.Counter(row[field].casefold() for row in everything).items():
            expect(count == 1, f"{count} groups have the {field} {words!r}")
    for field, classes in VARIETY.items():
        for label, (words, least) in classes.items():
            count = sum(1 for row in everything if re.search(words, row[field], re.I if field != "where" else 0))
            expect(count >= least, f"{field}: {count} groups say {label}, at least {least} should")
    for language in LANGUAGES:
        expect(any(language in cell for row in everything for cell in row["all"]), f"no group in {language}")
    # Nobody who looks for a survivors' group is asked for a license, and it always names help in a crisis.
    for row in everything:
        if re.search("survivors'|lived experience", row["kind"]):
            expect("no license needed" in row["who"], f"{row['name']}: a survivors' group that asks for a license")
            expect(any("988" in cell for cell in row["all"]), f"{row['name']}: a survivors' group that names no crisis line")
    wanted = federation["search_to_try"]
    found = {row["slug"] for row in everything
             if re.search(wanted["words"], " ".join(row["all"]), re.I) and wanted["license"] in row["who"]
             and (re.search(r"\bOH\b|Ohio", row["where"]) or re.search("any US state", row["where"]))} - {"clearsummit"}
    expect(len(found) >= 3, f"the search to try finds groups of {sorted(found)} only")
    print(f"{len(everything)} groups: " + ", ".join(f"{n} {slug}" for slug, n in collections.Counter(r["slug"] for r in everything).items()))


def check_tools():
    try:
        fill_dates.self_test()
    except AssertionError as error:
        findings.append(f"fill_dates: {error}")
    with tempfile.TemporaryDirectory() as folder:
        network = os.path.join(folder, "network")
        done = subprocess.run([sys.executable, os.path.join(HERE, "make_test_network.py"), network], check=False)
        if expect(done.returncode == 0, "make_test_network.py failed"):
            check_network(network)
            check_server(folder, network)
        check_refusals(folder)


def check_network(network):
    with open(os.path.join(network, "network.json"), encoding="utf-8") as source:
        made = json.load(source)
    with open(os.path.join(HERE, "federation.json"), encoding="utf-8") as source:
        names = {each["host"]: each["address"] for each in json.load(source)["publishers"]}
    expect(made == {"names": names, "ca": "ca.pem"}, f"network.json holds {made}")
    ready = {"network.json", "ca.pem", *(host + end for host in names for end in (".pem", ".key"))}
    expect(set(os.listdir(network)) == ready, f"the network folder holds {sorted(set(os.listdir(network)) ^ ready)} too much or too little")
    for host in names:
        certificate = os.path.join(network, host + ".pem")
        for name, want in [(host, True), ("other." + host, False), ("national.example", False)]:
            verify = subprocess.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                                     os.path.join(network, "ca.pem"), "-verify_hostname", name, certificate],
                                    capture_output=True, text=True, check=False)
            expect((verify.returncode == 0) == want, f"{host}'s certificate for {name}: {verify.stdout}{verify.stderr}")
        mode = stat.S_IMODE(os.stat(os.path.join(network, host + ".key")).st_mode)
        expect(mode == 0o600, f"{host}.key has mode {mode:o}")


def check_refusals(folder):
    for host, address in [("real.com", "127.0.0.2"), ("test", "127.0.0.2"), ("a.test", "10.0.0.1"), ("a.test", "localhost"),
                          ("A.test", "127.0.0.2"), ("a.test\n", "127.0.0.2"), ("-a.test", "127.0.0.2"), ("a..test", "127.0.0.2")]:
        wrong = os.path.join(folder, "wrong.json")
        with open(wrong, "w", encoding="utf-8") as out:
            json.dump({"publishers": [{"host": host, "address": address}]}, out)
        target = os.path.join(folder, "refused")
        done = subprocess.run([sys.executable, os.path.join(HERE, "make_test_network.py"), target, "--federation", wrong],
                              capture_output=True, check=False)
        expect(done.returncode == 1 and not os.path.exists(target), f"make_test_network took {host!r} at {address!r}")


def check_server(folder, network):
    root = os.path.join(folder, "www")
    os.makedirs(os.path.join(root, "o", "main"))
    os.makedirs(os.path.join(root, ".well-known"))
    for path, data in [("o/main/did.jsonl", b'{"v":1}\n'), ("o/main/checkpoint", b"origin\n0\n"), ("o/main/empty", b""),
                       ("o/main/large", os.urandom(300_000)), (".well-known/did.jsonl", b"x"), ("o/.hidden", b"x")]:
        with open(os.path.join(root, path), "wb") as out:
            out.write(data)
    with open(os.path.join(folder, "secret"), "wb") as out:
        out.write(b"secret")
    os.symlink(os.path.join(folder, "secret"), os.path.join(root, "link"))
    os.symlink(folder, os.path.join(root, "out"))
    os.mkfifo(os.path.join(root, "pipe"))
    command = [sys.executable, os.path.join(HERE, "static_server.py"), root, "--address", "127.0.0.1", "--port", "0",
               "--cert", os.path.join(network, "alumni.test.pem"), "--key", os.path.join(network, "alumni.test.key")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        if not expect(line.startswith("serving files on https://127.0.0.1:"), f"static_server said {line!r}"):
            return
        port = int(line.rsplit(":", 1)[1])
        silent = socket.create_connection(("127.0.0.1", port), timeout=10)  # says nothing, and must stop nobody
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        conversation(root, network, port)
        plain.close()
        server.send_signal(signal.SIGTERM)
        expect(server.wait(timeout=10) == 0, f"static_server ended with {server.returncode} on SIGTERM")
        silent.close()
        expect(not (said := server.stdout.read() + server.stderr.read()), f"static_server was not quiet: {said}")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        server.stdout.close()
        server.stderr.close()


class NamedConnection(http.client.HTTPSConnection):
    """Reaches 127.0.0.1 and checks the certificate of alumni.test."""

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.sock = self._context.wrap_socket(plain, server_hostname="alumni.test")


def conversation(root, network, port):
    trust = ssl.create_default_context(cafile=os.path.join(network, "ca.pem"))
    line = NamedConnection("alumni.test", port, context=trust, timeout=10)

    def ask(method, path, headers=None, body=None):
        line.request(method, path, body=body, headers=headers or {})
        answer = line.getresponse()
        return answer.status, answer.read(), answer.headers

    for path in ["o/main/did.jsonl", "o/main/checkpoint", "o/main/empty", "o/main/large", ".well-known/did.jsonl"]:
        with open(os.path.join(root, path), "rb") as source:
            whole = source.read()
        status, body, headers = ask("GET", "/" + path + "?any=thing")
        expect((status, body) == (200, whole), f"GET {path}: {status}, {len(body)} bytes")
        expect(headers["Access-Control-Allow-Origin"] == "*", f"GET {path}: no CORS header")
        etag = headers["ETag"]
        status, body, headers = ask("HEAD", "/" + path)
        expect((status, body, headers["Content-Length"], headers["ETag"]) == (200, b"", str(len(whole)), etag), f"HEAD {path}: {status}")
        for known in [etag, f'"x", W/{etag}', "*"]:
            status, body, headers = ask("GET", "/" + path, {"If-None-Match": known})
            expect((status, body, headers["ETag"]) == (304, b"", etag), f"GET {path} if not {known}: {status}")
        expect(ask("GET", "/" + path, {"If-None-Match": '"x"'})[0] == 200, f"GET {path} if not x: no answer")
    old = ask("GET", "/o/main/checkpoint")[2]["ETag"]
    with open(os.path.join(root, "o/main/next"), "wb") as out:
        out.write(b"origin\n1\n")
    os.replace(os.path.join(root, "o/main/next"), os.path.join(root, "o/main/checkpoint"))
    expect(ask("GET", "/o/main/checkpoint", {"If-None-Match": old})[:2] == (200, b"origin\n1\n"), "a replaced file kept its ETag")
    for path in ["/", "/o", "/o/main", "/o/main/", "/o/../o/main/did.jsonl", "/%2e%2e/secret", "/..%2fsecret",
                 "/o%2fmain%2fdid.jsonl", "/link", "/out/secret", "/pipe", "/o/.hidden", "/nothing", "/o/main/did.jsonl/x",
                 "/%00", "/%ff", "/" + "a" * 5000]:
        status, body, _ = ask("GET", path)
        expect(status == 404 and b"secret" not in body, f"GET {path[:40]}: {status}")
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]:
        status, _, headers = ask(method, "/o/main/did.jsonl", body=b"GET /o/main/large HTTP/1.1\r\n\r\n")
        expect((status, headers["Allow"]) == (405, "GET, HEAD"), f"{method}: {status}")
    expect(ask("GET", "/o/main/did.jsonl", body=b"GET /nothing HTTP/1.1\r\n\r\n")[0] == 200, "GET with a body")
    expect(ask("GET", "/o/main/did.jsonl")[:2] == (200, b'{"v":1}\n'), "a body was taken for a request")
    line.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--tools", action="store_true")
    given = parser.parse_args()
    if given.data or not given.tools:
        check_data()
    if given.tools or not given.data:
        check_tools()
    for finding in findings:
        print("FAILED:", finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
