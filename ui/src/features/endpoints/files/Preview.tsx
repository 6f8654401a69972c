import { Button, Drawer, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Loading } from '@/components/page/Loading';
import { Time } from '@/components/time/Time';
import { bytesText } from '@/components/time/words';
import { fileLink, readFile } from '../api/read-file';
import type { FileEntry } from './listing';
import { join, type Place } from './paths';
import { bytesMaxOf, isImage, textOfBytes } from './preview';
import classes from './Preview.module.css';

/** A look into a file: its text or its image, never anything that runs. */
export function Preview({ place, entry, onClose }: { place: Place; entry: FileEntry; onClose: () => void }) {
  const file = { endpoint: place.endpoint, path: join(place.path, entry.name) };
  const bytesMax = bytesMaxOf(entry.name);
  const isTooLarge = isImage(entry.name) && (entry.size ?? 0) > bytesMax;
  const content = useQuery({
    queryKey: ['file-preview', file.endpoint, file.path, entry.size, entry.modified_at], enabled: !isTooLarge, retry: false, gcTime: 30_000,
    queryFn: async ({ signal }) => {
      const blob = await readFile(file, bytesMax, signal);
      return isImage(entry.name) ? { image: blob, text: null } : { image: null, text: textOfBytes(new Uint8Array(await blob.arrayBuffer())) };
    },
  });
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={<Text fw={600} component="span" className={classes.title}>{entry.name}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.facts}>
        <span>{entry.size === null ? '' : bytesText(entry.size)}</span>
        {entry.modified_at !== null && <span>changed <Time value={entry.modified_at} /></span>}
        <Button component="a" href={fileLink(file)} download={entry.name} size="xs" variant="default" leftSection={<Download size={14} aria-hidden="true" />}>Download</Button>
      </div>
      {isTooLarge && <p className={classes.note}>The image is too large to be shown here. Download it.</p>}
      {content.error !== null && <ProblemAlert error={content.error} onRetry={() => void content.refetch()} />}
      {content.isLoading && <Loading what="The file" />}
      {content.data?.image != null && <Image blob={content.data.image} name={entry.name} />}
      {content.data?.image === null && (content.data.text === null
        ? <p className={classes.note}>This is no text, and no image that can be shown. Download it to look into it.</p>
        : <pre className={classes.text} tabIndex={0} aria-label={`Content of ${entry.name}`}>{content.data.text}</pre>)}
      {content.data?.text != null && (entry.size ?? 0) > bytesMax && <p className={classes.note}>These are the first {bytesText(bytesMax)} of {bytesText(entry.size!)}.</p>}
    </Drawer>
  );
}

function Image({ blob, name }: { blob: Blob; name: string }) {
  const image = useRef<HTMLImageElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    if (image.current !== null) image.current.src = made;
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  if (isBroken) return <p className={classes.note}>The browser cannot show this image. It may be damaged, or be something else than its name says.</p>;
  return <img ref={image} alt={name} className={classes.image} onError={() => setBroken(true)} />;
}
