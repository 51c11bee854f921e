// How many SMS a second one relay takes, with the whole chain on this machine: telephones' side (this program, over
// the signed webhook), relay, gateway. `bench/run sms [MESSAGES] [CONNECTIONS]`.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

import { TestGateway } from "../harness.ts";
import { relayHolders, TestRelay } from "../relay.ts";
import { poll } from "./poll.ts";

const messages = Number(process.argv[2] ?? 6_000);
const connections = Number(process.argv[3] ?? 32);
const messagesEach = 3; // of a telephone: the first is a report, the others go on in its conversation

const gateway = await TestGateway.start({ holders: relayHolders });
const limits = ["per_number_hour = 1000000", "per_number_day = 1000000", "per_minute = 10000000", "replies_per_day = 0"];
const relay = await TestRelay.prepare(gateway, { config: { limits } });
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function post(n: number): Promise<number> {
  const phone = Math.floor(n / messagesEach);
  const body = JSON.stringify({
    id: `m-${n}`,
    from: `+4179${String(phone).padStart(7, "0")}`,
    to: "1234",
    text: `Message ${n}: two men in a white lorry came to the market again, as they did last week, and asked for money.`,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", relay.secret).update(`${timestamp}.${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-safeconduct-timestamp": timestamp,
    "x-safeconduct-signature": signature,
  };
  return new Promise((done, fail) => {
    const sent = request(`${relay.url}/webhook`, { method: "POST", agent, headers }, (answer) => {
      answer.resume().on("end", () => done(answer.statusCode ?? 0));
    });
    sent.on("error", fail).end(body);
  });
}

/** Milliseconds of processor time that a process has taken. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10; // the kernel counts in hundredths of a second
}

try {
  await relay.serve();
  const before = { relay: processorTime(relay.pid), gateway: processorTime(gateway.pid) };
  const latencies: number[] = [];
  let next = 0;
  const began = process.hrtime.bigint();
  const seconds = (): number => Number(process.hrtime.bigint() - began) / 1e9;
  // One telephone's messages come one after another; different telephones at the same time.
  const phones = Math.ceil(messages / messagesEach);
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < phones) {
        const phone = next;
        next += 1;
        for (let i = 0; i < messagesEach; i += 1) {
          const start = seconds();
          const status = await post(phone * messagesEach + i);
          if (status !== 200) throw new Error(`answered ${status}`);
          latencies.push(seconds() - start);
        }
      }
    }),
  );
  const taken = seconds();
  await poll("the gateway to have all", async () => ((await relay.figure("safeconduct_sms_waiting")) === 0 ? true : undefined));
  const through = seconds();
  const spent = {
    relay: processorTime(relay.pid) - before.relay,
    gateway: processorTime(gateway.pid) - before.gateway,
  };
  latencies.sort((a, b) => a - b);
  const at = (share: number): string => `${(latencies[Math.floor((latencies.length - 1) * share)]! * 1000).toFixed(0)} ms`;
  const count = latencies.length;
  console.log(`${count} messages of ${phones} telephones over ${connections} connections`);
  console.log(`taken:   ${(count / taken).toFixed(0)}/s, answered after ${at(0.5)} (p50), ${at(0.99)} (p99)`);
  console.log(`through: ${(count / through).toFixed(0)}/s until the gateway had all of them on disk`);
  const each = (time: number): string => `${(time / count).toFixed(2)} ms`;
  console.log(`processor time of a message: relay ${each(spent.relay)}, gateway ${each(spent.gateway)}`);
} finally {
  agent.destroy();
  await relay.dispose();
  await gateway.dispose();
}
