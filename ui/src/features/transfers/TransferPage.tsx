import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function TransferPage() {
  return (
    <Page title="Transfer">
      <Card><EmptyState title="This page is being built">One transfer, file by file.</EmptyState></Card>
    </Page>
  );
}
