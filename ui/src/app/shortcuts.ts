/** What keys mean together: first `g`, then the letter of a page. */
export type Command = { kind: 'go'; key: string } | { kind: 'search' } | { kind: 'help' } | { kind: 'palette' };

export interface KeyPress {
  key: string;
  isModified: boolean;
  isCommand: boolean;
  isTyping: boolean;
  /** A dialog is open: it keeps what is pressed. */
  isAsked: boolean;
}

const waitMilliseconds = 1_200;

/** Follows the keys that are pressed; what is typed into fields means nothing, except the palette's. */
export class KeyCommands {
  private leaderAt = -Infinity;

  press({ key, isModified, isCommand, isTyping, isAsked }: KeyPress, now: number): Command | null {
    if (isCommand && key.toLowerCase() === 'k') return { kind: 'palette' };
    if (isTyping || isAsked || isModified || isCommand) return null;
    if (now - this.leaderAt <= waitMilliseconds) {
      this.leaderAt = -Infinity;
      return { kind: 'go', key };
    }
    if (key === 'g') this.leaderAt = now;
    if (key === '/') return { kind: 'search' };
    return key === '?' ? { kind: 'help' } : null;
  }
}
