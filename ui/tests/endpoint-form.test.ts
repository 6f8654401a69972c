import { describe, expect, it } from 'vitest';
import type { SettingDescription } from '@/components/form/settings';
import { fieldOf, nameError, suggestName } from '@/features/endpoints/form/field-errors';
import { groupsOf } from '@/features/endpoints/form/groups';
import { nameOfReference, referenceTo, suggestSecretName } from '@/features/endpoints/form/secrets';
import { typedValues } from '@/features/endpoints/form/values';
import { phasesOf } from '@/features/endpoints/testing/phases';

const setting = (name: string, more: Partial<SettingDescription> = {}): SettingDescription => ({ name, type: 'text', required: false, secret: false, choices: [], help: '', ...more });

describe('an endpoint form', () => {
  it('asks where, then how one signs in, and folds the rest', () => {
    const groups = groupsOf([setting('host', { required: true }), setting('port'), setting('user'), setting('password', { secret: true }), setting('timeout')]);
    expect(groups.map(group => [group.title, group.settings.map(each => each.name), group.isFolded])).toEqual([
      ['Where it is', ['host', 'port'], false], ['How Gantry signs in', ['user', 'password'], false], ['More', ['timeout'], true],
    ]);
  });

  it('finds the field that a refusal is about', () => {
    const names = ['host', 'port', 'path'];
    expect(fieldOf("The setting 'host' is missing. The server's name or address.", names)).toBe('host');
    expect(fieldOf("'port' must be a whole number, not this text.", names)).toBe('port');
    expect(fieldOf("There is no endpoint 'x'.", names)).toBeUndefined();
  });

  it('suggests a name that is free, and says what is wrong with one', () => {
    expect(suggestName({ host: 'web.example.org' }, 'sftp', ['web'])).toBe('web-2');
    expect(suggestName({ host: '127.0.0.1' }, 'ftp', [])).toBe('my-ftp');
    expect(nameError('a', [])).toContain('2 to 64');
    expect(nameError('web', ['web'])).toContain('already');
    expect(nameError('web-1.x', [])).toBeUndefined();
  });

  it('writes and reads references to credentials', () => {
    expect(nameOfReference(referenceTo('WEB_PASSWORD'))).toBe('WEB_PASSWORD');
    expect(nameOfReference('plain')).toBeNull();
    expect(suggestSecretName('web-2', 'password', ['WEB_2_PASSWORD'])).toBe('WEB_2_PASSWORD_2');
  });

  it('gives saved texts their types', () => {
    expect(typedValues([setting('port', { type: 'integer' }), setting('anonymous', { type: 'boolean' })], { port: '22', anonymous: 'true', host: 'x' })).toEqual({ port: 22, anonymous: true, host: 'x' });
  });
});

describe('a test of an endpoint', () => {
  it('shows each phase and where it stopped', () => {
    const states = (failed: string, passed: string[]) => phasesOf({ ok: false, passed, failed_phase: failed }).map(phase => `${phase.name}: ${phase.state}`);
    expect(states('login', [])).toEqual(['login: failed', 'list: not reached', 'write: not reached', 'rename: not reached', 'delete: not reached']);
    expect(states('write', ['connect', 'list'])).toEqual(['connect: passed', 'list: passed', 'write: failed', 'rename: not reached', 'delete: not reached']);
    expect(phasesOf({ ok: true, passed: ['connect', 'list', 'write', 'delete'], failed_phase: null }).every(phase => phase.state === 'passed')).toBe(true);
  });
});
