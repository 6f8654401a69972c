/** A name and its value, as lines of a .env file have them. */
export interface NamedValue {
  name: string;
  value: string;
}

/** What dotenv text says; with the lines that say nothing that could be understood. */
export function readDotenv(text: string): { entries: NamedValue[]; wrong: number[] } {
  const entries = new Map<string, string>();
  const wrong: number[] = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const found = /^(?:export\s+)?([A-Za-z0-9_][A-Za-z0-9_.\-/]*)\s*=\s*(.*)$/.exec(line);
    if (found === null) {
      wrong.push(index + 1);
      continue;
    }
    const [, name, begin] = found as unknown as [string, string, string];
    const quote = begin[0];
    if (quote !== '"' && quote !== "'") {
      entries.set(name, begin.replace(/\s+#.*$/, ''));
      continue;
    }
    // A value in quotes may go on over several lines.
    let rest = begin.slice(1);
    const first = index;
    while (endOf(rest, quote) < 0 && index + 1 < lines.length) rest += `\n${lines[++index]!}`;
    const end = endOf(rest, quote);
    if (end < 0) {
      wrong.push(first + 1);
      index = first;
      continue;
    }
    const value = rest.slice(0, end);
    entries.set(name, quote === "'" ? value : value.replace(/\\([nrt"\\$])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter));
  }
  return { entries: [...entries].map(([name, value]) => ({ name, value })), wrong };
}

function endOf(text: string, quote: string): number {
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\' && quote === '"') index++;
    else if (text[index] === quote) return index;
  }
  return -1;
}
