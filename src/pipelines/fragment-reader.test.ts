import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { Sample } from '../media/sample.js';
import type { FragmentAssembler, PendingFragment } from './fragment-assembler.js';
import { readFragments } from './fragment-reader.js';
import type { SampleFeed } from './sample-feed.js';

/** Stands in for an assembler that cuts one fragment a batch; each is done when the test says so. */
class ManualAssembler {
  readonly done: ((value: readonly FragmentTrack[]) => void)[] = [];
  readonly failed: ((reason: unknown) => void)[] = [];
  readonly isDone = false;
  pushed = 0;
  finished = 0;
  #cuts = 0;

  push(): void {
    this.pushed++;
  }

  finish(): void {
    this.finished++;
  }

  cut(): PendingFragment | undefined {
    if (this.#cuts === this.pushed) return undefined;
    this.#cuts++;
    return new Promise((resolve, reject) => {
      this.done.push(resolve);
      this.failed.push(reject);
    });
  }
}

function read(batches: number, assembler: ManualAssembler, lookAhead: number) {
  let left = batches;
  const feed = { next: () => Promise.resolve<readonly Sample[] | undefined>(left-- > 0 ? [] : undefined) };
  return readFragments(feed as unknown as SampleFeed, assembler as unknown as FragmentAssembler, lookAhead);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('readFragments', () => {
  it('reads on while fragments are in the making, but no further than its look-ahead', async () => {
    const assembler = new ManualAssembler();
    const fragments = read(10, assembler, 3);
    const first = fragments.next();
    await turn();
    assert.equal(assembler.pushed, 3);
    assembler.done[0]!([]);
    await first;
    await turn();
    // Nobody has asked for the next one.
    assert.equal(assembler.pushed, 3);
    void fragments.next();
    await turn();
    assert.equal(assembler.pushed, 4);
  });

  it('keeps the order whatever is done first, and finishes once', async () => {
    const assembler = new ManualAssembler();
    const fragments = read(3, assembler, 3);
    const all = (async () => {
      const ids: number[] = [];
      for await (const tracks of fragments) ids.push(tracks[0]!.trackId);
      return ids;
    })();
    await turn();
    const track = (trackId: number): FragmentTrack[] => [{ trackId, baseMediaDecodeTime: 0, samples: [] }];
    for (const index of [2, 0, 1]) assembler.done[index]!(track(index));
    assert.deepEqual(await all, [0, 1, 2]);
    assert.equal(assembler.finished, 1);
  });

  it('fails in its turn when a fragment does, without an unhandled rejection', async () => {
    const assembler = new ManualAssembler();
    const fragments = read(2, assembler, 2);
    const first = fragments.next();
    await turn();
    assembler.failed[1]!(new RangeError('second'));
    await turn();
    assembler.done[0]!([]);
    assert.deepEqual((await first).value, []);
    await assert.rejects(fragments.next(), RangeError);
  });
});
