// Writes and reads the same questionnaire as Garant with exceljs and prints how long each takes:
//   node xlsx.mjs --data FILE.json --workbook FILE.xlsx [--runs 20] [--out FILE.xlsx]
// One JSON line on stdout: {"out_ms", "back_ms", "bytes", "answers"}, medians. The data are the sheets as plain cells, with
// what each takes; the workbook is the one that Garant wrote, read back to the answers by id. Runs that warm the engine up
// are not counted.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import ExcelJS from "exceljs";

const warmUps = 5;
const teal = { type: "pattern", pattern: "solid", fgColor: { argb: "FF0B5C63" } };
const paper = { type: "pattern", pattern: "solid", fgColor: { argb: "FFF7F5F1" } };
const side = { style: "thin", color: { argb: "FF9DB4B6" } };
const box = { left: side, right: side, top: side, bottom: side };
const wrap = { vertical: "top", wrapText: true };

function options() {
  const { values } = parseArgs({
    options: { data: { type: "string" }, workbook: { type: "string" }, runs: { type: "string", default: "20" }, out: { type: "string" } },
  });
  const runs = Number(values.runs);
  if (!values.data || !values.workbook || !Number.isInteger(runs) || runs < 1) {
    console.error("usage: node xlsx.mjs --data FILE.json --workbook FILE.xlsx [--runs 20] [--out FILE.xlsx]");
    process.exit(2);
  }
  return { ...values, runs };
}

async function write(sheets) {
  const book = new ExcelJS.Workbook();
  for (const { name, hidden, form, widths, rows, lists } of sheets) {
    const sheet = book.addWorksheet(name, {
      state: hidden ? "veryHidden" : "visible",
      views: form ? [{ state: "frozen", xSplit: 2, ySplit: 1 }] : [],
      pageSetup: { paperSize: 9, orientation: form ? "landscape" : "portrait", fitToPage: true, fitToHeight: 0 },
    });
    sheet.columns = widths.map((width) => ({ width }));
    rows.forEach((cells, r) => {
      const row = sheet.getRow(r + 1);
      (cells ?? []).forEach((value, c) => {
        const cell = row.getCell(c + 1);
        if (value !== "") cell.value = value;
        if (!form) return;
        cell.alignment = wrap;
        if (r === 0) {
          cell.fill = teal;
          cell.font = { bold: true, color: { argb: "FFFFFFFF" } };
        } else if (c === 2 || (c >= 4 && c <= 6)) {
          cell.border = box;
          cell.protection = { locked: false };
        } else cell.fill = paper;
      });
    });
    for (const { cell, formula } of lists) sheet.getCell(cell).dataValidation = { type: "list", allowBlank: true, formulae: [formula] };
    if (form) {
      sheet.addConditionalFormatting({
        ref: `C2:C${rows.length}`,
        rules: [
          { type: "expression", formulae: ["AND(LEN(TRIM($C2))>0,LEN(TRIM($G2))>0)"], style: { fill: paper } },
          { type: "expression", formulae: ["AND(LEN(TRIM($C2))=0,LEN(TRIM($G2))=0)"], style: { fill: teal } },
        ],
      });
      await sheet.protect("", { spinCount: 1 });
    }
  }
  return book.xlsx.writeBuffer();
}

async function read(bytes) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes);
  const answers = {};
  book.eachSheet((sheet) => {
    const titles = {};
    sheet.getRow(1).eachCell((cell, column) => (titles[cell.text] = column));
    if (!titles.id || !titles["Réponse"]) return;
    sheet.eachRow((row, number) => {
      if (number === 1) return;
      const text = (title) => row.getCell(titles[title]).text;
      answers[text("id")] = [text("Réponse"), text("Commentaire"), text("Preuve"), text("Sans objet, car")];
    });
  });
  return answers;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function measure(runs, work) {
  const times = [];
  let made;
  for (let run = -warmUps; run < runs; run++) {
    const start = process.hrtime.bigint();
    made = await work();
    if (run >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return [Math.round(median(times) * 1000) / 1000, made];
}

const { data, workbook, runs, out } = options();
const sheets = JSON.parse(readFileSync(data, "utf8"));
const bytes = readFileSync(workbook);
const [outTime, written] = await measure(runs, () => write(sheets));
const [backTime, answers] = await measure(runs, () => read(bytes));
if (out) writeFileSync(out, Buffer.from(written));
console.log(JSON.stringify({ out_ms: outTime, back_ms: backTime, bytes: written.byteLength, answers: Object.keys(answers).length }));
