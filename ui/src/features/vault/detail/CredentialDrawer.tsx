import { Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Share2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '@/api/me';
import { may } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { useClosing } from '@/components/feedback/useClosing';
import { toastDone } from '@/components/feedback/toast';
import { Copier } from '@/components/json/JsonView';
import { Time } from '@/components/time/Time';
import { shareCredential } from '../api/change-credential';
import type { Credential } from '../api/credentials';
import { isLogin, referencesOf, restsText, scopeText, typeText } from '../list/words';
import { DeleteCredential } from './DeleteCredential';
import { ReplaceSection } from './ReplaceSection';
import { RevealSection } from './RevealSection';
import { TestSection } from './TestSection';
import { UseSection } from './UseSection';
import classes from './CredentialDrawer.module.css';

interface CredentialDrawerProps {
  credential: Credential;
  me: Me | undefined;
  /** The workspace's store. */
  backend: string;
  onClose: () => void;
}

/** All about one credential but its value, and what can be done with it. */
export function CredentialDrawer({ credential, me, backend, onClose }: CredentialDrawerProps) {
  const client = useQueryClient();
  const [asksDelete, deleting] = useDisclosure(false);
  const [asksShare, sharing] = useDisclosure(false);
  const [isTyped, setTyped] = useState(false);
  const closing = useClosing(isTyped, onClose);
  const isOwn = credential.scope === 'user';
  const mayChange = may(me, isOwn ? 'operator' : 'editor');
  const mayReveal = may(me, 'editor');
  const refresh = () => client.invalidateQueries({ queryKey: ['credentials'] });
  return (
    // Escape closes what is asked, and not all that lies below it.
    <Drawer opened onClose={closing.close} closeOnEscape={!asksDelete && !asksShare && !closing.isAsking} position="right" size="md" title={<Text fw={600} component="span" style={{ overflowWrap: 'anywhere' }}>{credential.name}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        <dl className={classes.facts}>
          <dt>Refer to it by</dt><dd>{referencesOf(credential).map(reference => <span key={reference} className={classes.ref}><code>{reference}</code><Copier text={reference} label={`Copy ${reference}`} /></span>)}</dd>
          <dt>Whose</dt><dd>{scopeText(credential.scope)}</dd>
          <dt>Rests</dt><dd>{restsText(credential, backend)}</dd>
          <dt>{credential.provider == null ? 'Type' : 'Fields'}</dt><dd>{typeText(credential)}</dd>
          {credential.website != null && <><dt>Website</dt><dd>{credential.website}</dd></>}
          <dt>Sent to</dt><dd>{credential.allowed_hosts.length === 0 ? 'wherever a plan sends it' : `${credential.allowed_hosts.join(', ')} only`}</dd>
          <dt>Last used</dt><dd><Time value={credential.last_used_at} empty="never" /></dd>
          <dt>Changed</dt><dd><Time value={credential.updated_at} empty="not known" />{credential.version != null && `, version ${credential.version}`}</dd>
        </dl>
        <UseSection credential={credential} />
        {mayReveal && <RevealSection key={`${credential.name} ${credential.version}`} credential={credential} />}
        {mayChange && <ReplaceSection key={`${credential.scope} ${credential.name}`} credential={credential} onTyped={setTyped} />}
        {may(me, 'operator') && isLogin(credential.name) && <TestSection credential={credential} />}
        {!mayChange && <p className={classes.soft}>Your role lets you see that it is there. An editor may change it and read its value.</p>}
        {(mayChange || may(me, 'owner')) && (
          <div className={classes.section}><Group gap="xs">
            {isOwn && mayReveal && credential.provider == null && <Button size="xs" variant="default" leftSection={<Share2 size={14} aria-hidden="true" />} onClick={sharing.open}>Share with the workspace …</Button>}
            {mayChange && <Button size="xs" variant="subtle" color="red" leftSection={<Trash2 size={14} aria-hidden="true" />} onClick={deleting.open}>Delete …</Button>}
            {may(me, 'owner') && <Button size="xs" variant="subtle" color="gray" renderRoot={props => <Link {...props} to="/audit" search={{ target: credential.name }} />}>Who did what with it</Button>}
          </Group></div>
        )}
      </Stack>
      {closing.question}
      <DeleteCredential credential={credential} opened={asksDelete} onClose={deleting.close} onDeleted={onClose} />
      <ConfirmDanger
        opened={asksShare} onClose={sharing.close} title={`Give '${credential.name}' to the workspace?`} action="Share it" refusal="Not now"
        onConfirm={async () => { await shareCredential(credential); toastDone('The workspace has it now. Your own stays, and comes first in what you run.'); await refresh(); }}
      >
        Every plan of the workspace may use it then, and its editors may read it. Its value is read for that, which is on record.
      </ConfirmDanger>
    </Drawer>
  );
}
