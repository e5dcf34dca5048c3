import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../errors.js';
import { MessageReader, type Message } from './message-reader.js';
import { writeMessageHead } from './message.js';

describe('messages on the engine pipe', () => {
  it('arrive whole however the pipe cuts them', () => {
    const message = fc.record({
      text: fc.string(),
      parts: fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (sent, chunkSize) => {
        const bytes = concat(
          sent.flatMap(({ text, parts }) => [writeMessageHead({ text }, parts), ...parts]),
        );
        const reader = new MessageReader();
        const received: Message[] = [];
        for (let i = 0; i < bytes.length; i += chunkSize) {
          received.push(...reader.push(bytes.subarray(i, i + chunkSize)));
        }
        assert.deepEqual(
          received.map(({ meta, payload }) => [meta['text'], [...payload]]),
          sent.map(({ text, parts }) => [text, parts.flatMap((part) => [...part])]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('are refused when they are something else', () => {
    assert.throws(() => new MessageReader().push(new Uint8Array(12)), EngineError);
  });

  it('are refused when they announce more than the caps, before anything is allocated', () => {
    const head = new Uint8Array(12);
    new DataView(head.buffer).setUint32(0, 0x53474d54);
    new DataView(head.buffer).setUint32(8, 0xffffffff);
    assert.throws(() => new MessageReader().push(head), EngineError);
  });

  it('are refused when their meta is not a JSON object', () => {
    const head = new Uint8Array(13);
    new DataView(head.buffer).setUint32(0, 0x53474d54);
    new DataView(head.buffer).setUint32(4, 1);
    head[12] = 0x31;
    assert.throws(() => new MessageReader().push(head), EngineError);
  });
});

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
