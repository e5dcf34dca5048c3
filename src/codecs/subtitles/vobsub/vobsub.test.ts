import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSubPicture } from './sub-picture.js';
import { writeVobsubEntry, writeVobsubHead } from './write-index.js';
import { packedSize, writePacks } from './write-packs.js';

/** A unit of one control sequence, of a date and some commands. */
function unit(date: number, ...commands: number[]): Uint8Array {
  return new Uint8Array([0, 8 + commands.length, 0, 4, date >> 8, date & 255, 0, 4, ...commands]);
}

describe('parsing a sub-picture unit', () => {
  it('knows how long it is shown by the first command to stop', () => {
    assert.equal(parseSubPicture(unit(176, 2, 0xff))!.durationMs, 2002);
    // Colours, contrast, area and addresses are jumped over, and so is a change of colours by its own size.
    const before = [3, 2, 2, 4, 2, 2, 5, 2, 2, 2, 2, 2, 2, 6, 2, 2, 2, 2, 7, 0, 3, 2];
    assert.equal(parseSubPicture(unit(88, ...before, 2, 0xff))!.durationMs, 1001);
    assert.equal(parseSubPicture(unit(88, ...before, 0xff))!.durationMs, undefined);
  });

  it('leaves out what is behind, and refuses what is cut off', () => {
    const whole = unit(1, 2, 0xff);
    assert.deepEqual(parseSubPicture(new Uint8Array([...whole, 1, 2, 3]))!.data, whole);
    assert.equal(parseSubPicture(whole.subarray(0, -1)), undefined);
    assert.equal(parseSubPicture(new Uint8Array()), undefined);
  });

  it('ends whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, hasSize) => {
        if (hasSize && bytes.length > 3) bytes.set([0, bytes.length, 0, 4]);
        const picture = parseSubPicture(bytes);
        assert.ok(picture === undefined || picture.data.length <= bytes.length);
      }),
    );
  });
});

describe('writing packs', () => {
  it('writes each unit whole, in packs of 2048 bytes that are filled up', () => {
    // Around the sizes at which the last pack is full, or too full for a packet of padding.
    for (const size of [0, 1, 2010, 2013, 2014, 2018, 2019, 2020, 4030, 4042, 4043, 4044, 65_535]) {
      const data = Uint8Array.from({ length: size }, (_, n) => n % 251);
      const packs = writePacks(data, 95_443_717);
      assert.equal(packs.length, packedSize(size));
      assert.deepEqual(new Uint8Array(payloadOf(packs)), data, `of ${size} bytes`);
    }
  });
});

/** What is in the private packets of a stream, without the number of the stream. */
function payloadOf(packs: Uint8Array): number[] {
  const view = new DataView(packs.buffer);
  const payload: number[] = [];
  for (let at = 0; at < packs.length;) {
    const code = view.getUint32(at);
    if (code === 0x1ba) {
      assert.equal(at % 2048, 0);
      at += 14 + (view.getUint8(at + 13) & 7);
      continue;
    }
    const end = at + 6 + view.getUint16(at + 4);
    assert.ok(code === 0x1be || code === 0x1bd, `code ${code} at ${at}`);
    if (code === 0x1bd) payload.push(...packs.subarray(at + 9 + view.getUint8(at + 8) + 1, end));
    at = end;
  }
  return payload;
}

describe('writing an index of VobSub', () => {
  it('keeps what says how pictures look, and nothing else of a file', () => {
    const settings =
      'size: 720x576\r\npalette: 000000, ffffff\n# note\ntime offset: 500\nid: xx, index: 3\ntimestamp: 00:00:01:000, filepos: 0\norg: 0, \u0007\n';
    assert.equal(
      writeVobsubHead(settings, 'de'),
      '# VobSub index file, v7 (do not modify this line!)\nsize: 720x576\npalette: 000000, ffffff\nlangidx: 0\n\nid: de, index: 0\n',
    );
  });

  it('writes any time', () => {
    assert.equal(writeVobsubEntry(3_723_004, 0x1800), 'timestamp: 01:02:03:004, filepos: 000001800\n');
    assert.equal(writeVobsubEntry(360_000_000, 0), 'timestamp: 100:00:00:000, filepos: 000000000\n');
  });
});
