import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Shape } from '@/api/client';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { bytesText, countText, durationText } from '@/components/time/words';
import { Bar } from '../list/Bar';
import { amountText, filesText, progressOf, remainingText, shareOf } from '../list/progress';
import { earlierText } from './earlier';
import classes from './LinkCard.module.css';

const currentMax = 12;

/** One link: from a place to a place; how far and how fast, or how it ended. */
export function LinkCard({ link, number, isRunning }: { link: Shape<'Link'>; number: number | null; isRunning: boolean }) {
  const progress = progressOf(link.progress);
  const moves = isRunning && link.progress !== undefined && link.complete !== true;
  const isDone = link.complete === true;
  const notes = notesOf(link.result);
  return (
    <Card>
      <div className={classes.head}>
        <span className={classes.way}>{number !== null && `${number}. `}{link.from} <ArrowRight size={15} aria-label="to" /> {link.to}</span>
        {link.status != null && !isRunning && number !== null && <StatusBadge status={link.status} />}
        {link.progress === undefined && <StatusBadge status={isRunning ? 'queued' : 'skipped'} />}
      </div>
      {link.progress !== undefined && (
        <>
          <div className={classes.bar}><Bar label={`Progress to ${link.to}`} share={isDone ? 1 : isRunning ? shareOf(progress) : shareOf(progress) ?? 0} failed={progress.filesTotal > 0 ? progress.failed / progress.filesTotal : 0} tone={isDone ? 'good' : moves ? 'live' : 'quiet'} /></div>
          <dl className={classes.numbers}>
            {moves && <Number name="Files">{filesText(progress)}</Number>}
            {moves && <Number name="Amount">{amountText(progress)}</Number>}
            {moves && <Number name="Rate">{bytesText(progress.bytesPerSecond)}/s</Number>}
            {moves && <Number name="Time left">{remainingText(progress) ?? 'not known yet'}</Number>}
            <Number name="Copied">{countText(progress.copied)}</Number>
            <Number name="There already">{countText(progress.skipped)}</Number>
            {progress.deleted > 0 && <Number name="Deleted">{countText(progress.deleted)}</Number>}
            <Number name="Failed" isBad={progress.failed > 0}>{countText(progress.failed)}</Number>
            {!moves && <Number name="Amount">{bytesText(progress.bytesDone)}</Number>}
            {!moves && <Number name="Took">{durationText(progress.elapsedSeconds * 1_000)}</Number>}
            {!moves && progress.elapsedSeconds > 0 && progress.bytesDone > 0 && <Number name="Rate on average">{bytesText(progress.bytesDone / progress.elapsedSeconds)}/s</Number>}
          </dl>
        </>
      )}
      {moves && progress.currentFiles.length > 0 && (
        <ul className={classes.current} aria-label="Files under way" tabIndex={0}>
          {progress.currentFiles.slice(0, currentMax).map(file => <li key={file}>{file}</li>)}
        </ul>
      )}
      {notes.map(note => <p key={note} className={classes.note}>{note}</p>)}
      {(link.attempt ?? 1) > 1 && <p className={classes.note}>This is attempt {link.attempt}; what an earlier one copied counts as skipped.</p>}
      {(link.earlier?.length ?? 0) > 0 && <ul className={classes.earlier} aria-label="Attempts before">{link.earlier!.map(attempt => <li key={attempt.attempt}>{earlierText(attempt)}</li>)}</ul>}
    </Card>
  );
}

function Number({ name, isBad = false, children }: { name: string; isBad?: boolean; children: ReactNode }) {
  return <div><dt>{name}</dt><dd className={isBad ? classes.bad : undefined}>{children}</dd></div>;
}

function notesOf(result: unknown): string[] {
  const notes = typeof result === 'object' && result !== null && 'notes' in result ? result.notes : null;
  return Array.isArray(notes) ? notes.map(String) : [];
}
