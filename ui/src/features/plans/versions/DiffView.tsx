import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Unseen } from '@/components/text/Unseen';
import { plural } from '@/components/time/words';
import { diffRows, type DiffRow } from '../document/diff';
import classes from './DiffView.module.css';

interface DiffViewProps {
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
}

const around = 3;

/** Two texts side by side; long stretches that are the same are folded. */
export function DiffView({ before, after, beforeLabel, afterLabel }: DiffViewProps) {
  const rows = useMemo(() => diffRows(before, after), [before, after]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const parts = useMemo(() => foldedParts(rows), [rows]);
  if (rows.every(row => row.same)) return <p className={classes.none}>The texts are the same.</p>;
  return (
    <div className={classes.frame} tabIndex={0} role="region" aria-label={`${beforeLabel} beside ${afterLabel}`}>
      <table className={classes.table}>
        <colgroup><col className={classes.numbers} /><col /><col className={classes.numbers} /><col /></colgroup>
        <thead><tr><th scope="col" colSpan={2}>{beforeLabel}</th><th scope="col" colSpan={2}>{afterLabel}</th></tr></thead>
        <tbody>
          {parts.map(part => (part.folded && !unfolded.has(part.from)
            ? <tr key={part.from} className={classes.fold}><td colSpan={4}><Button variant="subtle" size="compact-xs" color="gray" onClick={() => setUnfolded(new Set([...unfolded, part.from]))}>{plural(part.to - part.from, 'line')} the same</Button></td></tr>
            : rows.slice(part.from, part.to).map((row, index) => <Row key={part.from + index} row={row} />)))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row: { before, after, same } }: { row: DiffRow }) {
  return (
    <tr data-same={same || undefined}>
      <td className={classes.number}>{before?.number}</td>
      <td className={classes.text} data-change={same ? undefined : before === null ? 'none' : 'removed'}>{!same && before !== null && <Unseen>Removed: </Unseen>}{before?.text}</td>
      <td className={classes.number}>{after?.number}</td>
      <td className={classes.text} data-change={same ? undefined : after === null ? 'none' : 'added'}>{!same && after !== null && <Unseen>Added: </Unseen>}{after?.text}</td>
    </tr>
  );
}

interface Part {
  from: number;
  to: number;
  folded: boolean;
}

function foldedParts(rows: readonly DiffRow[]): Part[] {
  const near = rows.map((_, index) => rows.slice(Math.max(0, index - around), index + around + 1).some(row => !row.same));
  const parts: Part[] = [];
  for (let from = 0; from < rows.length;) {
    let to = from;
    while (to < rows.length && near[to] === near[from]) to++;
    parts.push({ from, to, folded: !near[from]! && to - from > 2 });
    from = to;
  }
  return parts;
}
