#!/usr/bin/env python3
"""Make what the sample federation needs to speak HTTPS with itself: a throw-away certificate authority, one certificate
for each host, and network.json, which `kith --test-network` reads.

  make_test_network.py FOLDER [--federation federation.json] [--days 7]

Writes FOLDER/ca.pem, FOLDER/HOST.pem, FOLDER/HOST.key (readable by its owner only) and FOLDER/network.json. Nothing
else on this computer learns of the authority; its key is gone when this ends, and it can only speak for .test names.
"""

import argparse
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

# A configuration of its own: the system's adds extensions that differ from one distribution to the next.
CONFIGURATION = """
[req]
distinguished_name = subject
prompt = no
x509_extensions = {section}
[subject]
O = Kith test network, not for real use
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
nameConstraints = critical, permitted;DNS:test
[host]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:{host}
"""
HOST = re.compile(r"(?=.{1,60}\Z)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+test")


class Unusable(Exception):
    pass


def names_of(federation):
    """{host: address}. Refuses what does not stay on this computer."""
    names = {}
    for publisher in federation["publishers"]:
        host, address = publisher["host"], publisher["address"]
        if not HOST.fullmatch(host):
            raise Unusable(f"{host!r} is not a name under .test")
        try:
            inside = ipaddress.IPv4Address(address) in ipaddress.IPv4Network("127.0.0.0/8")
        except ValueError:
            inside = False
        if not inside:
            raise Unusable(f"{address!r} of {host} is not a loopback address (127.x.y.z)")
        if names.setdefault(host, address) != address:
            raise Unusable(f"{host} has two addresses")
    if not names:
        raise Unusable("no publishers")
    return names


def issue(folder, stem, section, name, host, days, signer=()):
    configuration = os.path.join(folder, stem + ".cnf")
    with open(configuration, "w", encoding="ascii") as out:
        out.write(CONFIGURATION.format(section=section, name=name, host=host))
    done = subprocess.run(
        ["openssl", "req", "-x509", "-config", configuration, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-sha256", "-days", str(days), "-keyout", os.path.join(folder, stem + ".key"),
         "-out", os.path.join(folder, stem + ".pem"), *signer],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    os.unlink(configuration)
    if done.returncode != 0:
        raise Unusable(f"openssl could not make the certificate of {name}:\n{done.stderr.strip()}")


def make(folder, names, days):
    """Everything is made aside and moved when it is complete, network.json last."""
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as aside:  # 0700, and gone with the authority's key
        issue(aside, "ca", "authority", "Kith test authority", "unused.test", days)
        signer = ("-CA", os.path.join(aside, "ca.pem"), "-CAkey", os.path.join(aside, "ca.key"))
        for host in names:
            issue(aside, host, "host", host, host, days, signer)
        os.unlink(os.path.join(aside, "ca.key"))
        with open(os.path.join(aside, "network.json"), "w", encoding="utf-8") as out:
            json.dump({"names": names, "ca": "ca.pem"}, out, indent=1)
            out.write("\n")
        ready = ["ca.pem", *(host + end for host in names for end in (".key", ".pem")), "network.json"]
        for file in ready:
            os.chmod(os.path.join(aside, file), 0o600 if file.endswith(".key") else 0o644)
            os.replace(os.path.join(aside, file), os.path.join(folder, file))


def main():
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "federation.json")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--federation", default=beside)
    parser.add_argument("--days", type=int, default=7, choices=range(1, 31), metavar="1..30")
    given = parser.parse_args()
    try:
        with open(given.federation, encoding="utf-8") as source:
            make(given.folder, names_of(json.load(source)), given.days)
    except FileNotFoundError as error:
        missing = "the openssl command is missing: install the package openssl" if error.filename == "openssl" else error
        print(f"make_test_network: {missing}", file=sys.stderr)
        return 1
    except (Unusable, OSError, ValueError, KeyError, TypeError) as error:
        print(f"make_test_network: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
