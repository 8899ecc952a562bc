import { Portal } from "./support/portal";
import { expect, test } from "./support/test";

// Every page that is not on the road of road.spec.ts, in French and English, on a portal filled with the demonstration.

const lookAround = { fr: "Visiter avec des données fictives", en: "Look around with made-up data" };

const open = ["/sign-in", "/sign-in/lost", "/library", "/library?q=sauvegarde", "/library/families/PAT", "/library/clauses/PAT-02", "/library/variables", "/library/references", "/library/questions", "/library/search?door=sauvegardes", "/library/clauses/PAT-02/versions/1", "/library/questions/PAT-Q02", "/library/coverage", "/library/coverage/css"];
const closed = ["/library/ours", "/library/ours/new", "/library/ours/PAT-02", "/library/ours/questions/new", "/library/ours/questions/SAU-Q03", "/library/ours/questions/PAT-Q02", "/library/ours/questions/GOV-Q02", "/services", "/services/new", "/settings", "/settings?part=values", "/settings?part=template", "/account", "/people", "/places", "/journal", "/journal?act=service.framed", "/mail"];

for (const language of ["fr", "en"] as const) {
  test.describe(`every other page (${language})`, () => {
    test.use({ locale: language === "fr" ? "fr-FR" : "en-GB" });
    test.setTimeout(600_000);

    let portal: Portal;
    test.beforeEach(async () => {
      portal = await Portal.start();
    });
    test.afterEach(() => portal.stop());

    test("is whole and accessible", async ({ page, check }) => {
      const visit = async (path: string) => {
        const answer = await page.goto(portal.address + path);
        expect(answer?.status(), path).toBe(200);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await check(`${language}${path.replace(/[0-9a-v]{26}/, "one").replace(/\W+/g, "-")}`);
      };
      for (const path of open) await visit(path);
      await page.goto(portal.address + portal.setupPath);
      await page.getByRole("button", { name: lookAround[language] }).click();
      await expect(page).toHaveURL(/\/services$/);
      for (const path of closed) await visit(path);
      await page.goto(`${portal.address}/services`);
      const addresses = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
      const service = addresses.map((address) => /^\/services\/[0-9a-v]{26}/.exec(address)?.[0]).find(Boolean);
      expect(service).toBeTruthy();
      for (const view of ["", "/contract", "/framing", "/annex", "/annex/read"]) await visit(service + view);
    });
  });
}

test("the keyboard reaches the content first, and every control shows where it is", async ({ page, javaScriptEnabled, isMobile }) => {
  await page.goto("/library");
  await page.keyboard.press("Tab");
  const skip = page.locator("a.skip");
  await expect(skip).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#/);
  if (javaScriptEnabled === false || isMobile) return;
  const outlines = await page.evaluate(() => {
    const bare: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("main a[href], main button, main input:not([type=hidden]), main summary")) {
      element.focus({ focusVisible: true } as FocusOptions);
      const style = getComputedStyle(element);
      const marked = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
      if (document.activeElement === element && !marked) bare.push(element.outerHTML.slice(0, 120));
    }
    return bare;
  });
  expect(outlines).toEqual([]);
});
