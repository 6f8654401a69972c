import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { actionsIn } from '@/features/providers/importing/found';
import { draftOf, emptyAction, emptyDraft, idOf, manifestOf, problemsOf, signIns, type ManifestDraft } from '@/features/providers/manifest/draft';
import { lossText } from '@/features/providers/own/loss';

const acme: ManifestDraft = {
  ...emptyDraft, id: 'acme', name: 'Acme: CRM', help: 'Contacts.', docs: 'https://docs.acme.example', baseUrl: 'https://api.acme.example/v1', testPath: '/me', testWho: 'user.email',
  actions: [
    { id: 'get_contact', help: 'Gets one.', method: 'GET', path: '/contacts/{contact_id}', parameters: [{ name: 'contact_id', type: 'string', required: true, help: 'Which.' }, { name: 'fields', type: 'list', required: false, help: 'What of it.' }] },
    { id: 'create_contact', help: 'Creates one.', method: 'POST', path: '/contacts', parameters: [] },
  ],
};

test('a manifest says all that stands in the form, and the form shows it again', () => {
  for (const signIn of signIns) {
    const draft = { ...acme, signIn, keyName: signIn === 'header' || signIn === 'query' ? 'X-Key' : '' };
    expect(draftOf(manifestOf(draft, '2026-11-21'))).toEqual(draft);
  }
});

test('a part of the path is a parameter without being said', () => {
  const draft = { ...acme, actions: [{ ...emptyAction, id: 'get_item', path: '/lists/{list_id}/items/{item_id}', parameters: [{ name: 'item_id', type: 'integer', required: true, help: 'Which.' }] }] };
  const { params } = (parse(manifestOf(draft, '2026-11-21')) as { actions: { get_item: { params: Record<string, { required?: boolean; type?: string }> } } }).actions.get_item;
  expect(Object.keys(params)).toEqual(['list_id', 'item_id']);
  expect([params.list_id!.required, params.item_id!.type]).toEqual([true, 'integer']);
});

test('a manifest that holds more than the form, or a comment, is changed as text', () => {
  const text = manifestOf(acme, '2026-11-21');
  expect(draftOf(`# ours\n${text}`)).toBeUndefined();
  expect(draftOf(`${text}errors: { message: [error] }\n`)).toBeUndefined();
  expect(draftOf(text.replace('auth:\n', 'auth:\n  - kind: none\n    id: open\n'))).toBeUndefined();
  expect(draftOf(text.replace('required: true', 'required: true\n        pattern: "[0-9]+"'))).toBeUndefined();
  for (const odd of ['', '[]', 'a: [', 'null', 'actions: 5', 'auth: []']) expect(draftOf(odd)).toBeUndefined();
});

test('what was written stays a text, whatever it looks like', () => {
  const draft = { ...acme, name: 'yes', help: '12: {a} "b"' };
  expect(draftOf(manifestOf(draft, '2026-11-21'))).toEqual(draft);
});

test('a name makes an id', () => {
  expect(idOf('Acme CRM (EU)')).toBe('acme-crm-eu');
  expect(idOf('Über')).toBe('u-ber');
  expect(idOf('  ')).toBe('');
});

test('what is missing or cannot be is told at its field', () => {
  expect(problemsOf(acme)).toEqual({});
  expect(Object.keys(problemsOf(emptyDraft)).sort()).toEqual(['actions.0.id', 'actions.0.path', 'baseUrl', 'id', 'name']);
  expect(Object.keys(problemsOf({ ...acme, signIn: 'header', docs: 'javascript:alert(1)', testPath: 'me', actions: [acme.actions[0]!, { ...acme.actions[0]!, path: 'contacts', parameters: [{ name: '', type: 'string', required: false, help: '' }] }] })).sort())
    .toEqual(['actions.1.id', 'actions.1.parameters.0', 'actions.1.path', 'docs', 'keyName', 'testPath']);
});

test('the actions of what was imported are listed', () => {
  expect(actionsIn('id: a\nactions:\n  list_items:\n    help: x\n    params:\n      actions: {}\n  "on":\n    call: GET /\npaging: {}\n  none:\n')).toEqual(['list_items', 'on']);
  expect(actionsIn('id: a\n')).toEqual([]);
});

test('what breaks without a provider is said in full', () => {
  expect(lossText({ plans: [], plans_elsewhere: 0 }, 0)).toBe('No plan uses it.');
  expect(lossText({ plans: ['a', 'b'], plans_elsewhere: 1 }, 2)).toBe("2 plans have steps of it and would fail: 'a', 'b'. So would 1 plan of other workspaces. 2 connections to it would be of no use; the credentials stay.");
  expect(lossText({ plans: Array.from({ length: 10 }, (_, index) => `p${index}`), plans_elsewhere: 0 }, 0)).toContain("'p7' and 2 more.");
});
