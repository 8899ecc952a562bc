import { createHmac } from "node:crypto";

/** step is how long a code lasts, in milliseconds. */
export const step = 30_000;

/** code is what an application shows for a secret at a moment (RFC 6238). */
export function code(secret: string, at: number): string {
  const bits = [...secret.replace(/\s/g, "").toUpperCase()].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / step)));
  const sum = createHmac("sha1", Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))).update(counter).digest();
  const from = (sum[19] ?? 0) & 15;
  return String((sum.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
