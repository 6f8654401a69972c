import { describe, expect, it } from 'vitest';
import { dayFrom, daysOf, dayText, entriesOf, moved, timesText } from '@/features/triggers/schedules/calendar';
import { payloadOf } from '@/features/triggers/events/words';
import { connectionOf } from '@/features/providers/catalogue/connection';
import { groupsOf } from '@/features/providers/catalogue/groups';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).toISOString();
const table = (plan: string, times: string[], isCut = false) => ({ trigger_id: plan, plan, watches: '', in_words: null, times, is_cut: isCut });

describe('the calendar', () => {
  it('shows the seven days that come, and of a month whole weeks from Monday on', () => {
    expect(daysOf('week', new Date(2026, 10, 22)).map(dayText)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28']);
    const month = daysOf('month', new Date(2026, 10, 5));
    expect([dayText(month[0]!), dayText(month.at(-1)!), month.length]).toEqual(['2026-10-26', '2026-12-06', 42]);
    expect(daysOf('month', new Date(2027, 1, 1))).toHaveLength(28);
    expect(daysOf('day', new Date(2026, 10, 5, 13))).toEqual([new Date(2026, 10, 5)]);
  });

  it('counts days by the calendar where clocks are changed', () => {
    for (let month = 0; month < 12; month++) {
      const days = daysOf('month', new Date(2026, month, 1));
      expect(days.every(day => day.getHours() === 0 && day.getMinutes() === 0)).toBe(true);
      expect(new Set(days.map(dayText)).size).toBe(days.length);
    }
  });

  it('goes on and back', () => {
    expect(dayText(moved('month', new Date(2026, 11, 31), 1))).toBe('2027-01-01');
    expect(dayText(moved('week', new Date(2026, 10, 5), -1))).toBe('2026-10-29');
    expect(dayText(dayFrom('2026-11-05', new Date()))).toBe('2026-11-05');
    expect(dayText(dayFrom('nonsense', new Date(2026, 10, 9, 5)))).toBe('2026-11-09');
  });

  it('has each schedule once a day, the earliest first', () => {
    const days = daysOf('week', new Date(2026, 10, 16));
    const { byDay, often } = entriesOf([table('late', [at(16, 20)]), table('early', [at(16, 6), at(16, 7), at(17, 6)]), table('often', [at(16, 0)], true), table('elsewhere', [at(28, 1)])], days);

    expect(byDay.map(entries => entries.map(entry => [entry.plan, entry.times.length]))).toEqual([[['early', 2], ['late', 1]], [['early', 1]], [], [], [], [], []]);
    expect(often.map(each => each.plan)).toEqual(['often']);
    expect(timesText(byDay[0]![0]!.times)).toBe('06:00, 07:00');
    expect(timesText(Array.from({ length: 24 }, (_, hour) => new Date(2026, 10, 16, hour)))).toBe('24 times from 00:00');
  });
});

describe('an event', () => {
  it('is shown as facts, headers and body', () => {
    expect(payloadOf({ kind: 'webhook', trigger_id: 'x', event_id: 'y', method: 'POST', delivery_id: null, headers: { a: 'b' }, body: { c: 1 } }))
      .toEqual({ facts: [['method', 'POST']], headers: [['a', 'b']], body: { c: 1 } });
    expect(payloadOf(undefined)).toEqual({ facts: [], headers: [], body: undefined });
  });
});

describe('the catalogue', () => {
  const providers = [
    { id: 'slack', title: 'Slack', help: 'Posts messages.', category: 'Communication', own: false, actions: ['post_message'] },
    { id: 'http', title: 'HTTP', help: 'Any address.', category: 'Generic & protocol', own: false, actions: ['get'] },
  ];

  it('is searched by all words, in names, help and actions', () => {
    expect(groupsOf(providers, 'post mess', undefined).map(group => group.category)).toEqual(['Communication']);
    expect(groupsOf(providers, undefined, 'Generic & protocol')[0]!.providers[0]!.id).toBe('http');
    expect(groupsOf(providers, 'nothing', undefined)).toEqual([]);
  });

  it('tells each secret once, as needed when every action needs it', () => {
    const secret = (required: boolean) => ({ name: 'token', type: 'text' as const, required, secret: true, default: null, choices: [], help: 'A token.' });
    const action = (required: boolean) => ({ id: 'a', use: 'x.a', help: '', repeatable: false, parameters: [secret(required)] });

    expect(connectionOf([action(true), action(true)])).toEqual([{ name: 'token', help: 'A token.', required: true }]);
    expect(connectionOf([action(true), action(false)])[0]!.required).toBe(false);
  });
});
