/** That the page plays on what hls.js takes anew, with stand-ins for it and for the element. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

const Events = { MEDIA_ATTACHED: 'attached' };

/** Is paused when it is emptied, as elements are. */
class Video {
  paused = true;

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }
}

/** Leaves the element and takes it again, as hls.js does to overcome an error. */
class Library {
  readonly #video: Video;
  #attached: () => void = () => undefined;

  constructor(video: Video) {
    this.#video = video;
  }

  on(_event: string, heard: () => void): void {
    this.#attached = heard;
  }

  attachMedia(): void {
    this.#attached();
  }

  detachMedia(): void {
    this.#video.paused = true;
  }

  recover(): void {
    this.detachMedia();
    this.attachMedia();
  }
}

type PlayOn = (hls: Library, library: { Events: typeof Events }, video: Video) => void;

describe('what hls.js takes anew', () => {
  let playOn: PlayOn;

  before(async () => {
    ({ playOn } = (await importPage(['player/play-on'])) as { playOn: PlayOn });
  });

  it('plays on when it played, and only then', async () => {
    const video = new Video();
    const hls = new Library(video);
    playOn(hls, { Events }, video);
    hls.attachMedia();
    assert.equal(video.paused, true, 'it is the page that begins');
    hls.recover();
    assert.equal(video.paused, true, 'the viewer has not begun');
    await video.play();
    hls.recover();
    assert.equal(video.paused, false);
    video.paused = true;
    hls.recover();
    assert.equal(video.paused, true, 'the viewer has paused it');
  });
});
