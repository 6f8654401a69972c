import { expect, it } from 'vitest';
import { isPassing, problemFrom, UnreachableError } from '@/api/problem';

it("a problem says the hub's own sentence", () => expect(problemFrom(404, { title: 'Not found', detail: "There is no plan 'x'." }).message).toBe("There is no plan 'x'."));

it('what a proxy made of it is explained as well as it can be', () => expect(problemFrom(502, '<html>').message).toContain('502'));

it('what passes by itself is asked for again', () => expect([isPassing(new UnreachableError()), isPassing(problemFrom(503, null)), isPassing(problemFrom(404, null))]).toEqual([true, true, false]));
