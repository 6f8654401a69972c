import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Unseen } from '@/components/text/Unseen';
import { bandOf, dayTitles, hourTitle, hoursOfWeek, painted, rateText, ratesOf, rectangle, type Week } from './timetable';
import classes from './WeekGrid.module.css';

interface WeekGridProps {
  week: Week;
  /** What is painted with. */
  rate: string;
  onWeek: (week: Week) => void;
}

const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** A week in hours. It is painted by dragging, or by the keyboard: arrows walk, with Shift they span a field, Space paints it. */
export function WeekGrid({ week, rate, onWeek }: WeekGridProps) {
  const [from, setFrom] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const [isDragging, setDragging] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const isMarked = rectangle(from ?? at, at);
  const rates = ratesOf(week);

  useEffect(() => {
    if (!isDragging) return;
    const end = () => {
      setDragging(false);
      setFrom(null);
      onWeek(painted(week, from ?? at, at, rate));
    };
    window.addEventListener('pointerup', end, { once: true });
    return () => window.removeEventListener('pointerup', end);
  }, [isDragging, from, at, rate, week, onWeek]);

  const step = (next: number, spans: boolean) => {
    if (next < 0 || next >= hoursOfWeek) return;
    setFrom(spans ? from ?? at : null);
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus();
  };
  const key = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -24, ArrowDown: 24 };
    if (steps[event.key] !== undefined) step(at + steps[event.key]!, event.shiftKey);
    else if (event.key === 'Home') step(at - (at % 24), event.shiftKey);
    else if (event.key === 'End') step(at - (at % 24) + 23, event.shiftKey);
    else if (event.key === ' ' || event.key === 'Enter') { onWeek(painted(week, from ?? at, at, rate)); setFrom(null); }
    else if (event.key === 'Escape' && from !== null) setFrom(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // On touch screens the finger stays captured by the cell it began on.
  const over = (event: React.PointerEvent) => {
    if (!isDragging) return;
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-at]');
    if (cell?.dataset.at !== undefined) setAt(Number(cell.dataset.at));
  };
  return (
    <div className={classes.scroll}>
      <div ref={grid} className={classes.week} role="grid" aria-label="Bandwidth by the hours of a week" onKeyDown={key} onPointerMove={over}>
        <div role="row" className={classes.row}>
          <span role="columnheader" className={classes.corner}><Unseen>Day</Unseen></span>
          {hours.map(hour => <span key={hour} role="columnheader" className={classes.hour}>{hour % 3 === 0 ? String(hour).padStart(2, '0') : <Unseen>{hour}</Unseen>}</span>)}
        </div>
        {dayTitles.map((day, row) => (
          <div key={day} role="row" className={classes.row}>
            <span role="rowheader" className={classes.day}>{day.slice(0, 3)}</span>
            {hours.map(hour => {
              const cell = row * 24 + hour;
              return (
                <span
                  key={hour} role="gridcell" data-at={cell} tabIndex={cell === at ? 0 : -1} className={classes.cell} data-band={bandOf(week[cell]!, rates)} data-marked={((isDragging || from !== null) && isMarked(cell)) || undefined}
                  aria-label={`${hourTitle(cell)}: ${rateText(week[cell]!)}`} title={`${hourTitle(cell)}: ${rateText(week[cell]!)}`}
                  onPointerDown={event => { if (event.button !== 0) return; event.currentTarget.releasePointerCapture?.(event.pointerId); setFrom(cell); setAt(cell); setDragging(true); }}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
