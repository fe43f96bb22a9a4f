#!/usr/bin/env python3
"""Judges the witness proofs of every identity log in an evidence bundle with Python's standard library and openssl.

    witnesses.py BUNDLE.json

Says for each log that names witnesses how many approved it; ends with 1 where an entry lacks approval. Chains and entry
proofs of the logs are checked by other programs.
"""
import hashlib, json, subprocess, sys, tempfile

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

def refuse(what):
    raise SystemExit(f"refused: {what}")

def canonical(value):  # RFC 8785, as far as texts and whole numbers go
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

def base58(text, size):
    number = 0
    for character in text:
        number = number * 58 + ALPHABET.index(character)
    return number.to_bytes(size, "big")

def holds(version, proof):
    """Whether this proof signs {"versionId": version}, by the key it names."""
    proof = dict(proof)
    key, value = proof["verificationMethod"].split("#")[-1], proof.pop("proofValue")
    message = b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in (proof, {"versionId": version}))
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("message", message), ("signature", base58(value[1:], 64)),
                              ("key", bytes.fromhex("302a300506032b6570032100") + base58(key[1:], 34)[2:])):
            open(f"{folder}/{name}", "wb").write(content)
        command = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in message -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0

def judge(where, log, witnesses):
    entries = [json.loads(line) for line in log.splitlines()]
    # Which list governs each entry: one that replaces another from the next entry on, any other at once.
    governing, now = [], None
    for entry in entries:
        new = entry["parameters"].get("witness", now)
        governing.append(new if now is None else now)
        now = new or None
    if not any(governing):
        return
    number = {entry["versionId"]: n for n, entry in enumerate(entries, 1)}
    reached = {}  # witness to the last entry that it approved
    for item in json.loads(witnesses or refuse(f"{where}: no didWitness")):
        at = number.get(item["versionId"], 0)
        for proof in item["proof"] if at else []:
            signer, fragment = proof["verificationMethod"].split("#")
            if signer == "did:key:" + fragment and at > reached.get(signer, 0) and holds(item["versionId"], proof):
                reached[signer] = at
    for n, rule in enumerate(governing, 1):
        if not rule:
            continue
        agree = sum(reached.get(witness["id"], 0) >= n for witness in rule["witnesses"])
        if agree < rule["threshold"]:
            refuse(f"{where}: entry {n} is approved by {agree} of {rule['threshold']}")
        print(f"{where}: entry {n} is approved by {agree}, {rule['threshold']} are needed")

bundle = json.load(open(sys.argv[1], encoding="utf-8"))
judge("document", bundle["didLog"], bundle.get("didWitness"))
for i, step in enumerate(bundle["path"]):
    judge(f"path[{i}]", step["didLog"], step.get("didWitness"))
