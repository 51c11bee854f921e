// A gateway that is the witness of another one's two logs.
import { appendFileSync } from "node:fs";

import { type StartOptions, TestGateway } from "./harness.ts";

export const witnessName = "witness.other.localhost";

export class Witness {
  readonly gateway: TestGateway;
  /** As trust files name it. */
  readonly vkey: string;

  private constructor(gateway: TestGateway, vkey: string) {
    this.gateway = gateway;
    this.vkey = vkey;
  }

  static async start(): Promise<Witness> {
    const gateway = await TestGateway.start({ publish: false });
    const { witness_vkey: vkey } = await gateway.json(["identity", "show", "--name", witnessName], { as: "log" });
    return new Witness(gateway, vkey);
  }

  /** Of a gateway that demands it, and whose charter is put into force once it is `watch`ed. */
  get options(): StartOptions {
    const ca = JSON.stringify(this.gateway.file("ca.pem"));
    const asked = ["[[transparency_log.witnesses]]", `key = "${this.vkey}"`, `url = "${this.gateway.url}/witness"`, `ca_file = ${ca}`];
    return { publish: false, logInterval: 1, witnesses: [this.vkey], config: { transparency_log: ["block = 8", ...asked] } };
  }

  /** Cosigns the logs of `other` from then on. */
  async watch(other: TestGateway): Promise<void> {
    const logs = [await other.vkey("log", "log.test.localhost"), await other.vkey("log", other.origin)].map((vkey) => `\n[[witness.logs]]\nkey = "${vkey}"\n`);
    appendFileSync(this.gateway.file("gateway.toml"), `\n[witness]\nname = "${witnessName}"\nstate_folder = "cosigned"\n${logs.join("")}`);
    await this.gateway.restart();
  }
}
