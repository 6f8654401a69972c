import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function TemplatesPage() {
  return (
    <Page title="Templates">
      <Card><EmptyState title="This page is being built">Transfers to be run again, with triggers and chains.</EmptyState></Card>
    </Page>
  );
}
