import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function AuditPage() {
  return (
    <Page title="Audit">
      <Card><EmptyState title="This page is being built">Who did what, in a log that cannot be changed unseen.</EmptyState></Card>
    </Page>
  );
}
