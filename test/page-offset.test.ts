/** Times of the page's player where hls.js leaves out what is before a film's first picture, with a stand-in for hls.js. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Plugin } from 'esbuild';
import { importPage } from './support/page-module.js';

/** As hls.js tells how much of the source's time it takes away; `id` is the kind of playlist. */
interface InitPts {
  readonly id: string;
  readonly initPTS: number;
  readonly timescale: number;
}

/** What the player does with hls.js, and what hls.js tells it. */
class StandIn {
  static readonly DefaultConfig = { loader: Object };
  /** An event's name is its own. */
  static readonly Events = new Proxy<Record<string, string>>({}, { get: (_, name) => name });
  static last: StandIn | undefined;
  readonly hasEnoughToStart = true;
  readonly audioTracks: readonly never[] = [];
  readonly #listeners = new Map<string, (event: string, data: unknown) => void>();

  constructor() {
    StandIn.last = this;
  }

  on(event: string, listener: (event: string, data: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  tell(event: 'MANIFEST_PARSED' | 'INIT_PTS_FOUND', data: object): void {
    this.#listeners.get(event)!(event, data);
  }

  attachMedia(): void {
    // Nothing is shown.
  }

  detachMedia(): void {
    // Nothing was shown.
  }

  loadSource(): void {
    // Nothing is loaded.
  }

  startLoad(): void {
    // Nothing is loaded.
  }
}

/** An element of which only the clock matters. */
class Clock extends EventTarget {
  currentTime = 0;
  duration = 27;

  play(): Promise<void> {
    return Promise.resolve();
  }
}

interface Player {
  readonly offset: number;
  readonly position: number;
  readonly duration: number;
  open(item: object): void;
  seek(seconds: number): void;
  dispose(): void;
}

const standInForHls: Plugin = {
  name: 'stand-in-for-hls',
  setup(bundling) {
    bundling.onResolve({ filter: /^hls\.js$/ }, ({ path }) => ({ path, namespace: 'stand-in' }));
    bundling.onLoad({ filter: /.*/, namespace: 'stand-in' }, () => ({
      contents: 'export default globalThis.StandInHls',
    }));
  },
};

describe('the time of a film that hls.js lets begin with its first picture', () => {
  let HlsPlayer: new (video: Clock, listener: object) => Player;

  before(async () => {
    ({ HlsPlayer } = (await importPage(['player/hls-player'], [standInForHls])) as {
      HlsPlayer: typeof HlsPlayer;
    });
    Object.assign(globalThis, { StandInHls: StandIn, MediaSource: Object });
  });

  after(() => {
    for (const name of ['StandInHls', 'MediaSource']) Reflect.deleteProperty(globalThis, name);
  });

  const LATE = { id: 'main', initPTS: 1470, timescale: 12_288 };
  const CASES: readonly (readonly [string, readonly InitPts[], number])[] = [
    ['is the source’s where nothing is left out', [{ id: 'main', initPTS: 0, timescale: 90_000 }], 0],
    ['counts what is left out before the first picture', [LATE], 1470 / 12_288],
    ['counts none of what is said of sound', [{ id: 'audio', initPTS: 48_000, timescale: 48_000 }], 0],
    ['goes by the pictures where sound says something else', [LATE, { ...LATE, id: 'audio' }], 1470 / 12_288],
    ['goes by what is said last', [LATE, { id: 'main', initPTS: 45_000, timescale: 90_000 }], 0.5],
    ['may begin before that of the source', [{ id: 'main', initPTS: -9000, timescale: 90_000 }], -0.1],
  ];
  for (const [name, told, offset] of CASES) {
    it(name, async () => {
      const clock = new Clock();
      const ignore = (): void => undefined;
      const player = new HlsPlayer(clock, { onLibrary: ignore, onRenditions: ignore, onChange: ignore });
      player.open({ url: '/master.m3u8', audio: [], start: 0, isNative: false });
      assert.equal(player.offset, 0, 'nothing is known');
      // The library is imported.
      await new Promise(setImmediate);
      const hls = StandIn.last!;
      hls.tell('MANIFEST_PARSED', { levels: [] });
      for (const one of told) hls.tell('INIT_PTS_FOUND', one);
      assert.equal(player.offset, offset);
      assert.equal(player.duration, 27 + offset);
      clock.currentTime = 10;
      assert.equal(player.position, 10 + offset);
      player.seek(20);
      assert.equal(clock.currentTime, 20 - offset);
      player.seek(0);
      assert.equal(clock.currentTime, Math.max(0, -offset), 'no time of the element is below zero');
    });
  }
});
