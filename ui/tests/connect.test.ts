import { expect, test } from 'vitest';
import { fieldsOf, givenOf, webAddress, type Field } from '@/features/providers/connect/fields';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'text', label: null, required: true, secret: false, default: null, choices: [], help: '', ...more });
const needs = {
  fields: [field('domain')],
  ways: [
    { id: 'key', name: 'an API key', help: null, needs_consent: false, fields: [field('api_key', { secret: true })] },
    { id: 'browser', name: 'a consent', help: null, needs_consent: true, fields: [field('client_id'), field('domain', { required: false })] },
  ],
};

test('a way asks for its own fields and for those of every way, each once', () => {
  expect(fieldsOf(needs, needs.ways[0]).map(each => each.name)).toEqual(['domain', 'api_key']);
  expect(fieldsOf(needs, needs.ways[1]).map(each => [each.name, each.required])).toEqual([['domain', false], ['client_id', true]]);
  expect(fieldsOf(needs, undefined).map(each => each.name)).toEqual(['domain']);
});

test('only what is asked for and was given is stored, as texts', () => {
  expect(givenOf(fieldsOf(needs, needs.ways[0]), { domain: 'a.example', api_key: '', client_id: 'of another way' })).toEqual({ domain: 'a.example' });
  expect(givenOf([field('port'), field('tls'), field('off')], { port: 8080, tls: false, off: null })).toEqual({ port: '8080', tls: 'false' });
});

test('a consent leads to the web only', () => {
  expect(webAddress('https://example.org/authorize?a=b')).toBe('https://example.org/authorize?a=b');
  expect(webAddress('javascript:alert(1)')).toBeUndefined();
  expect(webAddress('data:text/html,x')).toBeUndefined();
  expect(webAddress('nothing')).toBeUndefined();
});
