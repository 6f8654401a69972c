import { describe, expect, it } from 'vitest';
import { limitWords } from '@/features/endpoints/list/words';
import { bandOf, hoursOfWeek, isUnlimited, painted, ratesOf, rateProblem, rateText, textOf, unlimited, weekOf } from '@/features/endpoints/limits/timetable';

describe('a bandwidth timetable', () => {
  it('is one rate, hours of every day, or hours of single days', () => {
    expect(weekOf('10M')!.every(rate => rate === '10M')).toBe(true);
    const daily = weekOf('08:00,10M 19:00,off')!;
    expect([daily[0], daily[7], daily[8], daily[18], daily[19]]).toEqual(['off', 'off', '10M', '10M', 'off']);
    const mixed = weekOf('08:00,10M 19:00,off mon-08:00,5M')!;
    expect([mixed[8], mixed[24 + 8], mixed[6 * 24 + 20]]).toEqual(['5M', '10M', 'off']);
  });

  it('holds the last entry of the week before its first', () => {
    const week = weekOf('fri-18:00,1M mon-06:00,off')!;
    expect([week[0], week[5], week[6], week[4 * 24 + 17], week[4 * 24 + 18], week[hoursOfWeek - 1]]).toEqual(['1M', '1M', 'off', 'off', '1M', '1M']);
  });

  it('means the same after it was written, whatever was painted', () => {
    let week = unlimited;
    for (const [from, to, rate] of [[8, 4 * 24 + 18, '5M'], [5 * 24, 6 * 24 + 23, '10M:1M'], [0, 0, '1M'], [30, 100, 'off']] as const) {
      week = painted(week, from, to, rate);
      expect(weekOf(textOf(week))).toEqual(week);
    }
    expect(textOf(painted(unlimited, 8, 6 * 24 + 18, '5M'))).toBe('08:00,5M 19:00,off');
    expect(textOf(unlimited)).toBe('');
    expect(textOf(painted(unlimited, 0, hoursOfWeek - 1, '5M'))).toBe('5M');
  });

  it('that changes between whole hours stays a text', () => {
    expect(weekOf('08:30,10M 19:00,off')).toBeNull();
    expect(weekOf('nonsense')).toBeNull();
  });

  it('says its rates in words', () => {
    expect([rateText('10M'), rateText('off'), rateText('10M:1M')]).toEqual(['10 MiB/s', 'no limit', '10 MiB/s up, 1 MiB/s down']);
    expect([rateProblem('10'), rateProblem('10M:off'), rateProblem('1.5g')].map(problem => problem === undefined)).toEqual([false, true, true]);
    expect(isUnlimited('off:off')).toBe(true);
    expect(ratesOf(['off', '10M', '500K'])).toEqual(['500K', '10M', 'off']);
    expect(bandOf('10M', ['500K', '10M', 'off'])).toBe('2');
  });

  it('is a few words on a card', () => {
    expect(limitWords({ bandwidth: '10M', transfers: '1', priority: 'high' })).toEqual(['10 MiB/s', '1 transfer at once', 'high priority']);
    expect(limitWords({ bandwidth: '08:00,5M 19:00,off' })).toEqual(['from 5 MiB/s, by timetable']);
    expect(limitWords({})).toEqual([]);
  });
});
