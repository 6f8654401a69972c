import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { toastDone } from '@/components/feedback/toast';
import { deleteProvider, providerUsesQuery } from '../api/delete-provider';
import { lossText } from './loss';

/** What administrators do with a provider of this hub: change it, read its document again, delete it. */
export function OwnActions({ provider, title, connections }: { provider: string; title: string; connections: number }) {
  const [deletes, setDeletes] = useState(false);
  return (
    <>
      <Button renderRoot={props => <Link {...props} to="/providers/$provider/manifest" params={{ provider }} />} variant="default">Change</Button>
      <Button renderRoot={props => <Link {...props} to="/import-provider" search={{ id: provider }} />} variant="default">Import again</Button>
      <Button variant="subtle" color="red" onClick={() => setDeletes(true)}>Delete …</Button>
      {deletes && <DeleteProvider provider={provider} title={title} connections={connections} onClose={() => setDeletes(false)} />}
    </>
  );
}

function DeleteProvider({ provider, title, connections, onClose }: { provider: string; title: string; connections: number; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const uses = useQuery(providerUsesQuery(provider)).data;
  return (
    <ConfirmDanger
      opened onClose={onClose} title={`Delete the provider '${provider}'?`} action="Delete the provider"
      onConfirm={async () => {
        await deleteProvider(provider);
        toastDone(`${title} is deleted.`);
        await navigate({ to: '/providers', search: {} });
        queries.removeQueries({ queryKey: ['providers', 'one', provider] });
        await queries.invalidateQueries({ queryKey: ['providers', 'list'] });
      }}
    >
      {uses === undefined ? 'It is being looked up which plans use it …' : lossText(uses, connections)} Its manifest is gone from this hub, for all workspaces.
    </ConfirmDanger>
  );
}
