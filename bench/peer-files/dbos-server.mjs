// Workflows of one, ten and two durable steps behind HTTP, answered with their results.
import http from "node:http";
import { DBOS } from "@dbos-inc/dbos-sdk";

const steps = (name, count) =>
  DBOS.registerWorkflow(async (body) => {
    let value = body;
    for (let step = 0; step < count; step++) {
      value = await DBOS.runStep(async () => ({ n: 1, body }), { name: `s${step}` });
    }
    return value;
  }, { name });

const workflows = { "/w1": steps("w1", 1), "/w2": steps("w2", 10), "/w7": steps("w7", 2) };
DBOS.setConfig({ name: "peer", systemDatabaseUrl: `postgresql://postgres@localhost/dbos?host=${encodeURIComponent(process.env.PGHOST)}`, systemDatabasePoolSize: 20, logLevel: "warn", runAdminServer: false });
await DBOS.launch();
http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const run = workflows[request.url];
    const answer = await run(JSON.parse(Buffer.concat(chunks).toString() || "{}"));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(Number(process.env.PORT), "127.0.0.1");
