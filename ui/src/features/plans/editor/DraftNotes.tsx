import { Alert, Button, Group, Modal, Text } from '@mantine/core';
import { GitCompare, History, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Time } from '@/components/time/Time';
import type { ShownPlan } from '../api/show-plan';
import { DiffView } from '../versions/DiffView';
import type { DraftState } from './useDraft';

interface DraftNotesProps {
  draft: DraftState;
  saved: ShownPlan;
  /** The saved version takes the place of what is written. */
  onTake: () => void;
  /** What is written is to be saved over the newest version. */
  onKeep: () => void;
}

/** What one has to know about the text before one goes on: it was kept from the last visit, or somebody saved another one meanwhile. */
export function DraftNotes({ draft, saved, onTake, onKeep }: DraftNotesProps) {
  const [compares, setCompares] = useState(false);
  const isBehind = saved.version > draft.base.version && saved.source !== draft.text;
  return (
    <>
      {isBehind && (
        <Alert color="amber" icon={<TriangleAlert size={18} />} title={`Version ${saved.version} was saved meanwhile`} role="alert">
          Yours is made from version {draft.base.version}. Nothing is lost: save yours over it, or take the saved one.
          <Group gap="xs" mt="sm">
            <Button size="xs" variant="default" leftSection={<GitCompare size={14} />} onClick={() => setCompares(true)}>Compare</Button>
            <Button size="xs" variant="default" onClick={onTake}>{draft.isChanged ? 'Give up mine' : 'Show the saved one'}</Button>
            {draft.isChanged && <Button size="xs" variant="default" onClick={onKeep}>Go on with mine</Button>}
          </Group>
        </Alert>
      )}
      {!isBehind && draft.keptSince !== null && draft.isChanged && (
        <Alert color="gray" icon={<History size={18} />} title="These are changes that were not saved" withCloseButton closeButtonLabel="Hide this" onClose={draft.forgetKept}>
          This browser kept them from <Time value={draft.keptSince} />.
          <Group gap="xs" mt="sm">
            <Button size="xs" variant="default" leftSection={<GitCompare size={14} />} onClick={() => setCompares(true)}>Compare</Button>
            <Button size="xs" variant="default" onClick={onTake}>Give them up</Button>
          </Group>
        </Alert>
      )}
      <Modal opened={compares} onClose={() => setCompares(false)} size="90%" title={<Text fw={600} component="span">What is saved, and what is written here</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
        <DiffView before={saved.source} after={draft.text} beforeLabel={`Version ${saved.version}`} afterLabel="Not saved" />
      </Modal>
    </>
  );
}
