import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { createRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { plural } from '@/components/time/words';
import { createFolder, renameFile } from '../api/change-files';
import { folderQuery } from '../api/folder-query';
import type { Endpoint } from '../api/list-endpoints';
import { ActionBar } from './ActionBar';
import type { Move } from '../api/start-transfer';
import { bring, clashesOf, moveProblem, PartlyMovedError, takenAt, type Mode } from './actions';
import { DeleteFiles } from './DeleteFiles';
import { draggedOf, filesOfDrop, givenOf, hasDragged, putDragged } from './dropped';
import type { FileListHandle } from './FileList';
import { FilePane } from './FilePane';
import type { FileEntry, Order } from './listing';
import { NameModal } from './NameModal';
import { join, parentOf, placeOf, textOfPlace, type Place } from './paths';
import { Preview } from './Preview';
import { ReplaceFiles } from './ReplaceFiles';
import { only } from './selection';
import { useFilePane } from './useFilePane';
import { beginUpload, refreshFolder, type Given } from './work';
import { WorkList } from './WorkList';
import classes from './TwoPanes.module.css';

type Side = 'left' | 'right';
type Asking =
  | { kind: 'folder'; place: Place }
  | { kind: 'rename'; place: Place; entry: FileEntry }
  | { kind: 'delete'; place: Place; entries: readonly FileEntry[] }
  | { kind: 'preview'; place: Place; entry: FileEntry }
  | { kind: 'replace'; place: Place; given: Given[]; names: string[] }
  | { kind: 'bring'; place: Place; move: Move; taken: string[]; onBring: (move: Move) => void };

const otherOf = (side: Side): Side => (side === 'left' ? 'right' : 'left');

/** Both panes, what can be done with what is marked in them, and what is under way. All of it but the marks is in the address. */
export function TwoPanes({ endpoints, isNarrow }: { endpoints: readonly Endpoint[]; isNarrow: boolean }) {
  const search = useSearch({ from: '/shell/files' });
  const navigate = useNavigate({ from: '/files' });
  const client = useQueryClient();
  const [asking, setAsking] = useState<Asking | null>(null);
  const side = search.side ?? 'left';
  const places = { left: placeOf(search.left), right: placeOf(search.right) };
  const orders: Record<Side, Order> = { left: search.leftSort ?? 'name', right: search.rightSort ?? 'name' };
  const filters = { left: search.leftFilter, right: search.rightFilter };
  const panes = { left: useFilePane(places.left, orders.left, filters.left, true), right: useFilePane(places.right, orders.right, filters.right, true) };
  const [lists] = useState(() => ({ left: createRef<FileListHandle>(), right: createRef<FileListHandle>() }));

  const set = (next: Partial<typeof search>, replace: boolean) => void navigate({ search: previous => ({ ...previous, ...next }), replace });
  const go = (at: Side, place: Place | null) => set({ [at]: place === null ? undefined : textOfPlace(place), [`${at}Filter`]: undefined }, false);
  const open = (at: Side, entry: FileEntry) => {
    const place = places[at];
    if (place === null || !entry.is_text) return;
    const folder = { ...place, path: join(place.path, entry.name) };
    const look = () => setAsking({ kind: 'preview', place, entry });
    if (entry.kind === 'folder') go(at, folder);
    // What a link points to is known when it is tried.
    else if (entry.kind === 'symbolic_link') client.fetchQuery(folderQuery(client, folder)).then(() => go(at, folder), look);
    else look();
  };
  const begin = (move: Move) => bring(move).then(done => { if (done !== null) toastDone(done); }, (error: unknown) => toastProblem(error, error instanceof PartlyMovedError ? 'Not all was moved' : 'Nothing was moved'));
  const carry = async (mode: Mode, from: Place, names: string[], to: Place) => {
    const problem = moveProblem(from, names, to);
    if (problem !== undefined) {
      toastProblem(new Error(problem), 'Nothing was begun');
      return;
    }
    const move = { mode, from, names, to };
    try {
      const taken = await takenAt(move);
      if (taken.length > 0) setAsking({ kind: 'bring', place: to, move, taken, onBring: chosen => void begin(chosen) });
      else await begin(move);
    } catch (error) {
      toastProblem(error, 'Nothing was begun');
    }
  };
  const across = (mode: Mode, at: Side) => {
    const [from, to] = [places[at], places[otherOf(at)]];
    if (from !== null && to !== null && panes[at].chosen.length > 0) void carry(mode, from, panes[at].chosen.map(entry => entry.name), to);
  };
  const upload = (given: Given[], into: Place, there: readonly FileEntry[]) => {
    if (given.length === 0) return;
    const names = clashesOf(given.map(({ path }) => path), there);
    if (names.length > 0) setAsking({ kind: 'replace', place: into, given, names });
    else beginUpload(given, into, titleOfUpload(given, into), false);
  };
  const drop = (event: DragEvent, at: Side, folder: FileEntry | null) => {
    const place = places[at];
    if (place === null) return;
    const into = folder === null ? place : { ...place, path: join(place.path, folder.name) };
    if (!hasDragged(event.dataTransfer)) {
      filesOfDrop(event.dataTransfer).then(given => upload(given, into, folder === null ? panes[at].listing?.entries ?? [] : []), (error: unknown) => toastProblem(error, 'The files could not be read'));
      return;
    }
    const dragged = draggedOf(event.dataTransfer);
    if (dragged === null || textOfPlace(dragged) === textOfPlace(into)) return;
    void carry(event.shiftKey ? 'move' : 'copy', { endpoint: dragged.endpoint, path: dragged.path }, dragged.names, into);
  };
  const drag = (event: DragEvent, at: Side, entry: FileEntry) => {
    const { selection, chosen, select } = panes[at];
    const isMarked = selection.names.has(entry.name);
    if (!isMarked) select(only(entry.name));
    putDragged(event.dataTransfer, { ...places[at]!, names: isMarked ? chosen.map(each => each.name) : [entry.name] });
  };
  const key = (event: KeyboardEvent, at: Side): boolean => {
    const place = places[at];
    if (place === null) return false;
    const { chosen, selection, entries, select } = panes[at];
    const cursor = entries.find(entry => entry.name === selection.cursor);
    if (event.key === 'Backspace') { if (place.path !== '') go(at, { ...place, path: parentOf(place.path) }); }
    else if (event.key === 'Tab' && !event.shiftKey && places[otherOf(at)] !== null && !isNarrow) lists[otherOf(at)].current?.focus();
    else if (event.key === 'Escape' && selection.names.size > 0) select({ ...selection, names: new Set() });
    else if (event.key === 'F2' && cursor?.is_text === true) setAsking({ kind: 'rename', place, entry: cursor });
    else if (event.key === 'Delete' && chosen.length > 0) setAsking({ kind: 'delete', place, entries: chosen });
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) across(event.shiftKey ? 'move' : 'copy', at);
    else return false;
    return true;
  };
  const pane = (at: Side) => (
    <FilePane
      key={at} title={at === 'left' ? 'Left' : 'Right'} place={places[at]} endpoints={endpoints} state={panes[at]} order={orders[at]} filter={filters[at]} isActive={side === at && !isNarrow} listRef={lists[at]}
      onActivate={() => { if (side !== at) set({ side: at === 'left' ? undefined : at }, true); }} onGo={place => go(at, place)} onOrder={order => set({ [`${at}Sort`]: order === 'name' ? undefined : order }, true)}
      onFilter={text => set({ [`${at}Filter`]: text }, true)} onOpen={entry => open(at, entry)} onKey={event => key(event, at)} onDragStart={(event, entry) => drag(event, at, entry)} onDrop={(event, folder) => drop(event, at, folder)}
      onNewFolder={() => setAsking({ kind: 'folder', place: places[at]! })} onUpload={files => upload(givenOf(files), places[at]!, panes[at].listing?.entries ?? [])}
    />
  );
  const active = panes[side];
  return (
    <>
      <ActionBar
        side={side} place={places[side]} chosen={active.chosen} other={places[otherOf(side)]} onBring={mode => across(mode, side)} onPreview={entry => setAsking({ kind: 'preview', place: places[side]!, entry })}
        onRename={entry => setAsking({ kind: 'rename', place: places[side]!, entry })} onDelete={() => setAsking({ kind: 'delete', place: places[side]!, entries: active.chosen })}
      />
      <div className={classes.panes}>{isNarrow ? pane(side) : <>{pane('left')}{pane('right')}</>}</div>
      {!isNarrow && <p className={classes.hint}>Drag across to copy, with Shift to move. <kbd>Tab</kbd> other pane <kbd>Enter</kbd> open <kbd>Space</kbd> choose <kbd>Backspace</kbd> above <kbd>Ctrl Enter</kbd> copy across <kbd>F2</kbd> rename</p>}
      <WorkList />
      <Questions asking={asking} onClose={() => setAsking(null)} />
    </>
  );
}

/** What has to be asked or shown before something is done. */
function Questions({ asking, onClose }: { asking: Asking | null; onClose: () => void }) {
  if (asking === null) return null;
  const { place } = asking;
  switch (asking.kind) {
    case 'folder':
      return <NameModal title={`New folder in ${textOfPlace(place)}`} label="Name" action="Make folder" name="" onClose={onClose} onName={async name => { await createFolder(place.endpoint, join(place.path, name)); await refreshFolder(place); }} />;
    case 'rename':
      return (
        <NameModal
          title={`Rename '${asking.entry.name}'`} label="New name" action="Rename" name={asking.entry.name} onClose={onClose}
          onName={async name => { await renameFile(place.endpoint, join(place.path, asking.entry.name), join(place.path, name)); await refreshFolder(place); toastDone(`'${asking.entry.name}' is now '${name}'.`); }}
        />
      );
    case 'delete':
      return <DeleteFiles place={place} entries={asking.entries} onClose={onClose} />;
    case 'preview':
      return <Preview place={place} entry={asking.entry} onClose={onClose} />;
    case 'bring':
      return <ReplaceFiles move={asking.move} taken={asking.taken} onBring={asking.onBring} onClose={onClose} />;
    case 'replace':
      return (
        <ConfirmDanger opened onClose={onClose} title={`Replace ${asking.names.length === 1 ? `'${asking.names[0]}'` : plural(asking.names.length, 'entry', 'entries')}?`} action="Replace" onConfirm={() => Promise.resolve(beginUpload(asking.given, place, titleOfUpload(asking.given, place), true))}>
          {asking.names.length === 1 ? 'It is' : `${asking.names.slice(0, 3).map(name => `'${name}'`).join(', ')}${asking.names.length > 3 ? ' and others' : ''} are`} in {textOfPlace(place)} already. What is there is lost when the upload has arrived whole.
        </ConfirmDanger>
      );
  }
}

const titleOfUpload = (given: readonly Given[], into: Place): string => `Upload ${given.length === 1 ? `'${given[0]!.path}'` : plural(given.length, 'file')} to ${textOfPlace(into)}`;
