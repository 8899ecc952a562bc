// Fills a Word template with docxtemplater and prints how long one render takes:
//   node docx.mjs --template FILE.docx --data FILE.json [--runs 50] [--out FILE.docx]
// One JSON line on stdout: {"median_ms", "p99_ms", "bytes"}, bytes being the size of one document. Each run starts from
// the template's bytes and ends with the document's, as a download does. Runs that warm the engine up are not counted.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Docxtemplater from "docxtemplater";
import PizZip from "pizzip";

const warmUps = 10;

function options() {
  const { values } = parseArgs({
    options: {
      template: { type: "string" },
      data: { type: "string" },
      runs: { type: "string", default: "50" },
      out: { type: "string" },
    },
  });
  const runs = Number(values.runs);
  if (!values.template || !values.data || !Number.isInteger(runs) || runs < 1) {
    console.error("usage: node docx.mjs --template FILE.docx --data FILE.json [--runs 50] [--out FILE.docx]");
    process.exit(2);
  }
  return { ...values, runs };
}

function render(template, data) {
  const document = new Docxtemplater(new PizZip(template), { paragraphLoop: true, linebreaks: true });
  document.render(data);
  return document.toBuffer({ compression: "DEFLATE", compressionOptions: { level: 6 } });
}

// rank gives the value below which a share of the sorted values lies.
function rank(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

const { template, data, runs, out } = options();
const bytes = readFileSync(template);
const values = JSON.parse(readFileSync(data, "utf8"));

let document;
const times = [];
for (let run = -warmUps; run < runs; run++) {
  const start = process.hrtime.bigint();
  document = render(bytes, values);
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (run >= 0) times.push(milliseconds);
}
if (out) writeFileSync(out, document);
times.sort((a, b) => a - b);
const round = (milliseconds) => Math.round(milliseconds * 1000) / 1000;
console.log(JSON.stringify({ median_ms: round(rank(times, 0.5)), p99_ms: round(rank(times, 0.99)), bytes: document.length }));
