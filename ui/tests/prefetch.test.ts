// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '@/api/query-client';
import { executionsRoutes } from '@/features/executions/routes';
import { transfersRoutes } from '@/features/transfers/routes';

type Loader = (context: { deps: object }) => void;

describe('the rows of a long list', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    queryClient.clear();
  });

  it.each([
    [executionsRoutes[0].options.loader, { status: 'failed' }, '/api/executions?status=failed&limit=60'],
    [transfersRoutes[0].options.loader, { q: 'a', status: 'failed' }, '/api/transfers?status=failed&limit=60'],
  ])('are asked for once, while the script of their page comes', async (loader, deps, address) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
      asked.push(request.url);
      return Promise.resolve(new Response('{"items":[],"next":null}', { headers: { 'Content-Type': 'application/json' } }));
    });

    (loader as Loader)({ deps });
    (loader as Loader)({ deps });

    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]).toContain(address);
  });
});
