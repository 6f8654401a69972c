// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { credentialNamesQuery } from '@/api/credential-names';
import { queryClient } from '@/api/query-client';

afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

it('names every credential that may be chosen, and the fields of a provider by what refers to them', async () => {
  const pages = [
    { items: [{ name: 'WEB_KEY', provider: null, fields: ['value'], scope: 'workspace' }, { name: 'github', provider: 'github', fields: ['api_key', 'host'], scope: 'user' }], next: 'more' },
    { items: [{ name: 'A_PASSWORD', provider: null, fields: ['value'], scope: 'user' }, { name: 'WEB_KEY', provider: null, fields: ['value'], scope: 'user' }], next: null },
  ];
  vi.stubGlobal('fetch', (request: Request) => Promise.resolve(new Response(JSON.stringify(pages[request.url.includes('after=more') ? 1 : 0]), { headers: { 'Content-Type': 'application/json' } })));

  expect(await queryClient.fetchQuery(credentialNamesQuery)).toEqual(['A_PASSWORD', 'WEB_KEY', 'github.api_key', 'github.host']);
});
