// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '@/api/query-client';
import { soon } from '@/api/soon';
import { executionsRoutes } from '@/features/executions/routes';
import { transfersRoutes } from '@/features/transfers/routes';

type Loader = (context: { cause: 'enter' | 'stay' | 'preload'; deps: object }) => Promise<void>;

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

    void (loader as Loader)({ cause: 'preload', deps });
    void (loader as Loader)({ cause: 'enter', deps });

    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]).toContain(address);
  });

  it('are waited for only for a moment, and only by who opens the page and has none', async () => {
    vi.useFakeTimers();
    const passed: string[] = [];
    const rowsOf = (name: string, answer: Promise<object>) => ({ queryKey: [name], queryFn: () => answer, initialPageParam: null, getNextPageParam: () => undefined });
    const never = new Promise<object>(() => undefined);
    queryClient.setQueryData(['seen before'], { pages: [{}], pageParams: [null] }, { updatedAt: 0 });

    void soon('enter', rowsOf('slow', never)).then(() => passed.push('opened'));
    void soon('stay', rowsOf('filtered', never)).then(() => passed.push('filtered'));
    void soon('enter', rowsOf('quick', Promise.resolve({}))).then(() => passed.push('answered'));
    void soon('enter', rowsOf('seen before', never)).then(() => passed.push('seen before'));
    await vi.advanceTimersByTimeAsync(10);
    const atOnce = [...passed].sort();
    await vi.advanceTimersByTimeAsync(200);

    expect(atOnce).toEqual(['answered', 'filtered', 'seen before']);
    expect(queryClient.getQueryState(['seen before'])?.fetchStatus).toBe('fetching');
    expect(passed).toContain('opened');
    vi.useRealTimers();
  });
});
