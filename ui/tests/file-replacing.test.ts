// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { UnreachableError } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { takenAt } from '@/features/endpoints/files/actions';

const move = { mode: 'copy', from: { endpoint: 'web', path: '' }, to: { endpoint: 'shop', path: 'in' }, names: ['a.txt', 'b.txt'] } as const;
const given = { ...move, names: [...move.names] };

afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

it('is known of what is there before anything is brought', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"name":"b.txt","kind":"file"}\n{"name":"c.txt","kind":"file"}\n')));

  expect(await takenAt(given)).toEqual(['b.txt']);
  expect(await takenAt({ ...given, mode: 'move', from: { endpoint: 'shop', path: '' } })).toEqual([]);
});

it('is nothing where there is no folder, and not known while the hub is away', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"detail":"There is nothing."}', { status: 404 })));
  expect(await takenAt(given)).toEqual([]);

  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('away')));
  await expect(takenAt(given)).rejects.toThrow(UnreachableError);
});
