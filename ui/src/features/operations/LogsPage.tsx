import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function LogsPage() {
  return (
    <Page title="Logs">
      <Card><EmptyState title="This page is being built">The hub's own logs, by component.</EmptyState></Card>
    </Page>
  );
}
