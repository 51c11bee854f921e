// A telephone line for the demonstration: what stands between people's telephones and the relay. A real one
// is a modem with Kannel, or a provider (gateway/sms/README.md).
//
//   telephone.mts serve PORT RELAY-URL SECRET-FILE SHOWN   passes answers on to the telephones: writes them to
//                                                         SHOWN, and reports each to the relay as delivered
//   telephone.mts send FROM TEXT                           a person writes; SMS_RELAY and SMS_SECRET_FILE say where to
import { createHmac, randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text as readText } from "node:stream/consumers";

const number = "8844"; // the office's

async function post(relay: string, secretFile: string, content: object): Promise<void> {
  const body = JSON.stringify(content);
  const time = Math.floor(Date.now() / 1000).toString();
  const secret = readFileSync(secretFile, "utf8").trimEnd();
  const answer = await fetch(`${relay}/sms`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-safeconduct-timestamp": time,
      "x-safeconduct-signature": createHmac("sha256", secret).update(`${time}.${body}`).digest("hex"),
    },
    body,
  });
  if (!answer.ok) throw new Error(`the relay answered ${answer.status}: ${await answer.text()}`);
}

function serve(port: number, relay: string, secretFile: string, shown: string): void {
  const server = createServer((request, response) => {
    void readText(request).then(async (body) => {
      const { to, text, token } = JSON.parse(body) as { to: string; text: string; token: string };
      appendFileSync(shown, `to ${to}: ${text}\n`);
      response.writeHead(200).end();
      if (token !== "") await post(relay, secretFile, { delivery: { token, status: "delivered" } });
    }).catch((error: unknown) => {
      console.error(String(error));
      if (!response.headersSent) response.writeHead(400).end();
    });
  });
  server.listen(port, "127.0.0.1", () => console.log("serving"));
}

async function send(from: string, text: string): Promise<void> {
  const { SMS_RELAY: relay, SMS_SECRET_FILE: secretFile } = process.env;
  if (relay === undefined || secretFile === undefined) throw new Error("set SMS_RELAY and SMS_SECRET_FILE");
  await post(relay, secretFile, { id: randomUUID(), from, to: number, text });
  console.log("The relay has it on its disk, sealed.");
}

const [command, ...args] = process.argv.slice(2);
if (command === "serve" && args.length === 4) {
  serve(Number(args[0]), args[1]!, args[2]!, args[3]!);
} else if (command === "send" && args.length === 2) {
  await send(args[0]!, args[1]!).catch((error: unknown) => {
    console.error(String(error));
    process.exitCode = 1;
  });
} else {
  console.error("usage: telephone.mts serve PORT RELAY-URL SECRET-FILE SHOWN | send FROM TEXT");
  process.exitCode = 2;
}
