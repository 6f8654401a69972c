import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { toastProblem } from '@/components/feedback/toast';
import { followTransfer, type TransferHappening } from '../api/follow-transfer';
import type { ManifestFile } from '../api/list-manifest';
import type { Transfer } from '../api/list-transfers';
import { transferQuery } from '../api/show-transfer';
import { isOver } from '../list/words';
import { FileTail } from './file-tail';

/** A transfer as it stands at every moment, and the files that came to their end while one looks. */
export function useTransfer(id: string) {
  const client = useQueryClient();
  const query = useQuery(transferQuery(id));
  const [tail] = useState(() => new FileTail());
  const [isLive, setLive] = useState(false);
  const status = query.data?.status;
  const follows = status !== undefined && !isOver(status);
  useEffect(() => {
    if (!follows) return;
    const stop = new AbortController();
    const key = transferQuery(id).queryKey;
    const onHappenings = (happenings: TransferHappening[]) => {
      tail.append(happenings.flatMap(each => (each.kind === 'file' ? [each.data] : [])));
      const others = happenings.filter(each => each.kind !== 'file');
      const known = client.getQueryData<Transfer>(key)?.links;
      const isBegunAgain = others.some(each => each.kind === 'progress' && (each.data.attempt ?? 1) > (known?.find(link => link.step === each.data.step)?.attempt ?? 1));
      if (others.length > 0) client.setQueryData<Transfer>(key, before => (before === undefined ? before : others.reduce(withHappening, before)));
      // Why the attempt before failed is told by the transfer itself.
      if (isBegunAgain) void client.invalidateQueries({ queryKey: key });
      if (others.some(each => each.kind === 'transfer')) void client.invalidateQueries({ queryKey: ['transfers'] });
    };
    followTransfer(id, { onHappenings, onLive: setLive, signal: stop.signal }).catch((error: unknown) => toastProblem(error, 'The transfer cannot be followed live'));
    return () => stop.abort();
  }, [client, follows, id, tail]);
  const files: readonly ManifestFile[] = useSyncExternalStore(tail.subscribe, tail.read);
  return { query, files, isLive };
}

export function withHappening(transfer: Transfer, happening: TransferHappening): Transfer {
  if (happening.kind === 'transfer') return { ...transfer, ...happening.data };
  if (happening.kind === 'file') return transfer;
  return { ...transfer, links: transfer.links.map(link => (link.step === happening.data.step ? { ...link, ...happening.data } : link)) };
}
