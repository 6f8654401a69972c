import { expect, it } from 'vitest';
import { allPages } from '@/api/all-pages';

const pages = [{ items: [1, 2], next: 'b' }, { items: [3], next: 'c' }, { items: [4], next: null }];

function read(asked: unknown[]) {
  return (query: { after: string | undefined }) => {
    asked.push(query);
    return Promise.resolve(pages[asked.length - 1] ?? { items: [] });
  };
}

it('reads a list page by page to its end', async () => {
  const asked: unknown[] = [];
  expect(await allPages(read(asked))).toEqual({ items: [1, 2, 3, 4], isCut: false });
  expect(asked).toEqual([{ limit: '500', after: undefined }, { limit: '500', after: 'b' }, { limit: '500', after: 'c' }]);
});

it('says when there is more than was read', async () => {
  expect(await allPages(read([]), 2)).toEqual({ items: [1, 2, 3], isCut: true });
});

it('takes a list without a place to go on for its end', async () => {
  expect(await allPages(() => Promise.resolve({ items: ['a'] }))).toEqual({ items: ['a'], isCut: false });
});
