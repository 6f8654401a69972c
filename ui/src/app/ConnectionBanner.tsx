import { Loader } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import { useConnection } from '@/api/connection';
import classes from './Shell.module.css';

/** Says that the hub is gone, and that it is back; pages go on by themselves. */
export function ConnectionBanner() {
  const connection = useConnection();
  return (
    <div role="status" aria-live="polite">
      {connection === 'lost' && <div className={classes.banner} data-state="lost"><Loader size={14} color="currentColor" />The hub does not answer. Trying again; what you see may be old.</div>}
      {connection === 'back' && <div className={classes.banner} data-state="back"><CircleCheck size={16} aria-hidden="true" />The hub is back. Everything is up to date again.</div>}
    </div>
  );
}
