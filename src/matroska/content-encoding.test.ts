import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import { element, uint } from '../../test/support/ebml-writer.js';
import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../errors.js';
import {
  type ContentEncodings,
  decodeContent,
  type Inflate,
  parseContentEncodings,
  requireDecodable,
} from './content-encoding.js';
import { ElementCursor } from './element-cursor.js';
import { ID } from './schema.js';

const inflate: Inflate = (data, maxBytes) => new Uint8Array(inflateSync(data, { maxOutputLength: maxBytes }));

function parse(...encodings: Uint8Array[]): ContentEncodings {
  return parseContentEncodings(new ElementCursor(element(0x6d80, ...encodings).subarray(3), 0, 'Test'));
}

const compression = (algorithm: number | undefined, settings?: number[]): Uint8Array =>
  element(
    ID.ContentCompression,
    ...(algorithm === undefined ? [] : [uint(ID.ContentCompAlgo, algorithm)]),
    ...(settings === undefined ? [] : [element(ID.ContentCompSettings, settings)]),
  );

const header = (bytes: number[], ...extra: Uint8Array[]): Uint8Array =>
  element(ID.ContentEncoding, ...extra, compression(3, bytes));
const zlib = (...extra: Uint8Array[]): Uint8Array => element(ID.ContentEncoding, ...extra, compression(0));

describe('parseContentEncodings', () => {
  it('takes zlib and frames for granted, as the defaults say', () => {
    assert.deepEqual(parse(element(ID.ContentEncoding, compression(undefined))), {
      frameSteps: [{ kind: 'inflate' }],
      privateSteps: [],
      encryption: undefined,
    });
  });

  it('undoes the highest order first', () => {
    const steps = parse(header([1, 2]), zlib(uint(ID.ContentEncodingOrder, 1))).frameSteps;
    assert.deepEqual(
      steps.map((step) => step.kind),
      ['inflate', 'prepend'],
    );
  });

  it('tells frames from the CodecPrivate', () => {
    const both = parse(zlib(uint(ID.ContentEncodingScope, 3)));
    assert.deepEqual([both.frameSteps.length, both.privateSteps.length], [1, 1]);
    const onlyPrivate = parse(zlib(uint(ID.ContentEncodingScope, 2)));
    assert.deepEqual([onlyPrivate.frameSteps.length, onlyPrivate.privateSteps.length], [0, 1]);
  });

  it('names a cipher', () => {
    const encrypted = element(
      ID.ContentEncoding,
      uint(ID.ContentEncodingType, 1),
      element(ID.ContentEncryption, uint(ID.ContentEncAlgo, 5)),
    );
    assert.deepEqual(parse(encrypted), { frameSteps: [], privateSteps: [], encryption: 'AES' });
  });

  it('refuses encodings without number', () => {
    assert.throws(() => parse(...new Array<Uint8Array>(9).fill(zlib())), LimitExceededError);
  });
});

describe('requireDecodable', () => {
  const unsupported = [
    { algorithm: 1, message: /Track 7 .* bzlib compression/ },
    { algorithm: 2, message: /lzo1x compression/ },
    { algorithm: 9, message: /number 9 compression/ },
  ];
  for (const { algorithm, message } of unsupported) {
    it(`refuses algorithm ${algorithm}`, () => {
      const { frameSteps } = parse(element(ID.ContentEncoding, compression(algorithm)));
      assert.throws(
        () => requireDecodable(frameSteps, inflate, 7),
        (error: unknown) => error instanceof UnsupportedMediaError && message.test(error.message),
      );
    });
  }

  it('refuses zlib when nothing inflates', () => {
    assert.throws(() => requireDecodable([{ kind: 'inflate' }], undefined, 1), UnsupportedMediaError);
    requireDecodable([{ kind: 'inflate' }], inflate, 1);
  });
});

describe('decodeContent', () => {
  const data = new Uint8Array([3, 4, 5]);

  it('gives the very bytes where there is nothing to undo', () => {
    assert.equal(decodeContent(data, [], undefined, 10), data);
  });

  it('puts stripped headers back', () => {
    const steps = parse(header([1, 2])).frameSteps;
    assert.deepEqual(decodeContent(data, steps, undefined, 10), new Uint8Array([1, 2, 3, 4, 5]));
  });

  it('inflates, and then puts headers back', () => {
    const steps = parse(header([1, 2]), zlib(uint(ID.ContentEncodingOrder, 1))).frameSteps;
    const stored = new Uint8Array(deflateSync(data));
    assert.deepEqual(decodeContent(stored, steps, inflate, 10), new Uint8Array([1, 2, 3, 4, 5]));
  });

  it('stops a bomb at the cap', () => {
    const bomb = new Uint8Array(deflateSync(new Uint8Array(10_000)));
    assert.throws(() => decodeContent(bomb, [{ kind: 'inflate' }], inflate, 9999), MalformedMediaError);
    const careless: Inflate = (stored) => new Uint8Array(inflateSync(stored));
    assert.throws(() => decodeContent(bomb, [{ kind: 'inflate' }], careless, 9999), LimitExceededError);
  });

  it('refuses what is no zlib data', () => {
    assert.throws(() => decodeContent(data, [{ kind: 'inflate' }], inflate, 10), MalformedMediaError);
  });
});
