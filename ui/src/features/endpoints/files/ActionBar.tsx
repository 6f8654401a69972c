import { Button, Group } from '@mantine/core';
import { ArrowLeft, ArrowRight, Copy, Download, Eye, Pencil, Trash2 } from 'lucide-react';
import { fileLink } from '../api/read-file';
import type { FileEntry } from './listing';
import { join, textOfPlace, type Place } from './paths';
import classes from './ActionBar.module.css';

// In a narrow page they are their pictures.
const quiet = { size: 'xs', variant: 'subtle', color: 'gray', classNames: { label: classes.word, section: classes.picture } } as const;

interface ActionBarProps {
  side: 'left' | 'right';
  place: Place | null;
  chosen: readonly FileEntry[];
  other: Place | null;
  onBring: (mode: 'copy' | 'move') => void;
  onPreview: (entry: FileEntry) => void;
  onRename: (entry: FileEntry) => void;
  onDelete: () => void;
}

/** What can be done with what is marked in the pane that was used last. */
export function ActionBar({ side, place, chosen, other, onBring, onPreview, onRename, onDelete }: ActionBarProps) {
  const one = chosen.length === 1 ? chosen[0]! : null;
  const file = one !== null && one.kind !== 'folder' ? one : null;
  const none = chosen.length === 0 || place === null;
  const Arrow = side === 'left' ? ArrowRight : ArrowLeft;
  return (
    <div className={classes.bar} role="toolbar" aria-label="What to do with the chosen files" tabIndex={0}>
      <Button size="xs" leftSection={<Copy size={14} aria-hidden="true" />} rightSection={<Arrow size={14} aria-hidden="true" />} disabled={none || other === null} onClick={() => onBring('copy')} title={other === null ? 'Choose an endpoint in the other pane' : `To ${textOfPlace(other)}`}>Copy<span className={classes.across}>&nbsp;across</span></Button>
      <Button size="xs" variant="default" rightSection={<Arrow size={14} aria-hidden="true" />} disabled={none || other === null} onClick={() => onBring('move')}>Move<span className={classes.across}>&nbsp;across</span></Button>
      <Group gap={4} className={classes.others}>
        <Button {...quiet} title="Preview" leftSection={<Eye size={14} aria-hidden="true" />} disabled={file === null} onClick={() => onPreview(file!)}>Preview</Button>
        {file === null || place === null
          ? <Button {...quiet} title="Download" leftSection={<Download size={14} aria-hidden="true" />} disabled>Download</Button>
          : <Button component="a" {...quiet} title="Download" leftSection={<Download size={14} aria-hidden="true" />} href={fileLink({ endpoint: place.endpoint, path: join(place.path, file.name) })} download={file.name}>Download</Button>}
        <Button {...quiet} title="Rename" leftSection={<Pencil size={14} aria-hidden="true" />} disabled={one === null} onClick={() => onRename(one!)}>Rename</Button>
        <Button {...quiet} title="Delete" color="red" leftSection={<Trash2 size={14} aria-hidden="true" />} disabled={none} onClick={onDelete}>Delete</Button>
      </Group>
    </div>
  );
}
