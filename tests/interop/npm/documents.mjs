// Signed documents between us and @digitalbazaar/vc with eddsa-jcs-2022, both ways, and what that
// verifier lets pass and ours must not.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";
import {
  createSignCryptosuite,
  createVerifyCryptosuite,
} from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import {
  createDID,
  multibaseDecode,
  multibaseEncode,
  MultibaseEncoding,
  prepareDataForSigning,
} from "didwebvh-ts";
import { canonicalize } from "json-canonicalize";
import jsigs from "jsonld-signatures";
import { claim, file, finish, key, ours, oursRefuses, read, write } from "./support.mjs";

const kNow = "2025-07-01T00:00:00Z";
const kSigned = "2025-06-01T00:00:00Z";

/** The DID documents that this run knows, by DID; nothing is fetched. */
const known = new Map();
const learn = (log) => {
  const { state } = JSON.parse(log.trimEnd().split("\n").at(-1));
  known.set(state.id, state);
  return state;
};
async function documentLoader(url) {
  const doc = known.get(url.split("#")[0]);
  assert.ok(doc, `nothing is fetched, but asked for was ${url}`);
  const method = doc.verificationMethod.find((candidate) => candidate.id === url);
  const document = url.includes("#")
    ? { "@context": "https://w3id.org/security/multikey/v1", ...method }
    : doc;
  return { documentUrl: url, document };
}

/** What @digitalbazaar/vc says of a document's text. */
async function theirs(text) {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  return (
    await vc.verifyCredential({
      credential: JSON.parse(text),
      suite,
      documentLoader,
      now: new Date(kNow),
    })
  ).verified;
}
/** The same by the suite alone, which looks at proof and key and not at the credential. */
async function theirSuite(text) {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const purpose = new jsigs.purposes.AssertionProofPurpose();
  return (await jsigs.verify(JSON.parse(text), { suite, purpose, documentLoader })).verified;
}
/** What @digitalbazaar/vc makes of a credential without proof. */
async function theySign(credential, pair, method) {
  const signer = { ...pair.signer(), id: method };
  const suite = new DataIntegrityProof({
    signer,
    date: kSigned,
    cryptosuite: createSignCryptosuite(),
  });
  return vc.issue({
    credential: structuredClone(credential),
    suite,
    documentLoader,
    now: new Date(kSigned),
  });
}
/** A proof by hand, for what no signer would make. */
function signByHand(document, pair, config) {
  const { proof, ...unsigned } = document;
  const hash = (value) => crypto.createHash("sha256").update(canonicalize(value)).digest();
  const pem = crypto.createPrivateKey({
    key: Buffer.concat([
      Buffer.from("302e020100300506032b657004220420", "hex"),
      pair.secretKey.subarray(0, 32),
    ]),
    format: "der",
    type: "pkcs8",
  });
  const signature = crypto.sign(null, Buffer.concat([hash(config), hash(unsigned)]), pem);
  return {
    ...unsigned,
    proof: { ...config, proofValue: multibaseEncode(signature, MultibaseEncoding.BASE58_BTC) },
  };
}

assert.equal(ours(["make-documents", file("ours")]).text, "");
const log = file("ours/did.jsonl");
const didDocument = learn(read("ours/did.jsonl"));
const method = `${didDocument.id}#sign`;
const sign = await key("sign");
const listing = read("ours/listing.json");
const verify = (name, text, by = log) => ["verify", kNow, by, write(name, text)];

// Ours, read by theirs.

const names = ["listing", "largest", "recognition", "publisher"];
for (const name of names) {
  await claim(`our ${name} verifies with @digitalbazaar/vc`, async () => {
    const text = read(`ours/${name}.json`);
    assert.equal(await theirs(text), true);
    assert.ok(ours(["verify", kNow, log, file(`ours/${name}.json`)]).accepted);
    return `${Buffer.byteLength(text)} bytes`;
  });
}

/** Every value of the document with another in its place, and every member missing. */
function* changes(document) {
  function* walk(value, where, put, drop) {
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) {
        yield* walk(value[at], `${where}[${at}]`, (other) => put(value.with(at, other)), undefined);
      }
    } else if (value !== null && typeof value === "object") {
      for (const name of Object.keys(value)) {
        const { [name]: gone, ...rest } = value;
        yield* walk(
          value[name],
          `${where}.${name}`,
          (other) => put({ ...value, [name]: other }),
          () => put(rest),
        );
      }
    } else {
      const other =
        typeof value === "string"
          ? `${value}x`
          : typeof value === "number"
            ? value - Math.sign(value || 1)
            : !value;
      yield [where, put(other)];
    }
    if (drop) yield [`without ${where}`, drop()];
  }
  yield* walk(document, "", (whole) => whole, undefined);
}
for (const name of ["listing", "recognition", "publisher"]) {
  await claim(
    `our ${name} with anything changed fails with @digitalbazaar/vc and with ours`,
    async () => {
      let count = 0;
      const passed = [];
      for (const [where, changed] of changes(JSON.parse(read(`ours/${name}.json`)))) {
        const text = JSON.stringify(changed);
        const answer = ours(verify("changed.json", text));
        assert.ok(!answer.accepted, `ours accepts ${where}`);
        let verified = false;
        try {
          verified = await theirs(text);
        } catch {
          // asked the loader for what does not exist
        }
        if (verified) passed.push(where);
        count += 1;
      }
      assert.deepEqual(passed, [], "accepted by @digitalbazaar/vc");
      assert.ok(count > 40);
      return `${count} changes`;
    },
  );
}

// Theirs, read by ours.

const unsigned = ({ proof, ...rest }) => rest;
await claim("a listing that npm signed with our key is ours byte for byte", async () => {
  const made = await theySign(unsigned(JSON.parse(listing)), sign, method);
  assert.equal(canonicalize(made), listing);
  assert.ok(ours(verify("by-npm.json", canonicalize(made))).accepted);
});
await claim("it verifies as npm writes it, in another order of members", async () => {
  const made = JSON.stringify(await theySign(unsigned(JSON.parse(listing)), sign, method));
  assert.notEqual(made, listing);
  assert.ok(ours(verify("by-npm.json", made)).accepted);
});

const theirSign = await key("their sign");
const update = await key("their update 1");
const updater = {
  getVerificationMethodId: () =>
    `did:key:${update.publicKeyMultibase}#${update.publicKeyMultibase}`,
  sign: async ({ document, proof }) => {
    const data = await prepareDataForSigning(document, proof);
    return {
      proofValue: multibaseEncode(
        await update.signer().sign({ data }),
        MultibaseEncoding.BASE58_BTC,
      ),
    };
  },
};
const verifier = {
  verify: async (signature, data, publicKey) => {
    const multikey = multibaseEncode(
      Buffer.concat([Buffer.from([0xed, 0x01]), publicKey]),
      MultibaseEncoding.BASE58_BTC,
    );
    return (await Ed25519Multikey.from({ type: "Multikey", publicKeyMultibase: multikey }))
      .verifier()
      .verify({ data, signature });
  },
};
/** An identity all of npm's making, whose `#sign` is `publicKeyMultibase`. */
async function theirIdentity(name, publicKeyMultibase) {
  const id = `did:webvh:{SCID}:${name}.example`;
  const made = await createDID({
    domain: `${name}.example`,
    signer: updater,
    verifier,
    updateKeys: [update.publicKeyMultibase],
    created: "2025-01-01T00:00:00Z",
    didDocument: {
      "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
      id,
      verificationMethod: [
        { id: `${id}#sign`, type: "Multikey", controller: id, publicKeyMultibase },
      ],
      assertionMethod: [`${id}#sign`],
    },
  });
  const text = `${JSON.stringify(made.log[0])}\n`;
  learn(text);
  return { did: made.did, log: write(`${name}.jsonl`, text) };
}
const stranger = await theirIdentity("stranger", theirSign.publicKeyMultibase);
const theirListing = JSON.stringify(
  await theySign(
    { ...unsigned(JSON.parse(listing)), issuer: stranger.did },
    theirSign,
    `${stranger.did}#sign`,
  ),
);
await claim("a listing by an identity that is all of npm's making verifies with ours", async () => {
  assert.equal(await theirs(theirListing), true);
  assert.ok(ours(verify("theirs.json", theirListing, stranger.log)).accepted);
});
await claim("and is refused with anything changed", () => {
  let count = 0;
  for (const [where, changed] of changes(JSON.parse(theirListing))) {
    assert.ok(!ours(verify("changed.json", JSON.stringify(changed), stranger.log)).accepted, where);
    count += 1;
  }
  assert.ok(count > 40);
  return `${count} changes`;
});

// What theirs lets pass and ours must not.

const pass = async (text, judge = theirs) =>
  assert.equal(await judge(text), true, "npm refuses it, so there is nothing to show");
await claim("a context appended after signing passes at npm, not at ours", async () => {
  const changed = JSON.parse(listing);
  changed["@context"].push("https://evil.example/terms-that-mean-something-else");
  await pass(JSON.stringify(changed));
  return oursRefuses(
    verify("attack.json", JSON.stringify(changed)),
    "doc-context",
    "appended context",
  );
});
await claim("a good proof beside a broken one passes at npm, not at ours", async () => {
  const changed = JSON.parse(listing);
  const last = changed.proof.proofValue.endsWith("a") ? "b" : "a";
  changed.proof = [
    changed.proof,
    { ...changed.proof, proofValue: changed.proof.proofValue.replace(/.$/, last) },
  ];
  await pass(JSON.stringify(changed));
  return oursRefuses(verify("attack.json", JSON.stringify(changed)), "doc-profile", "proof set");
});
await claim(
  "our issuer's name over a stranger's signature passes the suite of npm, not ours",
  async () => {
    const forged = unsigned(JSON.parse(listing));
    const suite = new DataIntegrityProof({
      signer: { ...theirSign.signer(), id: `${stranger.did}#sign` },
      date: kSigned,
      cryptosuite: createSignCryptosuite(),
    });
    const text = JSON.stringify(
      await jsigs.sign(forged, {
        suite,
        purpose: new jsigs.purposes.AssertionProofPurpose(),
        documentLoader,
      }),
    );
    await pass(text, theirSuite);
    assert.equal(await theirs(text), false, "the credential layer notices");
    oursRefuses(
      verify("attack.json", text, stranger.log),
      "doc-issuer",
      "judged by the stranger's log",
    );
    return oursRefuses(verify("attack.json", text), "doc-issuer", "judged by our log");
  },
);
await claim("a member given twice passes at npm, not at ours", async () => {
  // Readers that keep the first and readers that keep the last would see two groups.
  const text = listing.replace(
    '"credentialSubject":{',
    '"credentialSubject":{"name":"Another group",',
  );
  assert.notEqual(text, listing);
  await pass(text);
  return oursRefuses(verify("attack.json", text), "doc-syntax", "a member twice");
});
await claim("a proof that does not bind the context passes at npm, not at ours", async () => {
  const { "@context": _, proofValue, ...config } = JSON.parse(listing).proof;
  const text = JSON.stringify(signByHand(JSON.parse(listing), sign, config));
  await pass(text);
  return oursRefuses(verify("attack.json", text), "doc-profile", "a proof without @context");
});
await claim("a signature in another alphabet passes at npm, not at ours", async () => {
  const changed = JSON.parse(listing);
  const { proofValue } = changed.proof;
  changed.proof.proofValue = `u${Buffer.from(multibaseDecode(proofValue).bytes).toString("base64url")}`;
  await pass(JSON.stringify(changed));
  return oursRefuses(verify("attack.json", JSON.stringify(changed)), "proof-invalid", "base64url");
});
await claim("a signed fraction passes at npm, not at ours", async () => {
  const changed = unsigned(JSON.parse(listing));
  changed.credentialSubject.x_fee = 12.5;
  const text = JSON.stringify(await theySign(changed, sign, method));
  await pass(text);
  return oursRefuses(verify("attack.json", text), "doc-profile", "a fraction");
});
await claim("terms of use that we do not know pass at npm, not at ours", async () => {
  const changed = { ...unsigned(JSON.parse(listing)), termsOfUse: [{ type: "NotForTherapists" }] };
  const text = JSON.stringify(await theySign(changed, sign, method));
  await pass(text);
  return oursRefuses(verify("attack.json", text), "doc-profile", "terms of use");
});
await claim("a listing valid for ten years passes at npm, not at ours", async () => {
  const changed = { ...unsigned(JSON.parse(listing)), validUntil: "2035-06-01T00:00:00Z" };
  const text = JSON.stringify(await theySign(changed, sign, method));
  await pass(text);
  return oursRefuses(verify("attack.json", text), "doc-profile", "ten years");
});
await claim(
  "one signature for every listing, under a key of small order, passes at npm, not at ours",
  async () => {
    // The neutral point as key and as R, zero as S: 0*B = R + k*A whatever the message.
    const neutral = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
    const weak = await theirIdentity(
      "weak",
      multibaseEncode(
        Buffer.concat([Buffer.from([0xed, 0x01]), neutral]),
        MultibaseEncoding.BASE58_BTC,
      ),
    );
    const document = { ...JSON.parse(listing), issuer: weak.did };
    document.proof.verificationMethod = `${weak.did}#sign`;
    document.proof.proofValue = multibaseEncode(
      Buffer.concat([neutral, Buffer.alloc(32)]),
      MultibaseEncoding.BASE58_BTC,
    );
    for (const name of ["Nobody signed this", "Nor this"]) {
      document.credentialSubject.name = name;
      await pass(JSON.stringify(document));
    }
    return oursRefuses(
      verify("attack.json", JSON.stringify(document), weak.log),
      "did-invalid",
      "small order",
    );
  },
);

finish(21);
