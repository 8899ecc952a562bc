import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = join(import.meta.dirname, "../../../bin/garant");
const patience = 20_000; // milliseconds for the portal to answer

/** A portal of its own, on a free port, with its data in a temporary folder. */
export class Portal {
  private constructor(
    readonly address: string,
    private readonly data: string,
    private readonly process: ChildProcess,
    private readonly said: string[],
  ) {}

  /** start runs bin/garant, which must be built, with the variables that settings gives for its address, and waits until it is ready. */
  static async start(host = "127.0.0.1", settings: (address: string) => Promise<Record<string, string>> = async () => ({})): Promise<Portal> {
    const data = await mkdtemp(join(tmpdir(), "garant-e2e-"));
    const port = await freePort();
    const env = { ...process.env, ...(await settings(`http://${host}:${port}`)) };
    const child = spawn(binary, ["serve", "--addr", `${host}:${port}`, "--data", data], { env, stdio: ["ignore", "pipe", "pipe"] });
    const said: string[] = [];
    child.on("error", (error) => said.push(`${binary}: ${error.message}`));
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const portal = new Portal(`http://${host}:${port}`, data, child, said);
    await portal.ready();
    return portal;
  }

  /** log is all that the portal said so far. */
  get log(): string {
    return this.said.join("");
  }

  /** setupPath is the one-time link that a first start prints. */
  get setupPath(): string {
    const link = /\/setup\/[A-Za-z0-9_-]+/.exec(this.log);
    if (!link) throw new Error(`the portal printed no set-up link:\n${this.log}`);
    return link[0];
  }

  /** stop ends the portal as an operator would, and forgets its data. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.pid) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    await rm(this.data, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const until = Date.now() + patience;
    while (Date.now() < until) {
      if (this.process.exitCode !== null || this.process.pid === undefined) break;
      const answer = await fetch(`${this.address}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.stop();
    throw new Error(`the portal does not answer at ${this.address}:\n${this.log}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
