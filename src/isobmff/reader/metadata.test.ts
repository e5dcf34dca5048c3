import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ascii, box, fullBox, u16, u32, u64 } from '../../../test/support/mp4-writer.js';
import { viewBoxes } from '../box-view.js';
import { parseMetadata, type Metadata } from './metadata.js';

const item = (type: string, kind: number, text: string): Uint8Array =>
  box(type, box('data', u32(kind, 0), new TextEncoder().encode(text)));
const handler = fullBox('hdlr', 0, 0, new Uint8Array(21));

function parse(...children: readonly Uint8Array[]): Metadata {
  return parseMetadata(viewBoxes(box('udta', ...children), 0)[0]);
}

describe('parseMetadata', () => {
  it('reads the items of iTunes, and passes over what is no text', () => {
    const ilst = box('ilst', item('\xa9nam', 1, 'Größe'), item('\xa9too', 1, 'Lavf60'), item('\xa9ART', 1, 'B'), item('covr', 13, 'x')); // prettier-ignore
    for (const meta of [fullBox('meta', 0, 0, handler, ilst), box('meta', handler, ilst)]) {
      const { title, writingApp, tags } = parse(meta);
      assert.deepEqual([title, writingApp], ['Größe', 'Lavf60']);
      assert.deepEqual(tags, [{ name: 'ARTIST', value: 'B', trackId: undefined }]);
    }
  });

  it('reads the texts of QuickTime', () => {
    const name = box('\xa9nam', u16(3), u16(0), [0x8a, 0x62, 0x63], u32(0));
    assert.equal(parse(name).title, 'äbc');
    assert.equal(parse(box('\xa9nam', u16(900), u16(0), [65])).title, undefined);
  });

  it('reads the chapters of Nero in order of time', () => {
    const chpl = fullBox('chpl', 1, 0, u32(0), [2], u64(50_000_000), [1, 66], u64(0), [1, 65]);
    assert.deepEqual(
      parse(chpl).chapters.map(({ startNs, titles }) => [startNs, titles[0]!.title]),
      [
        [0, 'A'],
        [5_000_000_000, 'B'],
      ],
    );
    assert.equal(parse(fullBox('chpl', 1, 0, u32(0), [9], ascii('short'))).chapters.length, 0);
  });

  it('tells where the pictures of the cover stand, and passes over what is none', () => {
    const cover = box(
      'covr',
      box('data', u32(13, 0), ascii('JPEG!')),
      box('data', u32(21, 0), ascii('number')),
      box('data', u32(14, 0), ascii('PNG')),
    );
    const bytes = box('udta', fullBox('meta', 0, 0, handler, box('ilst', cover)));
    const { covers } = parseMetadata(viewBoxes(bytes, 1000)[0]);
    assert.deepEqual(
      covers.map(({ name, mediaType, size, offset }) => [
        ...[name, mediaType],
        new TextDecoder().decode(bytes.subarray(offset - 1000, offset - 1000 + size)),
      ]),
      [
        ['cover.jpeg', 'image/jpeg', 'JPEG!'],
        ['cover.png', 'image/png', 'PNG'],
      ],
    );
  });

  it('says nothing of a file without user data', () => {
    assert.equal(parseMetadata(undefined).title, undefined);
  });
});
