import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useImperativeHandle, useRef, useState, type DragEvent, type KeyboardEvent, type MouseEvent, type Ref } from 'react';
import { Time } from '@/components/time/Time';
import { bytesText } from '@/components/time/words';
import { FileIcon } from './FileIcon';
import { hasDragged, hasFiles } from './dropped';
import { modeText, type FileEntry, type Order } from './listing';
import { extended, only, steppedTo, toggled, type Selection } from './selection';
import classes from './FileList.module.css';

export interface FileListHandle {
  focus: () => void;
}

interface FileListProps {
  label: string;
  entries: readonly FileEntry[];
  order: Order;
  onOrder: (order: Order) => void;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onOpen: (entry: FileEntry) => void;
  /** Keys that are not about moving in the list; answers whether it took it. */
  onKey: (event: KeyboardEvent) => boolean;
  onDragStart: (event: DragEvent, entry: FileEntry) => void;
  /** Something is dropped: onto a folder of the list, or onto the list itself. */
  onDrop: (event: DragEvent, folder: FileEntry | null) => void;
  isBusy: boolean;
  ref?: Ref<FileListHandle>;
}

const rowHeight = 34;
const columns = [['name', 'Name'], ['size', 'Size'], ['modified', 'Changed']] as const;

/** A folder of any length: only the rows in sight are in the document, and the keyboard walks through all of them. */
export function FileList({ label, entries, order, onOrder, selection, onSelect, onOpen, onKey, onDragStart, onDrop, isBusy, ref }: FileListProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const id = useId();
  const [target, setTarget] = useState<string | null>(null);
  const virtual = useVirtualizer({ count: entries.length, getScrollElement: () => viewport.current, estimateSize: () => rowHeight, overscan: 16 });
  const at = selection.cursor === null ? -1 : entries.findIndex(entry => entry.name === selection.cursor);
  useImperativeHandle(ref, () => ({ focus: () => viewport.current?.focus() }), []);
  // Another folder is seen from its beginning, or where one came out of it.
  const arrive = useEffectEvent(() => (at < 0 ? viewport.current?.scrollTo({ top: 0 }) : virtual.scrollToIndex(at, { align: 'center' })));
  const isThere = entries.length > 0;
  useEffect(() => { arrive(); }, [label, isThere]);

  const go = (next: number, event: KeyboardEvent) => {
    const entry = entries[next]!;
    onSelect(event.shiftKey ? extended(selection, entry.name, entries) : event.ctrlKey || event.metaKey ? { ...selection, cursor: entry.name } : only(entry.name));
    virtual.scrollToIndex(next);
  };
  const handle = (event: KeyboardEvent): boolean => {
    const pageLength = Math.max(1, Math.floor((viewport.current?.clientHeight ?? 400) / rowHeight) - 2);
    const next = steppedTo(event.key, at, entries.length, pageLength);
    if (next !== null && !event.altKey) go(next, event);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && at >= 0) onOpen(entries[at]!);
    else if (event.key === ' ' && entries.length > 0) onSelect(toggled(selection, entries[Math.max(0, at)]!.name));
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onSelect({ ...selection, names: new Set(entries.map(entry => entry.name)) });
    else return onKey(event);
    return true;
  };
  const click = (entry: FileEntry, event: MouseEvent) => {
    if (event.shiftKey) onSelect(extended(selection, entry.name, entries));
    else if (event.ctrlKey || event.metaKey || (event.target as Element).closest('[data-mark]') !== null) onSelect(toggled(selection, entry.name));
    else onSelect(only(entry.name));
  };
  const over = (event: DragEvent, name: string | null) => {
    if (!hasDragged(event.dataTransfer) && !hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = event.shiftKey && hasDragged(event.dataTransfer) ? 'move' : 'copy';
    setTarget(name ?? '/');
  };
  const drop = (event: DragEvent, entry: FileEntry | null) => {
    event.preventDefault();
    event.stopPropagation();
    setTarget(null);
    onDrop(event, entry);
  };
  return (
    <div
      ref={viewport} className={classes.viewport} tabIndex={0} role="grid" aria-label={label} aria-multiselectable="true" aria-rowcount={entries.length + 1} aria-colcount={3} aria-busy={isBusy}
      aria-activedescendant={at < 0 ? undefined : `${id}-${at}`} data-target={target === '/' || undefined}
      onKeyDown={event => { if (event.target === event.currentTarget && handle(event)) { event.preventDefault(); event.stopPropagation(); } }}
      onDragOver={event => over(event, null)} onDragLeave={event => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setTarget(null); }} onDrop={event => drop(event, null)}
    >
      <div role="row" className={classes.head} aria-rowindex={1}>
        {columns.map(([key, title]) => (
          <div key={key} role="columnheader" className={classes.headCell} data-column={key} aria-sort={order === key ? 'ascending' : order === `-${key}` ? 'descending' : 'none'}>
            <button type="button" className={classes.sort} onClick={() => onOrder(order === key ? `-${key}` : key)}>
              {title}{order === key && <ArrowUp size={12} aria-hidden="true" />}{order === `-${key}` && <ArrowDown size={12} aria-hidden="true" />}
            </button>
          </div>
        ))}
      </div>
      <div role="presentation" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(item => {
          const entry = entries[item.index]!;
          const isTarget = entry.kind === 'folder' && entry.is_text;
          return (
            <div
              key={entry.name} id={`${id}-${item.index}`} role="row" aria-rowindex={item.index + 2} aria-selected={selection.names.has(entry.name)} className={classes.row}
              data-cursor={item.index === at || undefined} data-target={target === entry.name || undefined} style={{ transform: `translateY(${item.start}px)` }}
              draggable={entry.is_text} onDragStart={event => onDragStart(event, entry)}
              onDragOver={event => over(event, isTarget ? entry.name : null)} onDrop={event => drop(event, isTarget ? entry : null)}
              onClick={event => click(entry, event)} onDoubleClick={() => onOpen(entry)}
            >
              <div role="gridcell" className={classes.name} data-column="name">
                <span className={classes.mark} data-mark="" aria-hidden="true" />
                <FileIcon entry={entry} />
                <span className={classes.text} title={titleOf(entry)}>{entry.name}</span>
              </div>
              <div role="gridcell" className={classes.cell} data-column="size">{entry.size === null ? '' : bytesText(entry.size)}</div>
              <div role="gridcell" className={classes.cell} data-column="modified">{entry.modified_at === null ? '' : <Time value={entry.modified_at} />}</div>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const titleOf = (entry: FileEntry): string =>
  [entry.name + (entry.link_target === null ? '' : ` → ${entry.link_target}`), entry.mode === null ? null : modeText(entry.mode), entry.is_text ? null : 'Its name is no text: only a transfer of its folder moves it.']
    .filter(part => part !== null).join('\n');
