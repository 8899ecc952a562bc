import { type Page } from "@playwright/test";
import { Portal } from "./support/portal";
import { expect, test } from "./support/test";

// What hostile people type in each form and address, and every page that shows it, with the content policy on: no script runs,
// nothing of it becomes an element, the browser complains of nothing (see support/test), and the text is there as it was typed.

const hostile = `<img src=x onerror="window.ran=1">'"><script>window.ran=1</script>{{7*7}}`;
const shown = `<img src=x onerror="window.ran=1">`;

test.describe("hostile text", () => {
  test.use({ actionTimeout: 20_000, expectedNoise: [/40[049]|422/] }); // what is refused is refused on purpose
  test.setTimeout(300_000);

  let portal: Portal;
  test.beforeEach(async () => {
    portal = await Portal.start();
  });
  test.afterEach(() => portal.stop());

  test("what people type is shown as they typed it, and runs nowhere", async ({ page, javaScriptEnabled }) => {
    const scripted = javaScriptEnabled !== false;
    const dialogs: string[] = [];
    page.on("dialog", async (dialog) => {
      if (dialog.type() !== "beforeunload") dialogs.push(dialog.message()); // that one asks before typed text is lost
      await dialog.accept();
    });
    const visit = async (path: string) => {
      const answer = await page.goto(portal.address + path);
      expect(answer?.headers()["content-security-policy"], path).toContain("script-src 'self'");
      await harmless(page, scripted);
    };

    await visit(portal.setupPath);
    await fill(page);
    await page.locator('input[name="mail"]').fill("ada@essais.example");
    await page.locator('input[name="password"]').fill("quatre mots sans rapport");
    await page.locator('input[name="finess"]').fill("<b>x</b>");
    await page.locator('main form:has(input[name="password"]) button[type="submit"], main form:has(input[name="password"]) button:not([type])').first().click();
    await expect(page).toHaveURL(/\/services$/);

    await visit("/services/new");
    await fill(page);
    await send(page);
    await expect(page).toHaveURL(/framing$/);
    const service = new URL(page.url()).pathname.replace(/\/framing$/, "");

    const forms = ["/services/new", `${service}/contract`, "/settings", "/settings?part=values", "/people", "/library/ours/new", "/library/ours/questions/new", "/library/ours/GOV-01", "/account/password", "/lost-password"];
    for (const path of forms) {
      await visit(path);
      if ((await fill(page)) > 0) await send(page);
      await harmless(page, scripted);
    }
    const typed = encodeURIComponent(hostile);
    for (const path of ["/services?q=", "/library/search?q=", "/library?q=", "/journal?who=", "/journal?object=", "/mail?state=", "/settings?part=", "/suppliers?q=", "/services?after=", "/nowhere/", "/library/clauses/", "/services/", "/sign-in?next=/"]) {
      await visit(path + typed);
    }

    // Then every page that one gets to from there.
    const seen = new Set<string>();
    const ahead = ["/services", service, `${service}/framing`, `${service}/annex`, "/settings", "/people", "/journal", "/mail", "/account", "/suppliers"];
    let tells = 0;
    while (ahead.length > 0 && seen.size < 70) {
      const path = ahead.shift()!;
      if (seen.has(path)) continue;
      seen.add(path);
      await visit(path);
      if ((await page.content()).includes("&lt;img src=x onerror=")) tells++;
      for (const link of await page.locator('main a[href^="/"], nav a[href^="/"]').all()) {
        const to = ((await link.getAttribute("href")) ?? "").replace(/#.*/, "");
        if (!/\.(docx|xlsx|json|csv|jsonl|yaml|html)|download|export|library\/(clauses|families|questions|coverage|references|variables|models)|documents|setup|library\/search|framing\?from/.test(to)) ahead.push(to);
      }
    }
    expect(tells, "pages that show what was typed").toBeGreaterThanOrEqual(8);
    await visit("/services");
    await expect(page.locator("main")).toContainText(shown);
    expect(dialogs).toEqual([]);
    if (scripted) { // the address of the page, for the button that goes back, and nothing else
      const kept = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
      expect(kept.filter((key) => key !== "htmx-current-path-for-history")).toEqual([]);
    }
  });
});

// fill types the hostile text in every text field of the page, and tells how many there were.
async function fill(page: Page): Promise<number> {
  const fields = page.locator('main input:is([type="text"], [type="search"], [type="email"], :not([type])):visible, main textarea:visible');
  const count = await fields.count();
  for (let n = 0; n < count; n++) {
    const field = fields.nth(n);
    if (!(await field.isEditable())) continue;
    await field.fill((await field.getAttribute("name")) === "mail" ? "x@essais.example" : hostile);
  }
  return count;
}

// send sends the form of the last line that was filled, as Enter does: what the browser would refuse is for the server to refuse.
async function send(page: Page): Promise<void> {
  await page.locator('main form input:is([type="text"], [type="email"], :not([type])):visible').last().press("Enter");
  await page.waitForLoadState("load");
}

// harmless checks that nothing typed became an element, and that nothing of it ran.
async function harmless(page: Page, scripted: boolean): Promise<void> {
  await expect(page.locator("img[src='x'], script:not([src]), [onerror], main b:text-is('x')"), page.url()).toHaveCount(0);
  if (scripted) expect(await page.evaluate(() => (window as { ran?: number }).ran), page.url()).toBeUndefined();
  await expect(page.locator("main"), page.url()).not.toContainText("49'");
}
