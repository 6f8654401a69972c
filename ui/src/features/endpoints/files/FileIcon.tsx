import { File, FileArchive, FileCode, FileImage, FileSymlink, FileText, Folder, type LucideIcon } from 'lucide-react';
import type { FileEntry } from './listing';
import classes from './FileList.module.css';

const byEnding: readonly (readonly [RegExp, LucideIcon])[] = [
  [/\.(png|jpe?g|gif|webp|avif|bmp|ico|svg|tiff?)$/i, FileImage],
  [/\.(zip|gz|tgz|bz2|xz|zst|7z|tar|rar)$/i, FileArchive],
  [/\.(html?|css|jsx?|tsx?|php|py|rb|cs|go|rs|java|sh|json|ya?ml|xml|toml|sql)$/i, FileCode],
  [/\.(txt|md|log|csv|ini|conf|env)$/i, FileText],
];

export function FileIcon({ entry }: { entry: FileEntry }) {
  if (entry.kind === 'folder') return <Folder size={16} aria-hidden="true" className={classes.folder} />;
  const Icon = entry.kind === 'symbolic_link' ? FileSymlink : byEnding.find(([ending]) => ending.test(entry.name))?.[1] ?? File;
  return <Icon size={16} aria-hidden="true" className={classes.file} />;
}
