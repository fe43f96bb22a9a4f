// What the programs of this folder share: our tool, keys that both sides know, and claims.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";

const [, , toolPath, work] = process.argv;

/** A file of this run. */
export const file = (name) => path.join(work, name);
export const read = (name) => fs.readFileSync(file(name), "utf8");
export function write(name, text) {
  fs.mkdirSync(path.dirname(file(name)), { recursive: true });
  fs.writeFileSync(file(name), text);
  return file(name);
}

/** Runs our tool: {accepted, text}; a crash or a sanitizer's finding is no answer. */
export function ours(words, input = "") {
  const run = spawnSync(toolPath, words, { input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.status !== 0 && run.status !== 1) {
    throw new Error(`interop_tool ${words.join(" ")}: ${run.status ?? run.signal} ${run.stderr}`);
  }
  assert.equal(run.stderr, "");
  const refused = /^[a-z]+(-[a-z]+)*: /.test(run.stdout);
  assert.equal(run.status === 1, refused, run.stdout);
  return { accepted: run.status === 0, text: run.stdout.trimEnd() };
}

/** Ours must refuse, with this code. */
export function oursRefuses(words, code, what) {
  const answer = ours(words);
  assert.ok(!answer.accepted, `ours accepts: ${what}`);
  assert.ok(answer.text.startsWith(`${code}: `), `${what}: wanted ${code}, got ${answer.text}`);
  return answer.text;
}

export const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");

/** The key that our tool knows by the same name. */
export const key = (name) =>
  Ed25519Multikey.generate({
    seed: crypto.createHash("sha256").update(`interop ${name}`).digest(),
  });

let proven = 0;
/** Carries out one claim and says so in a line. */
export async function claim(text, body) {
  try {
    const detail = await body();
    console.log(`ok: ${text}${typeof detail === "string" ? `: ${detail}` : ""}`);
    proven += 1;
  } catch (error) {
    console.log(`NOT so: ${text}`);
    throw error;
  }
}
/** So that a program which stops early does not pass. */
export function finish(wanted) {
  assert.equal(proven, wanted, "claims that were carried out");
  console.log(`${proven} claims hold`);
}
