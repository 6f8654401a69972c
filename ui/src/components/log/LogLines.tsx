import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useNextPage, type PagedList } from '../page/next-page';
import { NextPageProblem } from '../page/NextPageProblem';
import { clockText, exactText } from '../time/words';
import type { LogLine } from './log-buffer';
import classes from './LogView.module.css';

interface LogLinesProps {
  label: string;
  lines: readonly LogLine[];
  /** The end stays in sight as it grows. */
  follows: boolean;
  /** Whether one has scrolled to the end, or away from it. */
  onFollow: (follows: boolean) => void;
  wraps: boolean;
  mark?: string;
  stepName?: (path: string) => string;
  empty: ReactNode;
  /** Of lines that come by pages: the next ones are asked for as the end comes into sight. */
  more?: PagedList;
}

const lineHeight = 22;
const nearEnd = 40;
const linesBeforeEnd = 100;

/** Lines of a log, of which only those in sight are in the document. */
export function LogLines({ label, lines, follows, onFollow, wraps, mark, stepName, empty, more }: LogLinesProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => lineHeight,
    overscan: 20,
    useFlushSync: false,
  });
  const height = virtual.getTotalSize();
  useLayoutEffect(() => {
    const element = viewport.current;
    if (!follows || element === null) return;
    element.scrollTop = element.scrollHeight;
    // Browsers tell it only with the next frame: until then the rows of where it was would be shown.
    element.dispatchEvent(new Event('scroll'));
  }, [follows, lines, height, wraps]);
  const firstOf = useRef(lines);
  useLayoutEffect(() => {
    const [before, first] = [firstOf.current, lines[0]];
    firstOf.current = lines;
    if (follows || viewport.current === null || first === undefined || before[0] === first) return;
    // The oldest lines were let go: what is read stays where it is.
    const gone = before.indexOf(first);
    if (gone > 0) viewport.current.scrollTop -= gone * lineHeight;
  }, [follows, lines]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const failure = useNextPage(more, last >= lines.length - linesBeforeEnd);
  const nameOf = (step: string | null | undefined) => (step == null ? null : stepName?.(step) ?? step);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = viewport.current!;
    const atEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    if (atEnd !== follows) onFollow(atEnd);
  };
  return (
    <div ref={viewport} className={classes.viewport} data-wraps={wraps || undefined} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label={label}>
      {lines.length === 0 ? <p className={classes.empty}>{empty}</p> : (
        <div className={classes.lines} style={{ height }}>
          {items.map(item => (
            <div key={item.key} ref={wraps ? virtual.measureElement : undefined} data-index={item.index} className={classes.place} style={{ transform: `translateY(${item.start}px)` }}>
              <Line line={lines[item.index]!} step={nameOf(lines[item.index]!.step)} mark={mark} />
            </div>
          ))}
        </div>
      )}
      {failure !== null && more !== undefined && <NextPageProblem failure={failure} list={more} />}
    </div>
  );
}

/** Drawn once, however many come after it. */
const Line = memo(function Line({ line, step, mark }: { line: LogLine; step: string | null; mark?: string }) {
  return (
    <div className={classes.line} data-level={line.level}>
      <time className={classes.time} dateTime={line.time} title={exactText(line.time)}>{clockText(line.time)}</time>
      <span className={classes.level}>{line.level}</span>
      {step !== null && <span className={classes.step}>{step}</span>}
      <span className={classes.message}><Marked text={line.message} mark={mark} /></span>
    </div>
  );
});

function Marked({ text, mark }: { text: string; mark?: string }) {
  const at = mark === undefined ? -1 : text.toLowerCase().indexOf(mark.toLowerCase());
  if (mark === undefined || at < 0) return text;
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + mark.length)}</mark>{text.slice(at + mark.length)}</>;
}
