/** When the page tells the browser that nothing more comes, with a stand-in for hls.js. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

const Events = { FRAG_BUFFERED: 'buffered', BUFFER_EOS: 'end' };

interface Segment {
  readonly type: string;
  readonly endList?: boolean;
}

/** Notes what is ended; a sound track of its own has an address. */
class Segments {
  readonly audioTrack = 0;
  readonly audioTracks: readonly { readonly url: string }[];
  ends = 0;
  #heard: (event: string, data: { readonly frag: Segment }) => void = () => undefined;

  constructor(soundUrl: string | undefined) {
    this.audioTracks = soundUrl === undefined ? [] : [{ url: soundUrl }];
  }

  on(_event: string, heard: (event: string, data: { readonly frag: Segment }) => void): void {
    this.#heard = heard;
  }

  trigger(event: string): void {
    if (event === Events.BUFFER_EOS) this.ends += 1;
  }

  take(frag: Segment): void {
    this.#heard(Events.FRAG_BUFFERED, { frag });
  }
}

type EndWhenWhole = (
  hls: Segments,
  library: { Events: typeof Events },
  video: { readonly readyState: number },
) => void;

describe('the end of a film', () => {
  let endWhenWhole: EndWhenWhole;

  before(async () => {
    ({ endWhenWhole } = (await importPage(['player/end-when-whole'])) as { endWhenWhole: EndWhenWhole });
  });

  const [PICTURES, SOUND] = ['main', 'audio'].map((type) => ({ type, endList: true })) as [Segment, Segment];
  const CASES = [
    ['is told when its pictures and its sound are there', 'a.m3u8', 1, [PICTURES, SOUND], 1],
    ['is not told while one of both is missing', 'a.m3u8', 1, [PICTURES, { type: 'audio' }, SOUND], 1],
    ['is not told of pictures alone that have sound', 'a.m3u8', 1, [PICTURES], 0],
    ['is told of pictures without sound of its own', undefined, 1, [PICTURES], 1],
    ['is left to hls.js where something is shown', 'a.m3u8', 2, [PICTURES, SOUND], 0],
    ['is not there while another part is', 'a.m3u8', 1, [PICTURES, { type: 'main' }, SOUND], 0],
  ] as const;
  for (const [name, soundUrl, readyState, segments, ends] of CASES) {
    it(name, () => {
      const hls = new Segments(soundUrl);
      endWhenWhole(hls, { Events }, { readyState });
      for (const segment of segments) hls.take(segment);
      assert.equal(hls.ends, ends);
    });
  }
});
