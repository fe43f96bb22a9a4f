#!/usr/bin/env python3
"""Verifies one signed document of Kith with Python's standard library and the openssl command.

    verify.py DID.jsonl DOCUMENT.json

Looks at one proof only, by a key that the issuer's newest DID document lists; the identity log itself is not verified.
"""
import hashlib, json, subprocess, sys, tempfile

def refuse(what):
    raise SystemExit(f"refused: {what}")

def unique(members):
    return dict(members) if len(dict(members)) == len(members) else refuse("a member twice")

def canonical(value):  # RFC 8785, as far as whole numbers go
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

def base58(text):
    number = 0
    for character in text:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(character)
    return number.to_bytes((number.bit_length() + 7) // 8, "big").rjust(64 if len(text) > 80 else 0, b"\0")

log, document = sys.argv[1:]
state = json.loads(open(log, encoding="utf-8").read().splitlines()[-1])["state"]
document = json.load(open(document, encoding="utf-8"), object_pairs_hook=unique, parse_float=lambda number: refuse(number))
proof = document.pop("proof")
value = proof.pop("proofValue")
(proof["cryptosuite"], proof["@context"]) == ("eddsa-jcs-2022", document["@context"]) or refuse("another suite or context")
document["issuer"] == state["id"] == proof["verificationMethod"].split("#")[0] or refuse("another issuer")
proof["verificationMethod"] in state["assertionMethod"] or refuse("a key that may not sign documents")
value[0] == "z" or refuse("another alphabet")
multikey = next(method["publicKeyMultibase"] for method in state["verificationMethod"] if method["id"] == proof["verificationMethod"])
message = b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in (proof, document))
with tempfile.TemporaryDirectory() as folder:
    for name, content in (("message", message), ("signature", base58(value[1:])),
                          ("key", bytes.fromhex("302a300506032b6570032100") + base58(multikey[1:])[2:])):
        open(f"{folder}/{name}", "wb").write(content)
    command = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in message -sigfile signature"
    run = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
run.returncode == 0 or refuse((run.stdout + run.stderr).strip())
print(f"verified: {document['id']} {hashlib.sha256(message).hexdigest()}")
