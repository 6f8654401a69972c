import { describe, expect, it } from 'vitest';
import type { Overview } from '@/api/overview';
import { lineOf } from '@/features/operations/logs/lines';
import { ruleText, testParameters } from '@/features/operations/notifications/words';
import { tilesOf } from '@/features/operations/overview/tiles';
import { fitsSetting, sourceText, valueText } from '@/features/operations/settings/words';

describe('lines of the hub’s log', () => {
  it('are one line each, with why something was thrown behind', () => {
    const line = { id: 7, time: '2026-01-01T00:00:00Z', level: 'error', component: 'Triggers', source: 'Gantry.Hub.Triggers.X', message: 'It failed', execution: null, exception: 'Because\n   at here\r\n   at there', fields: null };

    expect(lineOf(line)).toEqual({ id: 7, time: line.time, level: 'error', step: 'Triggers', message: 'It failed ⏎ Because ⏎ at here ⏎ at there' });
  });
});

describe('notifications', () => {
  it('are tried with what is written, and a text where nothing is, or where an occasion is meant', () => {
    expect(testParameters('smtp.send', { host: 'mail', subject: '${trigger.title}', text: 'Mine' })).toEqual({ host: 'mail', subject: 'A test from Gantry', text: 'Mine' });
    expect(testParameters('other.act', { a: 1 })).toEqual({ a: 1 });
  });

  it('say of what and how often', () => {
    expect(ruleText({ on: ['failure', 'recovery'], use: 'slack.post_message', with: {}, at_most_every: '1h' })).toBe('Slack when a plan failed or it works again, at most every 1h');
  });
});

describe('the numbers of the overview', () => {
  const overview = { running: 0, queued: 0, waiting: 0, approvals: 0, schedules_late: 0, events_missed: 0, triggers_broken: 0, events_dead: 0, hours: [] } as unknown as Overview;
  const wayOf = (id: string, more: Partial<Overview> = {}) => {
    const { to, search } = tilesOf({ ...overview, ...more }).find(tile => tile.id === id)!;
    return [to, search];
  };

  it('lead to the lists of what they count', () => {
    expect(wayOf('failed')).toEqual(['/executions', { status: 'failed', period: '1d' }]);
    expect(wayOf('late', { schedules_late: 1, events_missed: 1 })).toEqual(['/schedules', { view: 'list' }]);
    expect(wayOf('late', { events_missed: 1, schedules_late: 1, triggers_broken: 1 })).toEqual(['/schedules', { view: 'broken' }]);
    expect(wayOf('late', { events_missed: 2 })).toEqual(['/events', { status: 'alert' }]);
    expect(wayOf('dead')).toEqual(['/events', { status: 'dead' }]);
  });
});

describe('settings', () => {
  const setting = { name: 'log_level', help: 'The least level.', variable: 'GANTRY_LOG_LEVEL', value: 'debug', is_secret: false, has_value: true, is_given: true, source: 'the flag --log-level' };

  it('tell what holds and where it comes from, and no secret', () => {
    expect([valueText(setting), sourceText(setting)]).toEqual(['debug', 'from the flag --log-level']);
    expect([valueText({ ...setting, value: null, is_secret: true }), sourceText({ ...setting, is_given: false, source: 'its default' })]).toEqual(['a secret, which is not shown', 'by default']);
    expect(sourceText({ ...setting, has_value: false, is_given: false, source: null })).toBe('not set');
  });

  it('are found by name and meaning', () => {
    expect([fitsSetting(setting, 'log level', false), fitsSetting(setting, 'LEAST', false), fitsSetting(setting, 'disk', false), fitsSetting({ ...setting, is_given: false }, undefined, true)]).toEqual([true, true, false, false]);
  });
});
