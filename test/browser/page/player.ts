// Runs in a browser: a page that plays one presentation and keeps a record of what it shows. The tests call what
// `globalThis.player` has; all that goes in and out is plain JSON.
import type { PageVideo } from '../page-types.js';
import { pictureNumber } from './picture-number.js';
import { openDashJs } from './players/dash-js.js';
import { openHlsJs } from './players/hls-js.js';
import { openNative } from './players/native.js';
import type { PagePlayer, PagePlayerOptions, PlayerName, SwitchMoment } from './players/page-player.js';
import { openShaka } from './players/shaka.js';
import { SoundMeter } from './sound-meter.js';

declare const document: {
  createElement(name: 'video'): PageVideo;
  readonly body: { append(v: PageVideo): void };
};
declare const requestAnimationFrame: (call: () => void) => void;
declare const performance: { now(): number };

/** A picture that was shown: its time by the player's clock in seconds, and the number that is painted in it. */
export type Sight = readonly [mediaTime: number, number: number];
/** Start and end in seconds. */
export type Range = readonly [start: number, end: number];

/** A stop: its time in the film, in seconds, and how long it lasted, in milliseconds. */
export type Stall = readonly [time: number, lastedMs: number];

/** What the page tells of a presentation once it can be played. */
export interface OpenedFacts {
  /** Seconds. */
  readonly duration: number;
  readonly width: number;
  readonly height: number;
  /** Languages of the audio tracks, where the player tells them. */
  readonly languages: readonly string[];
}

/** What the page tells at any time. */
export interface PlayerRecord {
  /** Errors of the element and of the player, as they came. */
  readonly errors: readonly string[];
  /** Every picture that was shown since the record was last taken. */
  readonly sights: readonly Sight[];
  /** Where playing stopped by itself since the record was last taken, the beginning and seeks left out. */
  readonly stalls: readonly Stall[];
  /** What is buffered: of each of the player's buffers where it tells, else of the element. */
  readonly buffered: Readonly<Record<string, readonly Range[]>>;
  readonly currentTime: number;
  readonly ended: boolean;
  /** Pixels down of the picture that is shown. */
  readonly height: number;
  /** Bytes of sound that were decoded; undefined where the browser does not tell. */
  readonly decodedAudioBytes: number | undefined;
}

/** What was waited for did not come. */
class Missed extends Error {}

/** Milliseconds after which what did not happen is taken for never happening. Nothing waits that long otherwise. */
const PATIENCE = 60_000;

const OPENERS: Readonly<
  Record<PlayerName, (options: PagePlayerOptions) => PagePlayer | Promise<PagePlayer>>
> = {
  'hls.js': openHlsJs,
  native: openNative,
  'dash.js': openDashJs,
  Shaka: openShaka,
};

const video = document.createElement('video');
const errors: string[] = [];
const stalls: Stall[] = [];
const sights: Sight[] = [];
let opened: PagePlayer | undefined;
let meter: SoundMeter | undefined;
/** Playing went on since the beginning or the last seek, so that waiting now is a stall. */
let isRolling = false;

video.crossOrigin = 'anonymous';
document.body.append(video);
video.addEventListener('error', () => errors.push(`video: ${video.error?.code} ${video.error?.message}`));
video.addEventListener('seeking', () => (isRolling = false));
video.addEventListener('timeupdate', () => (isRolling = !video.seeking && !video.paused));
video.addEventListener('waiting', () => {
  if (!isRolling || video.seeking || video.ended || isBufferedAhead()) return;
  const [time, start] = [video.currentTime, performance.now()];
  video.addEventListener('timeupdate', () => stalls.push([time, performance.now() - start]), { once: true });
});
video.requestVideoFrameCallback(function seen(_, { mediaTime }) {
  sights.push([mediaTime, pictureNumber(video)]);
  video.requestVideoFrameCallback(seen);
});

/**
 * There is enough ahead to play on with: what is waited for then is the decoder of a busy machine. One that cannot go on at
 * all is found out by its patience.
 */
function isBufferedAhead(): boolean {
  const { currentTime } = video;
  return rangesOf(video.buffered).some(([from, to]) => from <= currentTime && to - currentTime > 1);
}

/** Waits until something holds, looking at each frame of the page. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (errors.length > 0 && video.error !== null) throw new Missed(`${what}: ${errors.join('; ')}`);
    if (performance.now() - start > PATIENCE) throw new Missed(`${what} did not happen: ${describe()}`);
    await new Promise<void>((resolve) => requestAnimationFrame(resolve));
  }
}

function describe(): string {
  const { currentTime, readyState, seeking, paused } = video;
  const facts = { currentTime, readyState, seeking, paused, picture: pictureNumber(video), errors };
  return JSON.stringify({ ...facts, buffered: bufferedRanges() });
}

function rangesOf(buffered: PageVideo['buffered']): Range[] {
  return Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
}

function bufferedRanges(): Record<string, Range[]> {
  const buffers = opened?.buffers;
  if (buffers === undefined) return { element: rangesOf(video.buffered) };
  return Object.fromEntries([...buffers].map(([type, { buffered }]) => [type, rangesOf(buffered)]));
}

/** What the tests call. */
const player = {
  /**
   * Opens a presentation and waits until its first picture is there.
   * @param name - what plays it.
   * @param heights - in which form hls.js has to load each segment; it decides by itself when absent.
   */
  async open(url: string, name: PlayerName, heights: readonly number[] = []): Promise<OpenedFacts> {
    meter = await SoundMeter.of(video);
    const complain = (message: string): void => void errors.push(message);
    opened = await OPENERS[name]({ url, video, heights, complain, isBufferedAhead });
    await until('the first picture', () => video.readyState >= 2);
    const { duration, videoWidth: width, videoHeight: height } = video;
    return { duration, width, height, languages: opened.languages() };
  },

  /**
   * Plays from where it is to a time in seconds, or to the end, and pauses there.
   * @param rate - how fast; 1 is as it was made.
   */
  async playTo(end: number, rate: number): Promise<void> {
    await video.play();
    video.playbackRate = rate;
    while (!video.ended && video.currentTime < end) {
      const from = video.currentTime;
      await until(`playing on from ${from}`, () => video.ended || video.currentTime > from + 1);
    }
    video.pause();
    video.playbackRate = 1;
  },

  /**
   * Pauses and seeks, and waits until the picture of that time is shown.
   * @param target - seconds.
   * @param number - number of the picture that has to be shown, or of the one before or after it.
   */
  async seek(target: number, number: number): Promise<void> {
    // It would be gone by the time that a busy machine looks.
    video.pause();
    video.currentTime = target;
    await until(`seeking to ${target}`, () => !video.seeking && video.readyState >= 2);
    await until(`picture ${number} at ${target}`, () => Math.abs(pictureNumber(video) - number) <= 1);
  },

  /** Seeks without a pause, and waits until the film goes on from there. */
  async seekPlaying(target: number, number: number): Promise<void> {
    await video.play();
    const seen = sights.length;
    video.currentTime = target;
    await until(`seeking to ${target}`, () => !video.seeking && video.readyState >= 2);
    // Those that were seen meanwhile, too: the film goes on while a busy machine does not look.
    const isThere = (shown: number): boolean => shown >= number - 1 && shown <= number + 150;
    await until(
      `pictures from ${number} on at ${target}`,
      () => isThere(pictureNumber(video)) || sights.slice(seen).some(([, shown]) => isThere(shown)),
    );
  },

  /** Plays on for some seconds of the film, or to its end. */
  async playFor(seconds: number): Promise<void> {
    const end = Math.min(video.currentTime + seconds, video.duration - 0.05);
    await video.play();
    await until(`playing to ${end}`, () => video.ended || video.currentTime >= end);
  },

  pause(): void {
    video.pause();
  },

  /** Chooses another audio track by its place in the list. */
  async selectAudio(index: number): Promise<void> {
    await opened!.selectAudio(index);
  },

  /** Chooses the form of the video by its height. */
  selectHeight(height: number, moment: SwitchMoment): void {
    opened!.selectHeight(height, moment);
  },

  /** Waits until all is buffered, from where it is to the end. */
  async bufferToEnd(): Promise<void> {
    await until('all to be buffered', () => {
      const ranges = Object.values(bufferedRanges());
      return ranges.length > 0 && ranges.every((range) => (range.at(-1)?.[1] ?? 0) > video.duration - 0.2);
    });
  },

  /** Plays on until the picture has a height. */
  async playUntilHeight(height: number): Promise<void> {
    await video.play();
    await until(`a picture of ${height} lines`, () => video.videoHeight === height);
  },

  /** Whether sound can be listened to. */
  hasMeter: (): boolean => meter !== undefined,

  /** Waits, playing, until a tone is heard whose frequency follows from the time: `base` + 100 times the second. */
  async hear(base: number): Promise<void> {
    const at = (): number => {
      const second = Math.floor(video.currentTime);
      const part = video.currentTime - second;
      return part > 0.3 && part < 0.95 ? base + 100 * (second % 10) : NaN;
    };
    await until(`a tone of ${base} Hz and more`, () => meter!.hears(at()));
  },

  /** Waits, playing, until there is silence. */
  async hearNothing(): Promise<void> {
    await until('silence', () => meter!.isSilent());
  },

  /** Takes what was noted since the last time. */
  take(): PlayerRecord {
    const { currentTime, ended, webkitAudioDecodedByteCount: decodedAudioBytes } = video;
    return {
      errors: [...errors],
      sights: sights.splice(0),
      stalls: stalls.splice(0),
      buffered: bufferedRanges(),
      currentTime,
      ended,
      height: video.videoHeight,
      decodedAudioBytes,
    };
  },
};

/** What the tests can call. */
export type PlayerCalls = typeof player;

Object.assign(globalThis, { player });
