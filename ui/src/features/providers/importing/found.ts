/** The ids of the actions of a manifest that the hub wrote: each on a line of its own, by two spaces below "actions:". */
export function actionsIn(manifest: string): string[] {
  const lines = manifest.split('\n');
  const begin = lines.indexOf('actions:');
  const found: string[] = [];
  for (const line of begin < 0 ? [] : lines.slice(begin + 1)) {
    if (line !== '' && !line.startsWith(' ')) break;
    const id = /^ {2}"?([a-z][a-z0-9_]*)"?:/.exec(line)?.[1];
    if (id !== undefined) found.push(id);
  }
  return found;
}
