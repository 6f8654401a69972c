import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Loading } from '@/components/page/Loading';
import { occurrencesQuery } from '../api/list-occurrences';
import { dayText, daysOf, entriesOf, moved, plusDays, spans, timesText, titleOf, type Entry, type Span } from './calendar';
import classes from './Calendar.module.css';

interface CalendarProps {
  span: Span;
  date: Date;
  today: Date;
  search: string | undefined;
  onShow: (span: Span, date: Date) => void;
}

const shownMax = { day: 200, week: 12, month: 4 } as const;

/** What will run, day by day, in the reader's zone. */
export function Calendar({ span, date, today, search, onShow }: CalendarProps) {
  const days = daysOf(span, date);
  const query = useQuery(occurrencesQuery(days[0]!.toISOString(), plusDays(days.at(-1)!, 1).toISOString()));
  const wanted = search?.toLowerCase();
  const timetables = (query.data?.items ?? []).filter(item => wanted === undefined || item.plan.toLowerCase().includes(wanted));
  const { byDay, often } = entriesOf(timetables, days);
  return (
    <section className={classes.calendar} aria-label="Calendar">
      <div className={classes.bar}>
        <ActionIcon variant="default" aria-label={`The ${span} before`} onClick={() => onShow(span, moved(span, date, -1))}><ChevronLeft size={16} /></ActionIcon>
        <ActionIcon variant="default" aria-label={`The next ${span}`} onClick={() => onShow(span, moved(span, date, 1))}><ChevronRight size={16} /></ActionIcon>
        <Button variant="default" size="xs" onClick={() => onShow(span, today)}>Today</Button>
        <h2 className={classes.title} aria-live="polite">{titleOf(span, days, date)}</h2>
        <SegmentedControl size="xs" aria-label="How much is shown" value={span} onChange={next => onShow(next, date)} data={spans.map(each => ({ value: each, label: each.charAt(0).toUpperCase() + each.slice(1) }))} />
      </div>
      {query.error !== null && query.data === undefined && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {often.length > 0 && (
        <p className={classes.often}><b>All the time:</b> {often.map(each => <span key={each.trigger_id}><PlanLink plan={each.plan} /> (<span title={each.watches}>{each.in_words ?? each.watches}</span>)</span>)}</p>
      )}
      {query.data === undefined ? query.error === null && <Loading what="The calendar" /> : span === 'day'
        ? <DayList entries={byDay[0]!} />
        : <Weeks days={days} byDay={byDay} today={today} month={span === 'month' ? date.getMonth() : null} shown={shownMax[span]} onDay={day => onShow('day', day)} />}
      {query.data?.isCut === true && <p className={classes.often}>There are more schedules than are shown here. Search for a plan to see its own.</p>}
    </section>
  );
}

interface WeeksProps {
  days: readonly Date[];
  byDay: readonly Entry[][];
  today: Date;
  month: number | null;
  shown: number;
  onDay: (day: Date) => void;
}

function Weeks({ days, byDay, today, month, shown, onDay }: WeeksProps) {
  const name = new Intl.DateTimeFormat('en', { weekday: 'short' });
  const full = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
  const weeks = Array.from({ length: days.length / 7 }, (_, index) => index);
  return (
    <div className={classes.scroll}>
      <table className={classes.weeks} data-month={month === null ? undefined : ''}>
        <thead><tr>{days.slice(0, 7).map(day => <th key={day.getTime()} scope="col">{name.format(day)}</th>)}</tr></thead>
        <tbody>
          {weeks.map(week => (
            <tr key={week}>
              {days.slice(week * 7, week * 7 + 7).map((day, index) => {
                const entries = byDay[week * 7 + index]!;
                return (
                  <td key={day.getTime()} data-today={dayText(day) === dayText(today) || undefined} data-other={(month !== null && day.getMonth() !== month) || undefined} data-past={plusDays(day, 1) <= today || undefined}>
                    <span className={classes.weekday} aria-hidden="true">{name.format(day)}</span>
                    <button type="button" className={classes.number} aria-label={full.format(day)} onClick={() => onDay(day)}>{day.getDate()}</button>
                    <ul className={classes.entries}>{entries.slice(0, shown).map(entry => <EntryItem key={entry.trigger} entry={entry} />)}</ul>
                    {entries.length > shown && <button type="button" className={classes.more} onClick={() => onDay(day)}>{entries.length - shown} more</button>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const EntryItem = ({ entry }: { entry: Entry }) => (
  <li className={classes.entry} title={`${entry.plan}: ${timesText(entry.times)} – ${entry.words}`}><span>{timesText(entry.times)}</span><PlanLink plan={entry.plan} /></li>
);

const PlanLink = ({ plan }: { plan: string }) => <Link to="/plans/$plan" params={{ plan }} search={{}}>{plan}</Link>;

function DayList({ entries }: { entries: readonly Entry[] }) {
  if (entries.length === 0) return <p className={classes.none}>Nothing runs on this day.</p>;
  return (
    <ul className={classes.day}>
      {entries.map(entry => (
        <li key={entry.trigger}>
          <div className={classes.lane} aria-hidden="true">{entry.times.map(time => <i key={time.getTime()} style={{ left: `${((time.getHours() * 60 + time.getMinutes()) / 1_440) * 100}%` }} />)}</div>
          <div className={classes.dayText}><PlanLink plan={entry.plan} /><span>{timesText(entry.times)}</span><span>{entry.words}</span></div>
        </li>
      ))}
    </ul>
  );
}
