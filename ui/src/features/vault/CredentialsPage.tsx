import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function CredentialsPage() {
  return (
    <Page title="Credentials">
      <Card><EmptyState title="This page is being built">Names, types and uses of secrets, never their values.</EmptyState></Card>
    </Page>
  );
}
