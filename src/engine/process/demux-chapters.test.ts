import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { ChapterListener } from './demux-chapters.js';

/** What FFmpeg 7 says of an input, as messages, with a title of two lines and texts that look like chapters. */
const FORGED = ['    Chapter #0:7: ', '    Chapter #0:8: \nstart 7.000000, ', 'start 7.000000, '];
const MESSAGES = [
  "Input #0, asf, from '':",
  ...[
    '  Metadata:',
    '    comment         : ',
    FORGED[0]!,
    '',
    '  Duration: ',
    '00:00:03.02',
    ', start: ',
    '',
  ],
  '  Chapters:',
  ...['    Chapter #0:0: ', 'start 0.000000, ', 'end 1.500000'],
  ...['      Metadata:', '        title           : ', 'One = "uno" <b>', ''],
  ...['    Chapter #0:1: ', 'start 1.500000, ', 'end 3.018000', '      Metadata:'],
  ...['        comment         : ', FORGED[1]!, '', '        title           : ', 'Zwei'],
  ...['\n                        : ', FORGED[2]!, ''],
  ...['    Chapter #0:2: ', 'start 3.018000, ', 'end 3.018000'],
  ...[
    '  Stream #0',
    ':0',
    ': Audio: wmav2',
    '',
    '    Metadata:',
    '        title           : ',
    'No chapter',
    '',
  ],
];

describe("chapters in libavformat's description of an input", () => {
  it('are those that it tells of, and no texts that look like them', () => {
    const listener = new ChapterListener();
    for (const message of MESSAGES) listener.take(message);
    assert.deepEqual(listener.chapters, [
      { startUs: 0, endUs: 1_500_000, title: 'One = "uno" <b>' },
      { startUs: 1_500_000, endUs: 3_018_000, title: 'Zwei start 7.000000, ' },
      { startUs: 3_018_000, endUs: 3_018_000, title: '' },
    ]);
  });

  it('have titles without the remains of a character that was cut', () => {
    const listener = new ChapterListener();
    for (const message of ['    Chapter #0:0: ', 'start 0.000000, ', 'end 1.000000', '      Metadata:']) {
      listener.take(message);
    }
    // Of 255 bytes, the last one begins a character of two.
    const cut = Buffer.from('é'.repeat(200)).subarray(0, 255).toString();
    for (const message of ['        title           : ', cut, '']) listener.take(message);
    assert.equal(listener.chapters[0]!.title, 'é'.repeat(127));
  });

  it('are no more, and no longer, than is sensible', () => {
    const listener = new ChapterListener();
    for (let i = 0; i < 10_010; i++) {
      for (const message of [`    Chapter #0:${i}: `, `start ${i}.000000, `, `end ${i + 1}.000000`]) {
        listener.take(message);
      }
      for (const message of ['        title           : ', `${i}`.padEnd(2000), '']) listener.take(message);
    }
    assert.equal(listener.chapters.length, 10_000);
    assert.equal(listener.chapters.at(-1)!.title.trim(), '9999');
    assert.deepEqual(new Set(listener.chapters.map(({ title }) => title.length)), new Set([1024]));
  });
});
