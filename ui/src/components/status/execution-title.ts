interface Titled {
  plan?: string | null;
  inputs?: unknown;
}

/** What an execution is called in lists: by its plan; a transfer that was started by hand by what it moves. */
export function executionTitle(execution: Titled): string {
  if (execution.plan != null) return execution.plan;
  const files = filesOf(execution);
  if (files === null) return 'Not a saved plan';
  return `Transfer of ${files.slice(0, 2).join(', ')}${files.length > 2 ? ` and ${files.length - 2} more` : ''}`;
}

function filesOf({ inputs }: Titled): string[] | null {
  const files = typeof inputs === 'object' && inputs !== null && 'files' in inputs ? inputs.files : null;
  return Array.isArray(files) && files.length > 0 ? files.map(String) : null;
}
