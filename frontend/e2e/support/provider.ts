import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const binary = join(root, ".cache/oidctest");

/** A provider of OpenID Connect of its own: internal/identity/oidctest, which the Go tests build. */
export class Provider {
  private constructor(
    readonly issuer: string,
    private readonly process: ChildProcess,
  ) {}

  /** start runs it for a portal at an address, which it may send browsers back to. */
  static async start(portal: string): Promise<Provider> {
    if (!existsSync(binary)) await promisify(execFile)("go", ["build", "-o", binary, "."], { cwd: join(root, "internal/identity/oidctest"), env: { ...process.env, CGO_ENABLED: "0" } });
    const env = { ...process.env, OIDCTEST_REDIRECTS: `${portal}/sign-in/with/oidc/back`, OIDCTEST_SIGNED_OUT: `${portal}/sign-in` };
    const child = spawn(binary, { env, stdio: ["pipe", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return new Provider(line.toString().trim(), child);
  }

  /** settings are those of a portal that offers it. */
  get settings(): Record<string, string> {
    return { GARANT_OIDC_ISSUER: this.issuer, GARANT_OIDC_CLIENT_ID: "garant", GARANT_OIDC_CLIENT_SECRET: "secret", GARANT_OIDC_LABEL: "l’annuaire du CHU" };
  }

  /** stop ends it: it ends with its standard input. */
  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.stdin?.end();
    await ended;
  }
}
