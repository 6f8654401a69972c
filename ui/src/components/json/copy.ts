/** Puts a text into the clipboard; false when the browser does not let that happen. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Pages by plain HTTP from another machine have no clipboard of this kind.
    if (window.isSecureContext) await navigator.clipboard.writeText(text);
    return window.isSecureContext || copySelected(text);
  } catch {
    return false;
  }
}

function copySelected(text: string): boolean {
  const field = document.createElement('textarea');
  const before = document.activeElement;
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Beside what has the focus: a dialog keeps the focus within.
  (before?.parentElement ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
