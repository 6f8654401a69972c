import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function FilesPage() {
  return (
    <Page title="Files">
      <Card><EmptyState title="This page is being built">Two panes, any endpoint in each.</EmptyState></Card>
    </Page>
  );
}
