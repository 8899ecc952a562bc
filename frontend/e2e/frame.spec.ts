import { expect, test } from "./support/test";

// The frame of every page, seen by somebody who is not signed in.

test.describe("an address that leads nowhere", () => {
  test.use({ expectedNoise: [/404/] });

  test("says so, in both languages, and leads home", async ({ page, check }) => {
    const nowhere = "/library/clauses/ZZZ-99";
    const answer = await page.goto(nowhere);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cette page n’existe pas");
    await check("not-found-fr");
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.goto(nowhere);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page does not exist");
    await check("not-found-en");
    await page.getByRole("link", { name: "Back to the home page" }).click();
    await expect(page).not.toHaveURL(/ZZZ-99/);
  });
});

test("the policy of the content forbids what is not ours", async ({ request }) => {
  const headers = (await request.get("/sign-in")).headers();
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["content-security-policy"]).not.toMatch(/unsafe|data:|\*/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

test("a first page weighs at most 60 KB, its script 25", async ({ request }) => {
  const page = await request.get("/sign-in");
  const addresses = [...new Set((await page.text()).match(/\/assets\/[\w.-]+/g) ?? [])];
  expect(addresses.length).toBeGreaterThanOrEqual(4);
  let total = await sent(request, "/sign-in");
  for (const address of addresses) {
    const bytes = await sent(request, address);
    if (address.endsWith(".js")) expect(bytes).toBeLessThanOrEqual(25 * 1024);
    total += bytes;
  }
  expect(total).toBeLessThanOrEqual(60 * 1024);
});

// sent gives the bytes of a body as they travel.
async function sent(request: import("@playwright/test").APIRequestContext, address: string): Promise<number> {
  const answer = await request.get(address, { headers: { "Accept-Encoding": "gzip" } });
  expect(answer.ok(), address).toBe(true);
  const length = answer.headers()["content-length"];
  return length ? Number(length) : (await answer.body()).length;
}
