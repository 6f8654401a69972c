/** The setting that a refusal is about, when it names one: "The setting 'host' is missing." Other quoted words are values. */
export function fieldOf(detail: string, names: readonly string[]): string | undefined {
  const quoted = [...detail.matchAll(/'([^']*)'/g)].map(match => match[1]!);
  const named = /setting '([^']*)'/.exec(detail)?.[1];
  if (named !== undefined && names.includes(named)) return named;
  return quoted.find(word => names.includes(word));
}

/** Why this cannot be a new endpoint's name; undefined when it can. The hub has the last word. */
export function nameError(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'It needs a name, by which plans and transfers call it.';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/.test(name)) return "A name has 2 to 64 letters, digits, '-', '_' or '.', and begins with a letter or digit.";
  if (taken.includes(name)) return `There is an endpoint '${name}' already.`;
  return undefined;
}

/** "web" from "web.example.org", for a name that is not typed yet; numbers follow when it is taken. */
export function suggestName(settings: Readonly<Record<string, unknown>>, kind: string, taken: readonly string[]): string {
  const host = typeof settings.host === 'string' ? settings.host : typeof settings.bucket === 'string' ? settings.bucket : '';
  const isNumeric = /^[\d.:]+$/.test(host);
  const base = (isNumeric ? '' : host.split('.')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9-]/g, '').replace(/^-+/, '').slice(0, 40);
  const wanted = base.length >= 2 ? base : `my-${kind}`;
  let name = wanted;
  for (let next = 2; taken.includes(name); next++) name = `${wanted}-${next}`;
  return name;
}
