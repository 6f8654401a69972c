import { useBlocker } from '@tanstack/react-router';
import { LeaveQuestion } from './LeaveQuestion';

const signIn = '/sign-in';

/** Asks whoever leaves a form with something in it that is not saved; whoever closes the window is asked by the browser. False while it is being saved, so that a saved form leaves freely. */
export function AskBeforeLeaving({ when }: { when: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && next.pathname !== signIn && (next.pathname !== current.pathname || JSON.stringify(next.search) !== JSON.stringify(current.search)),
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return <LeaveQuestion opened={blocker.status === 'blocked'} onStay={() => blocker.reset?.()} onLeave={() => blocker.proceed?.()} />;
}
