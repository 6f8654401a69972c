import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { meQuery } from '@/api/me';
import { BrandMark } from '@/components/brand/BrandMark';
import { NewPasswordForm } from './NewPasswordForm';
import { SignInForm } from './SignInForm';
import classes from './SignInPage.module.css';

/** Signing in, and with a one-time password the choice of one's own. */
export function SignInPage() {
  useDocumentTitle('Sign in · Gantry');
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const me = useQuery({ ...meQuery, retry: false });
  const [password, setPassword] = useState('');
  const enter = async () => {
    client.removeQueries({ predicate: query => query.queryKey[0] !== 'me' });
    await client.fetchQuery({ ...meQuery, staleTime: 0 });
    await navigate({ href: next ?? '/', replace: true });
  };
  const mustChange = me.data?.must_change_password === true;
  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <div className={classes.brand}><BrandMark size={40} /></div>
        <h1 className={classes.title}>{mustChange ? 'Choose your password' : 'Sign in to Gantry'}</h1>
        <p className={classes.lead}>{mustChange ? 'The one you signed in with was good for one time.' : 'Your files, plans and secrets are behind this door.'}</p>
        {mustChange
          ? <NewPasswordForm current={password} onDone={enter} />
          : <SignInForm onDone={async (used, mustChangeNow) => { setPassword(used); if (mustChangeNow) await client.fetchQuery({ ...meQuery, staleTime: 0 }); else await enter(); }} />}
        {!mustChange && <FirstTime />}
      </div>
    </main>
  );
}

/** Where a first password comes from. It says what the README says, and nothing of this hub: strangers read it too. */
function FirstTime() {
  return (
    <details className={classes.first}>
      <summary>First time here, and no password yet?</summary>
      <p>The first user of a hub is called <b>admin</b>. The very first start of the hub prints a one-time password for it, on the line before “Gantry is ready at …”: in the terminal in which the hub was started, or wherever the output of its service goes. It is printed that once, and not at all when whoever set the hub up chose one in its settings.</p>
      <p>Everybody else is given a user and a one-time password by an administrator.</p>
    </details>
  );
}
