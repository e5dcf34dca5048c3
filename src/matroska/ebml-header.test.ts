import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ebmlHeader, element, text, uint } from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { UnsupportedMediaError } from '../errors.js';
import { isMatroska, parseEbmlHeader } from './ebml-header.js';
import { ID } from './schema.js';

const parse = (file: Uint8Array): string => parseEbmlHeader(file.subarray(5), 5);

describe('parseEbmlHeader', () => {
  it('reads what mkvmerge writes', () => {
    const header = fromHex(
      '1a45dfa3 a3 428681 01 42f781 01 42f281 04 42f381 08 428288 6d6174726f736b61 428781 04 428581 02',
    );
    assert.equal(parse(header), 'matroska');
    assert.equal(isMatroska(header), true);
  });

  it('accepts WebM, and fills in defaults', () => {
    assert.equal(parse(ebmlHeader({ docType: 'webm' })), 'webm');
    assert.equal(
      parse(element(ID.EBML, text(ID.DocType, 'matroska'), uint(ID.EBMLReadVersion, 0, 0))),
      'matroska',
    );
  });

  const refused = [
    { fields: { docType: 'mkv-something' }, message: /type "mkv-something"/ },
    { fields: { docType: '' }, message: /type ""/ },
    { fields: { readVersion: 2 }, message: /EBMLReadVersion 2/ },
    { fields: { maxIdLength: 5 }, message: /EBMLMaxIDLength 5/ },
    { fields: { maxSizeLength: 9 }, message: /EBMLMaxSizeLength 9/ },
    { fields: { docTypeReadVersion: 5 }, message: /DocTypeReadVersion 5/ },
  ];
  for (const { fields, message } of refused) {
    it(`refuses ${JSON.stringify(fields)}`, () => {
      assert.throws(
        () => parse(ebmlHeader(fields)),
        (error: unknown) => error instanceof UnsupportedMediaError && message.test(error.message),
      );
    });
  }
});

describe('isMatroska', () => {
  it('goes by the DocType', () => {
    assert.equal(isMatroska(ebmlHeader({ docType: 'webm' })), true);
    assert.equal(isMatroska(ebmlHeader({ docType: 'other' })), false);
  });

  it('says no to other formats, fragments and nothing', () => {
    const others = ['', '1a45dfa3', '1a45dfa300', '1a45dfa3ff', '1a45dfa3844282', '0000002066747970'];
    for (const hex of others) assert.equal(isMatroska(fromHex(hex)), false, hex);
  });
});
