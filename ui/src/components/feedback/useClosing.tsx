import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { LeaveQuestion } from './LeaveQuestion';

interface Closing {
  /** For whatever closes it in passing: Escape, a click beside it. */
  close: () => void;
  /** Meanwhile Escape is for the question, and not for what lies below it. */
  isAsking: boolean;
  question: ReactNode;
}

/** Closes what lies above a page: at once when nothing in it would be lost, and otherwise behind a question. */
export function useClosing(isChanged: boolean, onClose: () => void): Closing {
  const [isAsking, setAsking] = useState(false);

  // Who listens for Escape may still hold what was true before the last key.
  const changed = useRef(isChanged);
  useLayoutEffect(() => { changed.current = isChanged; });
  const leave = () => {
    setAsking(false);
    onClose();
  };
  return {
    close: () => { if (changed.current) setAsking(true); else onClose(); },
    isAsking,
    // Made only now: one that was there already would be closed by the very key that opens it.
    question: isAsking && <LeaveQuestion opened onStay={() => setAsking(false)} onLeave={leave} />,
  };
}
