import type { ManifestFile } from '../api/list-manifest';

/** Files that failed for the same reason. */
export interface FailureGroup {
  reason: string;
  /** Trying again may help. */
  isTransient: boolean;
  paths: string[];
}

/** The failures by their reasons, the most frequent first. A reason that names its file is the same as that of the next file. */
export function failureGroups(files: readonly Pick<ManifestFile, 'path' | 'reason' | 'transient'>[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const { path, reason, transient } of files) {
    const text = reason ?? 'No reason was told.';
    const key = text.replaceAll(`'${path}'`, '“…”');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { reason: text, isTransient: transient === true, paths: [path] });
    else {
      group.reason = key;
      group.isTransient &&= transient === true;
      if (!group.paths.includes(path)) group.paths.push(path);
    }
  }
  return [...groups.values()].sort((one, other) => other.paths.length - one.paths.length);
}
