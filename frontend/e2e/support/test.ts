import { AxeBuilder } from "@axe-core/playwright";
import { type Page, type TestInfo, test as base } from "@playwright/test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Portal } from "./portal";

export { expect } from "@playwright/test";

interface ForEachTest {
  /** Messages of the console that a test brings about on purpose, such as a page that is not there. */
  expectedNoise: RegExp[];
  /** check is axe with the rules of WCAG 2.2 AA and best practice: no violation, and no wider than the window. */
  check: (name: string) => Promise<void>;
}

interface ForEachWorker {
  portal: Portal;
}

/** test gives each test a page of a running portal, and fails on anything the browser complains about. */
export const test = base.extend<ForEachTest, ForEachWorker>({
  portal: [
    async ({}, use) => {
      const portal = await Portal.start();
      await use(portal);
      await portal.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ portal }, use) => use(portal.address),
  expectedNoise: [[], { option: true }],
  page: async ({ page, expectedNoise }, use) => {
    const complaints = listen(page);
    await use(page);
    const unexpected = complaints.filter((line) => !expectedNoise.some((pattern) => pattern.test(line)));
    if (unexpected.length > 0) throw new Error(`the browser complained:\n${unexpected.join("\n")}`);
  },
  check: async ({ page, javaScriptEnabled }, use, info) => {
    await use(async (name) => {
      await shoot(page, info, name);
      if (javaScriptEnabled === false) return; // axe is a script; the same page is checked in the other projects
      // The window itself widens on a phone when something sticks out: what counts is the width that was asked for.
      const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - (page.viewportSize()?.width ?? 0);
      if (wide > 0) throw new Error(`${name} is ${wide} pixels wider than the window`);
      // What the bar at the foot covers comes out by scrolling: sizes are judged without it.
      await page.evaluate(() => document.querySelectorAll<HTMLElement>(".sticky-bar").forEach((bar) => (bar.style.position = "static")));
      const axe = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
      for (const entries of repeated) axe.exclude(entries);
      const { violations } = await axe.analyze();
      const found = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join("\n")}`);
      await page.evaluate(() => document.querySelectorAll<HTMLElement>(".sticky-bar").forEach((bar) => bar.style.removeProperty("position")));
      if (found.length > 0) throw new Error(`${name} is not accessible:\n${found.join("\n")}`);
    });
  },
});

// Long pages repeat one shape a hundred times: the first of a series stand for all, or axe takes minutes.
const repeated = ['section[id^="chapter-"]:nth-of-type(n+4)', ".list-group-item:nth-child(n+6)", "tbody tr:nth-child(n+13)"];

// listen gathers errors of scripts, errors and warnings of the console (a blocked script or style is one), and reports
// of the content policy.
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) complaints.push(`answer ${response.status()}: ${response.url()}`);
  });
  return complaints;
}

/** shoot writes a picture of the page, its first metres if it is very long, to screenshots/PROJECT/NAME.png, to be looked at. */
export async function shoot(page: Page, info: TestInfo, name: string): Promise<void> {
  const folder = join(import.meta.dirname, "../screenshots", info.project.name);
  await mkdir(folder, { recursive: true });
  const { width, height } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }));
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, 8000) } });
}
