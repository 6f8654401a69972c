import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Skeleton } from '@mantine/core';
import { memo, startTransition, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Unseen } from '@/components/text/Unseen';
import { useNextPage, type PagedList } from '../page/next-page';
import { NextPageProblem } from '../page/NextPageProblem';
import classes from './DataTable.module.css';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** A share of the width ("2fr") or a fixed one ("120px"); one share if not given. */
  width?: string;
  align?: 'end';
  /** On narrow screens: the first line (what it is), left out, or below it like all others. */
  narrow?: 'title' | 'hide';
}

interface DataTableProps<Row> {
  /** Says what is listed, for those who do not see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  /** What a click anywhere on the row does; the row's first cell has a link to the same, for the keyboard. */
  onOpen?: (row: Row) => void;
  /** Rows that have to be seen first: failed ones. */
  tone?: (row: Row) => 'bad' | 'warn' | undefined;
  /** Of a list that comes by pages: the next one is asked for as the end comes into sight. */
  more?: PagedList;
  /** In place of the rows when there are none. */
  empty: ReactNode;
}

const rowHeight = 44;
const narrowRowHeight = 76;
const narrowBelow = 620;
const overscan = 12;
// What stands above the rows of a page: until their place is known, no more are made than fit.
const besideRows = 200;
const features = tableFeatures({});

/** A list of any length: only the rows in sight are in the document, and further pages come while one scrolls. */
export function DataTable<Row extends object>({ label, columns, rows, rowId, onOpen, tone, more, empty }: DataTableProps<Row>) {
  const viewport = useRef<HTMLDivElement>(null);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map(column => helper.display({ id: column.id, header: column.header }));
  }, [columns]);
  const data = useMemo(() => [...(rows ?? [])], [rows]);
  const table = useTable({ features, columns: definitions, data, getRowId: rowId });
  const modelRows = table.getRowModel().rows;
  const isNarrow = () => (viewport.current?.clientWidth ?? window.innerWidth) < narrowBelow;
  // What is in sight is shown first, and what is around it when that stands.
  const [stands, setStands] = useState(false);
  const virtual = useVirtualizer({
    count: modelRows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => (isNarrow() ? narrowRowHeight : rowHeight),
    getItemKey: index => modelRows[index]!.id,
    initialRect: { width: window.innerWidth, height: window.innerHeight - besideRows },
    overscan: stands ? overscan : 0,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  const hasItems = items.length > 0;
  useEffect(() => {
    if (hasItems) startTransition(() => setStands(true));
  }, [hasItems]);
  // In a wide list each row is as high as it is said to be; in a narrow one its cells are below each other.
  const narrow = (virtual.scrollRect?.width ?? 0) < narrowBelow;
  const wasNarrow = useRef(narrow);
  useLayoutEffect(() => {
    if (wasNarrow.current === narrow) return;
    wasNarrow.current = narrow;
    virtual.measure();
  }, [narrow, virtual]);
  const failure = useNextPage(more, rows !== undefined && lastSeen >= modelRows.length - 15);
  const seen = useRef<{ rows: readonly object[]; id: string; index: number } | null>(null);
  useLayoutEffect(() => {
    const [element, before] = [viewport.current, seen.current];
    if (element === null) return;
    if (before !== null && before.rows !== modelRows && element.scrollTop > 0) {
      // Rows came or went above: what is looked at stays where it is. Whoever is at the beginning sees what is new.
      const moved = modelRows.findIndex(row => row.id === before.id) - before.index;
      if (moved >= -before.index && moved !== 0) element.scrollTop += moved * (isNarrow() ? narrowRowHeight : rowHeight);
    }
    const first = virtual.getVirtualItems().find(item => item.end > element.scrollTop)?.index;
    seen.current = first === undefined || modelRows[first] === undefined ? null : { rows: modelRows, id: modelRows[first].id, index: first };
  });
  const template = columns.map(column => (column.width?.endsWith('px') ? column.width : `minmax(0, ${column.width ?? '1fr'})`)).join(' ');
  const open = (event: React.MouseEvent) => {
    const index = (event.target as Element).closest<HTMLElement>('[data-index]')?.dataset.index;
    if (index !== undefined && isPlainClick(event)) onOpen?.(modelRows[Number(index)]!.original);
  };

  // What fits a search may be on a page that is still to come.
  const hasMore = more?.hasNextPage === true;
  const problem = failure !== null && more !== undefined && <NextPageProblem failure={failure} list={more} />;
  if (rows?.length === 0 && problem !== false) return <div className={classes.frame}>{problem}</div>;
  if (rows === undefined || (rows.length === 0 && hasMore)) return <div className={classes.frame}><Loading label={label} /></div>;
  if (rows.length === 0) return <div className={classes.frame}>{empty}</div>;
  return (
    <div className={classes.frame}>
      {/* A list that scrolls is reached by the keyboard, too. */}
      <div ref={viewport} className={classes.viewport} tabIndex={0} role="table" aria-label={label} aria-rowcount={hasMore ? -1 : modelRows.length + 1}>
        <div role="rowgroup" className={classes.head}>
          <div role="row" className={classes.headRow} style={{ gridTemplateColumns: template }} aria-rowindex={1}>
            {columns.map(column => <div key={column.id} role="columnheader" className={classes.headCell} data-align={column.align}>{column.header === '' ? <Unseen>Actions</Unseen> : column.header}</div>)}
          </div>
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }} onClick={onOpen === undefined ? undefined : open}>
          {items.map(item => {
            const row = modelRows[item.index]!.original;
            return <TableRow key={item.key} row={row} columns={columns} index={item.index} start={item.start} template={template} tone={tone?.(row)} opens={onOpen !== undefined} measure={narrow ? virtual.measureElement : undefined} />;
          })}
        </div>
        {more?.isFetchingNextPage === true && <div className={classes.more} role="status">Loading more …</div>}
      </div>
      {problem}
    </div>
  );
}

interface TableRowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  index: number;
  start: number;
  template: string;
  tone: 'bad' | 'warn' | undefined;
  opens: boolean;
  measure: ((element: HTMLElement | null) => void) | undefined;
}

/** Drawn again only when something of it changed, however often its list is. */
const TableRow = memo(function TableRow<Row>({ row, columns, index, start, template, tone, opens, measure }: TableRowProps<Row>) {
  return (
    <div ref={measure} data-index={index} role="row" aria-rowindex={index + 2} className={classes.row} data-open={opens || undefined} data-tone={tone} style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}>
      {columns.map(column => <div key={column.id} role="cell" className={classes.cell} data-align={column.align} data-narrow={column.narrow}>{column.cell(row)}</div>)}
    </div>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;

/** Neither on a link or button within the row, nor at the end of marking text. */
function isPlainClick(event: React.MouseEvent): boolean {
  const target = event.target as Element;
  return target.closest('a, button, input, label, [role="menuitem"]') === null && (window.getSelection()?.toString() ?? '') === '';
}

function Loading({ label }: { label: string }) {
  return (
    <div className={classes.loading} role="status" aria-label={`${label} are being loaded`}>
      {Array.from({ length: 8 }, (_, index) => <Skeleton key={index} height={14} width={`${92 - (index % 4) * 11}%`} radius="sm" />)}
    </div>
  );
}
