import { describe, expect, it } from 'vitest';
import { navigation, places } from '@/app/navigation';
import { KeyCommands, type KeyPress } from '@/app/shortcuts';

const press = (key: string, other: Partial<KeyPress> = {}): KeyPress => ({ key, isModified: false, isCommand: false, isTyping: false, isAsked: false, ...other });

describe('keys', () => {
  it('g and a letter go to a page', () => {
    const commands = new KeyCommands();

    expect(commands.press(press('g'), 0)).toBeNull();
    expect(commands.press(press('e'), 300)).toEqual({ kind: 'go', key: 'e' });
    expect(commands.press(press('e'), 400)).toBeNull();
  });

  it('a letter long after g means nothing', () => {
    const commands = new KeyCommands();
    commands.press(press('g'), 0);

    expect(commands.press(press('e'), 5_000)).toBeNull();
  });

  it('that are typed into a field mean nothing, the palette excepted', () => {
    const commands = new KeyCommands();

    expect(commands.press(press('/', { isTyping: true }), 0)).toBeNull();
    expect(commands.press(press('k', { isTyping: true, isCommand: true }), 0)).toEqual({ kind: 'palette' });
  });

  it('mean nothing outside of a dialog that is open', () => {
    const commands = new KeyCommands();

    expect(commands.press(press('?', { isAsked: true }), 0)).toBeNull();
    expect(commands.press(press('g', { isAsked: true }), 0)).toBeNull();
    expect(commands.press(press('e'), 100)).toBeNull();
  });

  it('of pages are each used once', () => {
    expect(new Set(places.map(place => place.key)).size).toBe(places.length);
    expect(navigation.length).toBeGreaterThan(4);
  });
});
