import { describe, expect, it } from 'vitest';
import { startOf, triggerOf, wordsOf } from '@/features/transfers/templates/start';

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

  it('is told as people say it', () => {
    expect(wordsOf({ kind: 'schedule', in_words: 'Every day at 06:00', watches: '0 6 * * *' })).toBe('Every day at 06:00');
    expect(wordsOf({ kind: 'files', in_words: null, watches: 'shop:out' })).toBe('When files arrive: shop:out');
  });
});
