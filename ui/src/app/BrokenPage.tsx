import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useConnection } from '@/api/connection';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Page } from '@/components/page/Page';

/** In place of a page that broke: why, and a way on. A page that could not be loaded because the hub is newer by now is loaded anew. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const connection = useConnection();
  const again = () => {
    if (isOutdated(error)) return location.reload();
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page cannot be shown">
      {connection === 'here' && isOutdated(error)
        ? <ProblemAlert error={new Error('A part of this page could not be loaded; the hub may have been updated. Loading it anew helps.')} onRetry={again} />
        : <ProblemAlert error={error} onRetry={again} />}
    </Page>
  );
}

const isOutdated = (error: unknown): boolean => error instanceof Error && /dynamically imported module|Importing a module script failed|Unable to preload/.test(error.message);
