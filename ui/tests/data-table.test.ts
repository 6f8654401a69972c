// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useInfiniteQuery } from '@tanstack/react-query';
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DataTable } from '@/components/table/DataTable';

const columns = [{ id: 'name', header: 'Name', cell: (row: { id: string }) => row.id }];
const shown = (hasNextPage: boolean) => renderToString(createElement(MantineProvider, null, createElement(DataTable<{ id: string }>, {
  label: 'Credentials', columns, rows: [], rowId: row => row.id, empty: 'No credential fits',
  more: { hasNextPage, isFetching: false, isFetchingNextPage: false, failureReason: null, fetchNextPage: () => Promise.resolve() },
})));

describe('a list without rows', () => {
  it('says so', () => expect(shown(false)).toContain('No credential fits'));

  it('does not say so while pages are still to come in which something may fit', () => {
    expect(shown(true)).not.toContain('No credential fits');
    expect(shown(true)).toContain('Credentials are being loaded');
  });
});

describe('a list whose next page cannot be read', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    document.body.replaceChildren();
  });

  it('says why and asks no more, also when newer rows are told, until the person does', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
    const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    const asked: number[] = [];
    const hub = { isWell: false };
    const read = (page: number) => {
      asked.push(page);
      return page === 1 && !hub.isWell ? Promise.reject(new Error('The disk is full.')) : Promise.resolve({ items: [{ id: `row ${page}` }], next: page < 2 ? page + 1 : null });
    };
    const List = () => {
      const list = useInfiniteQuery({ queryKey: ['rows'], initialPageParam: 0, queryFn: ({ pageParam }) => read(pageParam), getNextPageParam: last => last.next });
      return createElement(DataTable<{ id: string }>, { label: 'Rows', columns, rows: list.data?.pages.flatMap(page => page.items), rowId: row => row.id, empty: 'None', more: list });
    };
    const place = document.body.appendChild(document.createElement('div'));
    const root = createRoot(place);
    await act(async () => root.render(createElement(MantineProvider, null, createElement(QueryClientProvider, { client }, createElement(List)))));
    const problem = () => place.querySelector('[role=alert]');
    await act(() => vi.waitFor(() => expect(asked).toContain(1)));
    await act(async () => undefined);

    const rows = { pages: [{ items: [{ id: 'newer row' }, { id: 'row 0' }], next: 1 }], pageParams: [0] };
    for (let turn = 0; turn < 5; turn++) await act(async () => client.setQueryData(['rows'], structuredClone(rows)));
    const askedInVain = [...asked];
    const words = problem()?.textContent;
    hub.isWell = true;
    await act(async () => problem()!.querySelector('button')!.click());
    await act(() => vi.waitFor(() => expect(asked).toContain(2)));
    await act(async () => undefined);

    expect(askedInVain).toEqual([0, 1]);
    expect(words).toContain('The disk is full.');
    expect(asked).toEqual([0, 1, 1, 2]);
    expect(problem()).toBeNull();
    await act(async () => root.unmount());
  });
});
