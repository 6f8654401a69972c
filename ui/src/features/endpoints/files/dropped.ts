import type { Given } from './work';

const dragType = 'application/x-gantry-files';

/** What is dragged from one pane to the other. */
export interface Dragged {
  endpoint: string;
  path: string;
  names: string[];
}

export const putDragged = (data: DataTransfer, dragged: Dragged): void => {
  data.setData(dragType, JSON.stringify(dragged));
  data.effectAllowed = 'copyMove';
};

export const hasDragged = (data: DataTransfer): boolean => data.types.includes(dragType);

export const hasFiles = (data: DataTransfer): boolean => data.types.includes('Files');

export const draggedOf = (data: DataTransfer): Dragged | null => {
  const text = data.getData(dragType);
  return text === '' ? null : (JSON.parse(text) as Dragged);
};

export const givenOf = (files: Iterable<File>): Given[] => [...files].map(file => ({ file, path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath }));

/** The files of a drop, with those in dropped folders. It has to be called while the drop is handled. */
export async function filesOfDrop(data: DataTransfer): Promise<Given[]> {
  const entries = [...data.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null);
  if (entries.length === 0) return givenOf(data.files);
  const found: Given[] = [];
  for (const entry of entries) await collect(entry, '', found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: Given[]): Promise<void> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is told a hundred at a time, until nothing is told any more.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return;
    for (const inner of part) await collect(inner, path, found);
  }
}
