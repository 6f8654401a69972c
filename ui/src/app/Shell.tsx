import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, type MouseEvent } from 'react';
import { meQuery } from '@/api/me';
import { isStatus } from '@/api/problem';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { ConnectionBanner } from './ConnectionBanner';
import { Sidebar } from './Sidebar';
import { TopBar } from './TopBar';
import { useKeyCommands } from './useKeyCommands';
import classes from './Shell.module.css';

const CommandPalette = lazy(() => import('./CommandPalette').then(module => ({ default: module.CommandPalette })));
const KeyboardHelp = lazy(() => import('./KeyboardHelp').then(module => ({ default: module.KeyboardHelp })));

const contentId = 'content';

/** What surrounds every page of those who are signed in. */
export function Shell() {
  const me = useQuery(meQuery);
  const [palette, paletteState] = useDisclosure(false);
  const [help, helpState] = useDisclosure(false);
  const [drawer, drawerState] = useDisclosure(false);
  useKeyCommands({ onPalette: paletteState.toggle, onHelp: helpState.open });

  if (isStatus(me.error, 401) || me.data?.must_change_password === true) return <ToSignIn />;
  if (me.data === undefined) {
    return (
      <div className={classes.waiting}>
        <ConnectionBanner />
        {me.error !== null && <ProblemAlert error={me.error} onRetry={() => void me.refetch()} />}
      </div>
    );
  }
  return (
    <div className={classes.shell}>
      <a href={`#${contentId}`} className={classes.skip} onClick={toContent}>Skip to the content</a>
      <Sidebar me={me.data} opened={drawer} onClose={drawerState.close} onPalette={paletteState.open} onHelp={helpState.open} />
      <div className={classes.main}>
        <TopBar opened={drawer} onMenu={drawerState.toggle} onPalette={paletteState.open} />
        <ConnectionBanner />
        <main id={contentId} className={classes.content} tabIndex={-1}><Outlet /></main>
      </div>
      <Suspense>
        {palette && <CommandPalette me={me.data} onClose={paletteState.close} onHelp={helpState.open} />}
        {help && <KeyboardHelp onClose={helpState.close} />}
      </Suspense>
    </div>
  );
}

/** Without a step in the history: going back from there leaves the page, and what was typed there is asked about. */
function toContent(event: MouseEvent) {
  event.preventDefault();
  document.getElementById(contentId)?.focus();
}

/** Leaves for the sign-in once, and remembers where one was going. */
function ToSignIn() {
  const navigate = useNavigate();
  useEffect(() => {
    const { pathname, search } = window.location;
    if (pathname !== '/sign-in') void navigate({ to: '/sign-in', search: { next: pathname === '/' ? undefined : pathname + search }, replace: true });
  }, [navigate]);
  return null;
}
