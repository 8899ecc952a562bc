import { defineConfig } from "@playwright/test";

// Debian's chromium; the flags keep it from asking the outside world anything.
const chromium = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "results",
  forbidOnly: !!process.env.CI,
  fullyParallel: false,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 7_000 },
  reporter: "list",
  use: { browserName: "chromium", launchOptions: chromium, locale: "fr-FR", timezoneId: "Europe/Paris", trace: "off", screenshot: "only-on-failure" },
  // Every journey runs in all three: it works without JavaScript, and on a small phone. Hostile text can only run where scripts
  // do; a region's and an issuer's journeys are long, and their pages are those of others on a phone.
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 900 } } },
    { name: "phone", use: { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }, testIgnore: /(hostile|region|provider)\.spec/ },
    { name: "nojs", use: { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }, testIgnore: /(hostile|provider)\.spec/ },
  ],
});
