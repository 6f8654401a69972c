/** One value that a kind of endpoint or an action takes, as the hub describes it. */
export interface SettingDescription {
  name: string;
  /** What it is called; without one its name says it. */
  label?: string | null;
  type: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'map' | 'duration' | 'address' | 'any';
  required: boolean;
  secret: boolean;
  default?: unknown;
  choices: readonly string[];
  help: string;
}

/** "host_key" is shown as "Host key", "api_key" as "API key". */
export function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ').replace(/\bapi\b/, 'API');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The required settings that have no value yet. */
export const missingOf = (settings: readonly SettingDescription[], values: Readonly<Record<string, unknown>>): string[] =>
  settings.filter(setting => setting.required && setting.default == null && (values[setting.name] === undefined || values[setting.name] === '')).map(setting => setting.name);

export const listFrom = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : typeof value === 'string' && value !== '' ? [value] : []);

/** A map as lines of "name: value". */
export const mapText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.entries(value).map(([name, item]) => `${name}: ${typeof item === 'string' ? item : JSON.stringify(item)}`).join('\n') : '';

/** Lines of "name: value" as a map; undefined when there is none. */
export function mapFrom(text: string): Record<string, string> | undefined {
  const pairs = text.split('\n').filter(line => line.trim() !== '').map(line => {
    const colon = line.indexOf(':');
    return colon < 0 ? [line.trim(), ''] as const : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
