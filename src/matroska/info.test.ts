import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { LimitExceededError, MalformedMediaError, type SegmintError } from '../errors.js';
import { parseInfo } from './info.js';
import { ID } from './schema.js';

const HOURS_NS = 3600 * 1e9;

function parse(...children: Uint8Array[]): ReturnType<typeof parseInfo> & { faults: string[] } {
  const faults: string[] = [];
  const onFault = (fault: SegmintError): number => faults.push(fault.message);
  return { ...parseInfo(ebml.bytes(...children), 0, onFault), faults };
}

describe('parseInfo', () => {
  it('reads times, title and program', () => {
    const info = parse(
      ebml.uint(ID.TimestampScale, 100_000),
      ebml.float(ID.Duration, 15_000, 4),
      ebml.text(ID.Title, 'A film'),
      ebml.text(ID.WritingApp, 'mkvmerge'),
    );
    assert.deepEqual(info, {
      timestampScale: 100_000,
      durationNs: 1_500_000_000,
      title: 'A film',
      writingApp: 'mkvmerge',
      faults: [],
    });
  });

  it('takes a millisecond for a tick when nothing is said', () => {
    assert.equal(parse().timestampScale, 1_000_000);
    assert.equal(parse(ebml.element(ID.TimestampScale)).timestampScale, 1_000_000);
  });

  const durations = [
    { ticks: 0, ns: undefined },
    { ticks: -5, ns: undefined },
    { ticks: Number.NaN, ns: undefined },
    { ticks: Infinity, ns: undefined },
    { ticks: 1e30, ns: undefined },
    { ticks: 24 * 3_600_000, ns: 24 * HOURS_NS },
    { ticks: 24 * 3_600_000 + 1, ns: undefined },
  ];
  for (const { ticks, ns } of durations) {
    it(`takes a duration of ${ticks} ticks for ${ns}`, () => {
      assert.equal(parse(ebml.float(ID.Duration, ticks)).durationNs, ns);
    });
  }

  it('refuses a TimestampScale that makes no sense', () => {
    assert.throws(() => parse(ebml.uint(ID.TimestampScale, 0)), MalformedMediaError);
    assert.throws(() => parse(ebml.uint(ID.TimestampScale, 10_000_000_001)), LimitExceededError);
  });

  it('keeps what stands before junk, once the TimestampScale is known', () => {
    const junk = new Uint8Array(9);
    const info = parse(ebml.uint(ID.TimestampScale, 1000), ebml.text(ID.Title, 'Kept'), junk);
    assert.equal(info.title, 'Kept');
    assert.equal(info.faults.length, 1);
    assert.throws(() => parse(junk), MalformedMediaError);
  });
});
