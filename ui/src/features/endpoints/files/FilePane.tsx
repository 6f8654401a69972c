import { ActionIcon, Button, FileButton, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowUp, FolderOpen, FolderPlus, Plus, RefreshCw, Search, Upload } from 'lucide-react';
import { useRef, type DragEvent, type KeyboardEvent, type RefObject } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { EmptyState } from '@/components/page/EmptyState';
import { Loading } from '@/components/page/Loading';
import { bytesText, countText, plural } from '@/components/time/words';
import type { Endpoint } from '../api/list-endpoints';
import { KindIcon } from '../list/KindIcon';
import { Crumbs } from './Crumbs';
import { FileList, type FileListHandle } from './FileList';
import { sumsOf, type FileEntry, type Order } from './listing';
import { parentOf, type Place } from './paths';
import type { FilePaneState } from './useFilePane';
import classes from './FilePane.module.css';

// Typing finds the others.
const shownMax = 100;

interface FilePaneProps {
  title: 'Left' | 'Right';
  place: Place | null;
  endpoints: readonly Endpoint[];
  state: FilePaneState;
  order: Order;
  filter: string | undefined;
  isActive: boolean;
  listRef: RefObject<FileListHandle | null>;
  onActivate: () => void;
  onGo: (place: Place | null) => void;
  onOrder: (order: Order) => void;
  onFilter: (text: string | undefined) => void;
  onOpen: (entry: FileEntry) => void;
  onKey: (event: KeyboardEvent) => boolean;
  onDragStart: (event: DragEvent, entry: FileEntry) => void;
  onDrop: (event: DragEvent, folder: FileEntry | null) => void;
  onNewFolder: () => void;
  onUpload: (files: File[]) => void;
}

/** One of the two panes: an endpoint, a folder of it, and what is in there. */
export function FilePane(props: FilePaneProps) {
  const { title, place, endpoints, state, isActive, onActivate, onGo } = props;
  return (
    <section className={classes.pane} aria-label={`${title} pane`} data-active={isActive || undefined} onFocusCapture={onActivate} onMouseDownCapture={onActivate}>
      <div className={classes.bar}>
        <Select
          aria-label={`Endpoint in the ${title.toLowerCase()} pane`} placeholder="Choose an endpoint" searchable limit={shownMax} size="sm" className={classes.endpoint} nothingFoundMessage="No such endpoint"
          data={endpoints.map(endpoint => endpoint.name)} value={place?.endpoint ?? null} onChange={name => onGo(name === null ? null : { endpoint: name, path: '' })}
        />
        {place !== null && <PaneTools {...props} place={place} />}
      </div>
      {place === null ? <Endpoints endpoints={endpoints} onChoose={name => onGo({ endpoint: name, path: '' })} /> : (
        <>
          <Crumbs label={`Folder in the ${title.toLowerCase()} pane`} place={place} onGo={path => onGo({ ...place, path })} />
          <Content {...props} place={place} />
          <Foot state={state} />
        </>
      )}
    </section>
  );
}

function PaneTools({ place, state, filter, onGo, onFilter, onNewFolder, onUpload, listRef, title }: FilePaneProps & { place: Place }) {
  const field = useRef<HTMLInputElement>(null);
  // The same file can be chosen again.
  const chosen = useRef<() => void>(null);
  return (
    <div className={classes.tools}>
      <Tool label="Folder above" isOff={place.path === ''} onClick={() => onGo({ ...place, path: parentOf(place.path) })}><ArrowUp size={16} /></Tool>
      <Tool label="Read it again" onClick={() => void state.query.refetch()} isBusy={state.query.isFetching}><RefreshCw size={15} /></Tool>
      <Tool label="New folder" onClick={onNewFolder}><FolderPlus size={16} /></Tool>
      <FileButton multiple resetRef={chosen} onChange={files => { onUpload(files); chosen.current?.(); }}>
        {button => <Tool label="Upload files" onClick={button.onClick}><Upload size={15} /></Tool>}
      </FileButton>
      <TextInput
        ref={field} aria-label={`Filter the ${title.toLowerCase()} pane`} placeholder="Filter" size="xs" className={classes.filter} leftSection={<Search size={13} aria-hidden="true" />} data-search=""
        value={filter ?? ''} onChange={event => onFilter(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') onFilter(undefined);
          if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') { event.preventDefault(); listRef.current?.focus(); }
        }}
      />
    </div>
  );
}

function Tool({ label, onClick, isOff = false, isBusy = false, children }: { label: string; onClick: () => void; isOff?: boolean; isBusy?: boolean; children: React.ReactNode }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={32} aria-label={label} title={label} onClick={onClick} disabled={isOff} data-busy={isBusy || undefined} className={classes.tool}>{children}</ActionIcon>
  );
}

function Content({ place, state, order, filter, listRef, onOrder, ...props }: FilePaneProps & { place: Place }) {
  const { query, listing, entries } = state;
  if (query.error !== null && listing === undefined) {
    return (
      <div className={classes.problem}>
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
        {place.path !== '' && <Button variant="subtle" size="xs" onClick={() => props.onGo({ ...place, path: parentOf(place.path) })}>To the folder above</Button>}
      </div>
    );
  }
  // The list stays while another folder is read: whoever walks by the keyboard is still in it.
  return (
    <>
      <FileList
        ref={listRef} label={`Files in ${place.endpoint}:${place.path}`} entries={entries} order={order} onOrder={onOrder} selection={state.selection} onSelect={state.select} onOpen={props.onOpen}
        onKey={props.onKey} onDragStart={props.onDragStart} onDrop={props.onDrop} isBusy={listing?.isWhole !== true}
      />
      {listing === undefined && <div className={classes.none}><div className={classes.problem}><Loading what="The folder" /></div></div>}
      {entries.length === 0 && listing?.isWhole === true && (
        <div className={classes.none}>
          {filter === undefined ? <EmptyState icon={<FolderOpen size={22} />} title="This folder is empty">Drop files here, or press the arrow above to upload some.</EmptyState> : <EmptyState title="Nothing here fits the filter" />}
        </div>
      )}
    </>
  );
}

/** How much there is, and how much of it is marked. */
function Foot({ state: { listing, entries, chosen } }: { state: FilePaneState }) {
  if (listing === undefined) return null;
  const sums = sumsOf(entries);
  const marked = sumsOf(chosen);
  const all = [sums.folders > 0 ? plural(sums.folders, 'folder') : null, plural(sums.files, 'file'), bytesText(sums.bytes)].filter(part => part !== null).join(', ');
  return (
    <p className={classes.foot} role="status">
      {chosen.length > 0 ? `${countText(chosen.length)} of ${countText(entries.length)} chosen${marked.bytes > 0 ? `, ${bytesText(marked.bytes)}` : ''}` : all}
      {!listing.isWhole && ' · still reading …'}
      {listing.hasMore && ' · the folder has more than can be shown'}
    </p>
  );
}

function Endpoints({ endpoints, onChoose }: { endpoints: readonly Endpoint[]; onChoose: (name: string) => void }) {
  const mayEdit = may(useQuery(meQuery).data, 'editor');
  return (
    <div className={classes.places}>
      {endpoints.slice(0, shownMax).map(endpoint => (
        <button key={endpoint.name} type="button" className={classes.place} onClick={() => onChoose(endpoint.name)}>
          <KindIcon kind={endpoint.kind} />
          <span className={classes.placeName}>{endpoint.name}</span>
          <span className={classes.placeAddress}>{endpoint.address}</span>
        </button>
      ))}
      {endpoints.length > shownMax && <p className={classes.others}>{countText(endpoints.length - shownMax)} more: type a part of a name above.</p>}
      {mayEdit && <Link to="/endpoints" search={{ new: 'choose' }} className={classes.another}><Plus size={15} aria-hidden="true" />Connect another place</Link>}
    </div>
  );
}
