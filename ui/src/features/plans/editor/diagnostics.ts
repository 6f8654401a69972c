import type { Diagnostic } from '@codemirror/lint';
import type { Finding } from '../api/check-plan';
import { lineEnd } from '../document/text';

/** What the hub found, at its places of the text: to the end of the word or value that it is about. */
export function diagnosticsOf(text: string, findings: readonly Finding[]): Diagnostic[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return findings.map(finding => {
    const from = Math.min((starts[finding.line - 1] ?? text.length) + finding.column - 1, text.length);
    const line = text.slice(from, lineEnd(text, from));
    const length = /^(?:"[^"]*"|'[^']*'|[^\s,}\]][^,}\]#]*)/.exec(line)?.[0].trimEnd().length ?? 0;
    return { from, to: Math.min(from + Math.max(length, 1), text.length), severity: 'error' as const, message: finding.message };
  });
}
