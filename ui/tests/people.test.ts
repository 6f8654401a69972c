import { describe, expect, it } from 'vitest';
import { actionText, detailText, isNotable, targetText } from '@/features/audit/list/words';
import { expiryOf, keyStatus } from '@/features/accounts/keys/words';
import { oneTimePassword, programText } from '@/features/accounts/people/words';

describe('people and keys', () => {
  it('get passwords for one sign-in that can be read out', () => {
    expect(oneTimePassword()).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(oneTimePassword()).not.toBe(oneTimePassword());
  });

  it('are signed in by programs with short names', () => {
    expect(programText('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36')).toBe('Chrome on Linux');
    expect(programText('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605')).toBe('Safari on macOS');
    expect([programText('curl/8.0 x'), programText(null)]).toEqual(['curl/8.0', 'An unknown program']);
  });

  it('have keys with an end', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');

    expect([expiryOf('7', now), expiryOf('never', now)]).toEqual(['2026-01-08T00:00:00.000Z', undefined]);
    expect([keyStatus({}, now), keyStatus({ expires_at: '2025-12-31T00:00:00Z' }, now), keyStatus({ revoked_at: '2025-12-31T00:00:00Z' }, now)]).toEqual(['active', 'expired', 'revoked']);
  });
});

describe('words of the audit log', () => {
  it('tell what was done', () => {
    expect([actionText('credential.revealed'), actionText('api_key.created'), actionText('transfer_template.changed'), actionText('sign_in.refused')])
      .toEqual(['Credential revealed', 'API key created', 'Transfer template changed', 'Sign-in refused']);
    expect([isNotable('credential.revealed'), isNotable('sign_in.refused'), isNotable('plan.created')]).toEqual([true, true, false]);
  });

  it('tell names, and only the end of an id that has none', () => {
    const id = '019c1a2b-0000-7000-8000-0123456789ab';
    expect([targetText({ target: 'SHOP_KEY', target_name: null }), targetText({ target: id, target_name: 'nightly' }), targetText({ target: id, target_name: null }), targetText({ target: null, target_name: null })])
      .toEqual(['SHOP_KEY', 'nightly', '… 0123456789ab', '–']);
  });

  it('tell details in one line', () => {
    expect(detailText({ scope: 'user', allowed_hosts: [], version: 2, field: null })).toBe('scope user · version 2');
  });
});
