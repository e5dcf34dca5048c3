/**
 * Random numbers that are the same in every run.
 * @param seed - any text.
 * @returns a function that gives a whole number from 0 up to, and not including, what it is given.
 */
export function seededRandom(seed: string): (below: number) => number {
  let state = 0x9e3779b9;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x85ebca6b) >>> 0;
  // Mulberry32, by Tommy Ettinger, in the public domain.
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
