import { useQuery } from '@tanstack/react-query';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { toastDone } from '@/components/feedback/toast';
import { bytesText, countText, plural } from '@/components/time/words';
import { countFiles, deleteFiles } from '../api/change-files';
import type { FileEntry } from './listing';
import { join, type Place } from './paths';
import { refreshFolder } from './work';

// From here on one has to type what one does.
const typedFrom = 1_000;

/** Says how much is lost before it is: folders are counted with all that is in them. */
export function DeleteFiles({ place, entries, onClose }: { place: Place; entries: readonly FileEntry[]; onClose: () => void }) {
  const paths = entries.map(entry => join(place.path, entry.name));
  const hasFolders = entries.some(entry => entry.kind === 'folder');
  const count = useQuery({ queryKey: ['file-count', place.endpoint, paths], queryFn: ({ signal }) => countFiles(place.endpoint, paths, signal), enabled: hasFolders, staleTime: 0, gcTime: 0, retry: false });
  const files = count.data?.files ?? entries.filter(entry => entry.kind !== 'folder').length;
  const folders = count.data?.folders ?? entries.length - files;
  const bytes = count.data?.bytes ?? entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
  const amount = [folders > 0 ? plural(folders, 'folder') : null, files > 0 || folders === 0 ? plural(files, 'file') : null].filter(part => part !== null).join(' and ');
  const what = entries.length === 1 ? `'${entries[0]!.name}'` : `${countText(entries.length)} entries`;
  return (
    <ConfirmDanger
      opened onClose={onClose} title={`Delete ${what}?`} action={hasFolders && count.data === undefined ? 'Delete' : `Delete ${amount}`} typed={files >= typedFrom ? 'delete' : undefined}
      onConfirm={async () => {
        try {
          const gone = await deleteFiles(place.endpoint, paths);
          toastDone(`Deleted: ${[gone.folders > 0 ? plural(gone.folders, 'folder') : null, plural(gone.files, 'file')].filter(part => part !== null).join(', ')}.`);
        } finally {
          await refreshFolder(place);
        }
      }}
    >
      {hasFolders && count.data === undefined && count.error === null
        ? <p role="status">Counting what is in {entries.length === 1 ? 'the folder' : 'the folders'} …</p>
        : <p><b>{count.data?.is_whole === false ? 'More than ' : ''}{amount}{bytes > 0 ? `, ${bytesText(bytes)}` : ''}</b> {files + folders === 1 ? 'is' : 'are'} deleted from {place.endpoint}. That cannot be undone.</p>}
      {count.error !== null && <p>How much is in there could not be counted: {count.error.message}</p>}
    </ConfirmDanger>
  );
}
