import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { StatusBadge } from '@/components/status/StatusBadge';
import { lookOf } from '@/components/status/status';
import { useNow } from '@/components/time/clock';
import { durationText, exactText, plural } from '@/components/time/words';
import { barOf, rowsOf, spanOf, ticksOf, type Attempt, type TimelineRow, type TimeSpan } from './timeline';
import classes from './Timeline.module.css';

interface TimelineProps {
  attempts: readonly Attempt[];
  progress: ReadonlyMap<string, string>;
  selected: string | undefined;
  onSelect: (path: string) => void;
}

const rowHeight = 40;

const narrow = '(max-width: 620px)';

/** Steps and attempts over time: when each ran, how long, and how it ended. */
export function Timeline({ attempts, progress, selected, onSelect }: TimelineProps) {
  const isNarrow = useMediaQuery(narrow, window.matchMedia(narrow).matches);
  const now = useNow();
  const viewport = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(attempts), [attempts]);
  const span = spanOf(attempts, now);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => viewport.current, estimateSize: () => rowHeight, overscan: 10 });
  // Who comes by an address with a step in it sees its row as well.
  const show = useEffectEvent(() => {
    const index = rows.findIndex(row => row.path === selected);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' });
  });
  useEffect(() => show(), []);
  return (
    <div ref={viewport} className={classes.viewport} role="region" aria-label="Timeline of steps" tabIndex={0}>
      <div className={classes.axis} aria-hidden="true">
        <div className={classes.axisName}>Step</div>
        <div className={classes.scale}>
          {ticksOf(span, isNarrow ? 2 : 5).map(tick => <span key={tick} className={classes.tick} data-end={tick > (span.to - span.from) * 0.9 || undefined} style={{ left: `${(tick / (span.to - span.from)) * 100}%` }}>{tick === 0 ? '0' : durationText(tick)}</span>)}
        </div>
      </div>
      <ol className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(item => {
          const row = rows[item.index]!;
          return (
            <li key={row.path} className={classes.place} style={{ transform: `translateY(${item.start}px)` }}>
              <Row row={row} span={span} now={now} progress={progress.get(row.path)} isSelected={row.path === selected} onSelect={onSelect} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps {
  row: TimelineRow;
  span: TimeSpan;
  now: number;
  progress: string | undefined;
  isSelected: boolean;
  onSelect: (path: string) => void;
}

function Row({ row, span, now, progress, isSelected, onSelect }: RowProps) {
  return (
    <button type="button" className={classes.row} aria-pressed={isSelected} onClick={() => onSelect(row.path)}>
      <span className={classes.name} style={{ paddingLeft: row.depth * 18 }}>
        <StatusBadge status={row.status} compact />
        <span className={classes.label}><b>{row.name}</b>{row.name !== row.use && <span>{row.use}</span>}</span>
        {row.attempts.length > 1 && <span className={classes.attempts}>{plural(row.attempts.length, 'attempt')}</span>}
      </span>
      <span className={classes.lane}>
        {row.attempts.map(attempt => {
          const bar = barOf(attempt, span, now);
          const length = (attempt.ended_at == null ? now : Date.parse(attempt.ended_at)) - Date.parse(attempt.started_at);
          return (
            <span key={attempt.attempt} className={classes.bar} data-tone={lookOf(attempt.status).tone} style={{ left: `${bar.left}%`, width: `${bar.width}%` }} title={`Attempt ${attempt.attempt}: ${lookOf(attempt.status).label.toLowerCase()}, ${durationText(length)}, from ${exactText(attempt.started_at)}`}>
              <span className={classes.length} data-outside={bar.width < 12 || undefined} data-left={bar.left > 70 || undefined}>{progress !== undefined && attempt.ended_at == null ? progress : durationText(length)}</span>
            </span>
          );
        })}
      </span>
    </button>
  );
}
