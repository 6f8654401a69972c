import type { Shape } from '@/api/client';
import { bytesText, countText, durationText, plural } from '@/components/time/words';

/** How a link stands, as transfers report themselves; whatever is missing counts as none. */
export interface LinkProgress {
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
  /** All files have been found; until then totals grow. */
  isTotalFinal: boolean;
  copied: number;
  skipped: number;
  deleted: number;
  failed: number;
  bytesPerSecond: number;
  elapsedSeconds: number;
  remainingSeconds: number | null;
  currentFiles: string[];
}

export function progressOf(value: unknown): LinkProgress {
  const of = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const number = (name: string) => (typeof of[name] === 'number' ? of[name] : 0);
  return {
    filesDone: number('files_done'), filesTotal: number('files_total'), bytesDone: number('bytes_done'), bytesTotal: number('bytes_total'),
    isTotalFinal: of.total_is_final === true, copied: number('copied'), skipped: number('skipped'), deleted: number('deleted'), failed: number('failed'),
    bytesPerSecond: number('bytes_per_second'), elapsedSeconds: number('elapsed_seconds'),
    remainingSeconds: typeof of.remaining_seconds === 'number' ? of.remaining_seconds : null,
    currentFiles: Array.isArray(of.current_files) ? of.current_files.map(String) : [],
  };
}

/** How far, from 0 to 1; null while nobody can tell since files are still being found. */
export function shareOf(progress: LinkProgress): number | null {
  if (!progress.isTotalFinal) return null;
  if (progress.bytesTotal > 0) return Math.min(1, progress.bytesDone / progress.bytesTotal);
  return progress.filesTotal > 0 ? Math.min(1, progress.filesDone / progress.filesTotal) : null;
}

/** All links as one: of a chain the amounts of every link together. */
export function togetherOf(links: readonly Pick<Shape<'Link'>, 'progress'>[]): LinkProgress {
  const all = links.map(link => progressOf(link.progress));
  const sum = (pick: (progress: LinkProgress) => number) => all.reduce((total, progress) => total + pick(progress), 0);
  const begun = all.filter((_, index) => links[index]!.progress !== undefined);
  const remaining = begun.map(progress => progress.remainingSeconds).filter(seconds => seconds !== null);
  return {
    filesDone: sum(each => each.filesDone), filesTotal: sum(each => each.filesTotal), bytesDone: sum(each => each.bytesDone), bytesTotal: sum(each => each.bytesTotal),
    // The links behind have not told yet what they will have.
    isTotalFinal: begun.length === all.length && all.length > 0 && all.every(each => each.isTotalFinal),
    copied: sum(each => each.copied), skipped: sum(each => each.skipped), deleted: sum(each => each.deleted), failed: sum(each => each.failed),
    bytesPerSecond: sum(each => each.bytesPerSecond), elapsedSeconds: Math.max(0, ...all.map(each => each.elapsedSeconds)),
    remainingSeconds: remaining.length === 0 ? null : Math.max(...remaining), currentFiles: all.flatMap(each => each.currentFiles),
  };
}

/** "1.2 GB of 4 GB": with "so far" while files are still being found. */
export function amountText({ bytesDone, bytesTotal, isTotalFinal }: LinkProgress): string {
  if (bytesTotal === 0) return bytesText(bytesDone);
  return `${bytesText(bytesDone)} of ${bytesText(bytesTotal)}${isTotalFinal ? '' : ' found so far'}`;
}

export function filesText({ filesDone, filesTotal, isTotalFinal }: LinkProgress): string {
  if (filesTotal === 0 && filesDone === 0) return 'no file yet';
  return `${countText(filesDone)} of ${plural(filesTotal, 'file')}${isTotalFinal ? '' : ' found so far'}`;
}

/** "about 3 min left"; null while nobody can tell. */
export function remainingText({ remainingSeconds }: LinkProgress): string | null {
  if (remainingSeconds === null) return null;
  return remainingSeconds < 5 ? 'a few seconds left' : `about ${durationText(remainingSeconds * 1_000)} left`;
}

/** What became of the files, in a few words: "12 copied, 1 failed". */
export function outcomeText(progress: LinkProgress): string {
  const parts = ([['copied', progress.copied], ['skipped', progress.skipped], ['deleted', progress.deleted], ['failed', progress.failed]] as const)
    .filter(([, count]) => count > 0).map(([word, count]) => `${countText(count)} ${word}`);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}
