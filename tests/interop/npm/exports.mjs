// What `kith export` writes, read by the programs that others use: calendars by ical.js, HSDS by ajv
// with Open Referral's own schemas, JSON-LD by the TypeScript compiler with schema.org's types.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import ICAL from "ical.js";
import { claim, file, finish, read, write } from "./support.mjs";

const require = createRequire(import.meta.url);
const [, , nodeTests, work] = process.argv;

fs.mkdirSync(work, { recursive: true });
const made = spawnSync(nodeTests, ["--gtest_filter=ExportFormats.WriteSamplesForOtherPrograms"], {
  env: { ...process.env, KITH_EXPORT_SAMPLES: work },
  encoding: "utf8",
});
assert.equal(made.status, 0, made.stdout + made.stderr);

await claim("ical.js reads our calendars and finds the same moments", () => {
  const calendar = new ICAL.Component(ICAL.parse(read("groups.ics")));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  const allowed = new Set(
    ("uid dtstamp dtstart duration rrule exdate rdate summary description url location status " +
      "transp").split(" "),
  );
  const moments = JSON.parse(read("moments.json"));
  const now = ICAL.Time.fromString("2026-11-22T12:00:00Z");
  let events = 0;
  let dates = 0;
  for (const component of calendar.getAllSubcomponents("vevent")) {
    events += 1;
    for (const property of component.getAllProperties()) assert.ok(allowed.has(property.name), property.name);
    const event = new ICAL.Event(component);
    const wanted = moments[event.uid];
    if (!wanted) continue;
    const found = [];
    const iterator = event.iterator();
    for (let next = iterator.next(), most = 4000; next && found.length < wanted.length && most > 0; next = iterator.next(), most -= 1) {
      if (next.compare(now) < 0) continue;
      found.push(next.convertToZone(ICAL.Timezone.utcTimezone).toString());
    }
    assert.deepEqual(found, wanted, event.uid);
    dates += found.length;
  }
  assert.ok(dates > 10);
  return `${events} events, ${dates} dates`;
});

const schemas = process.env.KITH_HSDS ?? "";
if (!fs.existsSync(schemas)) {
  console.log(`HSDS: the schemas are not at '${schemas}'`);
  if (process.env.CI === "true") process.exit(1);
  process.exit(77);
}
await claim("our HSDS services fit Open Referral's schema", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const schema = (name) => JSON.parse(fs.readFileSync(path.join(schemas, name), "utf8"));
  const service = ajv.compile(schema("schema_compiled_service.json"));
  const list = ajv.compile(schema("schema_compiled_service_list.json"));
  const page = JSON.parse(read("services.json"));
  for (const one of page.contents) {
    assert.ok(list(one), JSON.stringify(list.errors?.slice(0, 3)));
    assert.ok(service(one), JSON.stringify(service.errors?.slice(0, 3)) + JSON.stringify(one).slice(0, 400));
  }
  assert.ok(!service({ ...page.contents[0], status: "perhaps" }), "the check refuses what is wrong");
  return `${page.contents.length} services`;
});

await claim("our JSON-LD has schema.org's types", () => {
  const events = JSON.parse(read("events.json"));
  // As much of a folder as the compiler needs: it finds schema-dts above.
  const check = (name, values) => {
    const source = values
      .map((value, i) => `export const e${i}: WithContext<EventSeries> = ${JSON.stringify(value)};`)
      .join("\n");
    write(`${name}.ts`, `import type { EventSeries, WithContext } from "schema-dts";\n${source}\n`);
    return spawnSync(
      process.execPath,
      [require.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022",
        "--module", "nodenext", "--moduleResolution", "nodenext", file(`${name}.ts`)],
      { encoding: "utf8" },
    );
  };
  const good = check("events", events);
  assert.equal(good.status, 0, good.stdout.slice(0, 3000));
  assert.notEqual(check("wrong", [{ ...events[0], eventSchedul: [] }]).status, 0, "the check refuses what is wrong");
  return `${events.length} events`;
});

finish(3);
