/** The table of memory: whether a longer file takes more. */
import type { BenchMedia } from './media.js';
import { track } from './media.js';
import { spreadOf } from './statistics.js';
import type { Result } from './result.js';
import { workInProcess, type Work } from './worker.js';

const mebibyte = 1 << 20;

/** Peak memory of files that differ in nothing but their length. */
export async function measureMemory({ lengths }: BenchMedia): Promise<Result[]> {
  const names = ['2 min', '30 min', '2 h'] as const;
  const copy = { audioTrack: track.aac, reuseMemory: true } as const;
  const encode = { audioTrack: track.eac3, audio: 'aac', reuseMemory: true } as const;
  const results: Result[] = [];
  for (const [i, { path }] of lengths.entries()) {
    results.push(...(await peaks(`copied, ${names[i]!}`, { path, what: 'stream', options: copy })));
  }
  for (const [i, { path }] of lengths.entries()) {
    results.push(...(await peaks(`audio encoded, ${names[i]!}`, { path, what: 'stream', options: encode })));
  }
  // As slow as a player at 500 times real time: far too slow for the source, so that whatever ran ahead would pile up.
  const slow: Work = { path: lengths[1].path, what: 'stream', options: copy, restMs: 3 };
  results.push(...(await peaks('copied, 30 min, slow reader', slow)));
  return results;
}

async function peaks(name: string, work: Work): Promise<Result[]> {
  const { peakBytes, enginePeakBytes } = await workInProcess(work);
  const result = (what: string, bytes: number): Result => ({
    name: what,
    unit: 'MiB',
    segmint: spreadOf([bytes / mebibyte]),
  });
  return [
    result(name, peakBytes),
    ...(enginePeakBytes === undefined ? [] : [result(`${name}: one engine`, enginePeakBytes)]),
  ];
}
