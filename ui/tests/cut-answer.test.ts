import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, askWhole } from '@/api/client';
import { problemFrom, UnreachableError } from '@/api/problem';

let server: Server | undefined;

afterEach(() => server?.close());

/** A real server that answers so, and breaks off. */
async function serve(body: string, { cut = false, status = 200 } = {}): Promise<string> {
  server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' });
    response.write(body);
    if (cut) setImmediate(() => response.destroy());
    else response.end();
  });
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const thrownBy = async (call: Promise<unknown>): Promise<unknown> => call.then(() => null, (error: unknown) => error);

describe('an answer that is cut off', () => {
  it('is none, whether the connection breaks or something between ends it early', async () => {
    for (const cut of [true, false]) {
      const error = await thrownBy(askWhole(new Request(await serve('{"id": "01a', { cut }))));
      expect(error).toBeInstanceOf(UnreachableError);
      expect((error as Error).message).toContain('goes on by itself');
    }
  });

  it('to what changes something leaves open whether it was done, and promises nothing', async () => {
    const address = await serve('{"id', { cut: true });
    for (const call of [() => askWhole(new Request(address, { method: 'POST', body: '{}' })), () => ask(new Request('http://127.0.0.1:1/', { method: 'DELETE' }))]) {
      const error = await thrownBy(call()) as UnreachableError;
      expect([error.title, error.message.includes('nobody knows here whether this was done'), error.message.includes('by itself')]).toEqual(['No answer', true, false]);
    }
  });

  it('is not one that is whole, or a page of a proxy', async () => {
    expect(await (await askWhole(new Request(await serve('{"id": 1}')))).json()).toEqual({ id: 1 });
    const refused = await askWhole(new Request(await serve('{"detail": "Not so."}', { status: 422 })));
    expect(problemFrom(refused.status, await refused.json()).message).toBe('Not so.');
    expect((await askWhole(new Request(await serve('', { status: 204 }), { method: 'DELETE' }))).status).toBe(204);
  });
});
