import type { SettingDescription } from '@/components/form/settings';

/** Settings are saved as texts; a form wants them as what they are. */
export const typedValues = (settings: readonly SettingDescription[], saved: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(saved).map(([name, text]) => [name, typed(settings.find(setting => setting.name === name)?.type, text)]));

function typed(type: SettingDescription['type'] | undefined, text: string): unknown {
  if (type === 'boolean') return text === 'true';
  if (type === 'integer' || type === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  return text;
}
