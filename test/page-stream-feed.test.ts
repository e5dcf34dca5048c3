/** The page's feeding of a stream that breaks, with stand-ins for what the browser has. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

/** Holds as many seconds as it was given pieces of, from zero on. */
class Buffer extends EventTarget {
  readonly updating = false;
  seconds = 0;
  /** What a piece is worth once so much is held. */
  readonly #end: number;

  constructor(end: number) {
    super();
    this.#end = end;
  }

  get buffered() {
    return { length: 1, start: () => 0, end: () => this.seconds };
  }

  appendBuffer(): void {
    this.seconds = Math.min(this.seconds + 1, this.#end);
    queueMicrotask(() => this.dispatchEvent(new Event('updateend')));
  }

  abort(): void {
    return;
  }
}

class Source extends EventTarget {
  readonly readyState = 'open';
  readonly #buffer: Buffer;

  constructor(buffer: Buffer) {
    super();
    this.#buffer = buffer;
  }

  addSourceBuffer(): Buffer {
    return this.#buffer;
  }
}

class Video extends EventTarget {
  readonly currentTime = 0;
  readonly error = null;
  readonly #source: Source;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  set src(_address: string) {
    queueMicrotask(() => this.#source.dispatchEvent(new Event('sourceopen')));
  }

  play(): Promise<void> {
    return Promise.resolve();
  }
}

/** Gives one piece, and breaks. */
function brokenStream(): Response {
  let isGiven = false;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if (isGiven) controller.error(new TypeError('The connection is gone.'));
    else controller.enqueue(new Uint8Array(8));
    isGiven = true;
  };
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
}

interface Feed {
  play(first: Response, mimeType: string, duration: number): Promise<void>;
}

describe('a stream that breaks', () => {
  let StreamFeed: new (options: object) => Feed;

  before(async () => {
    ({ StreamFeed } = (await importPage(['player/stream-feed'])) as { StreamFeed: typeof StreamFeed });
  });

  it('is taken up again as long as that brings anything, and given up when it has not three times', async (t) => {
    t.mock.method(URL, 'createObjectURL', () => 'blob:stand-in');
    const buffer = new Buffer(5);
    const source = new Source(buffer);
    const starts: number[] = [];
    const request = (start: number): Promise<Response> => {
      starts.push(start);
      return Promise.resolve(brokenStream());
    };
    const options = { video: new Video(source), source, from: 0, connection: new AbortController(), request };
    const playing = new StreamFeed(options).play(brokenStream(), 'video/mp4', NaN);
    await assert.rejects(playing, /The connection is gone/);
    assert.deepEqual(starts, [1, 2, 3, 4, 5, 5, 5]);
  });
});
