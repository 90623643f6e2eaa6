// Takes node_modules, a browser and pages; writes the violations that axe finds on each page, light and dark, as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, ...pages] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const found = {};
for (const path of pages) {
  found[path] = [];
  for (const scheme of ["light", "dark"]) {
    const page = await browser.newPage();
    await page.setOfflineMode(true);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    await page.evaluate(axe);
    const { violations } = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), runOnly);
    for (const { id, impact, help, nodes } of violations) {
      for (const node of nodes.slice(0, 3)) found[path].push(`${scheme}: ${impact} ${id}: ${help}: ${node.html.slice(0, 300)} (${node.failureSummary})`);
    }
    await page.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
