import { Button, ScrollArea, Skeleton, Table } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Card } from '@/components/page/Card';
import type { Series } from './HourChart';
import type { HourPoint } from './hours';
import classes from './Overview.module.css';

// Asked for together with the numbers, not after them.
const chart = import('./HourChart').then(module => ({ default: module.HourChart }));
chart.catch(() => undefined);
const HourChart = lazy(() => chart);

interface HourCardProps {
  title: string;
  /** The whole of it, in words. */
  sum: string;
  points: HourPoint[];
  series: readonly Series[];
  text: (value: number) => string;
  /** What stands in place of a chart without bars. */
  none: string;
  /** What it is shown as. */
  as: 'table' | undefined;
  onAs: (as: 'table' | undefined) => void;
}

/** A chart of the last hours that can be read as a table. */
export function HourCard({ title, sum, points, series, text, none, as, onAs }: HourCardProps) {
  if (points.every(point => series.every(each => point[each.key] === 0))) return <Card title={title}><p className={classes.none}>{none}</p></Card>;
  return (
    <Card title={<>{title} <span className={classes.sum}>{sum}</span></>} actions={<Button size="compact-xs" variant="subtle" color="gray" onClick={() => onAs(as === undefined ? 'table' : undefined)}>{as === undefined ? 'As a table' : 'As a chart'}</Button>}>
      {as === undefined ? (
        <Suspense fallback={<Skeleton className={classes.chartPlace} />}>
          <HourChart points={points} series={series} text={text} />
          {series.length > 1 && <ul className={classes.legend} aria-hidden="true">{series.map(each => <li key={each.key}><i style={{ background: each.color }} />{each.label}</li>)}</ul>}
        </Suspense>
      ) : (
        <ScrollArea h={212} viewportProps={{ tabIndex: 0, 'aria-label': title, role: 'region' }}>
          <Table striped withRowBorders={false} stickyHeader>
            <Table.Thead><Table.Tr><Table.Th>Hour</Table.Th>{series.map(each => <Table.Th key={each.key} ta="right">{each.label}</Table.Th>)}</Table.Tr></Table.Thead>
            <Table.Tbody>{points.toReversed().map((point, index) => <Table.Tr key={index}><Table.Td>{point.label}</Table.Td>{series.map(each => <Table.Td key={each.key} ta="right">{text(point[each.key])}</Table.Td>)}</Table.Tr>)}</Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Card>
  );
}
