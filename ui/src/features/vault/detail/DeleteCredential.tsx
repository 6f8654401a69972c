import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { deleteCredential } from '../api/change-credential';
import { credentialUsesQuery } from '../api/credential-uses';
import type { Credential } from '../api/credentials';
import { lossText } from '../list/words';
import { UseList } from './UseList';
import classes from './CredentialDrawer.module.css';

interface DeleteCredentialProps {
  credential: Credential;
  opened: boolean;
  onClose: () => void;
  onDeleted: () => void;
}

/** Says what stops with it, and asks. */
export function DeleteCredential({ credential, opened, onClose, onDeleted }: DeleteCredentialProps) {
  const client = useQueryClient();
  const uses = useQuery({ ...credentialUsesQuery(credential), enabled: opened }).data;
  const items = uses?.items ?? [];
  return (
    <ConfirmDanger
      opened={opened} onClose={onClose} title={`Delete '${credential.name}'?`} action="Delete credential" typed={credential.name}
      onConfirm={async () => {
        await deleteCredential(credential);
        onDeleted();
        await client.invalidateQueries({ queryKey: ['credentials', 'list'] });
      }}
    >
      <p className={classes.lost}>Its value is lost here for good. {lossText(uses)}</p>
      {items.length > 0 && <UseList uses={items} label="What stops with it" />}
    </ConfirmDanger>
  );
}
