import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { viewBoxes } from '../box-view.js';
import { parseSampleTable } from './sample-table.js';
import { isStoredInOrder } from './stored-order.js';

/** Three chunks of two samples of 10 bytes, at the given offsets. */
function isInOrder(chunkOffsets: readonly number[], sizes: readonly number[] = [10, 10, 10, 10, 10, 10]) {
  const stbl = mp4.tables({
    sizes,
    durations: [[sizes.length, 40]],
    chunks: [[1, 2, 1]],
    chunkOffsets: [...chunkOffsets],
  });
  const table = parseSampleTable(viewBoxes(mp4.join(...stbl), 0), (reason) => assert.fail(reason));
  return isStoredInOrder(table!);
}

describe('isStoredInOrder', () => {
  it('takes chunks that follow on each other, with or without something between them', () => {
    assert.equal(isInOrder([0, 20, 40]), true);
    assert.equal(isInOrder([0, 500, 700]), true);
  });

  it('refuses chunks that go back, or begin within another', () => {
    assert.equal(isInOrder([40, 20, 60]), false);
    assert.equal(isInOrder([0, 19, 60]), false);
    assert.equal(isInOrder([0, 20, 40], [10, 30, 10, 10, 10, 10]), false);
  });
});
