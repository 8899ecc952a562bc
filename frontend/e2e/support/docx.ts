import { inflateRawSync } from "node:zlib";

/** textOf gives the text of a Word file's body, a line a paragraph. */
export function textOf(file: Buffer): string {
  const body = part(file, "word/document.xml");
  return body
    .replace(/<\/w:p>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replaceAll("&amp;", "&")
    .replaceAll("\u00a0", " ")
    .replaceAll("\u202f", " ");
}

// part inflates one entry, found through the central directory (PKWARE APPNOTE 4.3.12).
function part(file: Buffer, name: string): string {
  for (let at = file.indexOf("PK\x01\x02"); at >= 0; at = file.indexOf("PK\x01\x02", at + 4)) {
    const length = file.readUInt16LE(at + 28);
    if (file.toString("utf8", at + 46, at + 46 + length) !== name) continue;
    const local = file.readUInt32LE(at + 42);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const data = file.subarray(start, start + file.readUInt32LE(at + 20));
    return (file.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString("utf8");
  }
  throw new Error(`no ${name} in the Word file`);
}
