// Builds frontend/dist from the sources here and the packages of package-lock.json: one stylesheet, one script,
// one font and a few drawings, named by their content, with manifest.json telling which name became which.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import * as sass from "sass";
import subsetFont from "subset-font";

const root = import.meta.dirname;
const dist = join(root, "dist");
const scriptBudget = 25 * 1024; // bytes, gzip
const pageBudget = 60 * 1024; // bytes, gzip, of which the HTML may take htmlShare
const htmlShare = 6 * 1024;
const later = ["portal.css", "passkey.js"]; // a first page is read before signing in

const manifest = {};
const built = [];

// put writes one file under its hashed name and returns that name.
async function put(name, data) {
  const bytes = Buffer.from(data);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  await writeFile(join(dist, file), bytes);
  manifest[name] = file;
  let sent = bytes.length;
  if (!name.endsWith(".woff2")) {
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    const gzip = gzipSync(bytes, { level: 9 });
    await writeFile(join(dist, `${file}.br`), brotli);
    await writeFile(join(dist, `${file}.gz`), gzip);
    sent = gzip.length;
  }
  built.push({ name, sent });
  return file;
}

// The letters that French, English and the names of Europe's west need; the rest falls back to the system's font.
function letters() {
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");
  return range(0x20, 0x7e) + range(0xa0, 0xff) + "ŒœŸ\u2009\u2011\u202f–—‘’‚“”„…‹›•€™−×→←↑↓≤≥";
}

async function fonts() {
  const source = join(root, "node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2");
  await put("source-sans-3.woff2", await subsetFont(await readFile(source), letters(), { targetFormat: "woff2" }));
}

async function drawings() {
  const folder = join(root, "src/img");
  for (const name of (await readdir(folder)).filter((n) => n.endsWith(".svg")).sort()) {
    await put(name, await readFile(join(folder, name)));
  }
}

async function styles(name) {
  const { css } = sass.compile(join(root, `src/styles/${name}.scss`), {
    style: "compressed",
    loadPaths: [join(root, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const linked = css.replace(/\/assets\/([\w.-]+)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`the stylesheet asks for ${name}, which is not in src/img`);
    return `/assets/${manifest[name]}`;
  });
  if (linked.includes("data:")) throw new Error("the stylesheet holds a data: address, which the content policy blocks");
  await put(`${name}.css`, linked);
}

async function scripts() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/app.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2021",
    legalComments: "none",
    write: false,
  });
  // htmx as its makers minified it, then ours: smaller than bundling its module.
  const htmx = await readFile(join(root, "node_modules/htmx.org/dist/htmx.min.js"), "utf8");
  await put("app.js", `${htmx.trimEnd()}\n${outputFiles[0].text}`);
  // What a passkey needs is fetched when one is asked for.
  const passkey = await build({ entryPoints: [join(root, "src/passkey.ts")], bundle: true, minify: true, format: "esm", target: "es2021", legalComments: "none", write: false });
  await put("passkey.js", passkey.outputFiles[0].text);
}

function report() {
  for (const { name, sent } of built) console.log(`${String(sent).padStart(7)}  ${name}`);
  const total = built.reduce((sum, { name, sent }) => (later.includes(name) ? sum : sum + sent), 0);
  console.log(`${String(total).padStart(7)}  in all before signing in, gzip`);
  const script = built.find(({ name }) => name === "app.js").sent;
  if (script > scriptBudget) throw new Error(`the script is ${script} bytes, over its ${scriptBudget}`);
  if (total + htmlShare > pageBudget) throw new Error(`a first page would be ${total + htmlShare} bytes, over its ${pageBudget}`);
}

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) if (name !== ".keep") await rm(join(dist, name), { recursive: true });
await fonts();
await drawings();
await styles("app");
await styles("portal");
await scripts();
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
report();
