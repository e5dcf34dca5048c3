/** That the page lets go of sound that waits for pictures, with a stand-in for hls.js. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

const Events = {
  BUFFER_APPENDING: 'appending',
  BUFFER_APPENDED: 'appended',
  BUFFER_FLUSHING: 'flushing',
  MEDIA_DETACHED: 'detached',
  ERROR: 'failed',
  DESTROYING: 'destroying',
};
const frag = { start: 60, end: 66 };

/** Notes what is thrown away. */
class Library {
  readonly flushed: unknown[] = [];
  readonly #events = new EventEmitter();

  on(name: string, heard: (name: string, data: unknown) => void): void {
    this.#events.on(name, heard);
  }

  trigger(name: string, data: unknown): void {
    if (name === Events.BUFFER_FLUSHING) this.flushed.push(data);
    else this.#events.emit(name, name, data);
  }
}

/** Can be sought in. */
class Video extends EventTarget {
  currentTime = 57;

  seek(time: number): void {
    this.currentTime = time;
    this.dispatchEvent(new Event('seeking'));
  }
}

type ReleaseSound = (hls: Library, library: { Events: typeof Events }, video: Video) => void;

describe('sound that waits for its pictures', () => {
  let releaseSound: ReleaseSound;
  before(async () => {
    ({ releaseSound } = (await importPage(['player/release-sound'])) as { releaseSound: ReleaseSound });
  });

  function open(): { hls: Library; video: Video } {
    const [hls, video] = [new Library(), new Video()];
    releaseSound(hls, { Events }, video);
    return { hls, video };
  }

  it('is thrown away once where the viewer goes back before it', () => {
    const { hls, video } = open();
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    video.seek(61);
    assert.deepEqual(hls.flushed, []);
    video.seek(50);
    video.seek(40);
    assert.deepEqual(hls.flushed, [{ type: 'audio', startOffset: 60, endOffset: 66 }]);
  });

  it('is so, too, when what begins its track was taken before it', () => {
    const { hls, video } = open();
    for (let i = 0; i < 2; i++) hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.BUFFER_APPENDED, { type: 'audio' });
    video.seek(50);
    assert.equal(hls.flushed.length, 1);
  });

  it('is known to be taken also after the browser has refused some', () => {
    const { hls, video } = open();
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.ERROR, { sourceBufferName: 'audio' });
    video.seek(55);
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.ERROR, { sourceBufferName: 'video' });
    hls.trigger(Events.BUFFER_APPENDED, { type: 'audio' });
    video.seek(50);
    assert.deepEqual(hls.flushed, []);
  });

  it('is left where it was taken, where it is pictures, and where hls.js has left the element', () => {
    const { hls, video } = open();
    hls.trigger(Events.BUFFER_APPENDING, { type: 'video', frag });
    video.seek(50);
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.BUFFER_APPENDED, { type: 'video' });
    hls.trigger(Events.BUFFER_APPENDED, { type: 'audio' });
    video.seek(40);
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.MEDIA_DETACHED, {});
    video.seek(30);
    hls.trigger(Events.BUFFER_APPENDING, { type: 'audio', frag });
    hls.trigger(Events.DESTROYING, {});
    video.seek(20);
    assert.deepEqual(hls.flushed, []);
  });
});
