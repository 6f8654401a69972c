import { Link } from '@tanstack/react-router';
import type { CredentialUse } from '../api/credential-uses';
import { textOfUse } from '../list/words';
import classes from './CredentialDrawer.module.css';

/** What names a credential, each a way to it. */
export function UseList({ uses, label }: { uses: readonly CredentialUse[]; label: string }) {
  return (
    <ul className={classes.uses} aria-label={label}>
      {uses.map(use => <li key={`${use.kind} ${use.name}`}><UseLink use={use} /></li>)}
    </ul>
  );
}

function UseLink({ use }: { use: CredentialUse }) {
  const text = textOfUse(use);
  const name = use.name ?? '';
  switch (use.kind) {
    case 'plan': return <Link to="/plans/$plan" params={{ plan: name }}>{text}</Link>;
    case 'template': return <Link to="/templates/$template" params={{ template: name }}>{text}</Link>;
    case 'endpoint': return <Link to="/endpoints/$endpoint" params={{ endpoint: name }}>{text}</Link>;
    case 'connection': return <Link to="/providers/$provider" params={{ provider: name }}>{text}</Link>;
    case 'notifications': return <Link to="/settings" search={{ tab: 'notifications' }}>{text}</Link>;
    default: return text;
  }
}
