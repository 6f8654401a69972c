import { describe, expect, it } from 'vitest';
import { lossOf, startOf, triggerOf, wordsOf } from '@/features/transfers/templates/start';

describe('what starts a template by itself', () => {
  const start = startOf({ name: 'Daily orders!', from: ['shop:out', 'shop:more'], pattern: '*.csv' }, 'Europe/Berlin');

  it('begins with what the template says', () => {
    expect(triggerOf(start)).toEqual({ schedule: { cron: '0 6 * * *', zone: 'Europe/Berlin' } });
    expect(triggerOf({ ...start, kind: 'files' })).toEqual({ files: { endpoint: 'shop:out', match: '*.csv', batch: true, existing: 'skip' } });
    expect(triggerOf({ ...start, kind: 'webhook' })).toEqual({ webhook: { path: 'daily-orders', open: true } });
  });

  it('says only what was chosen', () => {
    expect(triggerOf({ ...start, kind: 'files', match: ' ', onlyNew: false })).toEqual({ files: { endpoint: 'shop:out', batch: true } });
    expect(triggerOf({ ...start, kind: 'webhook', secret: 'ORDERS' })).toEqual({ webhook: { path: 'daily-orders', secret: '${cred:ORDERS}', scheme: 'token' } });
    expect(startOf({ name: '注文', from: [], pattern: null }, 'UTC')).toMatchObject({ path: 'template', watched: '', match: '' });
  });

  it('says what is lost when it is taken away', () => {
    expect(lossOf({ kind: 'webhook', in_words: null, watches: 'POST daily', url: '/api/webhook/~default/daily' })).toBe('Whoever calls /api/webhook/~default/daily is refused from then on.');
    expect(lossOf({ kind: 'schedule', in_words: 'Every day at 06:00', watches: '0 6 * * *', url: null })).toBe('It does not run by itself any more: Every day at 06:00.');
    expect(lossOf({ kind: 'files', in_words: null, watches: 'shop:out', url: null })).toBe('It does not start any more when files arrive: shop:out.');
  });

  it('is told as people say it', () => {
    expect(wordsOf({ kind: 'schedule', in_words: 'Every day at 06:00', watches: '0 6 * * *' })).toBe('Every day at 06:00');
    expect(wordsOf({ kind: 'files', in_words: null, watches: 'shop:out' })).toBe('When files arrive: shop:out');
  });
});
