import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function TemplatePage() {
  return (
    <Page title="Template">
      <Card><EmptyState title="This page is being built">One template.</EmptyState></Card>
    </Page>
  );
}
