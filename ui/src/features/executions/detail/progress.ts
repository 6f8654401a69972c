import { bytesText, countText } from '@/components/time/words';

/** How far a step is, in a few words; whatever an action says of itself. */
export function progressText(progress: unknown): string {
  if (typeof progress !== 'object' || progress === null) return String(progress);
  const of = progress as Record<string, unknown>;
  const number = (name: string) => (typeof of[name] === 'number' ? of[name] : null);
  const parts = [
    number('percent') === null ? null : `${Math.round(number('percent')!)} %`,
    number('files_done') === null ? null : `${countText(number('files_done')!)}${number('files_total') === null ? '' : ` of ${countText(number('files_total')!)}`} files`,
    number('bytes_per_second') === null ? null : `${bytesText(number('bytes_per_second')!)}/s`,
  ].filter(part => part !== null);
  return parts.length > 0 ? parts.join(' · ') : Object.entries(of).filter(([, value]) => typeof value !== 'object').slice(0, 3).map(([name, value]) => `${name} ${String(value)}`).join(' · ');
}
