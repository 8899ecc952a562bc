// Counts tests from what really ran. Each part leaves its figures in .cache/tally; total adds them up, prints
// "N passed, N failed" and fails when something failed or nothing ran.
//   go test -json … | node tally.mjs go NAME     shows packages and the output of what failed
//   node tally.mjs step NAME STATUS              one check and its exit status
//   node tally.mjs browser REPORT.json STATUS    Playwright's JSON report
//   node tally.mjs total
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const folder = ".cache/tally";

function keep(name, figures) {
  writeFileSync(join(folder, `${name}.tally`), JSON.stringify(figures));
}

// A top-level Go test counts once, with its subtests; a package that fails without a failed test counts as one.
async function countGo(name) {
  const figures = { passed: 0, failed: 0, skipped: 0 };
  const said = new Map(); // package and test → its output, until it is known whether it failed
  const failedTests = new Map(); // package → how many
  let packages = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      console.log(line);
      continue;
    }
    const { Action: action, Package: pkg, Test: test, Output: output = "" } = event;
    const key = `${pkg} ${test ? test.split("/")[0] : ""}`;
    if (action === "build-output") process.stdout.write(output);
    if (action === "output" && test) said.set(key, (said.get(key) ?? "") + output);
    if (action === "output" && !test && !/^(PASS|FAIL)\n$/.test(output)) process.stdout.write(output);
    if (!["pass", "fail", "skip"].includes(action) || test?.includes("/")) continue;
    if (test) {
      figures[{ pass: "passed", fail: "failed", skip: "skipped" }[action]]++;
      if (action === "fail") {
        failedTests.set(pkg, (failedTests.get(pkg) ?? 0) + 1);
        process.stdout.write(said.get(key) ?? "");
      }
      said.delete(key);
    } else {
      packages++;
      if (action === "fail" && !failedTests.has(pkg)) {
        figures.failed++;
        for (const [running, text] of said) if (running.startsWith(`${pkg} `)) process.stdout.write(text);
      }
    }
  }
  if (packages === 0) figures.failed++;
  keep(name, figures);
}

function countBrowser(report, status) {
  if (!existsSync(report)) return keep("browser", { passed: 0, failed: 1, skipped: 0 });
  const { stats } = JSON.parse(readFileSync(report, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  keep("browser", { passed: stats.expected, failed: failed || (status === "0" ? 0 : 1), skipped: stats.skipped });
}

function total() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".tally")).sort()) {
    const figures = JSON.parse(readFileSync(join(folder, file), "utf8"));
    console.log(`${file.replace(".tally", "")}: ${figures.passed} passed, ${figures.failed} failed`);
    for (const kind of Object.keys(sum)) sum[kind] += figures[kind];
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ""}`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

const [part, name, status] = process.argv.slice(2);
if (part === "go") await countGo(name);
else if (part === "step") keep(name, { passed: status === "0" ? 1 : 0, failed: status === "0" ? 0 : 1, skipped: 0 });
else if (part === "browser") countBrowser(name, status);
else if (part === "total") total();
else {
  console.error("usage: tally.mjs go NAME | step NAME STATUS | browser REPORT STATUS | total");
  process.exitCode = 2;
}
