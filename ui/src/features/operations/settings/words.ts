import type { HubSetting } from '../api/settings';

export function valueText({ value, is_secret: isSecret, has_value: hasValue }: Pick<HubSetting, 'value' | 'is_secret' | 'has_value'>): string {
  if (isSecret) return hasValue ? 'a secret, which is not shown' : 'none';
  return value ?? 'none';
}

/** Where it comes from, in words. */
export function sourceText({ source, is_given: isGiven, has_value: hasValue }: Pick<HubSetting, 'source' | 'is_given' | 'has_value'>): string {
  if (!hasValue) return 'not set';
  return isGiven ? `from ${source}` : 'by default';
}

export function fitsSetting({ name, help, is_given: isGiven, variable }: Pick<HubSetting, 'name' | 'help' | 'is_given' | 'variable'>, text: string | undefined, onlyGiven: boolean): boolean {
  if (onlyGiven && !isGiven) return false;
  return text === undefined || `${name} ${name.replaceAll('_', ' ')} ${variable} ${help}`.toLowerCase().includes(text.toLowerCase());
}
