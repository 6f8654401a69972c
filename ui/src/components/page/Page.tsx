import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** Beside the title: a status, a count. */
  aside?: ReactNode;
  /** One sentence below the title. */
  lead?: ReactNode;
  /** Above the title: where this page belongs. */
  above?: ReactNode;
  actions?: ReactNode;
  /** The content fills the window and scrolls by itself: lists, editors, logs. */
  fill?: boolean;
  children: ReactNode;
}

/** Every page: its title, what can be done, and below it the content. */
export function Page({ title, aside, lead, above, actions, fill = false, children }: PageProps) {
  useDocumentTitle(`${title} · Gantry`);
  return (
    <div className={classes.page} data-fill={fill || undefined}>
      <header className={classes.header}>
        <div className={classes.heading}>
          {above != null && <div className={classes.above}>{above}</div>}
          <div className={classes.titleLine}>
            <h1 className={classes.title} tabIndex={-1}>{title}</h1>
            {aside}
          </div>
          {lead != null && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions != null && actions !== false && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={classes.content}>{children}</div>
    </div>
  );
}
