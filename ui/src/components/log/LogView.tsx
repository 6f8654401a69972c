import { Button, SegmentedControl, Switch } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { SearchField } from '../search/SearchField';
import { clockText, countText, exactText } from '../time/words';
import { levels, type LogBuffer, type LogFilter, type LogLine } from './log-buffer';
import classes from './LogView.module.css';

interface LogViewProps {
  label: string;
  buffer: LogBuffer;
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  /** Lines are still expected. */
  live: boolean;
  /** What a line's step is called. */
  stepName?: (path: string) => string;
  empty?: ReactNode;
}

const lineHeight = 22;
const nearEnd = 40;

/** A log that follows its end until one scrolls away from it; searched and filtered in place. */
export function LogView({ label, buffer, filter, onFilter, live, stepName, empty = 'Nothing was logged.' }: LogViewProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const [wraps, setWraps] = useState(false);
  const { lines, total, dropped } = useSyncExternalStore(buffer.subscribe, buffer.read);
  useEffect(() => buffer.setFilter(filter), [buffer, filter]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => lineHeight,
    getItemKey: index => lines[index]!.id,
    overscan: 20,
  });
  useLayoutEffect(() => {
    if (follows && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follows, lines, virtual]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = viewport.current!;
    const atEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    if (atEnd !== follows) setFollows(atEnd);
  };
  return (
    <section className={classes.log} aria-label={label}>
      <div className={classes.bar}>
        <SearchField label="Search the log" value={filter.text} onChange={text => onFilter({ ...filter, text })} width={220} />
        <SegmentedControl
          size="xs" aria-label="Least level" value={filter.level ?? 'debug'} onChange={level => onFilter({ ...filter, level: level === 'debug' ? undefined : (level) })}
          data={levels.map(level => ({ value: level, label: level === 'debug' ? 'All' : level.charAt(0).toUpperCase() + level.slice(1) }))}
        />
        <Switch size="xs" label="Wrap" checked={wraps} onChange={event => setWraps(event.currentTarget.checked)} />
        <span className={classes.count}>{countText(lines.length)}{lines.length !== total && ` of ${countText(total)}`} lines{dropped > 0 && `, the oldest ${countText(dropped)} not kept here`}</span>
      </div>
      <div className={classes.stage}>
        <div ref={viewport} className={classes.viewport} data-wraps={wraps || undefined} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label={label}>
          {lines.length === 0 ? <p className={classes.empty}>{live && total === 0 ? 'Waiting for the first line …' : total > 0 ? 'No line fits the search.' : empty}</p> : (
            <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map(item => (
                <div key={item.key} ref={wraps ? virtual.measureElement : undefined} data-index={item.index} className={classes.place} style={{ transform: `translateY(${item.start}px)` }}>
                  <Line line={lines[item.index]!} stepName={stepName} mark={filter.text} />
                </div>
              ))}
            </div>
          )}
        </div>
        {!follows && lines.length > 0 && (
          <Button className={classes.toEnd} size="xs" variant="default" leftSection={<ArrowDown size={14} />} onClick={() => setFollows(true)}>{live ? 'Follow' : 'To the end'}</Button>
        )}
      </div>
    </section>
  );
}

function Line({ line, stepName, mark }: { line: LogLine; stepName?: (path: string) => string; mark?: string }) {
  return (
    <div className={classes.line} data-level={line.level}>
      <time className={classes.time} dateTime={line.time} title={exactText(line.time)}>{clockText(line.time)}</time>
      <span className={classes.level}>{line.level}</span>
      {line.step != null && <span className={classes.step}>{stepName?.(line.step) ?? line.step}</span>}
      <span className={classes.message}><Marked text={line.message} mark={mark} /></span>
    </div>
  );
}

function Marked({ text, mark }: { text: string; mark?: string }) {
  const at = mark === undefined ? -1 : text.toLowerCase().indexOf(mark.toLowerCase());
  if (mark === undefined || at < 0) return text;
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + mark.length)}</mark>{text.slice(at + mark.length)}</>;
}
