// did:webvh logs between us and didwebvh-ts, both ways.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import {
  AbstractCrypto,
  createDID,
  deactivateDID,
  deriveNextKeyHash,
  generateParallelDidWeb,
  multibaseEncode,
  MultibaseEncoding,
  prepareDataForSigning,
  resolveDIDFromLog,
  signWitnessProofEntries,
  updateDID,
} from "didwebvh-ts";
import { canonicalize } from "json-canonicalize";
import { claim, file, finish, key, now, ours, oursRefuses, read, write } from "./support.mjs";

// didwebvh-ts says on stderr why it refuses; the claims say that it does.
console.error = console.warn = () => {};

/** Their resolver brings no Ed25519; this is Node's, which is OpenSSL. */
const verifier = {
  async verify(signature, message, publicKey) {
    const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]);
    return crypto.verify(
      null,
      message,
      crypto.createPublicKey({ key: der, format: "der", type: "spki" }),
      signature,
    );
  },
};

class Signer extends AbstractCrypto {
  constructor(pair) {
    super({
      verificationMethod: { type: "Multikey", publicKeyMultibase: pair.publicKeyMultibase },
    });
    this.signer = pair.signer();
  }
  async sign({ document, proof }) {
    const data = await prepareDataForSigning(document, proof);
    return {
      proofValue: multibaseEncode(await this.signer.sign({ data }), MultibaseEncoding.BASE58_BTC),
    };
  }
  verify(...all) {
    return verifier.verify(...all);
  }
}

const lines = (text) => text.trimEnd().split("\n");
const parse = (text) => lines(text).map((line) => JSON.parse(line));
const jsonl = (log) => log.map((entry) => `${JSON.stringify(entry)}\n`).join("");

/** What didwebvh-ts says; throwing, an error in meta, and a text that is no JSON are all "no". */
async function theirs(text, witnessProofs = undefined) {
  try {
    const result = await resolveDIDFromLog(parse(text), { verifier, witnessProofs });
    return result.meta.error ? undefined : result;
  } catch {
    return undefined;
  }
}
/** didwebvh-ts adds services that the method implies; ours gives the document as it stands in the log. */
function withoutImplied(doc) {
  const copy = structuredClone(doc);
  const implied = [`${doc.id}#files`, `${doc.id}#whois`, "#files", "#whois"];
  if (copy.service) {
    copy.service = copy.service.filter((service) => !implied.includes(service.id));
    if (copy.service.length === 0) delete copy.service;
  }
  return copy;
}

/** Gives `entry` its place after the last of `log`, without a signature. */
function chained(log, entry) {
  const last = log[log.length - 1];
  const digest = crypto
    .createHash("sha256")
    .update(canonicalize({ versionId: last.versionId, ...entry }))
    .digest();
  const multihash = Buffer.concat([Buffer.from([0x12, 0x20]), digest]);
  return {
    versionId: `${log.length + 1}-${multibaseEncode(multihash, MultibaseEncoding.BASE58_BTC).slice(1)}`,
    ...entry,
  };
}

/** Changes of one entry that nobody may accept. `at` counts from the end. */
const tamperings = {
  "a key in the DID document": (log, entry) => {
    entry.state.verificationMethod[0].publicKeyMultibase = log[0].parameters.updateKeys[0];
  },
  versionTime: (log, entry) => {
    entry.versionTime = entry.versionTime.replace(/.Z$/, (end) => `${(Number(end[0]) + 1) % 10}Z`);
  },
  "the hash in versionId": (log, entry) => {
    entry.versionId = entry.versionId.replace(/.$/, (end) => (end === "a" ? "b" : "a"));
  },
  "the number in versionId": (log, entry) => {
    entry.versionId = entry.versionId.replace(/^\d+/, (number) => String(Number(number) + 1));
  },
  "the committed next key": (log, entry) => {
    entry.parameters.nextKeyHashes = [log[0].parameters.scid];
  },
  "a signature": (log, entry) => {
    entry.proof[0].proofValue = entry.proof[0].proofValue.replace(/.$/, (end) =>
      end === "a" ? "b" : "a",
    );
  },
  "a proof that is not the entry's": (log, entry) => {
    entry.proof = [log[entry === log[0] ? log.length - 1 : 0].proof[0]];
  },
  "the SCID": (log) => {
    log[0].parameters.scid = log[0].parameters.scid.replace(/.$/, (end) =>
      end === "a" ? "b" : "a",
    );
  },
};
function* tampered(text) {
  for (const [name, change] of Object.entries(tamperings)) {
    for (let at = 0; at < lines(text).length; at += 1) {
      const log = parse(text);
      const before = JSON.stringify(log);
      change(log, log[at]);
      if (JSON.stringify(log) === before) continue;
      yield [`${name}, entry ${at + 1}`, jsonl(log)];
      if (name === "the SCID") break;
    }
  }
  const all = lines(text);
  for (let at = 0; at + 1 < all.length; at += 1) {
    yield [`without entry ${at + 1}`, `${all.filter((_, index) => index !== at).join("\n")}\n`];
    yield [
      `entry ${at + 1} twice`,
      `${all.flatMap((line, index) => (index === at ? [line, line] : [line])).join("\n")}\n`,
    ];
  }
}

// Ours, read by didwebvh-ts.

assert.equal(ours(["make-did", file("ours")]).text, "");
const states = ["1-created", "2-rotated", "3-moved", "4-deactivated"];
for (const state of states) {
  await claim(`our log ${state} resolves with didwebvh-ts to what we say`, async () => {
    const text = read(`ours/${state}.jsonl`);
    const result = await theirs(text);
    assert.ok(result, "refused");
    const mine = JSON.parse(ours(["resolve", now(), "-", file(`ours/${state}.jsonl`)]).text);
    assert.equal(result.did, mine.did);
    assert.equal(result.meta.scid, mine.scid);
    assert.equal(result.meta.versionId, mine.versionId);
    assert.equal(result.meta.portable, mine.portable);
    assert.equal(result.meta.deactivated, mine.deactivated);
    assert.equal(mine.deactivated, state === "4-deactivated");
    assert.equal(parse(text).length, Number(state[0]));
    // Of a given-up identity they show no document.
    if (!mine.deactivated) assert.deepEqual(withoutImplied(result.doc), mine.document);
    return mine.did;
  });
}
await claim("rotation and move are what they are called", async () => {
  const [, rotated, moved] = parse(read("ours/3-moved.jsonl"));
  const [created] = parse(read("ours/1-created.jsonl"));
  assert.notEqual(
    rotated.state.verificationMethod[0].publicKeyMultibase,
    created.state.verificationMethod[0].publicKeyMultibase,
  );
  assert.ok(
    created.parameters.nextKeyHashes.includes(
      await deriveNextKeyHash(rotated.parameters.updateKeys[0]),
    ),
  );
  assert.notEqual(moved.state.id, rotated.state.id);
  assert.ok(moved.state.alsoKnownAs.includes(rotated.state.id));
});
await claim("our log resolves where the second successor was carried on and then signed", async () => {
  const text = read("ours/paper.jsonl");
  const [created, kept, paper] = parse(text);
  const hash = await deriveNextKeyHash(paper.parameters.updateKeys[0]);
  assert.ok(created.parameters.nextKeyHashes.includes(hash));
  assert.ok(kept.parameters.nextKeyHashes.includes(hash));
  assert.ok(!paper.parameters.nextKeyHashes.includes(hash));
  const result = await theirs(text);
  assert.ok(result, "refused");
  const mine = JSON.parse(ours(["resolve", now(), "-", file("ours/paper.jsonl")]).text);
  assert.equal(result.meta.versionId, mine.versionId);
  assert.deepEqual(withoutImplied(result.doc), mine.document);
  for (const [what, changed] of tampered(text)) {
    assert.equal(await theirs(changed), undefined, what);
    oursRefuses(["resolve", now(), "-", write("changed.jsonl", changed)], "did-invalid", what);
  }
});
await claim("didwebvh-ts refuses our log wherever it is changed", async () => {
  let count = 0;
  for (const [what, text] of tampered(read("ours/3-moved.jsonl"))) {
    assert.equal(await theirs(text), undefined, `didwebvh-ts accepts our log with: ${what}`);
    oursRefuses(["resolve", now(), "-", write("changed.jsonl", text)], "did-invalid", what);
    count += 1;
  }
  assert.ok(count > 20);
  return `${count} changes, and so do we`;
});
await claim("didwebvh-ts refuses an entry after ours that gave the identity up", async () => {
  const [first] = lines(read("ours/1-created.jsonl"));
  const text = `${read("ours/4-deactivated.jsonl")}${first}\n`;
  assert.equal(await theirs(text), undefined);
  return oursRefuses(
    ["resolve", now(), "-", write("changed.jsonl", text)],
    "did-invalid",
    "an entry after the end",
  );
});
await claim("our did.json is the parallel did:web document that didwebvh-ts makes", async () => {
  const { did, doc } = await theirs(read("ours/3-moved.jsonl"));
  const mine = JSON.parse(read("ours/3-moved.did.json"));
  assert.match(mine.id, /^did:web:/);
  // All but the implied services, whose address implementations end with a slash or not.
  assert.deepEqual(
    withoutImplied(mine),
    withoutImplied(generateParallelDidWeb(did, withoutImplied(doc))),
  );
});

// Theirs, read by us.

const u1 = await key("their update 1");
const u2 = await key("their update 2");
const u3 = await key("their update 3");
const sign = await key("their sign");
const method = (pair) => ({
  type: "Multikey",
  publicKeyMultibase: pair.publicKeyMultibase,
  purpose: "assertionMethod",
});
const hash = (pair) => deriveNextKeyHash(pair.publicKeyMultibase);
function resolves(name, text, witness = undefined) {
  const words = ["resolve", now(), "-", write(name, text)];
  if (witness) words.push(write(`${name}.witness.json`, JSON.stringify(witness)));
  const answer = ours(words);
  assert.ok(answer.accepted, answer.text);
  return JSON.parse(answer.text);
}
async function same(name, result, witness = undefined) {
  const text = jsonl(result.log);
  const mine = resolves(name, text, witness);
  const again = await theirs(text, witness);
  assert.ok(again, "didwebvh-ts refuses its own log");
  assert.equal(mine.did, again.did);
  assert.equal(mine.versionId, again.meta.versionId);
  assert.equal(mine.portable, again.meta.portable);
  assert.equal(mine.deactivated, again.meta.deactivated);
  if (!mine.deactivated) assert.deepEqual(mine.document, withoutImplied(again.doc));
  return `${mine.versionId} ${mine.did}`;
}

const created = await createDID({
  domain: "their.example",
  paths: ["o", "main"],
  signer: new Signer(u1),
  verifier,
  portable: true,
  updateKeys: [u1.publicKeyMultibase],
  nextKeyHashes: [await hash(u2)],
  verificationMethods: [method(sign)],
  created: "2025-01-01T00:00:00Z",
});
await claim("a log that didwebvh-ts began resolves with ours", () =>
  same("theirs1.jsonl", created),
);

const rotated = await updateDID({
  log: created.log,
  signer: new Signer(u2),
  verifier,
  updated: "2025-02-01T00:00:00Z",
  updateKeys: [u2.publicKeyMultibase],
  nextKeyHashes: [await hash(u3)],
  verificationMethods: [method(await key("their sign 2"))],
});
await claim("so it does after their rotation to the key committed to", () =>
  same("theirs2.jsonl", rotated),
);

const moved = await updateDID({
  log: rotated.log,
  signer: new Signer(u3),
  verifier,
  updated: "2025-03-01T00:00:00Z",
  domain: "their-new-home.example%3A8443",
  paths: ["groups"],
  updateKeys: [u3.publicKeyMultibase],
  nextKeyHashes: [],
});
await claim("and after their move to another host", async () => {
  assert.notEqual(moved.did, rotated.did);
  return same("theirs3.jsonl", moved);
});
await claim("under the old name as well as the new one, and no other", () => {
  for (const did of [created.did, moved.did]) {
    assert.ok(ours(["resolve", now(), did, file("theirs3.jsonl")]).accepted);
  }
  return oursRefuses(
    ["resolve", now(), moved.did.replace("groups", "others"), file("theirs3.jsonl")],
    "did-invalid",
    "another name",
  );
});

const given = await deactivateDID({ log: moved.log, signer: new Signer(u3), verifier });
await claim("and after they gave it up", () => {
  assert.equal(given.log.length, 4);
  return same("theirs4.jsonl", given);
});
await claim("ours refuses their log wherever it is changed", async () => {
  let count = 0;
  for (const [what, text] of tampered(jsonl(moved.log))) {
    oursRefuses(["resolve", now(), "-", write("changed.jsonl", text)], "did-invalid", what);
    assert.equal(await theirs(text), undefined, what);
    count += 1;
  }
  assert.ok(count > 20);
  return `${count} changes`;
});
await claim("ours refuses their rotation to a key that was not committed to", async () => {
  // Their writer will not make such an entry, so it is made by hand.
  const unbound = await createDID({
    domain: "their.example",
    paths: ["o", "main"],
    signer: new Signer(u1),
    verifier,
    updateKeys: [u1.publicKeyMultibase],
    verificationMethods: [method(sign)],
    created: "2025-01-01T00:00:00Z",
    nextKeyHashes: [await hash(u3)],
  });
  await assert.rejects(
    updateDID({
      log: unbound.log,
      signer: new Signer(u2),
      verifier,
      updateKeys: [u2.publicKeyMultibase],
      nextKeyHashes: [await hash(u1)],
    }),
  );
  const entry = chained(unbound.log, {
    versionTime: "2025-02-01T00:00:00Z",
    state: unbound.log[0].state,
    parameters: { updateKeys: [u2.publicKeyMultibase], nextKeyHashes: [await hash(u1)] },
  });
  const signer = new Signer(u2);
  const proof = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-jcs-2022",
    created: "2025-02-01T00:00:00Z",
    verificationMethod: signer.getVerificationMethodId(),
    proofPurpose: "assertionMethod",
  };
  entry.proof = [{ ...proof, ...(await signer.sign({ document: entry, proof })) }];
  const text = jsonl([...unbound.log, entry]);
  assert.equal(await theirs(text), undefined);
  return oursRefuses(
    ["resolve", now(), "-", write("changed.jsonl", text)],
    "did-invalid",
    "a key nobody committed to",
  );
});

await claim(
  "an entry that nobody signed takes an identity over at didwebvh-ts 2.8.0, and not at ours",
  async () => {
    // An empty list of proofs has none that fails, and no update keys are all committed to.
    const thief = (await key("thief")).publicKeyMultibase;
    const names = [];
    for (const [name, text] of [
      ["ours", read("ours/2-rotated.jsonl")],
      ["theirs", jsonl(rotated.log)],
    ]) {
      const log = parse(text);
      const state = structuredClone(log[log.length - 1].state);
      state.verificationMethod[0].publicKeyMultibase = thief;
      const entry = chained(log, {
        versionTime: "2025-06-01T00:00:00Z",
        parameters: { updateKeys: [], nextKeyHashes: [] },
        state,
      });
      const taken = jsonl([...log, { ...entry, proof: [] }]);
      assert.equal((await theirs(taken))?.doc.verificationMethod[0].publicKeyMultibase, thief);
      names.push(
        oursRefuses(
          ["resolve", now(), "-", write(`taken-${name}.jsonl`, taken)],
          "did-invalid",
          "an unsigned entry",
        ),
      );
    }
    return names[0];
  },
);

// Witnesses: two of three.

const witnessKeys = await Promise.all(["a", "b", "c"].map((name) => key(`witness ${name}`)));
const witnessDid = (pair) => `did:key:${pair.publicKeyMultibase}`;
const witness = { threshold: 2, witnesses: witnessKeys.map((pair) => ({ id: witnessDid(pair) })) };
const witnessSigners = Object.fromEntries(
  witnessKeys.map((pair) => [witnessDid(pair), new Signer(pair)]),
);
const approve = (log, which) =>
  signWitnessProofEntries(
    log.map((entry) => entry.versionId),
    which.map((at) => witness.witnesses[at]),
    witnessSigners,
    "2025-01-02T00:00:00Z",
  );

const seen = await createDID({
  domain: "witnessed.example",
  signer: new Signer(u1),
  verifier,
  updateKeys: [u1.publicKeyMultibase],
  verificationMethods: [method(sign)],
  witness,
  created: "2025-01-01T00:00:00Z",
});
const other = await createDID({
  domain: "other.example",
  signer: new Signer(u1),
  verifier,
  updateKeys: [u1.publicKeyMultibase],
  verificationMethods: [method(sign)],
  witness,
  created: "2025-01-01T00:00:00Z",
});
await claim("their witnessed log resolves with ours when two of three approve", async () =>
  same("witnessed.jsonl", seen, await approve(seen.log, [0, 2])),
);
await claim("and is refused by both without enough of them", async () => {
  const good = await approve(seen.log, [0, 1]);
  const broken = structuredClone(good);
  broken[0].proof[1].proofValue = broken[0].proof[0].proofValue;
  const cases = {
    "no proofs": [],
    "one witness": await approve(seen.log, [1]),
    "one witness twice": [...(await approve(seen.log, [1])), ...(await approve(seen.log, [1]))],
    "one signature under two names": broken,
    "approvals of another log": await approve(other.log, [0, 1]),
  };
  for (const [what, proofs] of Object.entries(cases)) {
    assert.equal(await theirs(jsonl(seen.log), proofs), undefined, what);
    oursRefuses(
      [
        "resolve",
        now(),
        "-",
        write("seen.jsonl", jsonl(seen.log)),
        write("seen.witness.json", JSON.stringify(proofs)),
      ],
      "did-invalid",
      what,
    );
  }
  return `${Object.keys(cases).length} cases`;
});

// An approval of a later entry covers those before it.
const seenAgain = await updateDID({
  log: seen.log,
  signer: new Signer(u1),
  verifier,
  updated: "2025-02-01T00:00:00Z",
  updateKeys: [u2.publicKeyMultibase],
  verificationMethods: [method(sign)],
  witness,
  witnessProofs: await approve(seen.log, [0, 1]),
});
await claim("their witnessed log goes on with a rotation that two of three approve", async () => {
  const last = seenAgain.log.slice(-1);
  for (const early of [[0, 1], [1]]) {
    oursRefuses(
      [
        "resolve",
        now(),
        "-",
        write("seen2.jsonl", jsonl(seenAgain.log)),
        write("seen2.witness.json", JSON.stringify(await approve(seen.log, early))),
      ],
      "did-invalid",
      "the second entry has no approval",
    );
  }
  return same("witnessed2.jsonl", seenAgain, await approve(last, [1, 2]));
});

finish(20);
