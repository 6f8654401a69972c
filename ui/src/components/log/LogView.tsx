import { Button, SegmentedControl, Switch } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ArrowDown } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { SearchField } from '../search/SearchField';
import { countText } from '../time/words';
import { levels, type LogBuffer, type LogFilter } from './log-buffer';
import { LogLines } from './LogLines';
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
  /** All lines, from where they are kept; offered once the oldest were let go here. */
  whole?: () => ReactNode;
}

const narrow = '(max-width: 760px)';

/** A log that follows its end until one scrolls away from it; searched and filtered in place. */
export function LogView({ label, buffer, filter, onFilter, live, stepName, empty = 'Nothing was logged.', whole }: LogViewProps) {
  const [follows, setFollows] = useState(true);
  const isNarrow = useMediaQuery(narrow, window.matchMedia(narrow).matches);
  const [wrapping, setWrapping] = useState<boolean | null>(null);
  const wraps = wrapping ?? isNarrow;
  const [showsWhole, setShowsWhole] = useState(false);
  const { lines, total, dropped, isCutOff } = useSyncExternalStore(buffer.subscribe, buffer.read);
  useEffect(() => buffer.setFilter(filter), [buffer, filter]);
  const isWhole = showsWhole && isCutOff && whole !== undefined;
  return (
    <section className={classes.log} aria-label={label}>
      <div className={classes.bar}>
        <SearchField label="Search the log" value={filter.text} onChange={text => onFilter({ ...filter, text })} width={220} />
        <SegmentedControl
          size="xs" aria-label="Least level" value={filter.level ?? 'debug'} onChange={level => onFilter({ ...filter, level: level === 'debug' ? undefined : level })}
          data={levels.map(level => ({ value: level, label: level === 'debug' ? 'All' : level.charAt(0).toUpperCase() + level.slice(1) }))}
        />
        <Switch size="xs" label="Wrap" checked={wraps} onChange={event => setWrapping(event.currentTarget.checked)} />
        {isCutOff && whole !== undefined && <Switch size="xs" label="From the first line" checked={showsWhole} onChange={event => setShowsWhole(event.currentTarget.checked)} />}
        {!isWhole && <span className={classes.count}>{countText(lines.length)}{lines.length !== total && ` of ${countText(total)}`} lines{isCutOff && `, the newest ${countText(total - dropped)} kept here`}</span>}
      </div>
      <div className={classes.stage}>
        {isWhole ? whole() : (
          <LogLines
            label={label} lines={lines} follows={follows} onFollow={setFollows} wraps={wraps} mark={filter.text} stepName={stepName}
            empty={live && total === 0 ? 'Waiting for the first line …' : total > 0 ? 'No line fits the search.' : empty}
          />
        )}
        {!isWhole && !follows && lines.length > 0 && (
          <Button className={classes.toEnd} size="xs" variant="default" leftSection={<ArrowDown size={14} />} onClick={() => setFollows(true)}>{live ? 'Follow' : 'To the end'}</Button>
        )}
      </div>
    </section>
  );
}
