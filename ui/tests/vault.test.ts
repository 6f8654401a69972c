import { describe, expect, it } from 'vitest';
import { readDotenv } from '@/features/vault/forms/dotenv';
import { isLogin, keyOf, lossText, referencesOf, restsText, typeText } from '@/features/vault/list/words';

describe('a .env file', () => {
  it('gives names and values, with quotes, comments and lines taken as they are meant', () => {
    const { entries, wrong } = readDotenv(['# of the shop', 'A=1', 'export B = two words # not this', "C='it is $raw #1'", 'D="a\\nb \\"c\\""', 'E="-----BEGIN', 'key', '-----END"', '', 'A=2'].join('\n'));

    expect(Object.fromEntries(entries.map(entry => [entry.name, entry.value]))).toEqual({ A: '2', B: 'two words', C: 'it is $raw #1', D: 'a\nb "c"', E: '-----BEGIN\nkey\n-----END' });
    expect(wrong).toEqual([]);
  });

  it('says which lines say nothing', () => {
    expect(readDotenv('just words\nA="open\nB=1').wrong).toEqual([1, 2]);
    expect(readDotenv('just words\nA="open\nB=1').entries).toEqual([{ name: 'B', value: '1' }]);
  });
});

describe('words of credentials', () => {
  it('tell how they are referred to', () => {
    expect(referencesOf({ name: 'KEY', provider: null, fields: ['value'] })).toEqual(['${cred:KEY}']);
    expect(referencesOf({ name: 'slack', provider: 'slack', fields: ['token', 'signing'] })).toEqual(['${cred:slack.token}', '${cred:slack.signing}']);
  });

  it('tell what they are', () => {
    expect([restsText({ scope: 'workspace', provider: null }, 'vault'), restsText({ scope: 'user', provider: null }, 'vault'), restsText({ scope: 'workspace', provider: 'x' }, 'vault')])
      .toEqual(['in HashiCorp Vault or OpenBao', 'in the hub’s database, sealed', 'in the hub’s database, sealed']);
    expect([typeText({ type: null, provider: null, fields: ['value'] }), typeText({ type: null, provider: 'x', fields: ['a', 'b'] })]).toEqual(['Secret', 'a, b']);
    expect([isLogin('SHOP_FTP_PASSWORD'), isLogin('SHOP_SFTP_KEY'), isLogin('OPENAI_KEY')]).toEqual([true, true, false]);
    expect(keyOf({ name: 'A', scope: 'user' })).toBe('user:A');
  });

  it('tell what stops with one that goes', () => {
    const use = { kind: 'plan', name: 'nightly' } as const;

    expect(lossText(undefined)).toBe('');
    expect(lossText({ items: [], more: false })).toBe('Nothing that is saved names it.');
    expect(lossText({ items: [use], more: false })).toBe('This names it, and fails from then on:');
    expect(lossText({ items: [use, use], more: false })).toBe('These 2 name it, and fail from then on:');
    expect(lossText({ items: [use], more: true })).toContain('not all was read');
  });
});
