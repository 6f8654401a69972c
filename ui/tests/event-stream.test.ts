import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerEvent } from '@/api/event-parser';
import { followStream } from '@/api/event-stream';
import { ProblemError } from '@/api/problem';

let server: Server | undefined;

afterEach(() => server?.close());

/** A real server that answers each request by the next of these. */
async function serve(...answers: ((after: string | undefined) => { status?: number; body: string; cut?: boolean })[]): Promise<string> {
  let count = 0;
  server = createServer((request, response) => {
    const { status = 200, body, cut = false } = answers[Math.min(count++, answers.length - 1)]!(request.headers['last-event-id'] as string | undefined);
    response.writeHead(status, { 'content-type': status === 200 ? 'text/event-stream' : 'application/problem+json', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' });
    response.write(body);
    if (cut) setImmediate(() => response.destroy());
    else response.end();
  });
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
}

describe('a stream', () => {
  it('is taken up behind the last event until its end is seen', async () => {
    const asked: (string | undefined)[] = [];
    const path = await serve(
      after => { asked.push(after); return { body: 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: ha' }; },
      after => { asked.push(after); return { body: 'id: 3\ndata: c\n\nid: 4\ndata: end\n\n' }; },
    );
    const seen: ServerEvent[] = [];

    await followStream(path, {
      signal: new AbortController().signal,
      onEvents: events => { seen.push(...events); return events.some(event => event.data === 'end') ? 'end' : undefined; },
    });

    expect(seen.map(event => event.data)).toEqual(['a', 'b', 'c', 'end']);
    expect(asked).toEqual([undefined, '2']);
  });

  it('that the hub refuses says why', async () => {
    const path = await serve(() => ({ status: 404, body: JSON.stringify({ title: 'Not found', detail: "There is no execution 'x'." }) }));

    const following = followStream(path, { signal: new AbortController().signal, onEvents: () => undefined });

    await expect(following).rejects.toEqual(new ProblemError(404, 'Not found', "There is no execution 'x'."));
  });
});
