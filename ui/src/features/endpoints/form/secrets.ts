/** The name within ${cred:NAME}; null for anything else. */
export const nameOfReference = (text: string): string | null => /^\$\{cred:([^}]+)\}$/.exec(text)?.[1] ?? null;

export const referenceTo = (name: string): string => `\${cred:${name}}`;

/** "WEB_PASSWORD": what a new credential of an endpoint's setting is called, unless somebody types another name. */
export function suggestSecretName(endpoint: string, setting: string, taken: readonly string[]): string {
  const base = `${endpoint === '' ? 'endpoint' : endpoint}_${setting}`.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  let name = base;
  for (let next = 2; taken.includes(name); next++) name = `${base}_${next}`;
  return name;
}
