import { describe, expect, it } from 'vitest';
import { labelOf, mapFrom, mapText, missingOf, type SettingDescription } from '@/components/form/settings';

const setting = (name: string, more: Partial<SettingDescription> = {}): SettingDescription => ({ name, type: 'text', required: false, secret: false, choices: [], help: '', ...more });

describe('forms from descriptions', () => {
  it('name their fields', () => expect(['host_key', 'api_key', 'apis'].map(labelOf)).toEqual(['Host key', 'API key', 'Apis']));

  it('know what is missing', () => {
    const settings = [setting('host', { required: true }), setting('port', { required: true, default: 22 }), setting('user', { required: true }), setting('path')];

    expect(missingOf(settings, { host: 'a', user: '' })).toEqual(['user']);
  });

  it('write maps as lines and read them again', () => {
    const map = { Accept: 'text/html', 'X-Url': 'https://a:1' };

    expect(mapFrom(mapText(map))).toEqual(map);
    expect(mapFrom('\n')).toBeUndefined();
  });
});
