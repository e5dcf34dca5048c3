import assert from 'node:assert/strict';
import { seededRandom } from '../support/seeded-random.js';
import { numberAt, type Film, type FilmTiming } from './films.js';
import type { PlayerRecord, Range } from './page/player.js';
import type { PlayerPage } from './player-page.js';

/** Longest gap in a buffer that is none for a viewer: one frame of AAC at 48 kHz, and a rounding. Seconds. */
const FRAME = 1024 / 48_000 + 0.001;

/**
 * How far what can be drawn may lie from what the browser says it shows, in seconds. While it plays, and on a busy machine,
 * Firefox draws late; where it pauses after a seek the picture has to be the very one.
 */
const LATENESS = 2;

/** How much faster than a viewer would it is played. */
const HASTE = 4;

/** A stop of this length, for want of data, is too long even on a machine that is busy with other things. Milliseconds. */
const NOTICEABLE = 5000;

/** What is so near to a silence that players may take one segment for the other, in seconds. */
const NEAR = 9;

/** A film that is being played. */
export interface Playing {
  readonly page: PlayerPage;
  readonly film: Film;
  readonly timing: FilmTiming;
  /** Where the segments begin, in seconds, and the end of the last one. */
  readonly cuts: readonly number[];
}

/**
 * Checks what a page noted: no error, no stall, every picture at its time, no gap in what is buffered.
 * @param rate - how fast it was played.
 */
function checkRecord({ timing, cuts }: Playing, record: PlayerRecord, when: string, rate = 1): void {
  assert.deepEqual(record.errors, [], when);
  for (const [time, lastedMs] of record.stalls) {
    assert.ok(lastedMs < NOTICEABLE, `${when}: stalled at ${time} s for ${lastedMs} ms`);
  }
  for (const [time, number] of record.sights) {
    const shown = timing.start + number / timing.rate;
    const isRight = number === -1 || Math.abs(shown - time) < LATENESS * rate;
    assert.ok(isRight, `${when}: at ${time} s the picture of ${shown} s is seen`);
  }
  for (const [name, ranges] of Object.entries(record.buffered))
    checkBuffered(ranges, cuts, `${when}: ${name}`);
}

/** What lies between two buffered ranges must be segments that were not fetched, whole ones. */
function checkBuffered(ranges: readonly Range[], cuts: readonly number[], what: string): void {
  for (let i = 1; i < ranges.length; i++) {
    const [from, to] = [ranges[i - 1]![1], ranges[i]![0]];
    if (to - from <= FRAME) continue;
    const isSegmentMissing = cuts.some(
      (cut, n) => cut >= from - 0.15 && n + 1 < cuts.length && cuts[n + 1]! <= to + 0.15,
    );
    assert.ok(isSegmentMissing, `${what}: there is a gap from ${from} to ${to} s`);
  }
}

/** Plays from a time to another, in seconds, or to the end; faster than a viewer would. */
export async function playThrough(playing: Playing, from = 0, to?: number): Promise<void> {
  const { page, film, timing } = playing;
  await page.call('seek', from, Math.max(0, numberAt(timing, from)));
  await page.call('take');
  await page.call('playTo', to ?? Infinity, HASTE);
  const record = await page.call('take');
  checkRecord(playing, record, `playing from ${from} s`, HASTE);
  const end = to ?? film.duration;
  if (to === undefined)
    assert.ok(Math.abs(record.currentTime - end) < 0.2, `ends at ${record.currentTime} s`);
  const shown = new Set(record.sights.map(([, number]) => number));
  // A busy machine may not draw them all; none at all for a while would be a hole.
  assert.ok(shown.size > (end - from) * timing.rate * 0.05, `${shown.size} pictures were seen`);
}

/** Seeks to many places, half of the times while it plays, and plays on at each. */
export async function seekAround(playing: Playing, targets: readonly number[]): Promise<void> {
  const { page, timing } = playing;
  for (const [i, target] of targets.entries()) {
    const when = `seek ${i} to ${target} s`;
    if (i % 2 === 0) await page.call('pause');
    // In the middle of a picture, so that no rounding decides which one it is.
    const number = numberAt(timing, target);
    const middle = timing.start + (number + 0.5) / timing.rate;
    if (i % 2 === 0) await page.call('seek', middle, number);
    else await page.call('seekPlaying', middle, number);
    await page.call('playFor', 0.4);
    checkRecord(playing, await page.call('take'), when);
  }
}

/** Places to seek to, the same in every run. */
export function randomTargets(seed: string, count: number, duration: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random(Math.floor((duration - 0.6) * 1000)) / 1000);
}

/** Changes the audio track while playing, and listens. */
export async function switchAudio(playing: Playing, rounds: number): Promise<void> {
  const { page, film, timing } = playing;
  const hears = await page.call('hasMeter');
  await page.call('seek', film.duration / 3, numberAt(timing, film.duration / 3));
  for (let i = 0; i < rounds; i++) {
    const index = (i + 1) % film.audio.length;
    await page.call('playFor', 0.5);
    await page.call('take');
    await page.call('selectAudio', index);
    if (hears) await page.call('hear', film.audio[index]!.base);
    await page.call('playFor', 1.5);
    checkRecord(playing, await page.call('take'), `audio track ${index}`);
  }
}

/**
 * The same where the browser plays HLS by itself. Chromium takes up another audio track with the next seek only, and Web
 * Audio hears nothing of it then: what is looked at is whether it decodes.
 */
export async function switchNativeAudio(playing: Playing, rounds: number): Promise<void> {
  const { page, film, timing } = playing;
  for (let i = 0; i < rounds; i++) {
    const index = (i + 1) % film.audio.length;
    const target = film.duration * (i % 2 === 0 ? 0.7 : 0.2);
    await page.call('selectAudio', index);
    await page.call('seekPlaying', target, numberAt(timing, target));
    const before = await page.call('take');
    await page.call('playFor', 1.5);
    const record = await page.call('take');
    checkRecord(playing, record, `audio track ${index}`);
    assert.ok(record.decodedAudioBytes! > before.decodedAudioBytes!, `audio track ${index} is decoded`);
  }
}

/**
 * Seeks to the middle of each segment that is in the silence of an audio track, or near it, and listens there: to the tone, or
 * to the silence that belongs there.
 */
export async function listenAround(playing: Playing, index: number): Promise<void> {
  const { page, film, cuts, timing } = playing;
  const { base, silence = [0, 0] } = film.audio[index]!;
  const hears = await page.call('hasMeter');
  if (index > 0) await page.call('selectAudio', index);
  const middles = cuts.slice(0, -1).map((cut, i) => (cut + cuts[i + 1]!) / 2);
  for (const target of middles.filter((middle) => middle > silence[0] - NEAR && middle < silence[1] + NEAR)) {
    await page.call('seekPlaying', target, numberAt(timing, target));
    await page.call('playFor', 0.5);
    // Well within the one or the other, not at an edge of the silence.
    const isSilent = target > silence[0] && target + 1.5 < silence[1];
    const isHeard = target > silence[1] || target + 3 < silence[0];
    if (hears && isSilent) await page.call('hearNothing');
    if (hears && isHeard) await page.call('hear', base);
    checkRecord(playing, await page.call('take'), `from ${target} s on track ${index}`);
  }
}
