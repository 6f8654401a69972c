import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { places } from './navigation';
import { KeyCommands } from './shortcuts';

const commands = new KeyCommands();

/** Keys that work on every page. */
export function useKeyCommands({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }): void {
  const navigate = useNavigate();
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const command = commands.press({
      key: event.key,
      isModified: event.altKey,
      isCommand: event.ctrlKey || event.metaKey,
      isTyping: isTyping(event.target),
      isAsked: document.querySelector('[role="dialog"][aria-modal="true"]') !== null,
    }, event.timeStamp);
    if (command === null) return;
    event.preventDefault();
    if (command.kind === 'palette') onPalette();
    else if (command.kind === 'help') onHelp();
    else if (command.kind === 'search') {
      const field = document.querySelector<HTMLInputElement>('[data-search]');
      if (field === null) onPalette();
      else field.focus();
    }
    else {
      const place = places.find(each => each.key === command.key);
      if (place !== undefined) void navigate({ to: place.to });
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

// What is chosen or pressed takes no letters.
const pressed = ['checkbox', 'radio', 'button', 'submit', 'file', 'range'];

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !pressed.includes(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName));
}
