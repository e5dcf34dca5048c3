/** What a piece of work on stills uses: reading of a head, or reading of a picture and an engine. */
export type TurnKind = 'open' | 'encode';

/**
 * Has a piece of work done when its turn comes. It may be begun, dropped and begun again, as often as others are in more of a
 * hurry: it leaves nothing behind when its signal ends it.
 * @param kind - what it uses.
 * @param work - one picture's at most, so that nobody waits for long.
 */
export type TakeTurn = <T>(kind: TurnKind, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
