import type { Shape } from '@/api/client';
import { bytesText, countText, plural } from '@/components/time/words';

/** What a preview says in a sentence. */
export function previewText({ files, is_whole: isWhole, note }: Pick<Shape<'TransferPreviewView'>, 'files' | 'is_whole' | 'note'>): string {
  if (files.length === 0) return note ?? 'No file fits: there is nothing to do.';
  const of = (result: string) => files.filter(file => file.result === result);
  const copied = of('copied');
  const parts = [
    copied.length === 0 ? null : `${plural(copied.length, 'file')} of ${bytesText(copied.reduce((sum, file) => sum + (file.size ?? 0), 0))} to copy`,
    of('skipped').length === 0 ? null : `${countText(of('skipped').length)} there already`,
    of('deleted').length === 0 ? null : `${countText(of('deleted').length)} to delete at the target`,
    of('failed').length === 0 ? null : `${countText(of('failed').length)} that would fail`,
  ].filter(part => part !== null);
  return `${parts.join(', ')}.${note != null ? ` ${note}` : isWhole ? '' : ' There are more.'}`;
}
