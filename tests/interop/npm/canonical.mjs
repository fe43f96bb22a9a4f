// Canonical JSON (RFC 8785) by us, by json-canonicalize and by canonicalize, on random values.

import assert from "node:assert/strict";
import { canonicalize as byJsonCanonicalize } from "json-canonicalize";
import byCanonicalize from "canonicalize";
import { claim, finish, ours } from "./support.mjs";

// The seed is printed, so that a value that differs can be made again.
const seed = Number(process.env.KITH_SEED ?? Date.now() % 2 ** 32);
console.log(`seed ${seed} (set KITH_SEED to repeat)`);
let state = seed >>> 0;
function random(below) {
  // splitmix32
  state = (state + 0x9e3779b9) >>> 0;
  let z = state;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) % below;
}
const pick = (items) => items[random(items.length)];

const view = new DataView(new ArrayBuffer(8));
function number() {
  switch (random(6)) {
    case 0:
      return random(2000) - 1000;
    case 1:
      return pick([
        0,
        -0,
        1e21,
        1e-7,
        999999999999999900000,
        1e-6,
        5e-324,
        2 ** 53,
        -(2 ** 53) + 1,
        1.7976931348623157e308,
        0.1 + 0.2,
        4.5,
        1e23,
      ]);
    case 2:
      return (random(2 ** 32) - 2 ** 31) / 10 ** random(12);
    case 3:
      return random(2 ** 32) * 2 ** 21 + random(2 ** 21);
    default: {
      let value;
      do {
        view.setUint32(0, random(2 ** 32));
        view.setUint32(4, random(2 ** 32));
        value = view.getFloat64(0);
      } while (!Number.isFinite(value));
      return value;
    }
  }
}
/** Any code point but lone surrogates; the ends of the ranges that sort differently come often. */
function character() {
  const point = pick([
    () => random(0x20),
    () => 0x20 + random(0x60),
    () => 0x7f + random(0x700),
    () => pick([0x22, 0x5c, 0x2f, 0x7f, 0x2028, 0x2029, 0xfeff, 0]),
    () => 0xd700 + random(0x100),
    () => 0xe000 + random(0x2000),
    () => 0x10000 + random(0x100000),
    () => 0x1f600 + random(80),
  ])();
  return String.fromCodePoint(point);
}
const text = (most) => Array.from({ length: random(most + 1) }, character).join("");
function value(depth) {
  switch (random(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return number();
    case 3:
      return number();
    case 4:
      return text(12);
    case 5:
      return Array.from({ length: random(6) }, () => value(depth - 1));
    default: {
      const made = Object.create(null);
      for (let at = random(9); at > 0; at -= 1)
        made[pick(["", "a", "", "\u{1f600}", "\ufffd"]) + text(3)] = value(depth - 1);
      return made;
    }
  }
}
/** JSON with white space and escapes that a canonical text would not have, in one line. */
function loosely(item) {
  const space = () => pick(["", "", " ", "\t", "  ", "\r"]);
  const escaped = (unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")[random(2) ? "toUpperCase" : "toString"]()}`;
  const quoted = (plain) =>
    `"${[...plain]
      .map((one) => {
        if (random(6) === 0) return one.split("").map(escaped).join("");
        return one === "/" && random(2) === 0 ? "\\/" : JSON.stringify(one).slice(1, -1);
      })
      .join("")}"`;
  const figure = (plain) => {
    if (Object.is(plain, -0)) return pick(["-0", "-0.0", "-0e5"]);
    return pick([
      () => String(plain),
      () => plain.toExponential(),
      () => plain.toExponential().replace("e", "E"),
    ])();
  };
  const write = (one) => {
    if (Array.isArray(one))
      return `[${space()}${one.map(write).join(`${space()},${space()}`)}${space()}]`;
    if (one !== null && typeof one === "object") {
      return `{${space()}${Object.keys(one)
        .map((name) => `${quoted(name)}${space()}:${space()}${write(one[name])}`)
        .join(`${space()},${space()}`)}${space()}}`;
    }
    if (typeof one === "string") return quoted(one);
    if (typeof one === "number") return figure(one);
    return String(one);
  };
  return `${space()}${write(item)}${space()}`;
}
function compare(values) {
  const inputs = values.map(loosely);
  const answers = ours(["canonical"], `${inputs.join("\n")}\n`).text.split("\n");
  assert.equal(answers.length, values.length);
  values.forEach((one, at) => {
    assert.equal(
      JSON.stringify(JSON.parse(inputs[at])),
      JSON.stringify(one),
      "the loose text means the value",
    );
    const wanted = byJsonCanonicalize(one);
    assert.equal(answers[at], wanted, `json-canonicalize on ${inputs[at]}`);
    assert.equal(answers[at], byCanonicalize(one), `canonicalize on ${inputs[at]}`);
  });
  return values;
}

await claim("random values are canonical alike at json-canonicalize, canonicalize and ours", () => {
  const values = compare(Array.from({ length: 4000 }, () => value(4)));
  const bytes = values.reduce((sum, one) => sum + byJsonCanonicalize(one).length, 0);
  return `${values.length} values, ${bytes} characters`;
});
await claim(
  "so are random doubles",
  () => `${compare(Array.from({ length: 100000 }, number)).length} numbers`,
);
await claim("and what is canonical stays as it is", () => {
  const texts = Array.from({ length: 1000 }, () => byJsonCanonicalize(value(4)));
  assert.deepEqual(ours(["canonical"], `${texts.join("\n")}\n`).text.split("\n"), texts);
});
/** A refusal of one line, which `canonical` gives in place of the text. */
function answer(input) {
  return ours(["canonical"], `${input}\n`).text;
}
await claim("ours refuses what JavaScript reads with a loss", () => {
  const cases = {
    '{"a":1,"a":2}': "doc-syntax",
    '{"a":1,"\\u0061":2}': "doc-syntax",
    "1e400": "doc-profile",
    '"\\ud800"': "doc-syntax",
  };
  for (const [input, code] of Object.entries(cases)) {
    JSON.parse(input);
    const run = answer(input);
    assert.ok(run.startsWith(`refused ${code}: `), `${input}: ${run}`);
  }
  return Object.keys(cases).join("  ");
});

finish(4);
