// pages.mjs KITH CHROMIUM FOLDER: starts a node with the listings beside this file, and looks at every page of it as
// people do: narrow and wide, light and dark, printed, by keyboard alone, without JavaScript.
// Ends with 0 where nothing was found, and says how much it looked at.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { chromium } from "playwright-core";

const [kith, browserPath, folder] = process.argv.slice(2);
const axeSource = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const kAxeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const kMostTabs = 400;
/// What people print: these are also laid out on pages of paper.
const kOnPaper = ["results", "listing", "compare", "how we check"];

const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);

// A node of its own

const command = (...words) =>
  execFileSync(kith, [...words, "--data", folder], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startNode() {
  command("init", "--name", "Test Chapter of Peer Groups", "--url", "https://pages.test/o/main", "--kind", "state_chapter",
    "--area", "US-OH", "US-KY", "--recovery", `${folder}-recovery.txt`, "--contact", "groups@pages.test",
    "--homepage", "https://pages.test/", "--data-license", "CC-BY-4.0");
  command("put", "listings.json");
  const port = await freePort();
  const node = spawn(kith, ["serve", "--data", folder, "--plain", `127.0.0.1:${port}`], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  node.stderr.on("data", (text) => (log += text));
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; ++tries) {
    const ready = await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return { node, base };
    if (tries > 200 || node.exitCode !== null) throw new Error(`the node does not start:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// What is looked at in a page

/// What sticks out sideways, with all that unfolds unfolded.
const sticksOut = () => {
  const wide = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > wide ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(".vh, .skip, thead")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > wide + 1) found.push(`${element.tagName} ${element.className} "${element.textContent.slice(0, 30)}"`);
  }
  return found.slice(0, 3);
};

const unfold = () => document.querySelectorAll("details").forEach((details) => (details.open = true));
const fold = () => document.querySelectorAll("details").forEach((details) => (details.open = false));

async function axe(page, where) {
  await page.evaluate(axeSource);
  const result = await page.evaluate((tags) => axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), kAxeTags);
  for (const violation of result.violations)
    fault(where, `axe ${violation.id} (${violation.nodes.length}): ${violation.nodes[0].target.join(" ")} ${violation.nodes[0].failureSummary.replaceAll(/\s+/g, " ")}`);
  return result.passes?.length ?? 0;
}

/// Tabs through the whole page: the link to the main part comes first and works, every control is reached once, in the
/// order of the page, can be seen, shows that it has the focus, and lets go of it again.
async function keyboard(page, where) {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
    const reached = all.filter((one) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }));
    reached.forEach((one, at) => (one.dataset.at = String(at)));
    return reached.length;
  });
  for (let at = 0; at < Math.min(wanted, kMostTabs); ++at) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      return { at: one.dataset.at, tag: one.tagName, text: one.textContent.slice(0, 30),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
    });
    if (now.at !== String(at)) return fault(where, `Tab ${at + 1} reaches ${now.tag} "${now.text}" (${now.at})`);
    if (!now.ring) fault(where, `${now.tag} "${now.text}" does not show that it has the focus`);
    if (!now.seen) fault(where, `${now.tag} "${now.text}" has the focus and cannot be seen`);
  }
  return wanted;
}

async function skipLink(page, where) {
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const inside = await page.evaluate(() => !document.activeElement.closest("header.top") && !document.activeElement.matches(".skip, body"));
  if (!inside) fault(where, "the link to the main part does not lead past the navigation");
}

async function printed(page, where) {
  await page.setViewportSize({ width: 720, height: 960 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const found = await page.evaluate(() => ({
    ink: getComputedStyle(document.body).color,
    paper: getComputedStyle(document.body).backgroundColor,
    shown: [...document.querySelectorAll(".nav, .finder, .facets, .btn, .acts, .skip, .foot ul")].filter((one) => one.checkVisibility()).map((one) => one.className),
    title: document.querySelector("h1")?.checkVisibility() ?? false,
  }));
  if (found.ink !== "rgb(0, 0, 0)" || found.paper !== "rgb(255, 255, 255)") fault(where, `prints ${found.ink} on ${found.paper}`);
  if (found.shown.length) fault(where, `prints controls: ${found.shown}`);
  if (!found.title) fault(where, "prints no heading");
  for (const wide of await page.evaluate(sticksOut)) fault(where, `printed: ${wide}`);
  if (kOnPaper.includes(where) && (await page.pdf({ format: "Letter" })).length < 1000) fault(where, "the PDF is empty");
  await page.emulateMedia({ media: "screen" });
}

// Every page

const { node, base } = await startNode();
let looked = 0, controls = 0, where = "start", address = "";
try {
  const groups = (await (await fetch(`${base}/api/v1/groups?left_out=show`)).json()).groups;
  const scid = groups[0].scid;
  const group = (number) => `/groups/${scid}/00000000-0000-4000-8000-0000000000${number}`;
  const id = (number) => `id=${scid}/00000000-0000-4000-8000-0000000000${number}`;
  const reminder = /\/answer\/[\w-]+/.exec(command("remind", "--within", "400"))[0];
  const pages = [
    ["home", "/"],
    ["results", "/?q=consultation&region=US-OH&my_license=LPCC&my_state=US-OH&zone=America/Phoenix"],
    ["near a town", "/?near=43215&within=50mi"],
    ["which town", "/?near=Portland"],
    ["a warning", "/?left_out=show&q=mastermind"],
    ["let go", "/?q=consultation&format=phone"],
    ["nothing at all", "/?q=xyzzy"],
    ["survivors", "/?audience=lived_experience"],
    ["not understood", "/?sort=zzz", 400],
    ["listing", group("a1")],
    ["listing for somebody", `${group("a1")}?my_license=LPCC&my_state=US-OH&zone=America/Phoenix`],
    ["card only", group("a2")],
    ["survivors' listing", group("a3")],
    ["listing with a warning", group("a4")],
    ["publisher", `/publishers/${scid}`],
    ["unknown publisher", "/publishers/Qm", 404],
    ["compare", `/compare?${id("a1")}&${id("a2")}&${id("a3")}&${id("a4")}&my_license=LPCC`],
    ["compare nothing", "/compare"],
    ["how we check", "/about/checks"],
    ["report", `${group("a1")}/report`],
    ["gone", group("ff"), 404],
    ["no such page", "/no/such/page", 404],
    ["leader's link", reminder],
    ["wrong leader's link", "/answer/none", 404],
  ];
  const options = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  if (process.getuid() === 0) options.push("--no-sandbox");
  const browser = await chromium.launch({ executablePath: browserPath, args: options });
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  const bare = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  page.setDefaultTimeout(15000);
  page.on("console", (message) => {
    // The browser itself reports the status of a page that is meant to be refused.
    if (message.type() === "error" && message.location().url !== base + address) fault(where, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(where, `script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${base}/`) && !request.url().startsWith("data:")) fault(where, `asks ${request.url()}`);
  });
  const look = async (name) => {
    ++looked;
    for (const [width, scheme] of [[320, "light"], [768, "dark"], [1280, "light"], [320, "dark"]]) {
      where = `${name}, ${width} ${scheme}`;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(unfold);
      for (const wide of await page.evaluate(sticksOut)) fault(where, wide);
      if ((width === 320) === (scheme === "dark") && width !== 768) await axe(page, where);
      await page.evaluate(fold);
    }
  };
  for (const [name, path, status = 200] of pages) {
    where = name;
    address = path;
    await page.setViewportSize({ width: 1280, height: 800 });
    const answer = await page.goto(base + path);
    if (answer.status() !== status) fault(where, `answers ${answer.status()}`);
    await look(name);
    await printed(page, name);
    await bare.goto(base + path);
    if ((await bare.textContent("main")) !== (await page.textContent("main"))) fault(name, "says something else without JavaScript");
    for (const width of name === "home" || name === "listing" ? [320, 1280] : [1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(base + path);
      controls += (await keyboard(page, `${name}, ${width}, keyboard`)) ?? 0;
    }
    await page.goto(base + path);
    if (await page.$(".skip")) await skipLink(page, name);
  }

  // What comes after a form, by keyboard alone
  await page.goto(base + group("a1") + "/report");
  await page.evaluate(() => document.querySelectorAll("[required]").forEach((one) => one.removeAttribute("required")));
  where = "empty report";
  address = `${group("a1")}/report`;
  await page.focus("#words");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".err");
  if (!(await page.evaluate(() => document.activeElement.id === "words" && document.activeElement.getAttribute("aria-describedby").includes("words-err"))))
    fault(where, "the field that is not right has not the focus, or does not say why");
  await look("empty report");
  where = "report";
  await page.focus("#words");
  await page.keyboard.type("The fee is another one.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('Thank you')");
  await look("report sent");
  address = reminder;
  where = "leader answers";
  await page.goto(base + reminder);
  await page.focus("button[value=confirm]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('Thank you')");
  await look("leader has answered");
  await page.goto(base + reminder);
  await page.waitForSelector("h1:has-text('Nothing to answer here')");
  await look("leader's link, used");
  // Two groups ticked on the results are compared.
  where = "comparing";
  address = "/";
  await page.goto(`${base}/?q=`);
  const boxes = await page.$$("input[name=id]");
  for (const box of boxes.slice(0, 2)) { await box.focus(); await page.keyboard.press("Space"); }
  await page.focus("button[form=compare], #compare button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("table.cmp");
  where = "end";
  await browser.close();
} catch (error) {
  // What was found before is said too.
  fault(where, error.stack);
} finally {
  node.kill("SIGTERM");
  await new Promise((resolve) => (node.exitCode === null ? node.once("exit", resolve) : resolve()));
}
if (faults.length) console.log(faults.join("\n"));
console.log(`MEASURED ${looked} pages looked at, ${controls} controls reached by keyboard, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
